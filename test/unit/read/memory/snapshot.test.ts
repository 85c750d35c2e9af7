import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { memoryFile } from '../../../../src/core/read/bytes.js';
import { openRecords, readTrace, sniff } from '../../../../src/core/read/read.js';
import { NotATrace } from '../../../../src/core/read/sniff.js';
import { buildLevels } from '../../../../src/core/trace/levels.js';
import { restoreTrace, saveTrace } from '../../../../src/core/trace/store.js';
import type { Trace } from '../../../../src/core/trace/trace.js';
import type { DeviceSnapshot } from '../../../../src/shared/analysis.js';
import { type Data, pickle } from '../../../pickle.js';

const START_US = 1_700_000_000_000_000;

interface Frame {
  filename: string;
  line: number;
  name: string;
}
const frame = (filename: string, line: number, name: string): Frame => ({ filename, line, name });
const malloc = frame('CUDACachingAllocator.cpp', 0, 'malloc');
const linear = [
  malloc,
  frame('/venv/site-packages/torch/nn/linear.py', 9, 'forward'),
  frame('/venv/site-packages/vllm/llama.py', 77, 'forward'),
  frame('/venv/site-packages/vllm/run.py', 5, 'run'),
];
const inside = [malloc, frame('/venv/site-packages/torch/nn/init.py', 3, 'empty')];

/** "alloc 1 100": the action, the address and the size; one µs after the other. */
function actions(lines: string[], frames: readonly Frame[] = linear): Data[] {
  return lines.map((line, at) => {
    const [action, addr, size] = line.split(' ');
    return { action, addr: Number(addr), size: Number(size), stream: 0, time_us: START_US + at, frames: frames.map((one) => ({ ...one })) };
  });
}

/** "1 100 active_allocated": address, size and state. */
function segment(bytes: number, blocks: string[], more: { [key: string]: Data } = {}): Data {
  return {
    device: 0,
    address: 0,
    total_size: bytes,
    stream: 0,
    segment_type: 'large',
    segment_pool_id: [0, 0],
    is_expandable: false,
    blocks: blocks.map((block) => {
      const [address, size, state, requested = size] = block.split(' ');
      return { address: Number(address), size: Number(size), requested_size: Number(requested), state, frames: [] };
    }),
    ...more,
  };
}

async function read(snapshot: { [key: string]: Data }): Promise<Trace> {
  return (await readTrace(memoryFile('a.pickle', pickle(snapshot)))).trace;
}

async function device(snapshot: { [key: string]: Data }): Promise<DeviceSnapshot> {
  const [first] = (await read(snapshot)).meta.memory?.devices ?? [];
  assert.ok(first);
  return first;
}

function counter({ tracks, counters }: Trace, name: string): number[] {
  const found = tracks.find(({ info }) => info.kind === 'counter' && info.name === name);
  assert.ok(found, name);
  return Array.from(counters.value.subarray(found.firstSample, found.firstSample + found.sampleCount));
}

describe('a memory snapshot', () => {
  const snapshot = {
    segments: [segment(1000, ['1 100 active_allocated 90', '2 300 active_allocated', '101 600 inactive'])],
    device_traces: [
      actions([
        'free_requested 7 50',
        'free_completed 7 50',
        'segment_alloc 9 400',
        'alloc 2 300',
        'alloc 3 200',
        'free_requested 3 200',
        'free_completed 3 200',
      ]),
    ],
  };

  it('is played from what was there before: what segments hold and no action took, and what is freed without having been taken', async () => {
    const trace = await read(snapshot);
    assert.deepEqual(counter(trace, 'Allocated'), [140, 90, 90, 90, 390, 590, 390, 390]);
    assert.deepEqual(counter(trace, 'Active'), [140, 140, 90, 90, 390, 590, 590, 390]);
    assert.deepEqual(counter(trace, 'Reserved'), [600, 600, 600, 1000, 1000, 1000, 1000, 1000]);
    assert.equal(trace.meta.epochNs, `${START_US}000`);
  });

  it('has its peak, and what is free in what was reserved', async () => {
    const { peak, end, caveat } = await device(snapshot);
    const { sites, ...rest } = peak;
    assert.deepEqual(rest, { timeNs: 4000, allocatedBytes: 590, reservedBytes: 1000, freeBytes: 410, allocations: 3 });
    assert.deepEqual(
      sites.map(({ frame: at, why, count, bytes }) => [at ? `${at.file}:${at.line} ${at.function}` : why, count, bytes]),
      [
        ['/venv/site-packages/vllm/llama.py:77 forward', 2, 500],
        ['allocated before the recording began', 1, 90],
      ],
    );
    assert.deepEqual(
      sites[0].stack.map(({ line }) => line),
      [9, 77, 5],
    );
    assert.deepEqual(end, { reservedBytes: 1000, allocatedBytes: 400, roundingBytes: 10, freeBytes: 600, largestFreeBytes: 600 });
    assert.equal(caveat, undefined);
  });

  it('names the innermost Python frame where only PyTorch was running', async () => {
    const { peak } = await device({ segments: [segment(10, ['1 10 active_allocated'])], device_traces: [actions(['alloc 1 10'], inside)] });
    assert.equal(peak.sites[0].frame?.file, '/venv/site-packages/torch/nn/init.py');
    const { peak: bare } = await device({ segments: [segment(10, ['1 10 active_allocated'])], device_traces: [actions(['alloc 1 10'], [malloc])] });
    assert.equal(bare.sites[0].why, 'no Python frame');
  });

  it('groups segments by size and pool', async () => {
    const pooled = { segment_pool_id: [0, 3] };
    const { groups } = await device({
      segments: [
        segment(10, ['1 10 active_allocated']),
        segment(10, ['11 4 inactive', '15 6 inactive']),
        segment(10, ['21 10 active_pending_free'], pooled),
        segment(2, ['31 2 inactive']),
      ],
      device_traces: [[]],
    });
    assert.deepEqual(groups, [
      { pool: 'large', segmentBytes: 10, count: 2, bytes: 20, allocatedBytes: 10, freeBytes: 10, largestFreeBytes: 6 },
      { pool: 'large, pool 0.3', segmentBytes: 10, count: 1, bytes: 10, allocatedBytes: 0, freeBytes: 0, largestFreeBytes: 0 },
      { pool: 'large', segmentBytes: 2, count: 1, bytes: 2, allocatedBytes: 0, freeBytes: 2, largestFreeBytes: 2 },
    ]);
  });

  it('tells that memory ran out', async () => {
    const [oom] = actions(['oom 0 900']);
    const { outOfMemory } = await device({ segments: [], device_traces: [[{ ...(oom as { [key: string]: Data }), device_free: 100 }]] });
    assert.deepEqual(outOfMemory, [
      { timeNs: 0, requestedBytes: 900, deviceFreeBytes: 100, frame: { file: '/venv/site-packages/vllm/llama.py', line: 77, function: 'forward' } },
    ]);
  });

  it('says when actions and segments do not fit together, or none were recorded', async () => {
    const stale = await device({ segments: [segment(10, ['1 10 inactive'])], device_traces: [actions(['alloc 1 10'])] });
    assert.match(stale.caveat ?? '', /^1 block does not fit/);
    const torn = await device({ segments: [], device_traces: [actions(['segment_alloc 1 10'])] });
    assert.match(torn.caveat ?? '', /^The segments do not hold what the actions took/);
    const { caveat, peak } = await device({ segments: [segment(10, ['1 10 active_allocated'])], device_traces: [[]] });
    assert.match(caveat ?? '', /^No history was recorded/);
    assert.deepEqual([peak.timeNs, peak.allocatedBytes, peak.sites[0].why], [undefined, 10, 'allocated before the recording began']);
  });

  it('shows annotations as spans', async () => {
    const mark = (stage: string, name: string, after: number): Data => ({ stage, name, device: 0, time_us: START_US + after });
    const trace = await read({
      ...snapshot,
      external_annotations: [mark('START', 'step', 0), mark('START', 'load', 2), mark('END', 'step', 4), mark('END', 'load', 5)],
    });
    const spans = Array.from(
      { length: trace.slices.count },
      (_, slice) => `${trace.strings.get(trace.slices.name[slice])} ${trace.slices.startNs[slice]} ${trace.slices.durNs[slice]}`,
    );
    assert.deepEqual(spans.sort(), ['load 2000 3000', 'recorded actions 0 6000', 'step 0 4000', 'take a segment 2000 0']);
  });

  it('opens again from its stored index', async () => {
    const file = memoryFile('a.pickle', pickle(snapshot));
    const { trace, records } = await readTrace(file);
    const parts = saveTrace(trace, buildLevels(trace));
    const restored = restoreTrace(new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer()));
    assert.deepEqual(restored?.trace.meta, JSON.parse(JSON.stringify(trace.meta)));
    await assert.rejects((await openRecords(file, records.save())).text(0), /records no arguments/);
  });
});

describe('a pickle that is no snapshot', () => {
  const says = async (value: Data): Promise<string> => {
    try {
      await readTrace(memoryFile('a.pickle', pickle(value)));
    } catch (error) {
      if (error instanceof NotATrace) return error.message;
      throw error;
    }
    return 'it was read';
  };
  it('is refused in one sentence', async () => {
    assert.match(await says({ model: 'weights' }), /^A Python pickle that is no PyTorch memory snapshot\. /);
    assert.match(await says({ segments: 1 }), /it has no segments and device_traces/);
    assert.match(await says({ segments: [1], device_traces: [] }), /damaged, or of an unknown version: the address of a segment is not what PyTorch writes/);
    assert.match(await says({ segments: [], device_traces: [[{ size: 1 }]] }), /damaged, or of an unknown version: an action/);
    assert.match(await says({ segments: [segment(1, ['0 1 burning'])], device_traces: [] }), /the state of a block/);
    assert.match(await says({ segments: [segment(3, ['0 1 inactive'])], device_traces: [] }), /the size of a segment is not what PyTorch writes/);
  });
  it('cut short or changed anywhere is read or refused, nothing else', async () => {
    const sample = pickle({
      segments: [segment(10, ['1 10 active_allocated'])],
      device_traces: [actions(['alloc 1 10', 'free_requested 1 10'])],
      external_annotations: [{ stage: 'START', name: 'x', device: 0, time_us: START_US }],
    });
    const opened = async (bytes: Uint8Array): Promise<boolean> => {
      try {
        await readTrace(memoryFile('a.pickle', bytes));
        return true;
      } catch (error) {
        if (error instanceof NotATrace) return false;
        throw error;
      }
    };
    for (let length = 0; length < sample.length; length++) assert.equal(await opened(sample.subarray(0, length)), false, `${length} bytes`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = sample.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await opened(bytes);
      }),
      { numRuns: 2000 },
    );
  });
  it('is told from one by its beginning', async () => {
    assert.deepEqual(await sniff(memoryFile('a', pickle({ segments: [] }))), { format: 'memorySnapshot', says: 'PyTorch memory snapshot' });
    assert.deepEqual(await sniff(memoryFile('a', pickle([1]))), { format: 'none', says: 'a Python pickle that is no PyTorch memory snapshot' });
  });
});
