/** Launches of a capture trace, recorded while a graph was made, joined to the kernels that the graph's replays ran. */
import { NONE, type Trace } from '../trace/trace.js';

/** What one graph captured, in order: slice ids of launch calls in the capture trace. */
export interface CaptureRegion {
  launches: Uint32Array;
}

/** Capturing one graph writes "…StreamBeginCapture", its launches, "…StreamEndCapture" on one thread. */
export function captureRegions(trace: Trace): CaptureRegion[] {
  const { slices, categories, strings, gpu } = trace;
  const isLaunch = categories.map(({ kind }) => kind === 'launch');
  const calls: number[] = [];
  for (let slice = gpu.count; slice < slices.count; slice++) if (isLaunch[slices.category[slice]]) calls.push(slice);
  calls.sort((a, b) => slices.startNs[a] - slices.startNs[b] || a - b);
  const regions: CaptureRegion[] = [];
  let open: number[] | undefined;
  for (const call of calls) {
    const name = strings.get(slices.name[call]);
    if (/StreamBeginCapture/.test(name)) open = [];
    else if (/StreamEndCapture/.test(name)) {
      if (open !== undefined && open.length > 0) regions.push({ launches: Uint32Array.from(open) });
      open = undefined;
    } else if (open !== undefined && /LaunchKernel|Memcpy\w*Async|Memset\w*Async|ModuleLaunch/.test(name)) open.push(call);
  }
  return regions;
}

/**
 * For each kernel of one replay, in order, the captured launch that made it; NONE where none fits. With the kernels' names, which
 * ROCm records with the launch, unmatched launches are passed over; without, the place in the order decides and the counts must agree.
 */
export function joinReplay(launchedNames: readonly (string | undefined)[], region: CaptureRegion, kernelNames: readonly string[]): Uint32Array {
  const joined = new Uint32Array(kernelNames.length).fill(NONE);
  if (launchedNames.every((name) => name === undefined)) {
    if (region.launches.length === kernelNames.length) joined.set(region.launches);
    return joined;
  }
  let next = 0;
  for (const [index, kernel] of kernelNames.entries()) {
    const found = launchedNames.indexOf(kernel, next);
    if (found < 0) continue;
    joined[index] = region.launches[found];
    next = found + 1;
  }
  return joined;
}

/** The region that a replay is of: steps replay the pieces of a model in the order they were captured; else one of its length. */
export function regionOf(regions: readonly CaptureRegion[], replays: number, replay: number, kernels: number): CaptureRegion | undefined {
  if (regions.length > 0 && replays % regions.length === 0) return regions[replay % regions.length];
  return regions.find(({ launches }) => launches.length === kernels);
}
