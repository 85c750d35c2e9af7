/**
 * What bounds a run: the report that `analyze` answers, part by part. Every number comes from the recording by a stated
 * formula; what the recording cannot support is withheld with its reason. Times are nanoseconds since the trace began.
 */
import type { Frame, KernelCategory, Phase, SliceId, Span, Step, StepsReport, TrackId } from './protocol.js';

/** A number that the recording cannot support: one sentence why. */
export interface Withheld {
  withheld: string;
}
export type Known<T> = T | Withheld;

/** Where a claim can be seen: slices of a search, in a stretch of time. */
export interface EvidenceRange {
  /** "1,440 slices", "decode 2 → 3" */
  label: string;
  span?: Span;
  search?: string;
  /** the slice to select */
  slice?: SliceId;
}

/** Of some durations. Percentiles are nearest-rank: the smallest value that at least so many percent do not exceed. */
export interface Distribution {
  count: number;
  totalNs: number;
  meanNs: number;
  minNs: number;
  p50Ns: number;
  p90Ns: number;
  p95Ns: number;
  p99Ns: number;
  maxNs: number;
}

// ---- GPU time

/**
 * How a device spent a stretch of time: compute + exposed communication + exposed copies + idle = span, exactly.
 * Unions of intervals, as TraceLens's GPU timeline: sets and kernels that do not communicate are compute.
 */
export interface GpuTime {
  spanNs: number;
  computeNs: number;
  /** communication while nothing computes */
  exposedCommunicationNs: number;
  /** copies while nothing computes or communicates */
  exposedCopyNs: number;
  idleNs: number;
  /** kernels only: "GPU active" */
  activeNs: number;
  /** kernels, copies and sets */
  busyNs: number;
  /** all communication, overlapped or not */
  communicationNs: number;
}

export interface DeviceTime {
  device: string;
  name: string;
  kernelCount: number;
  /** from the first start to the last end of its work */
  window: Span;
  time: GpuTime;
}

export interface GpuReport {
  /** never united over devices */
  devices: DeviceTime[];
  /** why idle and busy time are not to be believed: work of the GPU is missing in the recording. What is shown of them is then withheld */
  idleWithheld?: string;
}

// ---- steps and phases

export interface StepRow extends Step {
  time: GpuTime;
  launches: { eager: number; graph: number };
  /** tokens it generated: one a request in decode */
  generatedTokens?: number;
  /** far from the median of its phase: first of its kind (warm-up) or an outlier */
  note?: 'warmUp' | 'slow' | 'partial';
}

export interface CategoryTime {
  category: KernelCategory;
  /** sum of durations; categories may overlap */
  totalNs: number;
  /** the part of the span that belongs to it when each moment belongs to one category: these and idle add up to the span */
  exclusiveNs: number;
  count: number;
}

export interface PhaseReport {
  phase: Phase;
  steps: number;
  /** sums over the steps; undefined when the recording does not tell */
  tokens?: number;
  requests?: number;
  duration: Distribution;
  /** idle between each step and the one before it: it belongs to the phase of the later one */
  gapBefore: Distribution;
  /** sums over its steps */
  time: GpuTime;
  kernels: number;
  kernelTimeNs: number;
  launches: { eager: number; graph: number };
  /** tokens processed (prefill) or generated (decode) over the time of the steps and the gaps before them */
  tokensPerSecond: Known<number>;
  nsPerToken: Known<number>;
  categories: CategoryTime[];
}

// ---- gaps

/** Why a device had nothing to do, checked in this order. */
export const GAP_CAUSES = ['betweenSteps', 'sync', 'copy', 'otherStream', 'launchLate', 'graphInternal', 'queue', 'nothingLaunched', 'unknown'] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

export interface Gap extends Span {
  device: string;
  cause: GapCause;
  /** one sentence: the evidence for the cause */
  reason: string;
  /** step it is in, or before */
  step?: number;
  phase?: Phase;
  /** GPU work before and after it */
  after?: SliceId;
  before?: SliceId;
  /** what the launching thread did meanwhile, by time: the outermost things that tell something */
  meanwhile: { name: string; slice: SliceId; ns: number; frame?: Frame }[];
}

export interface GapsReport {
  /** longest first, at most a few hundred */
  gaps: Gap[];
  /** all gaps, also those too short to be listed; `short` ones are under 10 µs. A gap between steps belongs to the phase after it */
  byCause: { cause: GapCause; phase?: Phase; count: number; totalNs: number; short: { count: number; totalNs: number } }[];
  count: number;
  idleNs: number;
}

// ---- launches

/** Counts of values in bins that double: bin i holds fromNs × 2^i … fromNs × 2^(i+1); below the first bin: `below`. */
export interface Histogram {
  fromNs: number;
  below: number;
  counts: number[];
}

export interface DelayReport {
  /** kernel start − launch start: "start latency" */
  startLatency: Distribution;
  /** max(0, kernel start − launch end), as HTA and Perfetto count it: "after the call" */
  afterCall: Distribution;
  /** kernel start − the later of the launch's end and the end of the work before it on its stream: the wait that is not the queue's */
  beyondQueue: Distribution;
  /** of the start latency */
  histogram: Histogram;
}

export interface LaunchesReport {
  /** calls that launch no graph and whose kernel is in the recording */
  eager: number;
  /** launches of graphs, also of those whose kernels are not in the recording */
  graph: number;
  /** graph launches that have kernels in the recording */
  graphWithKernels: number;
  kernelsPerGraph?: Distribution;
  /** kernels launched one by one, and the first kernel of each graph launch */
  delays: { eager?: DelayReport; graph?: DelayReport };
  /** HTA's rule: launch call of at most 50 µs that took longer than its kernel */
  shortKernels: { count: number; totalNs: number; callNs: number };
  /** kernels whose stream had nothing left to do when the call that launched them began; of a graph only the first can be one */
  startedOnEmptyQueue: { count: number; ofKernels: number };
  /** GPU idle whose cause is a late launch: the time bound by overhead */
  overheadBoundNs: number;
  /** deepest queue of each stream */
  maxQueueDepth: { track: TrackId; stream: string; depth: number }[];
  phases: { phase: Phase; eagerPerStep: number; graphPerStep: number; delay?: Distribution }[];
}

// ---- communication

export const COLLECTIVES = ['allReduce', 'allGather', 'reduceScatter', 'allToAll', 'broadcast', 'sendReceive', 'other'] as const;
export type Collective = (typeof COLLECTIVES)[number];

export interface CollectiveRow {
  collective: Collective;
  /** "NCCL", "RCCL", "vLLM custom all-reduce", "DeepEP" … */
  library: string;
  name: string;
  count: number;
  totalNs: number;
  /** while nothing else computes on the device */
  exposedNs: number;
  duration: Distribution;
  /** of the steps that have it, and of their layers */
  perStep?: number;
  perLayer?: number;
  phase: { prefillNs: number; decodeNs: number; mixedNs: number };
  /** where recorded: bytes of one message, and algorithm and bus bandwidth in bytes a second */
  messageBytes?: { min: number; max: number; mean: number };
  algorithmBandwidth?: number;
  busBandwidth?: number;
}

export interface CommunicationReport {
  rows: CollectiveRow[];
  count: number;
  /** sum of durations */
  totalNs: number;
  /** of all kernel time, percent: sums */
  percentOfKernelTime: number;
  /** unions over the devices */
  communicationNs: number;
  exposedNs: number;
  /** communication ∩ compute, of communication, percent */
  overlappedPercent: number;
  /** one sentence: a rank that waits counts as communicating */
  caveat?: string;
}

// ---- operators

export interface OperatorRow {
  name: string;
  /** as recorded, '' when not or when not grouped by them */
  shapes: string;
  calls: number;
  cpuTotalNs: number;
  cpuSelfNs: number;
  /** kernels launched under it, and right under it */
  deviceTotalNs: number;
  deviceSelfNs: number;
  /** CPU total over device total, when there is device time; above 5: dispatch-heavy */
  cpuToGpu?: number;
  flops?: number;
  cpuMemoryBytes?: number;
  deviceMemoryBytes?: number;
  search: string;
}

export interface OperatorsReport {
  rows: OperatorRow[];
  cpuSelfNs: number;
  deviceSelfNs: number;
  withheld: string[];
}

export const FLAME_ORDERS = ['leftHeavy', 'inverted', 'time'] as const;
export type FlameOrder = (typeof FLAME_ORDERS)[number];

/** Nodes of a flame graph, parents before children; columns, since there are many. */
export interface Flame {
  count: number;
  parent: Int32Array;
  depth: Uint16Array;
  startNs: Float64Array;
  durNs: Float64Array;
  selfNs: Float64Array;
  /** GPU time of the kernels launched under it */
  gpuNs: Float64Array;
  calls: Uint32Array;
  /** a slice that it stands for */
  slice: Uint32Array;
  /** index into names */
  name: Uint32Array;
  names: string[];
  /** nodes left out because they are too small */
  omitted: number;
}

// ---- memory

/** Where memory was taken, and how much of it was still taken at the peak. */
export interface AllocationSite {
  /** the innermost frame of the model's or the engine's code; absent where no Python code is known, see `why` */
  frame?: Frame;
  /** instead of a frame: "allocated before the recording" */
  why?: string;
  count: number;
  bytes: number;
  /** of what was allocated at the peak */
  percent: number;
  largestBytes: number;
  /** Python frames of the largest one, innermost first */
  stack: Frame[];
}

/** One stretch of memory that PyTorch took from the driver, when the snapshot was taken. */
export interface MemorySegment {
  address: string;
  /** "large", "small"; with the id of a private pool, as of a CUDA graph: "large, pool 0.1" */
  pool: string;
  stream: string;
  expandable: boolean;
  bytes: number;
  allocatedBytes: number;
  freeBytes: number;
  largestFreeBytes: number;
  /** its parts in order of address; what is no longer used, but which a stream may still read, is pending */
  blocks: { bytes: number; state: 'allocated' | 'pending' | 'free' }[];
}

/** Segments of one size in one pool. */
export interface SegmentGroup {
  pool: string;
  segmentBytes: number;
  count: number;
  bytes: number;
  allocatedBytes: number;
  freeBytes: number;
  largestFreeBytes: number;
}

/** What PyTorch's allocator did with one device. Allocated bytes are those asked for; its blocks are a little larger. */
export interface DeviceSnapshot {
  device: string;
  actions: number;
  peak: {
    /** absent where the actions have no times */
    timeNs?: number;
    allocatedBytes: number;
    reservedBytes: number;
    /** reserved, and not allocated: free blocks, and what blocks are larger than asked for */
    freeBytes: number;
    allocations: number;
    /** most bytes first */
    sites: AllocationSite[];
  };
  /** when the snapshot was taken, by the blocks of all segments */
  end: { reservedBytes: number; allocatedBytes: number; roundingBytes: number; freeBytes: number; largestFreeBytes: number };
  segments: MemorySegment[];
  groups: SegmentGroup[];
  outOfMemory: { timeNs?: number; requestedBytes: number; deviceFreeBytes?: number; frame?: Frame }[];
  /** one sentence: why the numbers may be off */
  caveat?: string;
}

/** What a memory file says beside its timeline. */
export interface RecordedMemory {
  /** of an allocator snapshot */
  devices: DeviceSnapshot[];
  /** of a memory timeline: what the memory was for at its peak, most first */
  categories: { category: string; bytes: number; percent: number }[];
}

export interface MemoryReport {
  /** where the file is a memory snapshot or a memory timeline */
  recorded?: RecordedMemory;
  /** from `[memory]` events, or from a memory file, per device: samples thinned evenly, peaks kept */
  timeline: Known<
    {
      device: string;
      timeNs: Float64Array;
      allocatedBytes: Float64Array;
      reservedBytes: Float64Array;
      /** what it was for, at the same times, where a memory timeline says so: together they are what was allocated */
      categories?: { category: string; bytes: Float64Array }[];
      peakAllocatedBytes: number;
      peakReservedBytes: number;
      peakNs: number;
      /** allocated at the end of each step − at its begin, mean over steps of the phase with most steps */
      growthPerStepBytes?: number;
    }[]
  >;
  /** cudaMalloc, hipMalloc and their kin; slow above 1 ms */
  allocations: { name: string; count: number; slow: number; worstNs: number; meanNs: number; totalNs: number }[];
  /** of the CPU time of ops: aten::empty, resize_, cudaMalloc, cudaFree … percent */
  memoryOpsPercent: Known<number>;
  copies: { name: string; count: number; totalNs: number; bytes: number; bytesPerSecond?: number; pageable: boolean; synchronous: number }[];
  /** calls that made the CPU wait for the GPU, by total time */
  syncs: { name: string; count: number; totalNs: number; worstNs: number; frame?: Frame; search: string }[];
}

// ---- roofline

/** Peaks of a GPU, as vendors state them (dense): editable in the settings. */
export interface GpuPeak {
  /** matches the device's name */
  pattern: string;
  bytesPerSecond: number;
  /** FLOP/s by type: "bf16", "fp16", "fp8", "fp32" */
  flops: Readonly<Record<string, number>>;
  source: string;
}

export interface RooflineRow {
  /** op, and its shapes */
  name: string;
  shapes: string;
  dtype: string;
  count: number;
  /** union of the kernels of the op, summed over calls */
  busyNs: number;
  flops: number;
  bytes: number;
  flopsPerSecond: number;
  bytesPerSecond: number;
  bound: 'memory' | 'compute';
  /** max(flops ÷ peak, bytes ÷ bandwidth) */
  roofNs: number;
  percentOfRoof: number;
  /** busy − roof */
  wastedNs: number;
  search: string;
}

export interface RooflineReport {
  rows: Known<RooflineRow[]>;
  peak?: GpuPeak;
  /** weights read once a step: model bytes ÷ ranks ÷ bandwidth, against the median decode step */
  weightRead: Known<{ weightBytes: number; idealNs: number; stepNs: number; percent: number; source: string }>;
}

// ---- verdict, findings, health

export const BOUNDS = ['overhead', 'communication', 'memory', 'compute', 'unknown'] as const;
export type Bound = (typeof BOUNDS)[number];
export type Confidence = 'high' | 'medium' | 'low';

/** A number that decides, as people read it. */
export interface Figure {
  value: string;
  label: string;
}

export interface Verdict {
  phase: Phase;
  bound: Bound;
  /** "Memory-bound, 1 token/step" */
  title: string;
  /** one sentence: the formula and the numbers that decided */
  reason: string;
  /** inferred or partial: one sentence why */
  caveat?: string;
  confidence: Confidence;
  figures: Figure[];
  /** what the simple rule of thumb (CPU ratio > 3, communication > 20 %, GEMM > 50 % of kernel time) says */
  ruleOfThumb: Known<Bound>;
}

export interface Finding {
  /** names the rule: "exposedCommunication" */
  rule: string;
  severity: 'warning' | 'info';
  title: string;
  sentence: string;
  /** what to try; undefined where nothing is known to help */
  advice?: string;
  phase?: Phase;
  /** time at stake: a step's, or all of it */
  atStakeNs: number;
  per: 'step' | 'once';
  percentOfPhase: number;
  /** computed from this trace: what the advice would save of the time at stake */
  gainNs?: { low: number; high: number };
  confidence: Confidence;
  evidence: EvidenceRange;
}

export interface HealthCheck {
  id: string;
  state: 'fine' | 'partial' | 'withheld';
  title: string;
  detail: string;
  evidence?: EvidenceRange;
}

/** Everything, as `kernel-lens analyze --json` prints it (columns become arrays there). */
export interface Analysis {
  headline: string;
  /** "Llama-80L · TP4 · H100 80GB HBM3 · rank 0/4 · 13,508 kernels · 378.1 ms recorded" */
  facts: string;
  steps: Omit<StepsReport, 'steps'> & { steps: StepRow[] };
  phases: PhaseReport[];
  gpu: GpuReport;
  gaps: GapsReport;
  launches: LaunchesReport;
  communication: CommunicationReport;
  memory: MemoryReport;
  operators: OperatorsReport;
  categories: CategoryTime[];
  roofline: RooflineReport;
  verdict: Verdict[];
  findings: Finding[];
  health: HealthCheck[];
}

/** Answered by whoever owns the trace, beside TraceApi. */
export interface AnalysisApi {
  /** made when first asked for, then kept */
  analysis(): Promise<Analysis>;
  /** rows per name and input shapes; asks the file for the args, which takes a pass over it */
  operatorsByShape(): Promise<OperatorsReport>;
  /** the calls of one thread in a span, merged by `order`; nodes below `minNs` are left out */
  flame(track: TrackId, span: Span, order: FlameOrder, minNs: number): Promise<Flame>;
}

export function isWithheld<T>(value: Known<T>): value is Withheld {
  return typeof value === 'object' && value !== null && 'withheld' in value;
}
