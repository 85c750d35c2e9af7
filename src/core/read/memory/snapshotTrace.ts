/** A PyTorch memory snapshot as a trace: counters of each device over its recorded actions, calls to the driver, and annotations. */
import type { DeviceSnapshot } from '../../../shared/analysis.js';
import type { TraceBuilder } from '../../trace/builder.js';
import { MEMORY_COUNTERS, memoryProcess } from '../../trace/recordedMemory.js';
import { NONE, type Trace } from '../../trace/trace.js';
import { readPickle } from '../pickle/pickle.js';
import { deviceReport } from './deviceReport.js';
import { memoryFacts } from './facts.js';
import { type Level, replay } from './replay.js';
import { type Action, type Annotation, type Segment, type Snapshot, snapshotOf } from './snapshot.js';
import { MEMORY_FORMATS } from './sniff.js';

const RECORDED = 'recorded actions';
const FROM_DRIVER: Readonly<Record<string, string>> = {
  segment_alloc: 'take a segment',
  segment_free: 'give back a segment',
  segment_map: 'map memory',
  segment_unmap: 'unmap memory',
  oom: 'out of memory',
};

/** Throws NotATrace for what is no snapshot. */
export function readSnapshot(bytes: Uint8Array, builder: TraceBuilder): Trace {
  const snapshot = snapshotOf(readPickle(bytes));
  const actions = snapshot.actions.map(inOrder);
  const clock = clockOf(actions, snapshot.annotations);
  const devices: DeviceSnapshot[] = [];
  for (const [device, segments] of segmentsOfDevices(snapshot, actions)) {
    const mine = actions[device] ?? [];
    const replayed = replay(mine, segments);
    const name = `GPU ${device}`;
    builder.processName(memoryProcess(name), name);
    builder.processLabel(memoryProcess(name), 'caching allocator');
    pushActions(builder, memoryProcess(name), mine, [replayed.initial, ...replayed.levels], clock.timeNs);
    devices.push(deviceReport(name, mine, segments, replayed, clock.timeNs));
  }
  pushAnnotations(builder, snapshot.annotations, clock.timeNs);
  const memory = { devices, categories: [] };
  const recorded = actions.reduce((sum, { length }) => sum + length, 0);
  const meta = {
    format: MEMORY_FORMATS.memorySnapshot,
    producer: MEMORY_FORMATS.memorySnapshot,
    devices: [],
    facts: [...memoryFacts(memory), ...snapshot.settings.filter(({ value }) => value !== '')],
    events: recorded,
    textBytes: bytes.length,
    memory,
  };
  return builder.finish(meta, { baseNs: clock.baseNs, epochOffsetNs: clock.known ? 0n : undefined });
}

/** Threads note their times before they wait for the allocator, so an action may be a little older than the one before it. */
function inOrder(actions: readonly Action[]): Action[] {
  let latest = 0;
  return actions.map((action) => {
    if (action.timeUs === undefined) return action;
    latest = Math.max(latest, action.timeUs);
    return { ...action, timeUs: latest };
  });
}

/** The first time of all, and what others are after it. */
function clockOf(actions: readonly (readonly Action[])[], annotations: readonly Annotation[]) {
  let firstUs = Number.POSITIVE_INFINITY;
  for (const all of [...actions, annotations]) for (const { timeUs } of all) if (timeUs !== undefined) firstUs = Math.min(firstUs, timeUs);
  const known = Number.isFinite(firstUs);
  const timeNs = ({ timeUs }: { timeUs?: number }): number | undefined => (timeUs === undefined ? undefined : (timeUs - firstUs) * 1000);
  return { known, baseNs: known ? BigInt(firstUs) * 1000n : 0n, timeNs };
}

/** Devices that have segments or actions, by number. */
function segmentsOfDevices({ segments }: Snapshot, actions: readonly (readonly Action[])[]): [device: number, Segment[]][] {
  const byDevice = new Map<number, Segment[]>();
  for (const [device, { length }] of actions.entries()) if (length > 0) byDevice.set(device, []);
  for (const segment of segments) {
    const mine = byDevice.get(segment.device);
    if (mine) mine.push(segment);
    else byDevice.set(segment.device, [segment]);
  }
  return [...byDevice].sort(([a], [b]) => a - b);
}

type TimeNs = (of: { timeUs?: number }) => number | undefined;

/** `levels` has one more than the actions: what was there before the first. */
function pushActions(builder: TraceBuilder, process: string, actions: readonly Action[], levels: readonly Level[], timeNs: TimeNs): void {
  const startNs = actions.length > 0 ? timeNs(actions[0]) : undefined;
  const endNs = actions.length > 0 ? timeNs(actions[actions.length - 1]) : undefined;
  if (startNs === undefined || endNs === undefined) return;
  const category = builder.category('memory');
  const track = builder.track({ process, thread: 'allocator', domain: 'cpu' });
  builder.threadName(process, 'allocator', 'Allocator');
  builder.slice(track, builder.string(RECORDED), category, startNs, endNs - startNs, NONE, NONE, 0, 0, 0);
  pushLevel(builder, process, startNs, levels[0]);
  for (const [index, action] of actions.entries()) {
    const at = timeNs(action) ?? endNs;
    pushLevel(builder, process, at, levels[index + 1]);
    const call = Object.hasOwn(FROM_DRIVER, action.kind) ? FROM_DRIVER[action.kind] : undefined;
    if (call !== undefined) builder.slice(track, builder.string(call), category, at, 0, NONE, NONE, 0, 0, 0);
  }
}

function pushLevel(builder: TraceBuilder, process: string, timeNs: number, { allocated, active, reserved }: Level): void {
  builder.counter(process, MEMORY_COUNTERS.allocated, timeNs, allocated);
  builder.counter(process, MEMORY_COUNTERS.active, timeNs, active);
  builder.counter(process, MEMORY_COUNTERS.reserved, timeNs, reserved);
}

/** Ends say what they end, not whose end they are: ranges of one name pair inside out. */
function pushAnnotations(builder: TraceBuilder, annotations: readonly Annotation[], timeNs: TimeNs): void {
  const category = builder.category('user_annotation');
  for (const annotation of annotations) {
    const at = timeNs(annotation);
    if (at === undefined) continue;
    const process = memoryProcess(`GPU ${annotation.device}`);
    const name = builder.string(annotation.name);
    if (annotation.isStart) builder.asyncBegin(process, category, name, name, at, 0);
    else builder.asyncEnd(process, category, name, at);
  }
}
