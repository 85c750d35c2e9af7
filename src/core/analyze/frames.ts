/** What each Python function and each nn.Module class cost: GPU time of the kernels that were launched while it was on the stack. */

import { isThreadRoot, moduleOf, parseFrame } from '../../shared/names.js';
import type { Frame, FrameCost } from '../../shared/protocol.js';
import { firstAfter, firstRows, rowOf } from '../trace/rows.js';
import { NONE, type Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';

/** One function, or one class whatever the number of its instances. */
interface Cost {
  frame?: Frame;
  module?: string;
  search: string;
  isRoot: boolean;
  calls: number;
  gpuNs: number;
  kernelCount: number;
  /** the last launch counted: a recursive function is on the stack more than once, but its kernels ran once */
  launch: number;
  /** nn.Module classes that were innermost around a function */
  around: Set<string>;
  /** the `forward` of a class, seen right under it */
  forward?: Frame;
}

/**
 * Costs of everything Python in the recording, by GPU time. A class has the file and line of its own `forward`
 * where that was recorded, and '' for function.
 */
export function frameCosts(trace: Trace, gpu: GpuIndex): FrameCost[] {
  const costs = new Map<string, Cost>();
  const costOfName = countCalls(trace, costs);
  chargeLaunches(trace, gpu, costOfName);
  const found: FrameCost[] = [];
  for (const { frame, module, forward, around, calls, gpuNs, kernelCount, search } of costs.values()) {
    const named: Frame = frame
      ? { ...frame, module: around.size === 1 ? [...around][0] : undefined }
      : { file: forward?.file ?? '', line: forward?.line ?? 0, function: '', module };
    found.push({ frame: named, calls, gpuNs, kernelCount, search });
  }
  return found.sort((a, b) => b.gpuNs - a.gpuNs || b.calls - a.calls);
}

/** Counts the slices of every function and class; gives the cost that each name belongs to. */
function countCalls(trace: Trace, costs: Map<string, Cost>): Map<number, Cost | undefined> {
  const { slices, strings, categories } = trace;
  const python = categories.map(({ kind }) => kind === 'python');
  const costOfName = new Map<number, Cost | undefined>();
  for (let slice = trace.gpu.count; slice < slices.count; slice++) {
    if (!python[slices.category[slice]]) continue;
    const name = slices.name[slice];
    if (!costOfName.has(name)) costOfName.set(name, costNamed(strings.get(name), costs));
    const cost = costOfName.get(name);
    if (cost !== undefined) cost.calls++;
  }
  return costOfName;
}

function costNamed(name: string, costs: Map<string, Cost>): Cost | undefined {
  const module = moduleOf(name);
  const frame = parseFrame(name);
  if (module === undefined && frame === undefined) return undefined;
  const key = module === undefined ? name : `nn.Module: ${module}_`;
  const known = costs.get(key);
  if (known !== undefined) return known;
  const cost: Cost = {
    frame,
    module,
    search: module === undefined ? `name:="${name}"` : `"${key}"`,
    isRoot: isThreadRoot(name),
    calls: 0,
    gpuNs: 0,
    kernelCount: 0,
    launch: NONE,
    around: new Set(),
  };
  costs.set(key, cost);
  return cost;
}

/** Adds each launch's kernels to everything that was open on its thread when it was called. */
function chargeLaunches(trace: Trace, gpu: GpuIndex, costOfName: Map<number, Cost | undefined>): void {
  const { slices, rows } = trace;
  const { byLaunch, launch } = trace.gpu;
  const rowsOfTrack = firstRows(rows, trace.tracks.length);
  // Launches come in slice order, so in time order inside a row: in every row above, the search goes on where it stopped.
  const reached = rows.first.slice();
  const open: Cost[] = [];
  let searchedFor = NONE;
  for (let at = 0; at < byLaunch.length; ) {
    const call = launch[byLaunch[at]];
    if (call === NONE) break;
    let gpuNs = 0;
    let kernelCount = 0;
    for (; at < byLaunch.length && launch[byLaunch[at]] === call; at++) {
      if (gpu.kind(byLaunch[at]) !== 'kernel') continue;
      gpuNs += slices.durNs[byLaunch[at]];
      kernelCount++;
    }
    const row = rowOf(rows, call);
    const outermost = rowsOfTrack[rows.track[row]];
    if (row !== searchedFor) for (let above = outermost; above < row; above++) reached[above] = rows.first[above];
    searchedFor = row;
    open.length = 0;
    for (let above = outermost; above < row; above++) {
      reached[above] = firstAfter(slices, reached[above], rows.first[above + 1], slices.startNs[call]);
      const cost = reached[above] > rows.first[above] ? costOfName.get(slices.name[reached[above] - 1]) : undefined;
      if (cost?.isRoot) open.length = 0;
      if (cost !== undefined) open.push(cost);
    }
    charge(open, call, gpuNs, kernelCount);
  }
}

/** Adds the kernels of one launch to what is on its stack, outermost first. */
function charge(stack: readonly Cost[], launch: number, gpuNs: number, kernelCount: number): void {
  let module: Cost | undefined;
  for (const cost of stack) {
    if (cost.module !== undefined) module = cost;
    else if (module?.module !== undefined) {
      cost.around.add(module.module);
      if (module.forward === undefined && cost.frame?.function === 'forward') module.forward = cost.frame;
    }
    if (cost.launch === launch) continue;
    cost.launch = launch;
    cost.gpuNs += gpuNs;
    cost.kernelCount += kernelCount;
  }
}
