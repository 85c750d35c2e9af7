/**
 * A trace and its levels as bytes, and back. One blob: a magic number, the length of a JSON header, the header, then every
 * column as it lies in memory, eight-byte aligned, so that reading it back makes views and copies nothing.
 * What cannot be trusted (another version, another byte order, a file cut short or overwritten) gives undefined: it is read anew.
 */
import * as v from 'valibot';
import { SLICE_KINDS } from '../../shared/protocol.js';
import { everySlice, type Levels, type RunLevel } from './levels.js';
import { RecordedMemorySchema } from './recordedMemory.js';
import { makeStrings } from './strings.js';
import type { Trace } from './trace.js';

/** Raised with every change of the columns or of what the builder puts into them. */
const VERSION = 2;
const MAGIC = 0x544c4b00 + VERSION;
const PREFIX_BYTES = 16;
const PAGE_BYTES = 4096;

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;
type ColumnType<T extends Column> = { new (buffer: ArrayBufferLike, offset: number, length: number): T; BYTES_PER_ELEMENT: number };

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Text = v.string();

const TrackSchema = v.object({
  info: v.object({
    id: Count,
    group: Count,
    kind: v.picklist(['stream', 'gpuAnnotation', 'thread', 'async', 'counter']),
    name: Text,
    detail: Text,
    rowCount: Count,
    sliceCount: Count,
    firstNs: v.number(),
    lastNs: v.number(),
    stream: v.optional(Text),
    device: v.optional(Text),
  }),
  firstRow: Count,
  process: Text,
  thread: Text,
  firstSample: Count,
  sampleCount: Count,
});

const MetaSchema = v.object({
  format: Text,
  producer: Text,
  epochNs: Text,
  rank: v.optional(v.number()),
  worldSize: v.optional(v.number()),
  devices: v.array(v.object({ id: Text, name: Text })),
  facts: v.array(v.object({ key: Text, value: Text })),
  events: Count,
  textBytes: Count,
  problems: v.array(v.object({ kind: Text, count: Count, message: Text })),
  damage: v.optional(Text),
  memory: v.optional(RecordedMemorySchema),
});

const HeaderSchema = v.object({
  meta: MetaSchema,
  durationNs: v.number(),
  categories: v.array(v.object({ text: Text, kind: v.picklist(SLICE_KINDS) })),
  tracks: v.array(TrackSchema),
  groups: v.array(v.object({ id: Count, kind: v.picklist(['gpu', 'process', 'other']), name: Text, detail: Text })),
  levelWidthsNs: v.array(v.number()),
  /** element count of each column, in the order of the blob */
  lengths: v.array(Count),
});

/** The parts of the blob in order. Columns are not copied: write them before the trace changes hands. */
export function saveTrace(trace: Trace, [, ...levels]: Levels): Uint8Array[] {
  const columns = columnsOf(trace, levels);
  const { meta, durationNs, categories, tracks, groups } = trace;
  const levelWidthsNs = levels.map(({ widthNs }) => widthNs);
  const lengths = columns.map(({ length }) => length);
  const header = new TextEncoder().encode(JSON.stringify({ meta, durationNs, categories, tracks, groups, levelWidthsNs, lengths }));
  const bodies = columns.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  const prefix = new Uint32Array([MAGIC, header.length, sampleOf(bodies), sampleOf([header])]);
  return [new Uint8Array(prefix.buffer), ...padded(header), ...bodies.flatMap(padded)];
}

/** The trace and its levels as views of the blob; undefined when it is not a sound blob of this version. */
export function restoreTrace(blob: Uint8Array): { trace: Trace; levels: Levels } | undefined {
  try {
    return read(blob.byteOffset % 8 === 0 ? blob : blob.slice());
  } catch {
    return undefined;
  }
}

function read(blob: Uint8Array): { trace: Trace; levels: Levels } | undefined {
  if (blob.length < PREFIX_BYTES) return undefined;
  const [magic, headerLength, bodySample, headerSample] = new Uint32Array(blob.buffer, blob.byteOffset, PREFIX_BYTES / 4);
  const headerBytes = blob.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength);
  if (magic !== MAGIC || headerBytes.length !== headerLength || headerSample !== sampleOf([headerBytes])) return undefined;
  const { lengths, levelWidthsNs, ...header } = v.parse(HeaderSchema, JSON.parse(new TextDecoder().decode(headerBytes)));
  const body = PREFIX_BYTES + aligned(headerLength);
  const parts: Uint8Array[] = [];
  let offset = body;
  let next = 0;
  const take = <T extends Column>(type: ColumnType<T>): T => {
    const column = new type(blob.buffer, blob.byteOffset + offset, lengths[next++]);
    if (offset + column.byteLength > blob.length) throw new Error('the blob is cut short');
    parts.push(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    offset += aligned(column.byteLength);
    return column;
  };
  const strings = makeStrings(take(Uint8Array), take(Uint32Array));
  const slices = {
    startNs: take(Float64Array),
    durNs: take(Float64Array),
    name: take(Uint32Array),
    category: take(Uint16Array),
    correlation: take(Uint32Array),
    external: take(Uint32Array),
    recordLow: take(Uint32Array),
    recordHigh: take(Uint8Array),
  };
  const rows = { first: take(Uint32Array), track: take(Uint32Array), depth: take(Uint16Array) };
  const order = take(Uint32Array);
  const gpu = { launch: take(Uint32Array), byLaunch: take(Uint32Array), gridX: take(Uint32Array), bytes: take(Float64Array) };
  const counters = { timeNs: take(Float64Array), value: take(Float64Array) };
  const flows = { from: take(Uint32Array), to: take(Uint32Array) };
  const trace: Trace = {
    ...header,
    strings,
    slices: { count: slices.startNs.length, ...slices },
    rows: { count: rows.track.length, ...rows },
    order,
    gpu: { count: gpu.launch.length, ...gpu },
    counters,
    flows,
  };
  const coarser = levelWidthsNs.map((widthNs) => ({
    widthNs,
    rowFirst: take(Uint32Array),
    first: take(Uint32Array),
    main: take(Uint32Array),
    mainDurNs: take(Float64Array),
    name: take(Uint32Array),
    category: take(Uint16Array),
    startNs: take(Float64Array),
    durNs: take(Float64Array),
  }));
  if (next !== lengths.length || offset !== blob.length || bodySample !== sampleOf(parts)) return undefined;
  return { trace, levels: [everySlice(trace.slices, trace.rows.first), ...coarser] };
}

/** Every column in the order of the blob, which is the order in which `read` takes them. */
function columnsOf({ strings, slices, rows, order, gpu, counters, flows }: Trace, levels: RunLevel[]): Column[] {
  const { startNs, durNs, name, category, correlation, external, recordLow, recordHigh } = slices;
  return [
    ...[strings.bytes, strings.offset],
    ...[startNs, durNs, name, category, correlation, external, recordLow, recordHigh],
    ...[rows.first, rows.track, rows.depth, order],
    ...[gpu.launch, gpu.byLaunch, gpu.gridX, gpu.bytes],
    ...[counters.timeNs, counters.value, flows.from, flows.to],
    ...levels.flatMap((level) => [level.rowFirst, level.first, level.main, level.mainDurNs, level.name, level.category, level.startNs, level.durNs]),
  ];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function padded(bytes: Uint8Array): Uint8Array[] {
  return aligned(bytes.length) === bytes.length ? [bytes] : [bytes, new Uint8Array(aligned(bytes.length) - bytes.length)];
}

/** A number made of one byte in 64 of every page: what a disk loses, it loses in pages. Reading all would take as long as the rest. */
function sampleOf(parts: Uint8Array[]): number {
  let sample = 0;
  for (const bytes of parts) {
    const step = bytes.length > PAGE_BYTES ? PAGE_BYTES / 64 - 1 : 1;
    for (let at = 0; at < bytes.length; at += step) sample = (Math.imul(sample, 31) + bytes[at]) >>> 0;
  }
  return sample;
}
