/** Where the ruler has its marks and what they say. */

const TICK_PX = 80;

export interface Ticks {
  stepNs: number;
  /** times of the marks, relative to the origin */
  offsetsNs: number[];
}

/** The roundest distance (1, 2 or 5 × a power of ten) that is at least as far as `minNs`. */
export function roundStep(minNs: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(minNs, 1)));
  for (const factor of [1, 2, 5]) if (power * factor >= minNs) return power * factor;
  return power * 10;
}

/** Marks of a window, counted from `originNs`, so that one of them is the origin itself. */
export function ticks(startNs: number, endNs: number, widthPx: number, originNs: number): Ticks {
  const stepNs = roundStep(((endNs - startNs) / widthPx) * TICK_PX);
  const first = Math.ceil((startNs - originNs) / stepNs);
  const last = Math.floor((endNs - originNs) / stepNs);
  return { stepNs, offsetsNs: Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => (first + i) * stepNs) };
}

/** "0", "+50 µs", "−1.5 ms": all marks of one ruler in the unit of its distance, with as many decimals as it needs. */
export function tickLabel(offsetNs: number, stepNs: number): string {
  if (offsetNs === 0) return '0';
  const size = Math.abs(offsetNs);
  const [unitNs, unit] = size >= 1e9 ? [1e9, 's'] : size >= 1e6 ? [1e6, 'ms'] : size >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const decimals = Math.max(0, Math.round(Math.log10(unitNs)) - Math.floor(Math.log10(stepNs)));
  return `${offsetNs < 0 ? '−' : '+'}${(size / unitNs).toFixed(decimals)} ${unit}`;
}
