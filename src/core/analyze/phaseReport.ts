/** What the steps of each phase took and did, together. */
import type { Known, PhaseReport, StepRow } from '../../shared/analysis.js';
import { PHASES } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import { categoryTimes } from './categoryTimes.js';
import { distribution } from './distribution.js';
import type { GpuIndex } from './gpu.js';
import { mainDeviceWork, sumOfTimes } from './gpuTime.js';
import { groupedBySteps, type Steps } from './steps.js';

/** One report for each phase that has steps, in the order of PHASES. */
export function reportPhases(trace: Trace, gpu: GpuIndex, { stepOf }: Steps, rows: readonly StepRow[]): PhaseReport[] {
  const workOf = groupedBySteps(mainDeviceWork(trace, gpu), stepOf, rows.length);
  return PHASES.flatMap((phase): PhaseReport[] => {
    const mine = rows.filter((row) => row.phase === phase);
    if (mine.length === 0) return [];
    const sum = (value: (row: StepRow) => number): number => mine.reduce((total, row) => total + value(row), 0);
    const time = sumOfTimes(mine.map((row) => row.time));
    const gapBefore = distribution(mine.map(({ gapBeforeNs }) => gapBeforeNs));
    const tokens = sumOfKnown(mine.map((row) => row.tokens));
    const pace = paceOf(
      // Decode is paced by what it makes, the rest by what it reads: with drafts of speculative decoding the two differ.
      phase === 'decode' ? sumOfKnown(mine.map(({ generatedTokens }) => generatedTokens)) : tokens,
      time.spanNs + gapBefore.totalNs,
    );
    return [
      {
        phase,
        steps: mine.length,
        tokens,
        requests: sumOfKnown(mine.map(({ requests }) => requests)),
        duration: distribution(mine.map(({ startNs, endNs }) => endNs - startNs)),
        gapBefore,
        time,
        kernels: sum(({ kernelCount }) => kernelCount),
        kernelTimeNs: sum(({ kernelTimeNs }) => kernelTimeNs),
        launches: { eager: sum(({ launches }) => launches.eager), graph: sum(({ launches }) => launches.graph) },
        ...pace,
        categories: categoryTimes(
          trace,
          gpu,
          mine.map((span) => ({ span, work: workOf[span.index] })),
        ),
      },
    ];
  });
}

/** Undefined when one of them is not known. */
function sumOfKnown(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}

function paceOf(tokens: number | undefined, ns: number): { tokensPerSecond: Known<number>; nsPerToken: Known<number> } {
  if (tokens === undefined || tokens === 0 || ns === 0) {
    const withheld = 'The recording does not tell how many tokens these steps had: neither an annotation nor the grid of a cache write says so.';
    return { tokensPerSecond: { withheld }, nsPerToken: { withheld } };
  }
  return { tokensPerSecond: (tokens * 1e9) / ns, nsPerToken: ns / tokens };
}
