import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { type MemorySample, reportMemory } from '../../../src/core/analyze/memory.js';
import { operatorCalls } from '../../../src/core/analyze/operators.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import { isWithheld, type MemoryReport } from '../../../src/shared/analysis.js';
import { draw } from '../../draw.js';

const runtime = (name: string) => ({ name, category: 'cuda_runtime' });

function report(trace: Trace, samples: MemorySample[] = []): MemoryReport {
  const gpu = indexGpu(trace);
  return reportMemory(trace, gpu, findSteps(trace, gpu), operatorCalls(trace), samples);
}

function sample(timeNs: number, allocatedBytes: number, device = 'GPU 0'): MemorySample {
  return { timeNs, allocatedBytes, reservedBytes: allocatedBytes * 2, device };
}

test('allocations that take more than a millisecond are slow; kinds are told apart', () => {
  const trace = draw(
    `
    cpu     |MM M MMM  HHHHH S F
    stream7 |
  `,
    { columnNs: 500_000, legend: { M: runtime('cudaMalloc'), H: runtime('hipHostMalloc'), S: runtime('cudaMallocAsync'), F: runtime('cudaFree') } },
  );
  assert.deepEqual(report(trace).allocations, [
    { name: 'cudaMalloc', count: 3, slow: 1, worstNs: 1_500_000, meanNs: 1_000_000, totalNs: 3_000_000 },
    { name: 'hipHostMalloc', count: 1, slow: 1, worstNs: 2_500_000, meanNs: 2_500_000, totalNs: 2_500_000 },
    { name: 'cudaMallocAsync', count: 1, slow: 0, worstNs: 500_000, meanNs: 500_000, totalNs: 500_000 },
  ]);
});

test('share of memory operations: self time of them and of the calls that allocate and free', () => {
  const trace = draw(
    `
    cpu     |AAAAAAAAAA   F
            | EEEE  LL
            |  M
    stream7 |
  `,
    { legend: { E: 'aten::empty_strided', M: runtime('cudaMalloc'), F: runtime('cudaFree') } },
  );
  // empty_strided 3, cudaMalloc 1 and cudaFree 1, of 10 in operators and 1 outside of them.
  assert.equal(report(trace).memoryOpsPercent, (100 * 5) / 11);
  assert.ok(isWithheld(report(draw('stream7 |K')).memoryOpsPercent));
});

test('copies by name; those that a call waits for, and pageable ones', () => {
  const memcpy = (name: string) => ({ name, category: 'gpu_memcpy' });
  const trace = draw(
    `
    cpu     |A  S  S
    stream7 | PP DDD DDD
  `,
    {
      legend: {
        A: runtime('cudaMemcpyAsync'),
        S: runtime('cudaMemcpy'),
        P: memcpy('Memcpy HtoD (Pageable -> Device)'),
        D: memcpy('Memcpy DtoH (Device -> Pinned)'),
      },
    },
  );
  const copies = report(trace).copies.map(({ name, count, totalNs, pageable, synchronous }) => [name, count, totalNs, pageable, synchronous]);
  assert.deepEqual(copies, [
    ['Memcpy DtoH (Device -> Pinned)', 2, 6, false, 2],
    ['Memcpy HtoD (Pageable -> Device)', 1, 2, true, 0],
  ]);
});

test('waits by name and by the Python code around them', () => {
  const python = (name: string) => ({ name, category: 'python_function' });
  const trace = draw(
    `
    cpu     |RRRRRRRRRRRR  TTTT
            | BBB   SSSS   SSS
            | SS
    stream7 |
  `,
    {
      legend: {
        R: python('run.py(1): run'),
        B: python('<built-in method item of Tensor object at 0x1>'),
        T: python('other.py(2): wait'),
        S: runtime('cudaStreamSynchronize'),
      },
    },
  );
  const syncs = report(trace).syncs.map(({ name, count, totalNs, worstNs, frame }) => [name, count, totalNs, worstNs, frame?.file]);
  assert.deepEqual(syncs, [
    ['cudaStreamSynchronize', 2, 6, 4, 'run.py'],
    ['cudaStreamSynchronize', 1, 3, 3, 'other.py'],
  ]);
});

test('a thinned timeline keeps its peak', () => {
  const samples = Array.from({ length: 10_000 }, (_, i) => sample(i, i === 7777 ? 1e9 : i % 100));
  const { timeline } = report(draw('stream7 |K'), samples);
  assert.ok(!isWithheld(timeline));
  const [{ device, timeNs, allocatedBytes, peakAllocatedBytes, peakReservedBytes, peakNs }] = timeline;
  assert.deepEqual([device, peakAllocatedBytes, peakReservedBytes, peakNs], ['GPU 0', 1e9, 2e9, 7777]);
  assert.ok(timeNs.length <= 2000 && timeNs.length > 1000);
  assert.equal(allocatedBytes[timeNs.indexOf(7777)], 1e9);
  assert.deepEqual(timeNs, timeNs.slice().sort());
});

test('growth over the steps of a phase; devices apart', () => {
  const step = { name: 'execute_context_0(0)_generation_1(1)', category: 'user_annotation' };
  const trace = draw(
    `
    cpu     |AAAA  BBBB  CCCC
            | L     L     L
    stream7 |  KK    KK    KK
  `,
    { legend: { A: step, B: step, C: step } },
  );
  const { steps } = findSteps(trace, indexGpu(trace)).report;
  assert.equal(steps.length, 3);
  // Each step leaves 10 bytes more than there were before it.
  const samples = steps.flatMap(({ startNs, endNs }, index) => [sample(startNs, 100 + 10 * index), sample(endNs, 110 + 10 * index), sample(endNs, 7, 'CPU')]);
  const { timeline } = report(trace, samples);
  assert.ok(!isWithheld(timeline));
  assert.deepEqual(
    timeline.map(({ device, growthPerStepBytes }) => [device, growthPerStepBytes]),
    [
      ['GPU 0', 10],
      ['CPU', 0],
    ],
  );
});

test('without memory events the timeline is withheld', () => {
  const { timeline } = report(draw('stream7 |K'));
  assert.ok(isWithheld(timeline) && timeline.withheld.includes('profile_memory'));
});
