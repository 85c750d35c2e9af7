/** GPU work as most analyses want it: in time order whatever its stream, and told apart by what it does. */
import { KERNEL_CATEGORIES, type SliceKind } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { kernelCategory } from './categories.js';

export interface GpuIndex {
  /** ids of all GPU work by start; where starts are equal, by id */
  work: Uint32Array;
  /** the kernels among them */
  kernels: Uint32Array;
  /** index into KERNEL_CATEGORIES for each GPU slice; copies and sets are 'copy' */
  category: Uint8Array;
  /** index into `Trace.tracks` for each GPU slice */
  track: Uint32Array;
  kind(slice: number): SliceKind;
}

/** Sorts and classifies the GPU work of a trace, once for all analyses. */
export function indexGpu(trace: Trace): GpuIndex {
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
      known = KERNEL_CATEGORIES.indexOf(kernelCategory(trace.strings.get(name)));
      categoryOfName.set(name, known);
    }
    category[slice] = known;
  }
  const work = mergedRows(trace);
  return { work, kernels: work.filter((slice) => kind(slice) === 'kernel'), category, track: tracksOf(trace), kind };
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

/** Rows are sorted already, so pairs of them are merged until one run is left. */
function mergedRows(trace: Trace): Uint32Array {
  const { startNs } = trace.slices;
  let from = Uint32Array.from({ length: trace.gpu.count }, (_, slice) => slice);
  let into = new Uint32Array(trace.gpu.count);
  let borders = [...trace.rows.first.filter((first) => first < trace.gpu.count), trace.gpu.count];
  while (borders.length > 2) {
    const merged = [0];
    for (let run = 0; run + 1 < borders.length; run += 2) {
      const middle = borders[run + 1];
      const end = borders[Math.min(run + 2, borders.length - 1)];
      let a = borders[run];
      let b = middle;
      for (let at = a; at < end; at++) into[at] = b === end || (a < middle && startNs[from[a]] <= startNs[from[b]]) ? from[a++] : from[b++];
      merged.push(end);
    }
    borders = merged;
    [from, into] = [into, from];
  }
  return from;
}

function tracksOf(trace: Trace): Uint32Array {
  const track = new Uint32Array(trace.gpu.count);
  const { rows } = trace;
  for (let row = 0; row < rows.count && rows.first[row] < track.length; row++) track.fill(rows.track[row], rows.first[row], rows.first[row + 1]);
  return track;
}
