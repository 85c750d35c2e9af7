/** Recorded arrows: flow records bound to slices once the slices lie in rows. */
import { growing } from './columns.js';
import { type Flows, NONE, type Rows, type Slices } from './trace.js';

const PHASES = ['start', 'step', 'end'] as const;
export type FlowPhase = (typeof PHASES)[number];

interface Placed {
  slices: Slices;
  rows: Rows;
  /** final tracks that a pushed one may mean: a record names process and thread, which a stream can share with a thread */
  tracksOf: number[][];
  /** first row of each final track, and one more */
  rowStart: Uint32Array;
  /** launch arrows, which are not repeated here */
  launch: Uint32Array;
}

export interface FlowRecords {
  count: number;
  push(phase: FlowPhase, id: number, track: number, timeNs: number, next: boolean): void;
  /** `zeroNs`: the pushed time that is now 0 */
  bind(placed: Placed, zeroNs: number): { flows: Flows; unbound: number };
}

export function createFlowRecords(): FlowRecords {
  const phase = growing(Uint8Array);
  const id = growing(Float64Array);
  const track = growing(Uint32Array);
  const timeNs = growing(Float64Array);
  const next = growing(Uint8Array);
  return {
    count: 0,
    push(phaseName, flowId, trackId, time, toNext) {
      phase.push(PHASES.indexOf(phaseName));
      id.push(flowId);
      track.push(trackId);
      timeNs.push(time);
      next.push(toNext ? 1 : 0);
      this.count++;
    },
    bind(placed, zeroNs) {
      const phases = phase.take();
      const ids = id.take();
      const pushed = track.take();
      const times = timeNs.take().map((time) => time - zeroNs);
      const toNext = next.take();
      const bound = new Uint32Array(ids.length).fill(NONE);
      const startsThen = (slice: number, record: number): boolean => slice !== NONE && placed.slices.startNs[slice] === times[record];
      const choices = placed.tracksOf.reduce((most, { length }) => Math.max(most, length), 0);
      for (let choice = 0; choice < choices; choice++) {
        const tracks = pushed.map((trackId) => placed.tracksOf[trackId][choice] ?? NONE);
        bindToSlices(placed, tracks, times, toNext).forEach((slice, record) => {
          if (bound[record] === NONE || (startsThen(slice, record) && !startsThen(bound[record], record))) bound[record] = slice;
        });
      }
      return { flows: joinById(phases, ids, times, bound, placed.launch), unbound: bound.filter((slice) => slice === NONE).length };
    },
  };
}

/** The slice of each record. Records are walked in time order per track, so that every row is walked once. */
function bindToSlices({ slices, rows, rowStart }: Placed, tracks: Uint32Array, times: Float64Array, next: Uint8Array): Uint32Array {
  const bound = new Uint32Array(tracks.length).fill(NONE);
  const order = new Uint32Array(tracks.length).map((_, i) => i).sort((a, b) => tracks[a] - tracks[b] || times[a] - times[b]);
  let current = NONE;
  let firstRow = 0;
  let cursors = new Uint32Array(0);
  for (const record of order) {
    if (tracks[record] === NONE) break;
    if (tracks[record] !== current) {
      current = tracks[record];
      firstRow = rowStart[current];
      cursors = rows.first.slice(firstRow, rowStart[current + 1]);
    }
    const time = times[record];
    let innermost = NONE;
    let following = NONE;
    for (let depth = 0; depth < cursors.length; depth++) {
      const end = rows.first[firstRow + depth + 1];
      while (cursors[depth] < end && slices.startNs[cursors[depth]] <= time) cursors[depth]++;
      const last = cursors[depth] - 1;
      if (last >= rows.first[firstRow + depth] && slices.startNs[last] + slices.durNs[last] >= time) {
        if (innermost === NONE || slices.startNs[last] >= slices.startNs[innermost]) innermost = last;
      }
      if (cursors[depth] < end && (following === NONE || slices.startNs[cursors[depth]] < slices.startNs[following])) following = cursors[depth];
    }
    const startsHere = innermost !== NONE && slices.startNs[innermost] === time;
    bound[record] = next[record] === 1 && !startsHere ? following : innermost;
  }
  return bound;
}

/** Records of one id in time order: a start begins an arrow, a step ends it and begins the next, an end ends it; one start may have many ends. */
function joinById(phases: Uint8Array, ids: Float64Array, times: Float64Array, bound: Uint32Array, launch: Uint32Array): Flows {
  const order = new Uint32Array(ids.length).map((_, i) => i).sort((a, b) => ids[a] - ids[b] || times[a] - times[b] || phases[a] - phases[b] || a - b);
  const pairs: [number, number][] = [];
  let source = NONE;
  for (let i = 0; i < order.length; i++) {
    const record = order[i];
    if (i === 0 || ids[record] !== ids[order[i - 1]]) source = NONE;
    const slice = bound[record];
    const isArrow = phases[record] !== 0 && source !== NONE && slice !== NONE && slice !== source && launch[slice] !== source;
    if (isArrow) pairs.push([source, slice]);
    if (phases[record] !== 2) source = slice;
  }
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { from: Uint32Array.from(pairs, ([from]) => from), to: Uint32Array.from(pairs, ([, to]) => to) };
}
