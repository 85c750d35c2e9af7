/** What a memory snapshot or a memory timeline says beside its counters: kept with the trace, so checked when it is read back. */
import * as v from 'valibot';
import type { RecordedMemory } from '../../shared/analysis.js';

/** The counters of a device: one sample each for every action. */
export const MEMORY_COUNTERS = { allocated: 'Allocated', active: 'Active', reserved: 'Reserved' } as const;

/** The process that the counters of a device belong to. */
export function memoryProcess(device: string): string {
  return `memory of ${device}`;
}

const Bytes = v.pipe(v.number(), v.minValue(0));
const Time = v.optional(v.number());
const FrameSchema = v.object({ file: v.string(), line: v.number(), function: v.string() });

const SiteSchema = v.object({
  frame: v.optional(FrameSchema),
  why: v.optional(v.string()),
  count: v.number(),
  bytes: Bytes,
  percent: v.number(),
  largestBytes: Bytes,
  stack: v.array(FrameSchema),
});

const SegmentSchema = v.object({
  address: v.string(),
  pool: v.string(),
  stream: v.string(),
  expandable: v.boolean(),
  bytes: Bytes,
  allocatedBytes: Bytes,
  freeBytes: Bytes,
  largestFreeBytes: Bytes,
  blocks: v.array(v.object({ bytes: Bytes, state: v.picklist(['allocated', 'pending', 'free']) })),
});

const DeviceSchema = v.object({
  device: v.string(),
  actions: v.number(),
  peak: v.object({
    timeNs: Time,
    allocatedBytes: Bytes,
    reservedBytes: Bytes,
    freeBytes: Bytes,
    allocations: v.number(),
    sites: v.array(SiteSchema),
  }),
  end: v.object({ reservedBytes: Bytes, allocatedBytes: Bytes, roundingBytes: Bytes, freeBytes: Bytes, largestFreeBytes: Bytes }),
  segments: v.array(SegmentSchema),
  groups: v.array(
    v.object({
      pool: v.string(),
      segmentBytes: Bytes,
      count: v.number(),
      bytes: Bytes,
      allocatedBytes: Bytes,
      freeBytes: Bytes,
      largestFreeBytes: Bytes,
    }),
  ),
  outOfMemory: v.array(v.object({ timeNs: Time, requestedBytes: Bytes, deviceFreeBytes: v.optional(Bytes), frame: v.optional(FrameSchema) })),
  caveat: v.optional(v.string()),
});

export const RecordedMemorySchema: v.GenericSchema<RecordedMemory> = v.object({
  devices: v.array(DeviceSchema),
  categories: v.array(v.object({ category: v.string(), bytes: v.number(), percent: v.number() })),
});
