/** What a snapshot says of one device: its peak and what held it, what was free inside what was reserved, its segments. */
import type { DeviceSnapshot, MemorySegment, SegmentGroup } from '../../../shared/analysis.js';
import { heldAt, type Replay } from './replay.js';
import { pythonFrames, siteOf, sitesOf } from './sites.js';
import type { Action, Segment } from './snapshot.js';

/** `timeNs` gives the time of an action in the trace. */
export function deviceReport(
  device: string,
  actions: readonly Action[],
  segments: readonly Segment[],
  { initial, levels, peak, ...replayed }: Replay,
  timeNs: (action: Action) => number | undefined,
): DeviceSnapshot {
  const { allocated, reserved } = peak < 0 ? initial : levels[peak];
  const held = heldAt(actions, segments, peak);
  const shown = segments.map(segmentRow).sort((a, b) => b.bytes - a.bytes);
  const blocks = segments.flatMap((segment) => segment.blocks);
  const used = blocks.filter(({ state }) => state !== 'free');
  return {
    device,
    actions: actions.length,
    peak: {
      timeNs: actions.length > 0 ? timeNs(actions[Math.max(0, peak)]) : undefined,
      allocatedBytes: allocated,
      reservedBytes: reserved,
      freeBytes: Math.max(0, reserved - allocated),
      allocations: held.length,
      sites: sitesOf(held),
    },
    end: {
      reservedBytes: sum(segments, ({ bytes }) => bytes),
      allocatedBytes: sum(blocks, ({ state, bytes }) => (state === 'allocated' ? bytes : 0)),
      roundingBytes: sum(used, ({ bytes, requestedBytes }) => bytes - requestedBytes),
      freeBytes: sum(shown, ({ freeBytes }) => freeBytes),
      largestFreeBytes: most(shown, ({ largestFreeBytes }) => largestFreeBytes),
    },
    segments: shown,
    groups: groupsOf(shown),
    outOfMemory: actions.filter(({ kind }) => kind === 'oom').map((action) => outOfMemory(action, timeNs(action))),
    caveat: caveatOf(actions, replayed),
  };
}

function caveatOf(actions: readonly Action[], { mismatches, segmentsMissing }: Pick<Replay, 'mismatches' | 'segmentsMissing'>): string | undefined {
  if (actions.length === 0) {
    return 'No history was recorded (torch.cuda.memory._record_memory_history), so the only moment that is known is the one when the snapshot was taken.';
  }
  if (segmentsMissing)
    return 'The segments do not hold what the actions took: some calls to the driver were not recorded, so what was reserved, and free in it, may be off.';
  if (mismatches === 0) return undefined;
  const blocks = mismatches === 1 ? '1 block does' : `${mismatches.toLocaleString('en-US')} blocks do`;
  return `${blocks} not fit to the recorded actions, as when recording stopped before the snapshot was taken: what was allocated may be off by them.`;
}

function outOfMemory({ bytes, deviceFreeBytes, stack }: Action, timeNs: number | undefined): DeviceSnapshot['outOfMemory'][number] {
  return { timeNs, requestedBytes: bytes, deviceFreeBytes, frame: siteOf(pythonFrames(stack)) };
}

function segmentRow({ address, type, privatePool, stream, expandable, bytes, blocks }: Segment): MemorySegment {
  const free = blocks.filter(({ state }) => state === 'free');
  return {
    address: `0x${address.toString(16)}`,
    pool: privatePool === '' ? type : `${type}, pool ${privatePool}`,
    stream,
    expandable,
    bytes,
    allocatedBytes: sum(blocks, (block) => (block.state === 'allocated' ? block.bytes : 0)),
    freeBytes: sum(free, (block) => block.bytes),
    largestFreeBytes: most(free, (block) => block.bytes),
    blocks: blocks.map((block) => ({ bytes: block.bytes, state: block.state })),
  };
}

/** Most bytes first. */
function groupsOf(segments: readonly MemorySegment[]): SegmentGroup[] {
  const groups = new Map<string, SegmentGroup>();
  for (const { pool, bytes, allocatedBytes, freeBytes, largestFreeBytes } of segments) {
    const key = `${bytes}\0${pool}`;
    const group = groups.get(key) ?? { pool, segmentBytes: bytes, count: 0, bytes: 0, allocatedBytes: 0, freeBytes: 0, largestFreeBytes: 0 };
    groups.set(key, group);
    group.count++;
    group.bytes += bytes;
    group.allocatedBytes += allocatedBytes;
    group.freeBytes += freeBytes;
    group.largestFreeBytes = Math.max(group.largestFreeBytes, largestFreeBytes);
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function most<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((highest, one) => Math.max(highest, of(one)), 0);
}
