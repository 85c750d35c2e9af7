/** How far the recording can be trusted: one check a thing that makes numbers wrong when it is missing. */
import { type HealthCheck, isWithheld, type StepRow } from '../../shared/analysis.js';
import { count, duration, percent, plural } from '../../shared/format.js';
import { NONE } from '../trace/trace.js';
import type { RunFacts } from './facts.js';

/** Below this share of graph replays with kernels, what looks idle may have been busy. */
const COVERED = 0.9;

/** All checks, in the order they are shown. */
export function healthChecks(facts: RunFacts): HealthCheck[] {
  // A memory file has nothing else that could be trusted or not.
  const checks = facts.trace.meta.memory
    ? [droppedData, memoryEvents]
    : [launchLinks, graphReplays, markedSteps, clocks, droppedData, stepBorders, edgeSteps, cpuTimes, profilerOverhead, shapes, memoryEvents];
  return checks.map((check) => check(facts)).filter((check) => check !== undefined);
}

/** Why nothing can be said of idle time; undefined when it can. */
export function idleWithheld({ trace, launches, markedSteps: marked, rows }: RunFacts): string | undefined {
  if (trace.gpu.count === 0) return 'The recording has no GPU work.';
  if (launches.graph > 0 && launches.graphWithKernels < COVERED * launches.graph) {
    const missing = launches.graph - launches.graphWithKernels;
    return `${count(missing)} of ${plural(launches.graph, 'graph replay')} have no kernels in the recording, so the GPU only seems idle.`;
  }
  const recorded = withKernels(rows);
  if (marked > 1 && recorded < COVERED * marked) {
    return `${count(marked - recorded)} of ${plural(marked, 'marked step')} have no kernels in the recording, so the GPU only seems idle.`;
  }
  return undefined;
}

function withKernels(rows: readonly StepRow[]): number {
  return rows.filter(({ kernelCount }) => kernelCount > 0).length;
}

type Check = (facts: RunFacts) => HealthCheck | undefined;

const launchLinks: Check = ({ trace, index }) => {
  const all = index.kernels.length;
  if (all === 0) return { id: 'launchLinks', state: 'withheld', title: 'Launch links', detail: 'no kernels were recorded' };
  let linked = 0;
  for (const kernel of index.kernels) if (trace.gpu.launch[kernel] !== NONE) linked++;
  const detail = `${count(linked)} of ${plural(all, 'kernel')}`;
  if (linked === 0) return { id: 'launchLinks', state: 'withheld', title: 'Launch links', detail: 'the calls that launched the kernels were not recorded' };
  return { id: 'launchLinks', state: linked > 0.99 * all ? 'fine' : 'partial', title: 'Launch links', detail };
};

const graphReplays: Check = (facts) => {
  const { graph, graphWithKernels, kernelsPerGraph } = facts.launches;
  if (graph === 0) return undefined;
  const range = kernelsPerGraph ? ` (${count(kernelsPerGraph.minNs)}–${count(kernelsPerGraph.maxNs)} each)` : '';
  const state = graphWithKernels === graph ? 'fine' : graphWithKernels < COVERED * graph ? 'withheld' : 'partial';
  return { id: 'graphReplays', state, title: 'Graph replays', detail: `${count(graphWithKernels)} of ${count(graph)} hold kernels${range}` };
};

/** Steps that the engine marked and the GPU's recorder missed. One at an edge of the recording is usual. */
const markedSteps: Check = ({ markedSteps: marked, rows }) => {
  const recorded = withKernels(rows);
  if (recorded >= COVERED * marked) return undefined;
  return { id: 'markedSteps', state: 'withheld', title: 'Marked steps', detail: `${count(recorded)} of ${count(marked)} hold kernels` };
};

/** A kernel cannot begin before the call that launches it does: where one seems to, the clocks of CPU and GPU differ. */
const clocks: Check = ({ trace }) => {
  const { slices, gpu } = trace;
  let early = 0;
  let linked = 0;
  let worstNs = 0;
  for (let slice = 0; slice < gpu.count; slice++) {
    if (gpu.launch[slice] === NONE) continue;
    linked++;
    const aheadNs = slices.startNs[gpu.launch[slice]] - slices.startNs[slice];
    if (aheadNs > 0) early++;
    worstNs = Math.max(worstNs, aheadNs);
  }
  if (linked === 0) return undefined;
  if (early === 0) return { id: 'clocks', state: 'fine', title: 'Clocks', detail: 'no kernel starts before its launch' };
  return {
    id: 'clocks',
    state: 'partial',
    title: 'Clocks',
    detail: `${plural(early, 'kernel starts', 'kernels start')} before the launch, by up to ${duration(worstNs)}`,
  };
};

const droppedData: Check = ({ trace }) => {
  const { damage, problems, events } = trace.meta;
  const bad = problems.reduce((sum, problem) => sum + problem.count, 0);
  if (damage !== undefined) return { id: 'dropped', state: 'partial', title: 'Dropped data', detail: damage };
  if (bad > 0) return { id: 'dropped', state: 'partial', title: 'Dropped data', detail: `${plural(bad, 'record')} of ${count(events)} could not be used` };
  return { id: 'dropped', state: 'fine', title: 'Dropped data', detail: `none: file complete, ${plural(events, 'event')}` };
};

const stepBorders: Check = ({ steps, rows }) => {
  const { source } = steps.report;
  if (source === 'none') return { id: 'steps', state: 'withheld', title: 'Steps', detail: 'nothing marks engine steps' };
  const layers = [...new Set(rows.map((row) => row.layers))].filter((found) => found > 0);
  const found = layers.length === 1 ? `, ${plural(layers[0], 'layer')} × ${count(rows.length)}` : '';
  if (source === 'annotation') return { id: 'steps', state: 'fine', title: 'Steps', detail: `annotated${found}` };
  if (source === 'pythonFrame') return { id: 'steps', state: 'fine', title: 'Steps', detail: `from Python frames${found}` };
  return { id: 'steps', state: 'partial', title: 'Steps', detail: `no annotations: inferred${found}` };
};

/** The profiler starts and stops in the middle of things. */
const edgeSteps: Check = ({ rows }) => {
  const partial = rows.filter(({ note }) => note === 'partial').length;
  if (rows.length === 0 || partial === 0) return undefined;
  return {
    id: 'edgeSteps',
    state: 'partial',
    title: 'Cut steps',
    detail: `${plural(partial, 'step')} at the edge of the recording, with fewer kernels than others`,
  };
};

/** Recording Python frames costs the CPU; the GPU's own times do not change. */
const cpuTimes: Check = ({ cpu }) => {
  const [python, ops, launches] = (['python', 'op', 'launch'] as const).map((kind) => cpu.get(kind)?.count ?? 0);
  if (ops + launches + python === 0) return { id: 'cpuTimes', state: 'withheld', title: 'CPU times', detail: 'only the GPU was recorded' };
  if (python > 0) return { id: 'cpuTimes', state: 'partial', title: 'CPU times', detail: `inflated: ${plural(python, 'Python frame')} recorded` };
  const missing = ops === 0 ? 'ops' : launches === 0 ? 'runtime calls' : '';
  if (missing) return { id: 'cpuTimes', state: 'partial', title: 'CPU times', detail: `${missing} were not recorded` };
  return { id: 'cpuTimes', state: 'fine', title: 'CPU times', detail: 'ops and runtime calls, no Python frames' };
};

/** What the recorder says it took for itself: buffer flushes, instrumentation. */
const profilerOverhead: Check = ({ trace, cpu }) => {
  const totalNs = cpu.get('overhead')?.totalNs ?? 0;
  if (totalNs === 0 || trace.durationNs === 0) return undefined;
  const share = (100 * totalNs) / trace.durationNs;
  return {
    id: 'overhead',
    state: share > 5 ? 'partial' : 'fine',
    title: 'Profiler overhead',
    detail: `${duration(totalNs)} recorded, ${percent(share)} of the trace`,
  };
};

const shapes: Check = ({ roofline: { rows } }) =>
  isWithheld(rows)
    ? { id: 'roofline', state: 'withheld', title: 'Roofline', detail: rows.withheld }
    : { id: 'roofline', state: 'fine', title: 'Roofline', detail: plural(rows.length, 'kind of product with shapes', 'kinds of product with shapes') };

const memoryEvents: Check = ({ memory: { timeline, recorded } }) => {
  const caveat = recorded?.devices.find((device) => device.caveat)?.caveat;
  if (caveat) return { id: 'memory', state: 'partial', title: 'Memory', detail: caveat };
  return isWithheld(timeline)
    ? { id: 'memory', state: 'withheld', title: 'Memory', detail: timeline.withheld }
    : { id: 'memory', state: 'fine', title: 'Memory', detail: `${plural(timeline.length, 'device')} with allocations` };
};
