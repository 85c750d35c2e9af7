/** Numbers as people read them: one unit each, fixed digits, a true minus, an en dash for none, a space before the unit. */

/** Shown where there is no value. */
export const NO_VALUE = '–';

const withMinus = (text: string): string => text.replace('-', '−');

/** [below this many ns, ns per unit, unit, decimals]; the limits are where rounding would reach the next form. */
const FORMS: readonly (readonly [number, number, string, number])[] = [
  [999.5, 1, 'ns', 0],
  [99_995, 1e3, 'µs', 2],
  [999_950, 1e3, 'µs', 1],
  [99_995_000, 1e6, 'ms', 2],
  [999_950_000, 1e6, 'ms', 1],
  [Infinity, 1e9, 's', 2],
];

/** "767 ns", "81.76 µs", "372.4 µs", "18.55 ms", "261.9 ms", "1.25 s". */
export function duration(ns: number | undefined): string {
  if (ns === undefined || Number.isNaN(ns)) return NO_VALUE;
  const [, size, unit, decimals] = FORMS.find(([below]) => Math.abs(ns) < below) ?? FORMS[FORMS.length - 1]!;
  return withMinus(`${(ns / size).toFixed(decimals)} ${unit}`);
}

/** Three digits, for inside a slice: "767 ns", "4.13 µs", "81.8 µs", "372 µs". */
export function shortDuration(ns: number): string {
  const magnitude = Math.abs(ns);
  if (magnitude < 999.5) return withMinus(`${Math.round(ns)} ns`);
  const [size, unit] = magnitude < 999_500 ? ([1e3, 'µs'] as const) : magnitude < 999_500_000 ? ([1e6, 'ms'] as const) : ([1e9, 's'] as const);
  const value = magnitude / size;
  return withMinus(`${(ns / size).toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${unit}`);
}

/** A number of a column with fixed decimals; something that would read as nothing is "<0.01". */
export function fixed(value: number | undefined, decimals: number): string {
  if (value === undefined || Number.isNaN(value)) return NO_VALUE;
  const least = 10 ** -decimals;
  if (value > 0 && value < least / 2) return `<${least.toFixed(decimals)}`;
  return withMinus(value.toLocaleString(undefined, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
}

/** "39.6 %", "<0.1 %". */
export function percent(value: number | undefined): string {
  const text = fixed(value, 1);
  return text === NO_VALUE ? text : `${text} %`;
}

/** A whole number with thousands in the user's locale. */
export function count(value: number | undefined): string {
  return fixed(value === undefined ? undefined : Math.round(value), 0);
}

/** "45.7 MB", in steps of 1000. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const [size, unit] = value < 999_950 ? ([1e3, 'kB'] as const) : value < 999_950_000 ? ([1e6, 'MB'] as const) : ([1e9, 'GB'] as const);
  return `${(value / size).toFixed(1)} ${unit}`;
}

/** "1 request", "12 requests". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
