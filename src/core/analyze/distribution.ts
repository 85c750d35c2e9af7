/** Durations summed up: percentiles, and counts in bins that double. */
import type { Distribution, Histogram } from '../../shared/analysis.js';

/** Nearest-rank percentiles: each is one of the values. All zero when there are none. */
export function distribution(values: ArrayLike<number>): Distribution {
  const count = values.length;
  if (count === 0) return { count, totalNs: 0, meanNs: 0, minNs: 0, p50Ns: 0, p90Ns: 0, p95Ns: 0, p99Ns: 0, maxNs: 0 };
  const sorted = Float64Array.from(values).sort();
  let totalNs = 0;
  for (let i = 0; i < count; i++) totalNs += sorted[i];
  // Whole numbers of percent: 0.95 × 20 is a little more than 19 in doubles, 95 × 20 / 100 is not.
  const atPercent = (percent: number): number => sorted[Math.ceil((percent * count) / 100) - 1];
  return {
    count,
    totalNs,
    meanNs: totalNs / count,
    minNs: sorted[0],
    p50Ns: atPercent(50),
    p90Ns: atPercent(90),
    p95Ns: atPercent(95),
    p99Ns: atPercent(99),
    maxNs: sorted[count - 1],
  };
}

/** The first bin begins at 1 µs: launches cannot be told apart below it. */
const FIRST_BIN_NS = 1000;

/** Counts the values in bins that double, up to the bin of the largest one. */
export function histogram(values: ArrayLike<number>): Histogram {
  const counts: number[] = [];
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < FIRST_BIN_NS) {
      below++;
      continue;
    }
    const bin = Math.floor(Math.log2(values[i] / FIRST_BIN_NS));
    while (counts.length <= bin) counts.push(0);
    counts[bin]++;
  }
  return { fromNs: FIRST_BIN_NS, below, counts };
}
