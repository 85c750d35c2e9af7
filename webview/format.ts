/** Numbers as people read them: one unit, fixed digits, a true minus, an en dash for none. */

const NO_VALUE = '–';

const withMinus = (text: string): string => text.replace('-', '−');

/** A count with thousands in the user's locale. */
export function count(value: number | undefined): string {
  return value === undefined ? NO_VALUE : withMinus(Math.round(value).toLocaleString());
}

/** "767 ns", "81.76 µs", "372.4 µs", "18.55 ms", "261.9 ms", "1.25 s". */
export function duration(ns: number | undefined): string {
  if (ns === undefined) return NO_VALUE;
  const size = Math.abs(ns);
  if (size < 999.5) return withMinus(`${Math.round(ns)} ns`);
  if (size < 99_995) return withMinus(`${(ns / 1e3).toFixed(2)} µs`);
  if (size < 999_950) return withMinus(`${(ns / 1e3).toFixed(1)} µs`);
  if (size < 99_995_000) return withMinus(`${(ns / 1e6).toFixed(2)} ms`);
  if (size < 999_950_000) return withMinus(`${(ns / 1e6).toFixed(1)} ms`);
  return withMinus(`${(ns / 1e9).toFixed(2)} s`);
}

/** Three digits, for inside a slice: "81.8 µs", "372 µs", "4.13 µs". */
export function shortDuration(ns: number): string {
  if (Math.abs(ns) < 999.5) return withMinus(`${Math.round(ns)} ns`);
  const [value, unit] = Math.abs(ns) < 999_500 ? [ns / 1e3, 'µs'] : Math.abs(ns) < 999_500_000 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  const size = Math.abs(value);
  return withMinus(`${value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)} ${unit}`);
}

/** "39.6 %", "<0.1 %" for something that would read as nothing. */
export function percent(value: number | undefined): string {
  if (value === undefined) return NO_VALUE;
  if (value > 0 && value < 0.05) return '<0.1 %';
  return `${withMinus(value.toFixed(1))} %`;
}

/** "45.7 MB", in steps of 1000. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const [size, unit] = value < 1e6 ? [value / 1e3, 'kB'] : value < 1e9 ? [value / 1e6, 'MB'] : [value / 1e9, 'GB'];
  return `${size.toFixed(1)} ${unit}`;
}

/** "1 request", "12 requests". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
