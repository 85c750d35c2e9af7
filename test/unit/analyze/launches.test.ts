import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { queueDepth } from '../../../src/core/analyze/queueDepth.js';
import { createAnalyses } from '../../../src/core/session/analyses.js';
import type { LaunchesReport } from '../../../src/shared/analysis.js';
import { type DrawOptions, draw } from '../../draw.js';

const report = (drawing: string, options?: DrawOptions): LaunchesReport => createAnalyses(draw(drawing, options)).launches();

test('three delays of one launch: from its start, from its end, and beyond the queue', () => {
  const cases: [what: string, drawing: string, startLatency: number, afterCall: number, beyondQueue: number][] = [
    [
      'the stream is empty',
      `cpu     | LLL
       stream7 |      kk`,
      5,
      2,
      2,
    ],
    [
      'the kernel starts before its call returns',
      `cpu     |LLLLL
       stream7 |  kk`,
      2,
      0,
      0,
    ],
    [
      'it waits for the work before it',
      `cpu     | LL
       stream7 |jjjjjj kk`,
      6,
      4,
      1,
    ],
  ];
  for (const [what, drawing, ...expected] of cases) {
    const { delays } = report(drawing, { launchedBy: drawing.includes('j') ? [-1, 0] : [0] });
    const { startLatency, afterCall, beyondQueue } = delays.eager ?? assert.fail(what);
    assert.deepEqual([startLatency.maxNs, afterCall.maxNs, beyondQueue.maxNs], expected, what);
    assert.equal(delays.graph, undefined);
  }
});

test('of a graph only the first kernel has a delay; a graph without kernels is counted', () => {
  const { eager, graph, graphWithKernels, kernelsPerGraph, delays } = report(
    `
    cpu     |LL GG GG
    stream7 | k    kk kk kk
  `,
    { launchedBy: [0, 1, 1, 1] },
  );
  assert.deepEqual([eager, graph, graphWithKernels, kernelsPerGraph?.maxNs], [1, 2, 1, 3]);
  assert.deepEqual([delays.graph?.startLatency.count, delays.graph?.startLatency.maxNs, delays.eager?.startLatency.maxNs], [1, 3, 1]);
});

test('a short kernel is shorter than its call, unless the call waited', () => {
  const drawing = `
    cpu     |LLLL LLLL LLLLLLLL
    stream7 |  kk    kkkkk    k
  `;
  assert.deepEqual(report(drawing, { columnNs: 1000 }).shortKernels, { count: 2, totalNs: 3000, callNs: 12_000 });
  assert.deepEqual(report(drawing, { columnNs: 10_000 }).shortKernels, { count: 1, totalNs: 20_000, callNs: 40_000 });
});

test('a queue is empty when the call began after all work of the stream', () => {
  const { startedOnEmptyQueue } = report(
    `
    cpu     |L   L  G
    stream7 | kkkkk kk
    stream8 |          kk kk
  `,
    { launchedBy: [0, 1, 2, 2] },
  );
  assert.deepEqual(startedOnEmptyQueue, { count: 2, ofKernels: 4 });
});

test('launches and delays of each phase', () => {
  const step = (generation: number) => ({ name: `execute_context_${1 - generation}(9)_generation_${generation}(1)`, category: 'user_annotation' });
  const { phases } = report(
    `
    cpu     |PPPPPPP    DDDDDD DDDDDD
            | L L        G      G
    stream7 |   kk k       kk     kk
  `,
    { legend: { P: step(0), D: step(1) } },
  );
  assert.deepEqual(
    phases.map(({ phase, eagerPerStep, graphPerStep, delay }) => [phase, eagerPerStep, graphPerStep, delay?.maxNs]),
    [
      ['prefill', 2, 0, 3],
      ['decode', 0, 1, 2],
    ],
  );
});

function depths(drawing: string, options?: DrawOptions): string[] {
  const trace = draw(drawing, options);
  return queueDepth(trace, indexGpu(trace)).map(({ track, timeNs, depth }) => {
    return `${trace.tracks[track].info.stream}: ${[...timeNs].map((time, i) => `${time}→${depth[i]}`).join(' ')}`;
  });
}

test('one more when a call begins, one less when its work starts', () => {
  const drawing = `
    cpu     |L L L
    stream7 |   kk kkk kk
  `;
  assert.deepEqual(depths(drawing), ['7: 0→1 2→2 3→1 4→2 6→1 10→0']);
});

test('a graph is one entry in each of its streams; depths never fall below zero', () => {
  const graph = `
    cpu     |G L
    stream7 |   kk kk  k
    stream8 |     kk
  `;
  assert.deepEqual(depths(graph, { launchedBy: [0, 0, 0, 1] }), ['7: 0→1 2→2 3→1 10→0', '8: 0→1 5→0']);
  const kernelBeforeItsCall = `
    cpu     | L
    stream7 |k
  `;
  assert.deepEqual(depths(kernelBeforeItsCall), ['7: 0→0']);
});
