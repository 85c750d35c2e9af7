/** From a slice to its neighbours: what encloses it, what it encloses, what lies beside it, what caused it. */
import type { SliceId } from '../../shared/protocol.js';
import { firstAfter, firstEndingAfter, firstFrom, rowOf, trackOf } from './rows.js';
import { NONE, type Trace } from './trace.js';

/** The slice a row above in which this one begins; NONE on the first row and on streams, where rows are lanes. */
export function parentOf(trace: Trace, slice: SliceId): SliceId {
  const { rows, slices, tracks } = trace;
  const row = rowOf(rows, slice);
  if (isLane(trace, row)) return NONE;
  for (let above = row - 1; above >= tracks[rows.track[row]].firstRow; above--) {
    const found = covering(trace, above, slices.startNs[slice]);
    if (found !== NONE) return found;
  }
  return NONE;
}

/** What encloses a slice on its thread, outermost first, without the slice. */
export function ancestorsOf(trace: Trace, slice: SliceId): SliceId[] {
  const ancestors: SliceId[] = [];
  for (let parent = parentOf(trace, slice); parent !== NONE; parent = parentOf(trace, parent)) ancestors.unshift(parent);
  return ancestors;
}

/** The slices a row below that begin in this one: a run of ids. */
export function childrenOf(trace: Trace, slice: SliceId): { first: SliceId; count: number } {
  const { rows, slices, tracks } = trace;
  const row = rowOf(rows, slice);
  const below = row + 1;
  const { firstRow, info } = tracks[rows.track[row]];
  if (isLane(trace, row) || below === firstRow + info.rowCount) return { first: 0, count: 0 };
  const startNs = slices.startNs[slice];
  const first = firstFrom(slices, rows.first[below], rows.first[below + 1], startNs);
  return { first, count: firstFrom(slices, first, rows.first[below + 1], startNs + slices.durNs[slice]) - first };
}

/** Duration without the time that direct children cover; undefined on streams, where nothing nests. */
export function selfNs(trace: Trace, slice: SliceId): number | undefined {
  const { rows, slices } = trace;
  if (isLane(trace, rowOf(rows, slice))) return undefined;
  const endNs = slices.startNs[slice] + slices.durNs[slice];
  const { first, count } = childrenOf(trace, slice);
  let covered = 0;
  for (let child = first; child < first + count; child++) covered += Math.min(slices.startNs[child] + slices.durNs[child], endNs) - slices.startNs[child];
  return slices.durNs[slice] - covered;
}

/** Neighbour on the same row; NONE at its ends. */
export function neighbourOf({ rows }: Trace, slice: SliceId, direction: 1 | -1): SliceId {
  const row = rowOf(rows, slice);
  const neighbour = slice + direction;
  return neighbour >= rows.first[row] && neighbour < rows.first[row + 1] ? neighbour : NONE;
}

/** The slice above: its parent, or what is nearest in time on the row above, of this track or of the one before it on screen. */
export function above(trace: Trace, slice: SliceId): SliceId {
  const parent = parentOf(trace, slice);
  return parent === NONE ? nearestBeside(trace, slice, -1) : parent;
}

/** The slice below: its first child, or what is nearest in time on the row below, of this track or of the next one on screen. */
export function below(trace: Trace, slice: SliceId): SliceId {
  const { first, count } = childrenOf(trace, slice);
  return count === 0 ? nearestBeside(trace, slice, 1) : first;
}

/** The slice of the same name that begins next, or before; NONE when there is none. */
export function sameNameInTime({ slices }: Trace, slice: SliceId, direction: 1 | -1): SliceId {
  return bestOfName(slices.name, slices.startNs, slice, direction);
}

/** The slice of the same name that is next longer (1) or shorter (−1); NONE when there is none. */
export function sameNameByDuration({ slices }: Trace, slice: SliceId, direction: 1 | -1): SliceId {
  return bestOfName(slices.name, slices.durNs, slice, direction);
}

/** Why GPU work ran: the frames and ops around the call that launched it, the call, the work. For other slices: what encloses them. */
export function causesOf(trace: Trace, slice: SliceId): SliceId[] {
  const call = slice < trace.gpu.count ? trace.gpu.launch[slice] : NONE;
  return call === NONE ? [...ancestorsOf(trace, slice), slice] : [...ancestorsOf(trace, call), call, slice];
}

/** GPU work that a call launched, in time order. */
export function launchedBy({ gpu }: Trace, call: SliceId): Uint32Array {
  const firstFrom = (wanted: number): number => {
    let low = 0;
    let high = gpu.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (gpu.launch[gpu.byLaunch[middle]] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return call === NONE ? new Uint32Array(0) : gpu.byLaunch.subarray(firstFrom(call), firstFrom(call + 1));
}

/** Rows of streams and of async tracks are lanes: slices above each other have nothing to do with each other. */
function isLane({ rows, tracks }: Trace, row: number): boolean {
  const { kind } = tracks[rows.track[row]].info;
  return kind === 'stream' || kind === 'async';
}

/** The slice of a row that is running at a time; NONE when there is none. */
function covering({ rows, slices }: Trace, row: number, timeNs: number): SliceId {
  const last = firstAfter(slices, rows.first[row], rows.first[row + 1], timeNs) - 1;
  if (last < rows.first[row]) return NONE;
  return slices.startNs[last] + slices.durNs[last] > timeNs ? last : NONE;
}

function nearestBeside(trace: Trace, slice: SliceId, direction: 1 | -1): SliceId {
  const { rows, slices, tracks, order } = trace;
  const row = rowOf(rows, slice);
  const track = trackOf(trace, slice);
  const { firstRow, info } = tracks[track];
  const beside = row + direction;
  if (beside >= firstRow && beside < firstRow + info.rowCount) return nearest(trace, beside, slices.startNs[slice]);
  for (let place = order.indexOf(track) + direction; place >= 0 && place < order.length; place += direction) {
    const { firstRow: otherFirst, info: other } = tracks[order[place]];
    if (other.kind !== 'counter') return nearest(trace, direction === 1 ? otherFirst : otherFirst + other.rowCount - 1, slices.startNs[slice]);
  }
  return NONE;
}

/** The slice of a row that runs at a time or is least far from it. */
function nearest({ rows, slices }: Trace, row: number, timeNs: number): SliceId {
  const after = firstEndingAfter(slices, rows.first[row], rows.first[row + 1], timeNs);
  if (after === rows.first[row]) return after;
  if (after === rows.first[row + 1]) return after - 1;
  const gapBefore = timeNs - slices.startNs[after - 1] - slices.durNs[after - 1];
  return slices.startNs[after] - timeNs <= gapBefore ? after : after - 1;
}

/** The slice of the same name whose value is the next one in a direction; ids order equal values. */
function bestOfName(name: Uint32Array, value: Float64Array, slice: SliceId, direction: 1 | -1): SliceId {
  const follows = (a: SliceId, b: SliceId): boolean => (value[a] - value[b] || a - b) * direction > 0;
  let best = NONE;
  for (let other = 0; other < name.length; other++) {
    if (name[other] === name[slice] && follows(other, slice) && (best === NONE || follows(best, other))) best = other;
  }
  return best;
}
