/** Steps with how the GPU spent them, how their work was launched, and which of them are unlike their like. */
import type { StepRow } from '../../shared/analysis.js';
import type { Step } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { distribution } from './distribution.js';
import type { GpuIndex } from './gpu.js';
import { gpuTime, mainDeviceWork } from './gpuTime.js';
import { groupedBySteps, type Steps } from './steps.js';

/** One row a step. Where there are several devices, the one with most work speaks for all: devices are never united. */
export function stepRows(trace: Trace, gpu: GpuIndex, { report: { steps }, stepOf }: Steps): StepRow[] {
  const workOf = groupedBySteps(mainDeviceWork(trace, gpu), stepOf, steps.length);
  const isGraph = graphLaunchTest(trace);
  const notes = stepNotes(steps);
  return steps.map((step, index): StepRow => {
    const launches = { eager: new Set<number>(), graph: new Set<number>() };
    for (const slice of workOf[index]) {
      const launch = trace.gpu.launch[slice];
      if (launch !== NONE && gpu.kind(slice) === 'kernel') launches[isGraph(launch) ? 'graph' : 'eager'].add(launch);
    }
    return {
      ...step,
      time: gpuTime(trace, gpu, workOf[index], step),
      launches: { eager: launches.eager.size, graph: launches.graph.size },
      // Whether a prefill or a mixed step ends a prompt, and so makes a token, is not recorded.
      generatedTokens: step.phase === 'decode' ? (step.requests ?? step.tokens) : undefined,
      note: notes[index],
    };
  });
}

/** Whether a call launches a graph (cudaGraphLaunch, hipGraphLaunch, cuGraphLaunch); each name is looked at once. */
export function graphLaunchTest({ slices, strings }: Trace): (call: number) => boolean {
  const known = new Map<number, boolean>();
  return (call) => {
    const name = slices.name[call];
    let isGraph = known.get(name);
    if (isGraph === undefined) known.set(name, (isGraph = strings.get(name).includes('GraphLaunch')));
    return isGraph;
  };
}

/** Of fewer steps of a phase the usual length is not known. */
const ENOUGH = 4;
/** A first step longer than this many medians is a warm-up. */
const WARM_UP = 1.5;
/** A step this much longer than the median, and further from it than this many times the median distance, is slow. */
const SLOW = 1.03;
const USUAL_DISTANCES = 5;
/** A step at an end of the recording with fewer of the usual kernels than this was cut. */
const WHOLE = 0.9;

function stepNotes(steps: readonly Step[]): StepRow['note'][] {
  const notes = steps.map((): StepRow['note'] => undefined);
  for (const phase of new Set(steps.map((step) => step.phase))) {
    const mine = steps.filter((step) => step.phase === phase);
    if (mine.length < ENOUGH) continue;
    const lengths = mine.map(({ startNs, endNs }) => endNs - startNs);
    const medianNs = distribution(lengths).p50Ns;
    const usualNs = distribution(lengths.map((length) => Math.abs(length - medianNs))).p50Ns;
    const kernels = distribution(mine.map(({ kernelCount }) => kernelCount)).p50Ns;
    for (const [nth, { index, kernelCount }] of mine.entries()) {
      const isEdge = index === 0 || index === steps.length - 1;
      if (isEdge && kernelCount < WHOLE * kernels) notes[index] = 'partial';
      else if (nth === 0 && lengths[nth] > WARM_UP * medianNs) notes[index] = 'warmUp';
      else if (lengths[nth] > SLOW * medianNs && lengths[nth] > medianNs + USUAL_DISTANCES * usualNs) notes[index] = 'slow';
    }
  }
  return notes;
}
