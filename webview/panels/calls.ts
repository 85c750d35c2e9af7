/** What the calls of one name tell: their durations by step, their distribution, and an order to walk through them. */
import type { Occurrences } from '../../src/shared/protocol.js';

export interface StepCalls {
  /** −1 for calls outside of steps */
  step: number;
  /** the calls are from … to − 1 of the columns, in time order */
  from: number;
  to: number;
  minNs: number;
  medianNs: number;
  maxNs: number;
}

/** Runs of calls in one step. */
export function callsByStep({ durNs, step }: Occurrences): StepCalls[] {
  const runs: StepCalls[] = [];
  for (let from = 0; from < step.length; ) {
    let to = from + 1;
    while (to < step.length && step[to] === step[from]) to++;
    const sorted = durNs.slice(from, to).sort();
    runs.push({ step: step[from]!, from, to, minNs: sorted[0]!, medianNs: median(sorted), maxNs: sorted[sorted.length - 1]! });
    from = to;
  }
  return runs;
}

/** The middle of sorted numbers. */
export function median(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export interface Histogram {
  binNs: number;
  counts: Uint32Array;
}

/** How many calls took 0 … bin, bin … 2 bin and so on, up to `topNs`. */
export function histogram(durNs: Float64Array, topNs: number, binNs: number): Histogram {
  const counts = new Uint32Array(Math.max(1, Math.ceil(topNs / binNs)));
  for (const one of durNs) counts[Math.min(counts.length - 1, Math.floor(one / binNs))]!++;
  return { binNs, counts };
}

/** The least of 1, 2, 2.5, 5 × 10ⁿ that is at least `value`: round steps of an axis or a bin. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find((step) => step * power >= value * 0.999_999) ?? 10) * power;
}

export type CallOrder = 'time' | 'duration';

/** Indexes of the calls in the order to walk through them: by start, or the longest first. */
export function callOrder({ durNs }: Occurrences, order: CallOrder): Uint32Array {
  const indexes = Uint32Array.from(durNs, (_, i) => i);
  return order === 'time' ? indexes : indexes.sort((a, b) => durNs[b]! - durNs[a]! || a - b);
}
