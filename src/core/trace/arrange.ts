/** From file order to rows: per track sorted by start, then given depths (nesting) or lanes (overlap). */
import type { SliceBuffer } from './buffer.js';
import { sortByStart } from './sort.js';
import { NONE } from './trace.js';

/** Rows hold their depth in 16 bits. Nothing real comes near: stacks of Python traces are about 100 deep. */
const MAX_ROWS = 0xffff;

/** Where every pushed slice went. */
export interface Arrangement {
  /** slice id of each pushed slice; NONE for the few that found no row */
  position: Uint32Array;
  placed: number;
  /** columns of the slices: what sorting needs is moved while it sorts */
  startNs: Float64Array;
  durNs: Float64Array;
  rowFirst: Uint32Array;
  rowTrack: Uint32Array;
  rowDepth: Uint16Array;
}

/**
 * `storage[t]` is the place of pushed track t in the new order; `overlaps[place]` tells where slices side by side must not nest.
 * `zeroNs`: the pushed time that becomes 0. Uses up the columns track, start and dur.
 */
export function arrange(buffer: SliceBuffer, storage: Uint32Array, overlaps: boolean[], zeroNs: number): Arrangement {
  const first = countTracks(buffer, storage, overlaps.length);
  const { index, position } = groupByTrack(buffer, storage, first);
  const startNs = buffer.move('start', position, new Float64Array(buffer.count));
  const durNs = buffer.move('dur', position, new Float64Array(buffer.count));
  const rowFirst: number[] = [];
  const rowTrack: number[] = [];
  const rowDepth: number[] = [];
  const longest = first.reduce((most, _, track) => Math.max(most, track === 0 ? 0 : first[track] - first[track - 1]), 0);
  const scratch = { start: new Float64Array(longest), dur: new Float64Array(longest), row: new Uint16Array(longest) };
  let placed = 0;
  for (let track = 0; track < overlaps.length; track++) {
    const mine = index.subarray(first[track], first[track + 1]);
    const start = scratch.start.subarray(0, mine.length);
    const dur = scratch.dur.subarray(0, mine.length);
    const row = scratch.row.subarray(0, mine.length);
    start.set(startNs.subarray(first[track], first[track + 1]));
    dur.set(durNs.subarray(first[track], first[track + 1]));
    sortByStart(mine, start, dur);
    const sizes = overlaps[track] ? lanes(start, dur, row) : depths(start, dur, row);
    const next = sizes.map((size, depth) => {
      rowFirst.push(placed);
      rowTrack.push(track);
      rowDepth.push(depth);
      placed += size;
      return placed - size;
    });
    for (let i = 0; i < row.length; i++) {
      if (row[i] === MAX_ROWS) {
        position[mine[i]] = NONE;
        continue;
      }
      const slice = next[row[i]]++;
      position[mine[i]] = slice;
      startNs[slice] = start[i] - zeroNs;
      durNs[slice] = dur[i];
    }
  }
  return {
    position,
    placed,
    startNs: startNs.subarray(0, placed),
    durNs: durNs.subarray(0, placed),
    rowFirst: Uint32Array.from([...rowFirst, placed]),
    rowTrack: Uint32Array.from(rowTrack),
    rowDepth: Uint16Array.from(rowDepth),
  };
}

function countTracks(buffer: SliceBuffer, storage: Uint32Array, trackCount: number): Uint32Array {
  const first = new Uint32Array(trackCount + 1);
  buffer.each('track', (track) => first[storage[track] + 1]++);
  for (let track = 0; track < trackCount; track++) first[track + 1] += first[track];
  return first;
}

/** Pushed slices track by track, in file order inside a track: which they are, and where each lies. */
function groupByTrack(buffer: SliceBuffer, storage: Uint32Array, first: Uint32Array): { index: Uint32Array; position: Uint32Array } {
  const index = new Uint32Array(buffer.count);
  const position = new Uint32Array(buffer.count);
  const next = first.slice();
  buffer.each('track', (track, i) => {
    position[i] = next[storage[track]]++;
    index[position[i]] = i;
  });
  buffer.drop('track');
  return { index, position };
}

/**
 * Nesting depth: the number of slices still open. A slice that outlives the one it began in (the clock's last digit
 * does that to Python frames) lies one row deeper like a child: never lost, never on top of another. Gives the size of each row.
 */
function depths(start: Float64Array, dur: Float64Array, row: Uint16Array): number[] {
  const openEnd: number[] = [];
  let open = 0;
  const sizes: number[] = [];
  for (let i = 0; i < start.length; i++) {
    while (open > 0 && openEnd[open - 1] <= start[i]) open--;
    if (open === MAX_ROWS) {
      row[i] = MAX_ROWS;
      continue;
    }
    row[i] = open;
    if (open === sizes.length) sizes.push(0);
    sizes[open]++;
    openEnd[open++] = start[i] + dur[i];
  }
  return sizes;
}

/** Lane: the first one that is free. A tree of the earliest ends finds it without asking every lane. Gives the size of each lane. */
function lanes(start: Float64Array, dur: Float64Array, row: Uint16Array): number[] {
  let size = 1;
  let earliestEnd = new Float64Array(2).fill(-Infinity);
  const sizes: number[] = [];
  for (let i = 0; i < start.length; i++) {
    while (earliestEnd[1] > start[i]) {
      const half = earliestEnd;
      earliestEnd = new Float64Array(size * 4).fill(-Infinity);
      earliestEnd.set(half.subarray(size), size * 2);
      size *= 2;
      for (let node = size - 1; node > 0; node--) earliestEnd[node] = Math.min(earliestEnd[node * 2], earliestEnd[node * 2 + 1]);
    }
    let node = 1;
    while (node < size) node = earliestEnd[node * 2] <= start[i] ? node * 2 : node * 2 + 1;
    const lane = node - size;
    if (lane >= MAX_ROWS) {
      row[i] = MAX_ROWS;
      continue;
    }
    row[i] = lane;
    if (lane === sizes.length) sizes.push(0);
    sizes[lane]++;
    earliestEnd[node] = start[i] + dur[i];
    for (node >>= 1; node > 0; node >>= 1) earliestEnd[node] = Math.min(earliestEnd[node * 2], earliestEnd[node * 2 + 1]);
  }
  return sizes;
}
