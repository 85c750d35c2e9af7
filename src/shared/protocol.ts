/**
 * What the worker that owns a trace says of it: it answers `TraceApi`. A message is a method call (see rpc.ts); what the
 * extension host and a webview say to each other is in view.ts.
 * Times are nanoseconds since the trace began; byte counts are bytes; nothing here imports from outside of this folder.
 */
import type { GapCause } from './analysis.js';
import type { ModelLink } from './model.js';

export type SliceId = number;
export type TrackId = number;
export type NameId = number;

/** What a slice is, whatever the profiler called it. */
export const SLICE_KINDS = ['kernel', 'memcpy', 'memset', 'gpuAnnotation', 'op', 'launch', 'python', 'annotation', 'overhead', 'other'] as const;
export type SliceKind = (typeof SLICE_KINDS)[number];

/** What a kernel does, told from its name. The order is the order of legends and of colour classes. */
export const KERNEL_CATEGORIES = [
  'gemm',
  'attention',
  'moe',
  'communication',
  'norm',
  'rope',
  'activation',
  'quant',
  'kvCache',
  'sampling',
  'copy',
  'elementwise',
  'other',
] as const;
export type KernelCategory = (typeof KERNEL_CATEGORIES)[number];

/** How a cell is coloured: a kernel category, or what else it is. A tile carries the index. */
export const COLOUR_CLASSES = [...KERNEL_CATEGORIES, 'python', 'op', 'runtime', 'graphLaunch', 'annotation', 'neutral'] as const;
export type ColourClass = (typeof COLOUR_CLASSES)[number];

export const PHASES = ['prefill', 'decode', 'mixed', 'unknown'] as const;
export type Phase = (typeof PHASES)[number];

export interface Span {
  startNs: number;
  endNs: number;
}

/** Something wrong in the file: counted by kind, with one example. */
export interface Problem {
  kind: string;
  count: number;
  message: string;
}

export interface DeviceInfo {
  id: string;
  name: string;
}

export interface GroupInfo {
  id: number;
  kind: 'gpu' | 'process' | 'other';
  /** "GPU 0 · NVIDIA H100 80GB HBM3", "python3" */
  name: string;
  /** "pid 8013", "rank 0" */
  detail: string;
}

export interface TrackInfo {
  id: TrackId;
  group: number;
  kind: 'stream' | 'gpuAnnotation' | 'thread' | 'async' | 'counter';
  name: string;
  detail: string;
  /** rows of nested or overlapping slices; 1 for a counter */
  rowCount: number;
  sliceCount: number;
  firstNs: number;
  lastNs: number;
  /** stream and device as recorded; of streams, of their annotations, and of a counter that is the queue of a stream */
  stream?: string;
  device?: string;
}

export interface TraceInfo {
  fileName: string;
  /** "Kineto JSON", "Chrome JSON" */
  format: string;
  /** "PyTorch profiler", "" when the file does not say */
  producer: string;
  fileBytes: number;
  /** bytes after decompression */
  textBytes: number;
  /** records read, of every phase */
  events: number;
  sliceCount: number;
  durationNs: number;
  /** wall-clock nanoseconds since 1970 at trace time 0, as decimal digits; '' when unknown */
  epochNs: string;
  rank?: number;
  worldSize?: number;
  devices: DeviceInfo[];
  /** what the recording says of itself, verbatim: versions, profiler flags */
  facts: { key: string; value: string }[];
  kernelCount: number;
  kernelNames: number;
  /** sum of kernel durations */
  kernelTimeNs: number;
  /** in display order */
  tracks: TrackInfo[];
  groups: GroupInfo[];
  problems: Problem[];
  /** one sentence, when there is no GPU work in the file */
  emptyReason?: string;
  /** a memory snapshot or a memory timeline: what was allocated, and no GPU work */
  isMemory?: boolean;
  /** one sentence, when the file ended early or reading was cancelled */
  damage?: string;
  /** what ran: "1 prefill + 9 decode", '' when unknown */
  stepsHeadline: string;
}

// ---- timeline

export interface TileRequest extends Span {
  tracks: TrackId[];
  widthPx: number;
  /** cells with hits of this search are flagged; '' for none */
  search: string;
  /** threads whose wrappers are left out; what they wrap moves up a row for each */
  folded?: TrackId[];
}

/** A thread in which some frames only pass a call on, like `_call_impl` of torch. */
export interface TrackFold {
  track: TrackId;
  /** how many such frames it has */
  wrappers: number;
  /** rows it has without them */
  rowCount: number;
}

/**
 * The cells of one track in one window. `buffer` holds exactly the columns that shared/tile.ts describes.
 * A cell is one slice, or neighbours of one row too small to draw apart; it never stands for nothing.
 */
export interface Tile extends Span {
  track: TrackId;
  kind: 'slices' | 'counter';
  count: number;
  buffer: ArrayBuffer;
  /** short names for the cells wide enough to carry text: [name id, text] */
  labels: [NameId, string][];
}

/** What is under a merged cell. */
export interface CellSummary {
  count: number;
  coveredNs: number;
  names: { name: string; count: number; totalNs: number }[];
}

/** Share of each bin during which the GPU ran work of a category (copies and sets are 'copy'): bins × KERNEL_CATEGORIES, row per bin. */
export interface Density extends Span {
  bins: number;
  share: Float32Array;
  /** length of the union of all GPU work in the span */
  busyNs: number;
}

export interface Step extends Span {
  index: number;
  phase: Phase;
  /** tokens processed; undefined when the recording does not tell */
  tokens?: number;
  requests?: number;
  kernelCount: number;
  kernelTimeNs: number;
  /** union of GPU work inside the step */
  busyNs: number;
  /** GPU idle between the step before and this one */
  gapBeforeNs: number;
  layers: number;
}

export interface StepsReport {
  steps: Step[];
  /** where the step borders come from */
  source: 'annotation' | 'pythonFrame' | 'kernels' | 'none';
  /** one sentence for people: the evidence, or why there are no steps */
  reason: string;
}

export interface LayerSpan extends Span {
  step: number;
  layer: number;
}

/** Time between two pieces of work of one stream. */
export interface StreamGap extends Span {
  cause: GapCause;
  /** what held the stream up: "cudaStreamSynchronize", "stream 171"; '' where nothing is named */
  by: string;
  /** one sentence: the evidence for the cause */
  reason: string;
}

// ---- slices

export interface SliceRef extends Span {
  slice: SliceId;
  track: TrackId;
  row: number;
  /** wrappers around it: its row is so much higher up where they are folded */
  folds: number;
  nameId: NameId;
  name: string;
  shortName: string;
  kind: SliceKind;
  colour: ColourClass;
}

/** A Python frame as Kineto names it: "file.py(12): function". `line` is the function's first line. */
export interface Frame {
  file: string;
  line: number;
  function: string;
  /** class of the innermost nn.Module frame around it: "Qwen2DecoderLayer" */
  module?: string;
}

export interface ChainLink {
  ref: SliceRef;
  role: 'frame' | 'module' | 'op' | 'annotation' | 'launch' | 'kernel';
  frame?: Frame;
}

export interface KernelFacts {
  grid?: [number, number, number];
  block?: [number, number, number];
  registersPerThread?: number;
  sharedMemoryBytes?: number;
  blocksPerSm?: number;
  warpsPerSm?: number;
  occupancyPercent?: number;
}

export interface SliceDetail {
  ref: SliceRef;
  /** as recorded */
  category: string;
  trackName: string;
  groupName: string;
  durNs: number;
  /** without what is nested in it; undefined on streams */
  selfNs?: number;
  /** kernel start − start of the launching call: the call and the wait in the queue */
  launchDelayNs?: number;
  /** kernel start − end of the launching call; negative when the kernel began before the call returned */
  afterCallNs?: number;
  /** which of the launch's kernels this is, from 1 */
  launchIndex?: number;
  launchCount?: number;
  stream?: string;
  device?: string;
  correlation?: number;
  externalId?: number;
  kernel?: KernelFacts;
  step?: { index: number; phase: Phase };
  layer?: number;
  /** what it is linked to, with the module's path and class; undefined before `link` */
  model?: ModelLink & { path: string; className: string };
  sameName: { count: number; medianNs: number; totalNs: number };
  /** the record, exactly as in the file: key and JSON text of each value; empty when `argsMissing` says why */
  args: { key: string; text: string }[];
  argsMissing?: string;
  /** outermost frame first, this slice last */
  chain: ChainLink[];
}

/** Arrows of a slice: from the launch to its kernels, and recorded flows. */
export interface SliceLinks {
  incoming: SliceRef[];
  outgoing: SliceRef[];
  /** outgoing links not listed because there are too many */
  moreOutgoing: number;
}

export type Move =
  | 'next'
  | 'previous'
  | 'up'
  | 'down'
  | 'nextSameName'
  | 'previousSameName'
  | 'longerSameName'
  | 'shorterSameName'
  | 'toLaunch'
  | 'toKernel'
  | 'backToLaunch';

export interface AreaRow {
  nameId: NameId;
  name: string;
  shortName: string;
  kind: SliceKind;
  colour: ColourClass;
  count: number;
  totalNs: number;
  avgNs: number;
  minNs: number;
  maxNs: number;
  /** of the area's total, percent */
  share: number;
}

export interface AreaReport extends Span {
  rows: AreaRow[];
  sliceCount: number;
  totalNs: number;
}

// ---- search

export interface SearchResult {
  count: number;
  names: number;
  totalNs: number;
  /** why the query cannot be used, in one sentence */
  error?: string;
}

// ---- kernels

export interface KernelRow {
  nameId: NameId;
  /** verbatim */
  name: string;
  shortName: string;
  kind: 'kernel' | 'memcpy' | 'memset';
  category: KernelCategory;
  count: number;
  totalNs: number;
  avgNs: number;
  medianNs: number;
  minNs: number;
  maxNs: number;
  /** sample standard deviation (n − 1); 0 for one call */
  stddevNs: number;
  /** of all kernel time; copies and sets are not part of it and have 0 */
  percent: number;
  prefillNs: number;
  decodeNs: number;
  mixedNs: number;
}

export interface KernelReport {
  /** by total time, descending */
  rows: KernelRow[];
  kernelCount: number;
  kernelTimeNs: number;
  kernelNames: number;
  steps: { prefill: number; decode: number; mixed: number };
}

/** What kernels can be summed up by, besides their name and their module. */
export const KERNEL_GROUPINGS = ['category', 'phase', 'step', 'layer', 'stream', 'device'] as const;
export type KernelGrouping = (typeof KERNEL_GROUPINGS)[number];

/** Kernels that belong together; copies and sets are not among them. */
export interface KernelGroup {
  /** index of the step, layer, category or phase; −1 for kernels outside of all */
  key: number;
  /** "decode #3", "layer 41", "gemm" */
  label: string;
  /** text of a search that finds them */
  search: string;
  count: number;
  totalNs: number;
  avgNs: number;
  medianNs: number;
  minNs: number;
  maxNs: number;
  /** of all kernel time */
  percent: number;
  prefillNs: number;
  decodeNs: number;
  mixedNs: number;
  /** sums by category, in the order of KERNEL_CATEGORIES */
  categoryNs: number[];
}

/** Every call of one name (evenly thinned above `count`), in time order. */
export interface Occurrences {
  count: number;
  slice: Uint32Array;
  startNs: Float64Array;
  durNs: Float64Array;
  /** index of the step, −1 outside of steps */
  step: Int32Array;
}

// ---- source

/** What a Python function, or an nn.Module class, cost in this trace. */
export interface FrameCost {
  frame: Frame;
  calls: number;
  /** GPU time of the kernels launched under it */
  gpuNs: number;
  kernelCount: number;
  /** text of a search that finds its slices */
  search: string;
}

/** Answered by whoever owns the trace: a worker, or the CLI in process. Every method is a question; none changes the trace. */
export interface TraceApi {
  info(): Promise<TraceInfo>;
  tiles(request: TileRequest): Promise<Tile[]>;
  /** threads that have wrappers to fold */
  folds(): Promise<TrackFold[]>;
  /** what a cell stands for; `first` and `count` are the cell's slice ids */
  cell(first: SliceId, count: number): Promise<CellSummary>;
  density(span: Span, bins: number): Promise<Density>;
  steps(): Promise<StepsReport>;
  /** layers that touch the span; empty when more than `limit` do */
  layers(span: Span, limit: number): Promise<LayerSpan[]>;
  /** gaps of a stream that touch the span and are at least `minNs` long; empty when more than `limit` are */
  gaps(track: TrackId, span: Span, minNs: number, limit: number): Promise<StreamGap[]>;
  slice(slice: SliceId): Promise<SliceRef>;
  detail(slice: SliceId): Promise<SliceDetail>;
  links(slice: SliceId, limit: number): Promise<SliceLinks>;
  move(slice: SliceId, move: Move): Promise<SliceRef | null>;
  area(tracks: TrackId[], span: Span): Promise<AreaReport>;
  search(query: string): Promise<SearchResult>;
  /** the hit at `index` in time order */
  searchHit(query: string, index: number): Promise<SliceRef | null>;
  /** index of the first hit that starts at or after `timeNs` */
  searchIndexAt(query: string, timeNs: number): Promise<number>;
  /** number of hits that start in each bin */
  searchTicks(query: string, span: Span, bins: number): Promise<Uint32Array>;
  /** all GPU work by name, or only what a search finds */
  kernels(search?: string): Promise<KernelReport>;
  kernelGroups(by: KernelGrouping): Promise<KernelGroup[]>;
  occurrences(name: NameId, limit: number): Promise<Occurrences>;
  frames(): Promise<FrameCost[]>;
}

// ---- opening

export interface Progress {
  readBytes: number;
  fileBytes: number;
  events: number;
  /** "Reading", "Building the timeline", or that it was stopped and what follows */
  stage: string;
}

/** Why a file was not opened: what it seems to be and what to do. */
export interface Refusal {
  title: string;
  message: string;
}

/** What became of a file that was to be opened. */
export type Outcome = { info: TraceInfo } | { refusal: Refusal };
