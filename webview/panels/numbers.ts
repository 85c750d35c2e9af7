/** Numbers of columns: one unit for all, so fixed decimals, and never a zero for something. */

/** "89.639"; "<0.001" for what would read as zero; "–" for none. */
export function fixed(value: number | undefined, digits: number): string {
  if (value === undefined) return '–';
  const least = 10 ** -digits;
  if (value > 0 && value < least / 2) return `<${least.toFixed(digits)}`;
  return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−');
}

/** "81,760 ns": what a rounded duration is exactly. */
export function exactNs(ns: number): string {
  return `${ns.toLocaleString().replace('-', '−')} ns`;
}

export const MS = 1e6;
export const US = 1e3;
