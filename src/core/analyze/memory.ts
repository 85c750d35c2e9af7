/** Device memory: what was allocated when, calls that allocate, copies, and what made the CPU wait. */
import type { Known, MemoryReport } from '../../shared/analysis.js';
import { parseFrame } from '../../shared/names.js';
import type { Frame, Phase } from '../../shared/protocol.js';
import { MEMORY_COUNTERS } from '../trace/recordedMemory.js';
import { NONE, type Trace } from '../trace/trace.js';
import { ancestorsOf } from '../trace/walk.js';
import { type CallTree, selfTimes } from './callTree.js';
import { distribution } from './distribution.js';
import { type GpuIndex, upperBound } from './gpu.js';
import type { MemoryEvent } from './shapes.js';
import type { Steps } from './steps.js';

/** Longer ones hold up whoever asks: the driver, not PyTorch's pool, had to find the memory. */
const SLOW_NS = 1_000_000;
/** Samples of a timeline; each stands for as many events as the others. */
const SAMPLES = 2000;

/** Of the device (cudaMalloc, cudaMallocAsync, hipExtMallocWithFlags, cuMemCreate …) and of pinned host memory (cudaHostAlloc, hipHostMalloc, cudaMallocHost). */
const ALLOCATES = /^(?:cuda|hip)(?:Ext)?(?:Host)?(?:Malloc|Alloc)|^cuMem(?:Alloc|HostAlloc|Create)/;
const FREES = /^(?:cuda|hip)(?:Host)?Free|^cuMem(?:Free|Release)/;
const MEMORY_OPS = /^aten::(?:new_)?(?:empty(?:_like|_strided|_quantized)?|resize_)$/;
const WAITS = /^(?:cuda|hip|cu)(?:Device|Stream|Event|Ctx)Synchronize/;
/** Returns only when the copy is done. */
const WAITS_FOR_COPY = /^(?:cuda|hip)Memcpy(?!.*Async)/;

const NOT_RECORDED = 'The profiler did not record memory (profile_memory).';
const NOT_OVER_TIME = 'The file has no actions with times (torch.cuda.memory._record_memory_history records them), so there is nothing to show over time.';

/** What a device held at a time: of a `[memory]` event, or of a memory file. */
export interface MemorySample extends Pick<MemoryEvent, 'device' | 'allocatedBytes' | 'reservedBytes'> {
  timeNs: number;
  /** what it was for */
  categories?: ReadonlyMap<string, number>;
}

/** `samples` in time order. */
export function reportMemory(trace: Trace, gpu: GpuIndex, steps: Steps, calls: CallTree, samples: readonly MemorySample[]): MemoryReport {
  const { memory } = trace.meta;
  return {
    ...(memory && { recorded: memory }),
    timeline: memory ? timelineOf(countedSamples(trace), steps, NOT_OVER_TIME) : timelineOf(samples, steps, NOT_RECORDED),
    allocations: allocations(trace, calls),
    memoryOpsPercent: memoryOpsPercent(trace, calls),
    copies: copies(trace, gpu),
    syncs: syncs(trace, calls),
  };
}

/** The counters of a memory file; those of a device have a sample each for the same moments. */
function countedSamples({ tracks, groups, counters }: Trace): MemorySample[] {
  const samples: MemorySample[] = [];
  for (const { info, process, firstSample, sampleCount } of tracks) {
    if (info.kind !== 'counter' || info.name !== MEMORY_COUNTERS.allocated) continue;
    const ofDevice = tracks.filter((track) => track.process === process && track.info.kind === 'counter');
    const reserved = ofDevice.find((track) => track.info.name === MEMORY_COUNTERS.reserved);
    const categories = ofDevice.filter((track) => !KNOWN_COUNTERS.has(track.info.name));
    for (let at = 0; at < sampleCount; at++) {
      // The counter of a category begins when there is something of it, and has every sample from then on.
      const values = categories.map((track): [string, number] => {
        const own = at - (sampleCount - track.sampleCount);
        return [track.info.name, own < 0 ? 0 : counters.value[track.firstSample + own]];
      });
      samples.push({
        device: groups[info.group].name,
        timeNs: counters.timeNs[firstSample + at],
        allocatedBytes: counters.value[firstSample + at],
        reservedBytes: reserved && counters.value[reserved.firstSample + at],
        categories: values.length > 0 ? new Map(values) : undefined,
      });
    }
  }
  return samples;
}

const KNOWN_COUNTERS: ReadonlySet<string> = new Set(Object.values(MEMORY_COUNTERS));

function timelineOf(samples: readonly MemorySample[], steps: Steps, whyNone: string): MemoryReport['timeline'] {
  const byDevice = new Map<string, MemorySample[]>();
  for (const sample of samples) {
    if (sample.allocatedBytes === undefined) continue;
    const mine = byDevice.get(sample.device);
    if (mine) mine.push(sample);
    else byDevice.set(sample.device, [sample]);
  }
  if (byDevice.size === 0) return { withheld: whyNone };
  return [...byDevice].map(([device, all]) => {
    const kept = thinned(all);
    const highest = all.reduce((best, sample) => (allocated(sample) > allocated(best) ? sample : best));
    return {
      device,
      timeNs: Float64Array.from(kept, ({ timeNs }) => timeNs),
      allocatedBytes: Float64Array.from(kept, allocated),
      reservedBytes: Float64Array.from(kept, reserved),
      ...categoriesOf(kept),
      peakAllocatedBytes: allocated(highest),
      peakReservedBytes: all.reduce((most, sample) => Math.max(most, reserved(sample)), 0),
      peakNs: highest.timeNs,
      growthPerStepBytes: growthPerStep(all, steps),
    };
  });
}

function categoriesOf(samples: readonly MemorySample[]): { categories?: { category: string; bytes: Float64Array }[] } {
  const [first] = samples;
  if (first?.categories === undefined) return {};
  const names = [...first.categories.keys()];
  return { categories: names.map((category) => ({ category, bytes: Float64Array.from(samples, ({ categories }) => categories?.get(category) ?? 0) })) };
}

function allocated({ allocatedBytes = 0 }: MemorySample): number {
  return allocatedBytes;
}

function reserved({ reservedBytes = 0 }: MemorySample): number {
  return reservedBytes;
}

/** Of runs of equal length the first sample and the highest one, in time order. */
function thinned(all: readonly MemorySample[]): readonly MemorySample[] {
  if (all.length <= SAMPLES) return all;
  const kept: MemorySample[] = [];
  const perRun = Math.ceil((2 * all.length) / SAMPLES);
  for (let first = 0; first < all.length; first += perRun) {
    const run = all.slice(first, first + perRun);
    const highest = run.reduce((best, sample) => (allocated(sample) > allocated(best) ? sample : best));
    kept.push(run[0]);
    if (highest !== run[0]) kept.push(highest);
  }
  return kept;
}

/** Allocated at the end of a step less than at its begin, on average over the steps of the phase that has most; needs two of them. */
function growthPerStep(samples: readonly MemorySample[], { report }: Steps): number | undefined {
  const counts = new Map<Phase, number>();
  for (const { phase } of report.steps) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < 2) return undefined;
  const mine = report.steps.filter(({ phase }) => phase === most[0]);
  const times = Float64Array.from(samples, ({ timeNs }) => timeNs);
  const at = (timeNs: number): number | undefined => {
    const last = upperBound(times, timeNs) - 1;
    return last < 0 ? undefined : allocated(samples[last]);
  };
  const growths = mine.flatMap(({ startNs, endNs }) => {
    const before = at(startNs);
    const then = at(endNs);
    return before === undefined || then === undefined ? [] : [then - before];
  });
  return growths.length < 2 ? undefined : growths.reduce((sum, growth) => sum + growth, 0) / growths.length;
}

function allocations(trace: Trace, calls: CallTree): MemoryReport['allocations'] {
  const rows = [...durationsByName(trace, calls, (name) => ALLOCATES.test(name))].map(([name, durations]) => {
    const { count, maxNs, meanNs, totalNs } = distribution(durations);
    return { name, count, slow: durations.filter((ns) => ns > SLOW_NS).length, worstNs: maxNs, meanNs, totalNs };
  });
  return rows.sort((a, b) => b.totalNs - a.totalNs);
}

function durationsByName({ slices, strings, categories }: Trace, calls: CallTree, passes: (name: string) => boolean): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const byName: (number[] | null)[] = [];
  for (let call = 0; call < calls.count; call++) {
    const slice = calls.slice[call];
    if (categories[slices.category[slice]].kind !== 'launch') continue;
    let durations = byName[slices.name[slice]];
    if (durations === undefined) {
      const name = strings.get(slices.name[slice]);
      byName[slices.name[slice]] = durations = passes(name) ? [] : null;
      if (durations) found.set(name, durations);
    }
    durations?.push(slices.durNs[slice]);
  }
  return found;
}

/** Of the time of operators and the runtime calls in them: what took memory or gave it back. */
function memoryOpsPercent(trace: Trace, calls: CallTree): Known<number> {
  const { slices, strings, categories } = trace;
  const selfNs = selfTimes(trace, calls);
  const isMemory: boolean[] = [];
  const inOperator = new Uint8Array(calls.count);
  let memoryNs = 0;
  let allNs = 0;
  for (let call = 0; call < calls.count; call++) {
    const slice = calls.slice[call];
    const name = slices.name[slice];
    const isOp = categories[slices.category[slice]].kind === 'op';
    inOperator[call] = isOp ? 1 : calls.parent[call] === NONE ? 0 : inOperator[calls.parent[call]];
    isMemory[name] ??= [ALLOCATES, FREES, MEMORY_OPS].some((pattern) => pattern.test(strings.get(name)));
    if (inOperator[call] === 0 && !isMemory[name]) continue;
    allNs += selfNs[call];
    if (isMemory[name]) memoryNs += selfNs[call];
  }
  return allNs > 0 ? (100 * memoryNs) / allNs : { withheld: 'The recording has no operators.' };
}

/** Copies by name, which says from where to where; a call that is not asynchronous waits for them. */
function copies(trace: Trace, gpu: GpuIndex): MemoryReport['copies'] {
  const { slices, strings, gpu: work } = trace;
  const rows = new Map<number, MemoryReport['copies'][number]>();
  for (const slice of gpu.work) {
    if (gpu.kind(slice) !== 'memcpy') continue;
    const name = strings.get(slices.name[slice]);
    const row = rows.get(slices.name[slice]) ?? { name, count: 0, totalNs: 0, bytes: 0, pageable: /pageable/i.test(name), synchronous: 0 };
    rows.set(slices.name[slice], row);
    row.count++;
    row.totalNs += slices.durNs[slice];
    row.bytes += work.bytes[slice];
    if (work.launch[slice] !== NONE && WAITS_FOR_COPY.test(strings.get(slices.name[work.launch[slice]]))) row.synchronous++;
  }
  for (const row of rows.values()) if (row.bytes > 0 && row.totalNs > 0) row.bytesPerSecond = row.bytes / (row.totalNs / 1e9);
  return [...rows.values()].sort((a, b) => b.totalNs - a.totalNs);
}

/** Calls that return only when the GPU got there, by name and the Python code that made them. */
function syncs(trace: Trace, calls: CallTree): MemoryReport['syncs'] {
  const { slices, strings, categories } = trace;
  const rows = new Map<string, MemoryReport['syncs'][number]>();
  const waits: boolean[] = [];
  for (const slice of calls.slice.subarray(0, calls.count)) {
    if (categories[slices.category[slice]].kind !== 'launch') continue;
    const nameId = slices.name[slice];
    waits[nameId] ??= [WAITS, WAITS_FOR_COPY].some((pattern) => pattern.test(strings.get(nameId)));
    if (!waits[nameId]) continue;
    const name = strings.get(nameId);
    const frame = innermostFrame(trace, slice);
    const key = `${name} ${frame?.file} ${frame?.line} ${frame?.function}`;
    const row = rows.get(key) ?? { name, count: 0, totalNs: 0, worstNs: 0, frame, search: `name:="${name}"` };
    rows.set(key, row);
    row.count++;
    row.totalNs += slices.durNs[slice];
    row.worstNs = Math.max(row.worstNs, slices.durNs[slice]);
  }
  return [...rows.values()].sort((a, b) => b.totalNs - a.totalNs);
}

function innermostFrame(trace: Trace, slice: number): Frame | undefined {
  const { slices, strings, categories } = trace;
  const python = ancestorsOf(trace, slice).filter((around) => categories[slices.category[around]].kind === 'python');
  for (const around of python.reverse()) {
    const frame = parseFrame(strings.get(slices.name[around]));
    if (frame !== undefined) return frame;
  }
  return undefined;
}
