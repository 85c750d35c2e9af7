/**
 * The model of a trace: columns, no object per slice.
 *
 * Slices are stored row by row. A row is one nesting depth of a thread, or one lane of a stream: its slices do not
 * overlap and are in start order, so a row is a contiguous run of slice ids, and what a merged cell of the timeline
 * stands for is a run of ids too. Rows of one track are contiguous. GPU work (kernels, copies, sets) is stored first:
 * slice ids below `gpuSliceCount` are GPU work, which is why columns that only GPU work has are that short.
 */
import type { RecordedMemory } from '../../shared/analysis.js';
import type { DeviceInfo, GroupInfo, Problem, SliceKind, TrackInfo } from '../../shared/protocol.js';
import type { Strings } from './strings.js';

/** No correlation, no launch, no parent. */
export const NONE = 0xffffffff;

export interface Slices {
  count: number;
  startNs: Float64Array;
  durNs: Float64Array;
  /** string id */
  name: Uint32Array;
  /** index into `Trace.categories` */
  category: Uint16Array;
  /** joins a launch to its GPU work; NONE where there is none */
  correlation: Uint32Array;
  /** joins GPU work to the op that caused it; NONE where there is none */
  external: Uint32Array;
  /** where the record begins in the decompressed file: low 32 bits and the bits above them */
  recordLow: Uint32Array;
  recordHigh: Uint8Array;
}

export interface Rows {
  count: number;
  /** first[r] … first[r + 1] − 1 are the slices of row r; count + 1 long */
  first: Uint32Array;
  track: Uint32Array;
  /** nesting depth or lane inside its track, from 0 */
  depth: Uint16Array;
}

/** A category as the profiler wrote it, and what it means. */
export interface Category {
  text: string;
  kind: SliceKind;
}

/** A thread, a stream, a counter. Few, so these are objects; `info` is what people see. */
export interface Track {
  info: TrackInfo;
  /** rows firstRow … firstRow + info.rowCount − 1; counters have none */
  firstRow: number;
  /** process and thread as recorded */
  process: string;
  thread: string;
  /** samples of a counter: first and count into `Counters` */
  firstSample: number;
  sampleCount: number;
}

export interface Counters {
  timeNs: Float64Array;
  value: Float64Array;
}

/** Columns over GPU work only, indexed by slice id. */
export interface GpuWork {
  count: number;
  /** slice id of the launching call; NONE when it is not in the recording */
  launch: Uint32Array;
  /** GPU slice ids ordered by launch, then start: the kernels of a launch are one run */
  byLaunch: Uint32Array;
  /** first dimension of the grid; 0 when not recorded */
  gridX: Uint32Array;
  /** bytes of a copy or set; 0 when not recorded */
  bytes: Float64Array;
}

/** Recorded arrows between slices, ordered by `from`; not the launch arrows, which GpuWork holds. */
export interface Flows {
  from: Uint32Array;
  to: Uint32Array;
}

/** What the file says of itself; everything here is plain data. */
export interface TraceMeta {
  format: string;
  producer: string;
  /** wall-clock ns since 1970 at trace time 0, decimal digits; '' when unknown */
  epochNs: string;
  rank?: number;
  worldSize?: number;
  devices: DeviceInfo[];
  facts: { key: string; value: string }[];
  events: number;
  textBytes: number;
  problems: Problem[];
  damage?: string;
  /** of a memory snapshot or a memory timeline */
  memory?: RecordedMemory;
}

export interface Trace {
  meta: TraceMeta;
  durationNs: number;
  strings: Strings;
  categories: Category[];
  slices: Slices;
  rows: Rows;
  /** indexed by track id; storage order: GPU work first */
  tracks: Track[];
  /** track ids in display order */
  order: Uint32Array;
  groups: GroupInfo[];
  gpu: GpuWork;
  counters: Counters;
  flows: Flows;
}
