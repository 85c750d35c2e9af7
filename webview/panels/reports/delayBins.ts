/** Delays of launches in bins that double. */
import type { Histogram, LaunchesReport } from '../../../src/shared/analysis.js';

/** How many launches waited from so long to so long. */
export interface DelayBin {
  fromNs: number;
  toNs: number;
  eager: number;
  graph: number;
}

/** Both kinds of launches in the same bins, from the first that holds any. */
export function delayBins({ eager, graph }: LaunchesReport['delays']): DelayBin[] {
  const histograms = [eager?.histogram, graph?.histogram];
  const first = histograms.find((histogram) => histogram !== undefined);
  if (!first) return [];
  const bins = Math.max(...histograms.map((histogram) => histogram?.counts.length ?? 0));
  const callsIn = (histogram: Histogram | undefined, bin: number): number => (bin < 0 ? histogram?.below : histogram?.counts[bin]) ?? 0;
  const all = Array.from({ length: bins + 1 }, (_, at): DelayBin => {
    const fromNs = at === 0 ? 0 : first.fromNs * 2 ** (at - 1);
    return { fromNs, toNs: first.fromNs * 2 ** at, eager: callsIn(eager?.histogram, at - 1), graph: callsIn(graph?.histogram, at - 1) };
  });
  return all.slice(all.findIndex(({ eager: one, graph: other }) => one + other > 0));
}
