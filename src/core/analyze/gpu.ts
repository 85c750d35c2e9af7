/** GPU work as most analyses want it: in time order whatever its stream, and told apart by what it does. */
import { KERNEL_CATEGORIES, type SliceKind } from '../../shared/protocol.js';
import { inTimeOrder } from '../trace/search.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type CategoryRules, kernelCategory } from './categories.js';

export interface GpuIndex {
  /** ids of all GPU work by start */
  work: Uint32Array;
  /** latest end of work[0 … i]: ascending, so that what touches a time can be found by halving */
  reachNs: Float64Array;
  /** the kernels among them */
  kernels: Uint32Array;
  /** index into KERNEL_CATEGORIES for each GPU slice; copies and sets are 'copy' */
  category: Uint8Array;
  /** index into `Trace.tracks` for each GPU slice */
  track: Uint32Array;
  kind(slice: number): SliceKind;
}

/** Sorts and classifies the GPU work of a trace, once for all analyses; by the user's own rules first. */
export function indexGpu(trace: Trace, ownRules: CategoryRules = []): GpuIndex {
  const { slices, categories, gpu } = trace;
  const kind = (slice: number): SliceKind => categories[slices.category[slice]].kind;
  const category = new Uint8Array(gpu.count);
  const categoryOfName = new Map<number, number>();
  const copy = KERNEL_CATEGORIES.indexOf('copy');
  for (let slice = 0; slice < gpu.count; slice++) {
    if (kind(slice) !== 'kernel') {
      category[slice] = copy;
      continue;
    }
    const name = slices.name[slice];
    let known = categoryOfName.get(name);
    if (known === undefined) {
      known = KERNEL_CATEGORIES.indexOf(kernelCategory(trace.strings.get(name), ownRules));
      categoryOfName.set(name, known);
    }
    category[slice] = known;
  }
  const work = inTimeOrder(
    slices,
    Uint32Array.from({ length: gpu.count }, (_, slice) => slice),
  );
  return { work, reachNs: reachOf(trace, work), kernels: work.filter((slice) => kind(slice) === 'kernel'), category, track: tracksOf(trace), kind };
}

function reachOf({ slices }: Trace, work: Uint32Array): Float64Array {
  const reachNs = new Float64Array(work.length);
  let latestNs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < work.length; i++) reachNs[i] = latestNs = Math.max(latestNs, slices.startNs[work[i]] + slices.durNs[work[i]]);
  return reachNs;
}

/** Start of the call that launched the GPU work; undefined when it is not in the recording. */
export function launchStart(trace: Trace, slice: number): number | undefined {
  const launch = trace.gpu.launch[slice];
  return launch === NONE ? undefined : trace.slices.startNs[launch];
}

/** Index of the first of the ascending values that is greater than `value`. */
export function upperBound(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tracksOf(trace: Trace): Uint32Array {
  const track = new Uint32Array(trace.gpu.count);
  const { rows } = trace;
  for (let row = 0; row < rows.count && rows.first[row] < track.length; row++) track.fill(rows.track[row], rows.first[row], rows.first[row + 1]);
  return track;
}
