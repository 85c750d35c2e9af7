/** How kernels are launched: how long they wait for it, how deep the queues are, what the calls cost. */
import type { DelayReport, GapsReport, LaunchesReport } from '../../shared/analysis.js';
import { PHASES } from '../../shared/protocol.js';
import { growing } from '../trace/columns.js';
import { NONE, type Trace } from '../trace/trace.js';
import { distribution, histogram } from './distribution.js';
import type { GpuIndex } from './gpu.js';
import { queueDepth } from './queueDepth.js';
import { graphLaunchTest } from './stepRows.js';
import type { Steps } from './steps.js';

/** HTA's cut-off (cuda_kernel_analysis.py): a longer call waited for something else. */
const SHORT_CALL_NS = 50_000;

/** Every call that launched kernels, with the first of them: only that one has a delay, the rest of a graph follows inside of it. */
interface Launches {
  call: Uint32Array;
  first: Uint32Array;
  kernels: Uint32Array;
  isGraph: Uint8Array;
}

/** Delays by each definition in the field, short kernels and queues; `gaps` tell how long the GPU was idle for late launches. */
export function reportLaunches(trace: Trace, gpu: GpuIndex, steps: Steps, { byCause }: Pick<GapsReport, 'byCause'>): LaunchesReport {
  const launches = launchesOf(trace, gpu);
  const endBeforeNs = endsBefore(trace, gpu);
  const indices = [...launches.call.keys()];
  const graphs = indices.filter((i) => launches.isGraph[i] === 1);
  const eager = indices.filter((i) => launches.isGraph[i] === 0);
  return {
    eager: eager.length,
    graph: graphCalls(trace),
    graphWithKernels: graphs.length,
    kernelsPerGraph: graphs.length > 0 ? distribution(graphs.map((i) => launches.kernels[i])) : undefined,
    delays: { eager: delays(trace, launches, eager, endBeforeNs), graph: delays(trace, launches, graphs, endBeforeNs) },
    shortKernels: shortKernels(trace, launches, eager),
    startedOnEmptyQueue: {
      count: indices.filter((i) => endBeforeNs[launches.first[i]] <= trace.slices.startNs[launches.call[i]]).length,
      ofKernels: launches.kernels.reduce((sum, kernels) => sum + kernels, 0),
    },
    overheadBoundNs: byCause.filter(({ cause }) => cause === 'launchLate').reduce((sum, { totalNs }) => sum + totalNs, 0),
    maxQueueDepth: queueDepth(trace, gpu).map(({ track, depth }) => {
      return { track, stream: trace.tracks[track].info.stream ?? '', depth: depth.reduce((most, value) => Math.max(most, value), 0) };
    }),
    phases: phasesOf(trace, launches, steps),
  };
}

function launchesOf(trace: Trace, gpu: GpuIndex): Launches {
  const { launch, byLaunch } = trace.gpu;
  const isGraphLaunch = graphLaunchTest(trace);
  const [call, first, kernels, isGraph] = [growing(Uint32Array), growing(Uint32Array), growing(Uint32Array), growing(Uint8Array)];
  let before = NONE;
  let count = 0;
  for (const slice of byLaunch) {
    if (launch[slice] === NONE) break;
    if (gpu.kind(slice) !== 'kernel') continue;
    if (launch[slice] !== before) {
      if (before !== NONE) kernels.push(count);
      before = launch[slice];
      count = 0;
      call.push(before);
      first.push(slice);
      isGraph.push(isGraphLaunch(before) ? 1 : 0);
    }
    count++;
  }
  if (before !== NONE) kernels.push(count);
  return { call: call.take(), first: first.take(), kernels: kernels.take(), isGraph: isGraph.take() };
}

/** For each GPU slice, when the work before it on its stream had ended; −∞ for the first. */
function endsBefore({ slices: { startNs, durNs }, gpu: { count }, tracks }: Trace, { work, track }: GpuIndex): Float64Array {
  const endBeforeNs = new Float64Array(count);
  const reachNs = new Float64Array(tracks.length).fill(Number.NEGATIVE_INFINITY);
  for (const slice of work) {
    endBeforeNs[slice] = reachNs[track[slice]];
    reachNs[track[slice]] = Math.max(reachNs[track[slice]], startNs[slice] + durNs[slice]);
  }
  return endBeforeNs;
}

function delays({ slices: { startNs, durNs } }: Trace, { call, first }: Launches, mine: number[], endBeforeNs: Float64Array): DelayReport | undefined {
  if (mine.length === 0) return undefined;
  const callEnd = (i: number): number => startNs[call[i]] + durNs[call[i]];
  const latencies = mine.map((i) => startNs[first[i]] - startNs[call[i]]);
  return {
    startLatency: distribution(latencies),
    afterCall: distribution(mine.map((i) => Math.max(0, startNs[first[i]] - callEnd(i)))),
    beyondQueue: distribution(mine.map((i) => Math.max(0, startNs[first[i]] - Math.max(callEnd(i), endBeforeNs[first[i]])))),
    histogram: histogram(latencies),
  };
}

function shortKernels({ slices: { durNs } }: Trace, { call, first }: Launches, eager: number[]): LaunchesReport['shortKernels'] {
  const short = eager.filter((i) => durNs[call[i]] <= SHORT_CALL_NS && durNs[first[i]] < durNs[call[i]]);
  const sum = (of: Uint32Array): number => short.reduce((total, i) => total + durNs[of[i]], 0);
  return { count: short.length, totalNs: sum(first), callNs: sum(call) };
}

/** Every launch of a graph, also of one whose kernels were not recorded. */
function graphCalls(trace: Trace): number {
  const { slices, categories, gpu } = trace;
  const isGraphLaunch = graphLaunchTest(trace);
  const isLaunch = categories.map(({ kind }) => kind === 'launch');
  let count = 0;
  for (let slice = gpu.count; slice < slices.count; slice++) if (isLaunch[slices.category[slice]] && isGraphLaunch(slice)) count++;
  return count;
}

function phasesOf({ slices: { startNs } }: Trace, { call, first, isGraph }: Launches, { report, stepOf }: Steps): LaunchesReport['phases'] {
  return PHASES.flatMap((phase) => {
    const steps = report.steps.filter((step) => step.phase === phase).length;
    if (steps === 0) return [];
    let graphs = 0;
    const latency = growing(Float64Array);
    for (let i = 0; i < call.length; i++) {
      const step = stepOf[first[i]];
      if (step < 0 || report.steps[step].phase !== phase) continue;
      graphs += isGraph[i];
      latency.push(startNs[first[i]] - startNs[call[i]]);
    }
    const delay = distribution(latency.take());
    return [
      {
        phase,
        eagerPerStep: (delay.count - graphs) / steps,
        graphPerStep: graphs / steps,
        delay: delay.count > 0 ? delay : undefined,
      },
    ];
  });
}
