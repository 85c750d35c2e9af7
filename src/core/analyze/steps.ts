/** Engine steps: where they begin, what they did, how long the GPU worked for them. */
import type { LayerSpan, Step, StepsReport } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type GpuIndex, launchStart, upperBound } from './gpu.js';
import { layerBorders, layerRoles, writesCache } from './layers.js';
import { findMarks, type Marks } from './marks.js';
import { classifyPhases, stepSigns } from './phases.js';
import { findRepeats } from './repeats.js';

export interface Steps {
  report: StepsReport;
  /** index of the step of each GPU slice; −1 outside of steps */
  stepOf: Int32Array;
  /** by start */
  layers: LayerSpan[];
  /** layer of each GPU slice inside its step; −1 outside of layers */
  layerOf: Int16Array;
}

/** Finds the steps of a trace by the best evidence in it: what marks them, else repeating kernels. */
export function findSteps(trace: Trace, gpu: GpuIndex): Steps {
  const roles = layerRoles(trace, gpu);
  const marks = findMarks(trace) ?? repeatMarks(trace, gpu, roles) ?? NO_MARKS;
  return measured(trace, gpu, roles, marks, stepsOfLaunches(trace, gpu, marks));
}

const NO_MARKS: Marks = {
  source: 'none',
  reason: 'Nothing in the recording marks engine steps, and its kernels do not repeat like the layers of a language model.',
  startNs: [],
  endNs: [],
  notes: [],
  onGpu: false,
};

function repeatMarks(trace: Trace, gpu: GpuIndex, roles: Uint8Array): Marks | undefined {
  const kernels = mainDeviceKernels(trace, gpu);
  const repeats = findRepeats(trace, kernels, roles);
  if (repeats === undefined || !writesCache(kernels, roles)) return undefined;
  const startNs = repeats.starts.map((start) => trace.slices.startNs[kernels[start]]);
  const reason =
    repeats.votes > 0
      ? `No step is marked in the recording; ${repeats.votes} kernels that run once a step come back after every ${repeats.layers} attention layers.`
      : `No step is marked in the recording; its ${repeats.layers} attention layers are taken as one step.`;
  return { source: 'kernels', reason, startNs, endNs: startNs, notes: startNs.map(() => undefined), onGpu: true };
}

/** "1 prefill of 1049 tokens + 9 decode steps"; '' when there are no steps. */
export function stepsHeadline({ steps }: StepsReport): string {
  const parts: string[] = [];
  for (const phase of ['prefill', 'mixed', 'decode', 'unknown'] as const) {
    const mine = steps.filter((step) => step.phase === phase);
    if (mine.length === 0) continue;
    const word = phase === 'unknown' ? 'step' : phase === 'prefill' && mine.length === 1 ? 'prefill' : `${phase} step`;
    const tokens = mine.length === 1 && phase !== 'decode' && mine[0].tokens !== undefined ? ` of ${mine[0].tokens} tokens` : '';
    parts.push(`${mine.length} ${word}${mine.length === 1 ? '' : 's'}${tokens}`);
  }
  return parts.join(' + ');
}

/**
 * A step owns what was launched since its mark began, and until the next one: the sampler's kernels follow the mark's end.
 * Work whose launch was not recorded goes with the work before it; where no launch was recorded at all, its own start tells.
 */
function stepsOfLaunches(trace: Trace, gpu: GpuIndex, marks: Marks): Int32Array {
  const stepOf = new Int32Array(trace.gpu.count).fill(-1);
  const byStart = marks.onGpu || trace.gpu.launch.every((launch) => launch === NONE);
  let step = -1;
  for (const slice of gpu.work) {
    const timeNs = byStart ? trace.slices.startNs[slice] : launchStart(trace, slice);
    if (timeNs !== undefined) step = upperBound(marks.startNs, timeNs) - 1;
    stepOf[slice] = step;
  }
  return stepOf;
}

function mainDeviceKernels(trace: Trace, gpu: GpuIndex): Uint32Array {
  const counts = new Map<string | undefined, number>();
  const device = (slice: number): string | undefined => trace.tracks[gpu.track[slice]].info.device;
  for (const kernel of gpu.kernels) counts.set(device(kernel), (counts.get(device(kernel)) ?? 0) + 1);
  if (counts.size <= 1) return gpu.kernels;
  const [main] = [...counts].sort((a, b) => b[1] - a[1])[0];
  return gpu.kernels.filter((kernel) => device(kernel) === main);
}

/** Slice ids of each step, in the order they are given. */
export function groupedBySteps(slices: Uint32Array, stepOf: Int32Array, stepCount: number): Uint32Array[] {
  const first = new Uint32Array(stepCount + 1);
  for (const slice of slices) if (stepOf[slice] >= 0) first[stepOf[slice] + 1]++;
  for (let step = 0; step < stepCount; step++) first[step + 1] += first[step];
  const next = first.slice();
  const grouped = new Uint32Array(first[stepCount]);
  for (const slice of slices) if (stepOf[slice] >= 0) grouped[next[stepOf[slice]]++] = slice;
  return Array.from({ length: stepCount }, (_, step) => grouped.subarray(first[step], first[step + 1]));
}

/** Turns marks and the work under them into the report. Marks without GPU work are left out where other steps have some. */
function measured(trace: Trace, gpu: GpuIndex, roles: Uint8Array, marks: Marks, markOf: Int32Array): Steps {
  const workOfMark = groupedBySteps(gpu.work, markOf, marks.startNs.length);
  const kept = marks.startNs.map((_, mark) => mark).filter((mark) => trace.gpu.count === 0 || workOfMark[mark].length > 0);
  const indexOfMark = new Int32Array(marks.startNs.length).fill(-1);
  for (const [index, mark] of kept.entries()) indexOfMark[mark] = index;
  const stepOf = markOf.map((mark) => (mark < 0 ? -1 : indexOfMark[mark]));
  const kernelsOfStep = groupedBySteps(mainDeviceKernels(trace, gpu), stepOf, kept.length);
  const signs = kernelsOfStep.map((kernels) => stepSigns(trace, kernels));
  const phases = classifyPhases(signs);
  const layerOf = new Int16Array(trace.gpu.count).fill(-1);
  const layers: LayerSpan[] = [];
  let endBefore = Number.NEGATIVE_INFINITY;

  const steps = kept.map((mark, index): Step => {
    const work = workOfMark[mark];
    const kernels = kernelsOfStep[index];
    const note = marks.notes[mark];
    const isModel = note !== undefined || writesCache(kernels, roles);
    const found = isModel ? layersOf(trace, kernels, roles, index, layerOf) : [];
    for (const layer of found) layers.push(layer);
    const span = work.length > 0 ? spanOf(trace, work) : { startNs: marks.startNs[mark], endNs: marks.endNs[mark] };
    // Copies of the next step may run while this one still computes: a step begins when the one before it is done.
    const startNs = Math.max(span.startNs, endBefore);
    const gapBeforeNs = index === 0 ? 0 : startNs - endBefore;
    endBefore = Math.max(span.endNs, startNs);
    return {
      index,
      phase: note !== undefined && note.phase !== 'unknown' ? note.phase : isModel ? phases[index] : 'unknown',
      tokens: note?.tokens ?? signs[index].tokens,
      requests: note?.requests,
      startNs,
      endNs: endBefore,
      ...kernelTotals(trace, gpu, work),
      busyNs: busyNs(trace, work, startNs, endBefore),
      gapBeforeNs,
      layers: found.length,
    };
  });
  return { report: { steps, source: marks.source, reason: marks.reason }, stepOf, layers, layerOf };
}

/** Layers of one step; also written into `layerOf`. */
function layersOf({ slices }: Trace, kernels: Uint32Array, roles: Uint8Array, step: number, layerOf: Int16Array): LayerSpan[] {
  const borders = layerBorders(kernels, roles);
  return borders.slice(0, -1).map((from, layer) => {
    const mine = kernels.subarray(from, borders[layer + 1]);
    for (const kernel of mine) layerOf[kernel] = layer;
    const last = mine[mine.length - 1];
    return { step, layer, startNs: slices.startNs[mine[0]], endNs: slices.startNs[last] + slices.durNs[last] };
  });
}

function kernelTotals({ slices }: Trace, gpu: GpuIndex, work: Uint32Array): Pick<Step, 'kernelCount' | 'kernelTimeNs'> {
  let kernelCount = 0;
  let kernelTimeNs = 0;
  for (const slice of work) {
    if (gpu.kind(slice) !== 'kernel') continue;
    kernelCount++;
    kernelTimeNs += slices.durNs[slice];
  }
  return { kernelCount, kernelTimeNs };
}

function spanOf(trace: Trace, work: Uint32Array): { startNs: number; endNs: number } {
  const { startNs, durNs } = trace.slices;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const slice of work) endNs = Math.max(endNs, startNs[slice] + durNs[slice]);
  return { startNs: startNs[work[0]], endNs };
}

/** Length of the union of the given work, which is in start order, inside from … to. */
function busyNs(trace: Trace, work: Uint32Array, fromNs: number, toNs: number): number {
  const { startNs, durNs } = trace.slices;
  let busy = 0;
  let covered = fromNs;
  for (const slice of work) {
    const endNs = Math.min(startNs[slice] + durNs[slice], toNs);
    if (endNs <= covered) continue;
    busy += endNs - Math.max(startNs[slice], covered);
    covered = endNs;
  }
  return busy;
}
