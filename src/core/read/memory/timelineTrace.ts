/**
 * What `export_memory_timeline` of PyTorch's profiler writes for one device (torch/profiler/_memory_profiler.py): `.raw.json.gz` has a row
 * for each change, [ns, action, bytes, category]; `.json` has two lists, [µs ...] and the bytes of all categories at each of these times,
 * [[0, parameters, optimizer state, ...] ...]. A time of −1 is before the recording.
 */
import * as v from 'valibot';
import type { TraceBuilder } from '../../trace/builder.js';
import { MEMORY_COUNTERS, memoryProcess } from '../../trace/recordedMemory.js';
import type { Trace } from '../../trace/trace.js';
import { notATrace } from '../sniff.js';
import { utf8 } from '../text.js';
import { memoryFacts } from './facts.js';
import { MEMORY_FORMATS, RAW_ROW } from './sniff.js';

/** In the order of the file. */
const CATEGORIES = ['Parameters', 'Optimizer state', 'Inputs', 'Temporary', 'Activations', 'Gradients', 'Autograd detail', 'Unknown'];
/** The file does not say which device it is of. */
const DEVICE = 'Device of the memory timeline';
/** Times that count from 1970: later than 1998. */
const EPOCH_SINCE_NS = 900_000_000_000_000_000n;

/** Bytes of all categories, from a time on. */
interface Step {
  /** undefined: before the recording */
  timeNs: bigint | undefined;
  bytes: Float64Array;
  /** something has left a category and enters another with the next step */
  isHalf: boolean;
}

/** A tensor changed, and with it perhaps its category: bytes of the old version are taken off, then those of the new one are added. */
const NEW_VERSION = '3';

/** Throws NotATrace for what is no memory timeline. */
export function readMemoryTimeline(bytes: Uint8Array, builder: TraceBuilder): Trace {
  const text = utf8(bytes).trim();
  const steps = RAW_ROW.test(text) ? rawSteps(text) : coalescedSteps(text);
  const process = memoryProcess(DEVICE);
  builder.processName(process, DEVICE);
  let baseNs: bigint | undefined;
  let latestNs = 0;
  let peak = { bytes: Number.NEGATIVE_INFINITY, of: new Float64Array(CATEGORIES.length) };
  let events = 0;
  const used = CATEGORIES.map(() => false);
  for (const step of steps) {
    if (step.timeNs !== undefined) baseNs ??= step.timeNs;
    events++;
    // Threads note their times before they take turns, so a change may be a little older than the one before it.
    if (step.timeNs !== undefined && baseNs !== undefined) latestNs = Math.max(latestNs, Number(step.timeNs - baseNs));
    if (step.isHalf) continue;
    const total = step.bytes.reduce((sum, one) => sum + one, 0);
    if (total > peak.bytes) peak = { bytes: total, of: step.bytes.slice() };
    builder.counter(process, MEMORY_COUNTERS.allocated, latestNs, total);
    for (const [category, value] of step.bytes.entries()) {
      used[category] ||= value !== 0;
      if (used[category]) builder.counter(process, CATEGORIES[category], latestNs, value);
    }
  }
  const categories = CATEGORIES.map((category, at) => ({ category, bytes: peak.of[at], percent: peak.bytes > 0 ? (100 * peak.of[at]) / peak.bytes : 0 }))
    .filter((row) => row.bytes !== 0)
    .sort((a, b) => b.bytes - a.bytes);
  const memory = { devices: [], categories };
  const meta = {
    format: MEMORY_FORMATS.memoryTimeline,
    producer: MEMORY_FORMATS.memoryTimeline,
    devices: [],
    facts: memoryFacts(memory),
    events,
    textBytes: bytes.length,
  };
  const clock = { baseNs: baseNs ?? 0n, epochOffsetNs: baseNs !== undefined && baseNs > EPOCH_SINCE_NS ? 0n : undefined };
  return builder.finish({ ...meta, memory }, clock);
}

/** Changes summed up; the array of bytes is the same each time. */
function* rawSteps(text: string): Generator<Step> {
  const row = /[[,]\s*\[\s*(-?\d+)\s*,\s*([1-4])\s*,\s*(-?\d+)\s*,\s*([0-7])\s*\]\s*/y;
  const bytes = new Float64Array(CATEGORIES.length);
  for (let end = 0; ; ) {
    const match = row.exec(text);
    if (!match) {
      if (text.slice(end) !== ']') throw notATrace(`a PyTorch memory timeline that is damaged behind character ${end.toLocaleString('en-US')}`);
      return;
    }
    end = row.lastIndex;
    const [, time, action, change, category] = match;
    bytes[Number(category)] += Number(change);
    yield { timeNs: time === '-1' ? undefined : BigInt(time), bytes, isHalf: action === NEW_VERSION && Number(change) < 0 };
  }
}

const Whole = v.pipe(v.number(), v.safeInteger());
const Coalesced = v.tuple([v.array(Whole), v.array(v.pipe(v.array(Whole), v.length(CATEGORIES.length + 1)))]);

function* coalescedSteps(text: string): Generator<Step> {
  const parsed = v.safeParse(Coalesced, jsonOf(text));
  if (!parsed.success || parsed.output[0].length !== parsed.output[1].length) {
    throw notATrace('JSON that begins as a PyTorch memory timeline, and does not go on as one: there should be a list of times and a list of sizes for each');
  }
  const [times, sizes] = parsed.output;
  for (const [at, time] of times.entries()) {
    yield { timeNs: time < 0 ? undefined : BigInt(time) * 1000n, bytes: Float64Array.from(sizes[at].slice(1)), isHalf: false };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
