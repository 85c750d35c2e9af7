/** What we read from the real memory files, against what Python's own pickle and json read from them (reference.py). */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { openTrace } from '../src/core/session/open.js';
import { openFile } from '../src/node/files.js';
import { isWithheld, type MemoryReport, type RecordedMemory } from '../src/shared/analysis.js';
import { tracePath } from './traces.js';

const Oracle = v.object({
  segments: v.number(),
  total_size: v.number(),
  allocated: v.number(),
  active: v.number(),
  blocks: v.number(),
  devices: v.array(v.number()),
  segment_types: v.record(v.string(), v.number()),
  block_states: v.record(v.string(), v.number()),
  device_traces: v.array(v.number()),
  actions: v.record(v.string(), v.number()),
  largest_segments: v.array(v.number()),
  trace_relative_peak_alloc_bytes: v.number(),
});

/** Peaks of all that was allocated, with what was there before the recording. */
const SNAPSHOTS = [
  { name: 'nvidia-torch-memsnapshot-cs336-small-forward.pickle', peakBytes: 1_029_235_712, beforeBytes: 514_898_944, reservedBytes: 1_107_296_256 },
  { name: 'nvidia-torch-memsnapshot-llama3-8b-fsdp-rank0.pickle', peakBytes: 36_227_688_704, beforeBytes: 4_016_179_200, reservedBytes: 40_907_046_912 },
  { name: 'nvidia-torch-memsnapshot-llama3-8b-fsdp-rank1.pickle', peakBytes: 36_227_688_704, beforeBytes: 4_016_179_200, reservedBytes: 40_907_046_912 },
];
const TIMELINE = 'torch-memory-timeline.raw.gz';
const missing = (name: string): string | false => (existsSync(tracePath(name)) ? false : `${tracePath(name)} does not exist (set KERNEL_LENS_TRACES)`);

async function report(name: string): Promise<{ memory: MemoryReport; recorded: RecordedMemory; events: number }> {
  const session = await openTrace(await openFile(tracePath(name)));
  const { memory } = await session.analysis();
  assert.ok(memory.recorded);
  return { memory, recorded: memory.recorded, events: (await session.info()).events };
}

describe('real memory snapshots', () => {
  for (const { name, peakBytes, beforeBytes, reservedBytes } of SNAPSHOTS) {
    it(name, { skip: missing(name) }, async () => {
      const oracle = v.parse(Oracle, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
      const { memory, recorded, events } = await report(name);
      const [device, ...others] = recorded.devices;
      assert.deepEqual(others, []);
      const { segments, peak, end } = device;
      const blocks = segments.flatMap((segment) => segment.blocks);
      const pools: Record<string, number> = {};
      for (const { pool } of segments) pools[pool] = (pools[pool] ?? 0) + 1;
      assert.deepEqual(
        {
          devices: [device.device],
          actions: [events, device.actions],
          segments: segments.length,
          pools,
          largest: segments.slice(0, 5).map((segment) => segment.bytes),
          blocks: blocks.length,
          free: blocks.filter(({ state }) => state === 'free').length,
          reserved: end.reservedBytes,
          allocated: end.allocatedBytes,
          freeBytes: end.freeBytes,
          outOfMemory: device.outOfMemory.length,
          recordedPeak: peak.allocatedBytes - beforeBytes,
        },
        {
          devices: oracle.devices.map((id) => `GPU ${id}`),
          actions: [sum(oracle.actions), sum(oracle.device_traces)],
          segments: oracle.segments,
          pools: oracle.segment_types,
          largest: oracle.largest_segments,
          blocks: oracle.blocks,
          free: oracle.block_states.inactive,
          reserved: oracle.total_size,
          allocated: oracle.allocated,
          freeBytes: oracle.total_size - oracle.active,
          outOfMemory: oracle.actions.oom ?? 0,
          recordedPeak: oracle.trace_relative_peak_alloc_bytes,
        },
      );
      assert.equal(device.caveat, undefined);
      assert.equal(peak.allocatedBytes, peakBytes);
      assert.equal(peak.reservedBytes, reservedBytes);
      assert.equal(
        peak.sites.reduce((all, { bytes }) => all + bytes, 0),
        peakBytes,
        'sites add up to the peak',
      );
      assert.equal(peak.sites.find(({ why }) => why === 'allocated before the recording began')?.bytes, beforeBytes);
      assert.ok(!isWithheld(memory.timeline));
      assert.deepEqual(
        memory.timeline.map(({ peakAllocatedBytes, peakNs }) => [peakAllocatedBytes, peakNs]),
        [[peakBytes, peak.timeNs]],
      );
    });
  }
});

describe('a real memory timeline', () => {
  it(TIMELINE, { skip: missing(TIMELINE) }, async () => {
    const { memory, recorded, events } = await report(TIMELINE);
    assert.equal(events, v.parse(v.object({ events: v.number() }), JSON.parse(readFileSync(tracePath(`reference/${TIMELINE}.json`), 'utf8'))).events);
    assert.ok(!isWithheld(memory.timeline));
    assert.deepEqual(
      memory.timeline.map(({ peakAllocatedBytes, peakNs }) => [peakAllocatedBytes, peakNs]),
      [[3_082_832_104, 98_424_324]],
    );
    const [{ allocatedBytes, categories = [] }] = memory.timeline;
    assert.deepEqual(categories.map(({ category }) => category).sort(), [
      'Activations',
      'Autograd detail',
      'Gradients',
      'Inputs',
      'Optimizer state',
      'Parameters',
      'Temporary',
      'Unknown',
    ]);
    allocatedBytes.forEach((allocated, at) => {
      assert.equal(
        categories.reduce((sum, { bytes }) => sum + bytes[at], 0),
        allocated,
        `sample ${at}`,
      );
    });
    assert.deepEqual(
      recorded.categories.map(({ category, bytes }) => [category, bytes]),
      [
        ['Activations', 2_592_465_920],
        ['Unknown', 134_218_152],
        ['Parameters', 102_440_608],
        ['Optimizer state', 102_228_128],
        ['Gradients', 67_858_432],
        ['Autograd detail', 64_225_280],
        ['Inputs', 19_395_584],
      ],
    );
  });
});

function sum(of: Record<string, number> | number[]): number {
  return Object.values(of).reduce((all, one) => all + one, 0);
}
