/** From what was pushed to a Trace: arrange, move, link, describe. */
import type { Problem } from '../../shared/protocol.js';
import { type Arrangement, arrange } from './arrange.js';
import type { SliceBuffer } from './buffer.js';
import type { TrackKey } from './builder.js';
import type { Growing } from './columns.js';
import type { CounterSamples } from './counters.js';
import { addWork, counterDraft, draftOf } from './drafts.js';
import type { FlowRecords } from './flows.js';
import { linkLaunches, orderByLaunch } from './launches.js';
import { firstRows } from './rows.js';
import type { Interner } from './strings.js';
import { type Category, type Counters, type GpuWork, NONE, type Rows, type Slices, type Trace, type TraceMeta } from './trace.js';
import { describeTracks, type Naming, threadKey } from './tracks.js';

/** A track as the reader named it; only used ones have slices. */
export interface PushedTrack {
  key: TrackKey;
  device: string;
  stream: string;
  used: boolean;
}

/** All that the builder collected. */
export interface Pushed {
  buffer: SliceBuffer;
  tracks: PushedTrack[];
  /** what only GPU slices have: which pushed slice, and its values */
  gpuIndex: Growing<Uint32Array>;
  gridX: Growing<Uint32Array>;
  bytes: Growing<Float64Array>;
  flows: FlowRecords;
  counters: CounterSamples;
  strings: Interner;
  categories: Category[];
  /** categories of what the recorder says of itself, which does not stretch the trace; undefined when there is none */
  recorder: { wholeRecording?: number; noCategory?: number };
  naming: Omit<Naming, 'devices'>;
  problem(kind: string, count: number, message: string): void;
  problems(): Problem[];
}

/** Makes the trace; the pushed columns are used up. */
export function assemble(pushed: Pushed, meta: Omit<TraceMeta, 'problems' | 'epochNs'>, clock: { baseNs: bigint; epochOffsetNs?: bigint }): Trace {
  const { buffer, categories, naming } = pushed;
  const { used, place } = storageOrder(pushed.tracks);
  const sampled = pushed.counters.take();
  const { zeroNs, endNs } = span(pushed, sampled.timeNs);
  const arrangement = arrange(
    buffer,
    place,
    used.map(({ key }) => key.domain === 'gpu' || key.domain === 'async'),
    zeroNs,
  );
  pushed.problem('tooDeep', buffer.count - arrangement.placed, 'Slices more than 65,535 rows deep were left out.');
  const rows: Rows = { count: arrangement.rowTrack.length, first: arrangement.rowFirst, track: arrangement.rowTrack, depth: arrangement.rowDepth };
  const rowStart = firstRows(rows, used.length);
  const gpuCount = rows.first[rowStart[used.filter(({ key }) => key.domain === 'gpu').length]];
  const gpuColumns = moveGpuColumns(pushed, arrangement.position, gpuCount);
  const slices = moveSlices(buffer, arrangement);
  const strings = pushed.strings.finish();
  const launch = linkLaunches(slices, gpuCount, categories, strings);
  const { flows, unbound } = pushed.flows.bind({ slices, rows, tracksOf: sharing(pushed.tracks, used), rowStart, launch }, zeroNs);
  pushed.problem('unboundFlow', unbound, 'Flow records that point at no slice were left out.');
  const drafts = used.map((track, index) => draftOf(track, rowStart[index], rowStart[index + 1], slices, rows));
  addWork(drafts, { slices, rows, launch, categories, name: strings.get });
  const counters: Counters = { timeNs: sampled.timeNs.map((time) => time - zeroNs), value: sampled.value };
  const all = [...drafts, ...sampled.tracks.map((track) => counterDraft(track, counters, rows.count))];
  return {
    meta: {
      ...meta,
      problems: pushed.problems(),
      epochNs: clock.epochOffsetNs === undefined ? '' : String(clock.baseNs + BigInt(Math.round(zeroNs)) + clock.epochOffsetNs),
    },
    durationNs: endNs - zeroNs,
    strings,
    categories,
    slices,
    rows,
    ...describeTracks(all, { ...naming, devices: meta.devices, rank: meta.rank }),
    gpu: { count: gpuCount, launch, byLaunch: orderByLaunch(launch, slices.startNs), ...gpuColumns },
    counters,
    flows,
  };
}

const DOMAIN_ORDER: TrackKey['domain'][] = ['gpu', 'gpuAnnotation', 'cpu', 'async'];

/** Tracks that have slices, GPU work first, and the place of each pushed track among them. */
function storageOrder(tracks: PushedTrack[]): { used: PushedTrack[]; place: Uint32Array } {
  const used = DOMAIN_ORDER.flatMap((domain) => tracks.filter((track) => track.used && track.key.domain === domain));
  const places = new Map(used.map((track, index) => [track, index]));
  return { used, place: Uint32Array.from(tracks, (track) => places.get(track) ?? NONE) };
}

/** Used tracks of the same process and thread ids, for each pushed track. */
function sharing(tracks: PushedTrack[], used: PushedTrack[]): number[][] {
  const byIds = new Map<string, number[]>();
  used.forEach(({ key }, index) => {
    const ids = threadKey(key.process, key.thread);
    const known = byIds.get(ids);
    if (known) known.push(index);
    else byIds.set(ids, [index]);
  });
  return tracks.map(({ key }) => byIds.get(threadKey(key.process, key.thread)) ?? []);
}

/**
 * From the first start to the last end. What the recorder says of itself does not stretch it: the span of the whole recording, and
 * marks without category (Kineto's "Record Window End" lies 44 ms behind the last event of a vLLM run). A trace without slices of
 * its own takes its span from counters, or from those.
 */
function span({ buffer, recorder }: Pushed, counterNs: Float64Array): { zeroNs: number; endNs: number } {
  const work = emptySpan();
  const own = emptySpan();
  const counted = emptySpan();
  buffer.eachSpan((category, startNs, endNs) => {
    const ofRecorder = category === recorder.wholeRecording || (category === recorder.noCategory && startNs === endNs);
    widen(ofRecorder ? own : work, startNs, endNs);
  });
  for (const timeNs of counterNs) widen(counted, timeNs, timeNs);
  return [work, counted, own].find(({ zeroNs, endNs }) => zeroNs <= endNs) ?? { zeroNs: 0, endNs: 0 };
}

function emptySpan(): { zeroNs: number; endNs: number } {
  return { zeroNs: Number.POSITIVE_INFINITY, endNs: Number.NEGATIVE_INFINITY };
}

function widen(span: { zeroNs: number; endNs: number }, startNs: number, endNs: number): void {
  if (startNs < span.zeroNs) span.zeroNs = startNs;
  if (endNs > span.endNs) span.endNs = endNs;
}

function moveGpuColumns({ gpuIndex, gridX, bytes }: Pushed, position: Uint32Array, count: number): Pick<GpuWork, 'gridX' | 'bytes'> {
  const moved = { gridX: new Uint32Array(count), bytes: new Float64Array(count) };
  const [index, gridXOf, bytesOf] = [gpuIndex.take(), gridX.take(), bytes.take()];
  for (let i = 0; i < index.length; i++) {
    moved.gridX[position[index[i]]] = gridXOf[i];
    moved.bytes[position[index[i]]] = bytesOf[i];
  }
  return moved;
}

function moveSlices(buffer: SliceBuffer, { position, placed, startNs, durNs }: Arrangement): Slices {
  return {
    count: placed,
    startNs,
    durNs,
    name: buffer.move('name', position, new Uint32Array(placed)),
    category: buffer.move('category', position, new Uint16Array(placed)),
    correlation: buffer.move('correlation', position, new Uint32Array(placed)),
    external: buffer.move('external', position, new Uint32Array(placed)),
    recordLow: buffer.move('recordLow', position, new Uint32Array(placed)),
    recordHigh: buffer.move('recordHigh', position, new Uint8Array(placed)),
  };
}
