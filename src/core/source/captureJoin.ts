/** The stacks that a capture trace has for the kernels of a recording's graph replays. */
import { NONE, type Trace } from '../trace/trace.js';
import { type CaptureRegion, captureRegions, joinReplay, regionOf } from './capture.js';
import { type LaunchStack, launchStacks, type ModuleCall, moduleCalls } from './launchStack.js';
import type { Capture, WorkIndex } from './linkInput.js';

export interface CapturedStacks {
  stackOf(slice: number): LaunchStack | undefined;
  /** modules of the capture trace by their slices there */
  modules: Map<number, ModuleCall>;
}

/** Joins every replay in the recording to the graph it replays. */
export function joinCapture(trace: Trace, { work }: WorkIndex, capture: Capture): CapturedStacks {
  const { slices, strings, gpu } = trace;
  const regions = captureRegions(capture.trace);
  const stacks = launchStacks(capture.trace, allLaunches(regions));
  const launchOf = new Uint32Array(gpu.count).fill(NONE);
  const replays = replaysOf(trace, work);
  for (const [replay, kernels] of replays.entries()) {
    const region = regionOf(regions, replays.length, replay, kernels.length);
    if (region === undefined) continue;
    const launchedNames = Array.from(region.launches, (launch) => capture.launchedName(launch));
    const kernelNames = kernels.map((slice) => strings.get(slices.name[slice]));
    for (const [at, launch] of joinReplay(launchedNames, region, kernelNames).entries()) launchOf[kernels[at]] = launch;
  }
  return { stackOf: (slice) => stacks.get(launchOf[slice]), modules: moduleCalls(capture.trace) };
}

function allLaunches(regions: readonly CaptureRegion[]): Uint32Array {
  return Uint32Array.from(regions.flatMap(({ launches }) => [...launches])).sort();
}

/** Kernels of each graph launch, in time order; replays in the order of their launches. */
export function replaysOf({ gpu, slices, strings }: Trace, work: Uint32Array): number[][] {
  const replays = new Map<number, number[]>();
  for (const slice of work) {
    const launch = gpu.launch[slice];
    if (launch === NONE || !/GraphLaunch/.test(strings.get(slices.name[launch]))) continue;
    const mine = replays.get(launch);
    if (mine === undefined) replays.set(launch, [slice]);
    else mine.push(slice);
  }
  return [...replays].sort(([a], [b]) => slices.startNs[a] - slices.startNs[b]).map(([, kernels]) => kernels);
}
