/** The calls of threads that an analysis is about, and which of them is nearest around each. */
import type { SliceKind } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';

export interface CallTree {
  count: number;
  /** ascending slice ids: whatever is around a call comes before it */
  slice: Uint32Array;
  /** index of the call around each, NONE for the outermost; it ends after the call begins */
  parent: Uint32Array;
}

/** The slices of threads whose kind is one of `kinds`; `tracks` are all threads unless told otherwise. */
export function callTree(trace: Trace, kinds: ReadonlySet<SliceKind>, tracks?: readonly number[]): CallTree {
  const { slices, rows, categories } = trace;
  const { startNs, durNs } = slices;
  const wanted = categories.map(({ kind }) => kinds.has(kind));
  const inTrack = trace.tracks.map(({ info }, track) => info.kind === 'thread' && (tracks?.includes(track) ?? true));
  const total = countWanted(trace, wanted, inTrack);
  const tree: CallTree = { count: 0, slice: new Uint32Array(total), parent: new Uint32Array(total) };

  // For each slice of the row above: the innermost wanted call that is it or is around it.
  let innermostAbove = new Uint32Array(0);
  for (let row = 0; row < rows.count; row++) {
    if (!inTrack[rows.track[row]]) continue;
    const first = rows.first[row];
    const end = rows.first[row + 1];
    const innermost = new Uint32Array(end - first);
    const outermostRow = row === 0 || rows.track[row - 1] !== rows.track[row];
    const firstAbove = outermostRow ? first : rows.first[row - 1];
    let above = firstAbove;
    for (let slice = first; slice < end; slice++) {
      let around = NONE;
      if (!outermostRow) {
        while (above + 1 < first && startNs[above + 1] <= startNs[slice]) above++;
        around = innermostAbove[above - firstAbove];
        // A frame that outlives the call it began in holds later slices on rows below that call.
        while (around !== NONE && startNs[tree.slice[around]] + durNs[tree.slice[around]] <= startNs[slice]) around = tree.parent[around];
      }
      if (wanted[slices.category[slice]]) {
        tree.slice[tree.count] = slice;
        tree.parent[tree.count] = around;
        around = tree.count++;
      }
      innermost[slice - first] = around;
    }
    innermostAbove = innermost;
  }
  return tree;
}

/** Index of a slice in the tree; NONE when it is not there. */
export function indexIn({ slice: slices, count }: CallTree, slice: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices[middle] < slice) low = middle + 1;
    else high = middle;
  }
  return low < count && slices[low] === slice ? low : NONE;
}

/**
 * Duration of each call without the calls right under it, as PyTorch counts it: a child that outlives its parent takes only
 * what the parent has.
 */
export function selfTimes({ slices: { startNs, durNs } }: Trace, { count, slice, parent }: CallTree): Float64Array {
  const selfNs = new Float64Array(count);
  for (let call = 0; call < count; call++) {
    selfNs[call] += durNs[slice[call]];
    if (parent[call] !== NONE) selfNs[parent[call]] -= insideNs(startNs, durNs, slice[call], slice[parent[call]]);
  }
  return selfNs;
}

/** How much of a call lies before the end of the one around it. */
export function insideNs(startNs: Float64Array, durNs: Float64Array, call: number, around: number): number {
  return Math.min(durNs[call], startNs[around] + durNs[around] - startNs[call]);
}

/** Adds what each call has to everything around it, innermost first. */
export function addUpwards({ count, parent }: CallTree, values: Float64Array): Float64Array {
  for (let call = count - 1; call >= 0; call--) if (parent[call] !== NONE) values[parent[call]] += values[call];
  return values;
}

function countWanted({ slices, rows }: Trace, wanted: boolean[], inTrack: boolean[]): number {
  let count = 0;
  for (let row = 0; row < rows.count; row++) {
    if (!inTrack[rows.track[row]]) continue;
    for (let slice = rows.first[row]; slice < rows.first[row + 1]; slice++) if (wanted[slices.category[slice]]) count++;
  }
  return count;
}
