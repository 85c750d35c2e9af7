/** Recorded arrows: flow records bound to slices once the slices lie in rows. */
import { counting, growing, reorder } from './columns.js';
import { sortByStart } from './sort.js';
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
  push(phase: FlowPhase, id: number, track: number, timeNs: number, next: boolean): void;
  /** `zeroNs`: the pushed time that is now 0 */
  bind(placed: Placed, zeroNs: number): { flows: Flows; unbound: number };
}

/** Collects flow records until the slices have their places. */
export function createFlowRecords(): FlowRecords {
  const phase = growing(Uint8Array);
  const id = growing(Float64Array);
  const track = growing(Uint32Array);
  const timeNs = growing(Float64Array);
  const next = growing(Uint8Array);
  return {
    push(phaseName, flowId, trackId, time, toNext) {
      phase.push(PHASES.indexOf(phaseName));
      id.push(flowId);
      track.push(trackId);
      timeNs.push(time);
      next.push(toNext ? 1 : 0);
    },
    bind(placed, zeroNs) {
      const records = inTimeOrder({ phase: phase.take(), id: id.take(), track: track.take(), timeNs: timeNs.take(), next: next.take() }, zeroNs);
      const bound = bindAll(placed, records);
      return { flows: joinById(records, bound, placed.launch), unbound: bound.filter((slice) => slice === NONE).length };
    },
  };
}

interface Records {
  phase: Uint8Array;
  id: Float64Array;
  track: Uint32Array;
  timeNs: Float64Array;
  next: Uint8Array;
}

/** By time; a start before what ends it at the same time. */
function inTimeOrder({ phase, id, track, timeNs, next }: Records, zeroNs: number): Records {
  const count = id.length;
  const order = counting(count);
  const sortedNs = timeNs.map((time) => time - zeroNs);
  sortByStart(
    order,
    sortedNs,
    new Float64Array(count).map((_, record) => -phase[record]),
  );
  return {
    phase: reorder(new Uint8Array(count), phase, order),
    id: reorder(new Float64Array(count), id, order),
    track: reorder(new Uint32Array(count), track, order),
    timeNs: sortedNs,
    next: reorder(new Uint8Array(count), next, order),
  };
}

/** Records by a small key, in their order inside a key; `NONE` keys are left out. */
function groupBy(keys: Uint32Array, keyCount: number): { first: Uint32Array; order: Uint32Array } {
  const first = new Uint32Array(keyCount + 1);
  for (const key of keys) if (key !== NONE) first[key + 1]++;
  for (let key = 0; key < keyCount; key++) first[key + 1] += first[key];
  const at = first.slice();
  const order = new Uint32Array(first[keyCount]);
  for (let record = 0; record < keys.length; record++) if (keys[record] !== NONE) order[at[keys[record]]++] = record;
  return { first, order };
}

/** The slice of each record: of the tracks that it may mean, the one where a slice starts just then, else the first with any. */
function bindAll(placed: Placed, { track, timeNs, next }: Records): Uint32Array {
  const bound = new Uint32Array(track.length).fill(NONE);
  const startsThen = (slice: number, record: number): boolean => slice !== NONE && placed.slices.startNs[slice] === timeNs[record];
  const choices = placed.tracksOf.reduce((most, { length }) => Math.max(most, length), 0);
  for (let choice = 0; choice < choices; choice++) {
    const tracks = track.map((pushed) => placed.tracksOf[pushed][choice] ?? NONE);
    const { first, order } = groupBy(tracks, placed.rowStart.length - 1);
    for (let final = 0; final + 1 < first.length; final++) {
      bindTrack(placed, final, order.subarray(first[final], first[final + 1]), timeNs, next, (record, slice) => {
        if (bound[record] === NONE || (startsThen(slice, record) && !startsThen(bound[record], record))) bound[record] = slice;
      });
    }
  }
  return bound;
}

/** Records in time order, so every row is walked once. */
function bindTrack(
  { slices, rows, rowStart }: Placed,
  track: number,
  records: Uint32Array,
  timeNs: Float64Array,
  next: Uint8Array,
  bind: (record: number, slice: number) => void,
): void {
  if (records.length === 0) return;
  const firstRow = rowStart[track];
  const cursors = rows.first.slice(firstRow, rowStart[track + 1]);
  for (const record of records) {
    const time = timeNs[record];
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
    bind(record, next[record] === 1 && !startsHere ? following : innermost);
  }
}

/** Records of one id in time order: a start begins an arrow, a step ends it and begins the next, an end ends it; one start may have many ends. */
function joinById({ phase, id }: Records, bound: Uint32Array, launch: Uint32Array): Flows {
  const dense = new Map<number, number>();
  const keys = new Uint32Array(id.length);
  for (let record = 0; record < id.length; record++) {
    let key = dense.get(id[record]);
    if (key === undefined) dense.set(id[record], (key = dense.size));
    keys[record] = key;
  }
  const { first, order } = groupBy(keys, dense.size);
  const from = growing(Uint32Array);
  const to = growing(Uint32Array);
  for (let key = 0; key < dense.size; key++) {
    let source = NONE;
    for (let i = first[key]; i < first[key + 1]; i++) {
      const slice = bound[order[i]];
      const isArrow = phase[order[i]] !== 0 && source !== NONE && slice !== NONE && slice !== source && launch[slice] !== source;
      if (isArrow) {
        from.push(source);
        to.push(slice);
      }
      if (phase[order[i]] !== 2) source = slice;
    }
  }
  const [sources, targets] = [from.take(), to.take()];
  const bySource = counting(sources.length).sort((a, b) => sources[a] - sources[b] || targets[a] - targets[b]);
  return { from: reorder(new Uint32Array(bySource.length), sources, bySource), to: reorder(new Uint32Array(bySource.length), targets, bySource) };
}
