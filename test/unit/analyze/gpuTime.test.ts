import assert from 'node:assert/strict';
import { test } from 'node:test';
import { categoryTimes, runCategories } from '../../../src/core/analyze/categoryTimes.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { gpuTime, reportGpu } from '../../../src/core/analyze/gpuTime.js';
import { coverOf } from '../../../src/core/analyze/unions.js';
import type { GpuTime } from '../../../src/shared/analysis.js';
import type { Span } from '../../../src/shared/protocol.js';
import { draw } from '../../draw.js';

const LEGEND = {
  a: 'flash_fwd_kernel',
  c: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
  g: 'nvjet_gemm',
  m: { name: 'Memcpy HtoD', category: 'gpu_memcpy' },
  s: { name: 'Memset (Device)', category: 'gpu_memset' },
};

function timeOf(drawing: string, span?: Span): GpuTime {
  const trace = draw(drawing, { legend: LEGEND, launchedBy: [] });
  const gpu = indexGpu(trace);
  return gpuTime(trace, gpu, gpu.work, span ?? reportGpu(trace, gpu).devices[0].window);
}

/** What adds up to the span: compute, exposed communication, exposed copies, idle. */
const parts = ({ computeNs, exposedCommunicationNs, exposedCopyNs, idleNs }: GpuTime): number[] => [computeNs, exposedCommunicationNs, exposedCopyNs, idleNs];

const CASES: readonly [what: string, drawing: string, parts: number[], others: { active: number; busy: number; communication: number }][] = [
  ['one stream', 'stream7 |gggg  ggg', [7, 0, 0, 2], { active: 7, busy: 7, communication: 0 }],
  [
    'communication under compute is not exposed',
    `stream7 |ggggg   gg
     stream8 |   ccccc`,
    [7, 3, 0, 0],
    { active: 10, busy: 10, communication: 5 },
  ],
  [
    'copies count where nothing computes or communicates',
    `stream7 |gg  cc
     stream8 | mmmmmmmmm`,
    [2, 2, 6, 0],
    { active: 4, busy: 10, communication: 2 },
  ],
  [
    'sets are compute but no kernels',
    `stream7 |gg ss
     stream8 |    cc`,
    [4, 1, 0, 1],
    { active: 4, busy: 5, communication: 2 },
  ],
  [
    'what began long ago still runs',
    `stream7 |gggggggggggg
     stream8 | c c c c c c c`,
    [12, 1, 0, 1],
    { active: 13, busy: 13, communication: 7 },
  ],
];

test('compute + exposed communication + exposed copies + idle = span', () => {
  for (const [what, drawing, expected, { active, busy, communication }] of CASES) {
    const time = timeOf(drawing);
    assert.deepEqual(parts(time), expected, what);
    assert.deepEqual([time.activeNs, time.busyNs, time.communicationNs], [active, busy, communication], what);
    assert.equal(
      expected.reduce((sum, part) => sum + part, 0),
      time.spanNs,
      what,
    );
  }
});

test('a span cuts work at both ends', () => {
  const drawing = `
    stream7 |gggg  gggg
    stream8 | cccccc
  `;
  assert.deepEqual(parts(timeOf(drawing, { startNs: 2, endNs: 8 })), [4, 2, 0, 0]);
  assert.deepEqual(parts(timeOf(drawing, { startNs: 9, endNs: 15 })), [1, 0, 0, 5]);
  assert.deepEqual(parts(timeOf(drawing, { startNs: 20, endNs: 22 })), [0, 0, 0, 2]);
  assert.deepEqual(parts(timeOf(drawing, { startNs: 4, endNs: 4 })), [0, 0, 0, 0]);
});

test('each device has its own window and time', () => {
  const trace = draw(
    `
    gpu0 stream7 |gg  gg
    gpu1 stream7 |  gggg  m
  `,
    {
      legend: LEGEND,
      launchedBy: [],
      devices: [
        { id: '1', name: 'H100' },
        { id: '2', name: 'A100' },
      ],
    },
  );
  const { devices } = reportGpu(trace, indexGpu(trace));
  assert.deepEqual(
    devices.map(({ device, name, kernelCount, window, time }) => [device, name, kernelCount, window.startNs, window.endNs, time.busyNs, time.idleNs]),
    [
      ['0', '', 2, 0, 6, 4, 2],
      ['1', 'H100', 1, 2, 9, 5, 2],
    ],
  );
});

test('a device that is not listed has the name that all listed ones have', () => {
  const trace = draw('gpu6 stream7 |gg', {
    devices: [
      { id: '0', name: 'MI300X' },
      { id: '1', name: 'MI300X' },
    ],
  });
  assert.equal(reportGpu(trace, indexGpu(trace)).devices[0].name, 'MI300X');
});

test('each moment belongs to one category: what computes first, then communication, then copies', () => {
  const trace = draw(
    `
    stream7 |aaaaaa
    stream8 |  ggg
    stream9 |ccccccccc
    stream5 |   mmmmmmmmm s
  `,
    { legend: LEGEND, launchedBy: [] },
  );
  const gpu = indexGpu(trace);
  const span = { startNs: 0, endNs: 20 };
  const rows = categoryTimes(trace, gpu, [{ span, work: gpu.work }]);
  assert.deepEqual(
    rows.map(({ category, totalNs, exclusiveNs, count }) => [category, totalNs, exclusiveNs, count]),
    [
      ['gemm', 3, 3, 1],
      ['attention', 6, 3, 1],
      ['communication', 9, 3, 1],
      ['copy', 10, 4, 2],
    ],
  );
  assert.equal(rows.reduce((sum, { exclusiveNs }) => sum + exclusiveNs, 0) + gpuTime(trace, gpu, gpu.work, span).idleNs, 20);
  assert.deepEqual(runCategories(trace, gpu, reportGpu(trace, gpu)), rows);
});

test('a cover tells how much of a stretch is in the union', () => {
  const trace = draw(
    `
    stream7 |ggg  ggg     gg
    stream8 |  gg    gg
  `,
    { launchedBy: [] },
  );
  const { work } = indexGpu(trace);
  const cover = coverOf(trace, work);
  const asked: [fromNs: number, toNs: number, ns: number][] = [
    [0, 4, 4],
    [1, 6, 4],
    [3, 20, 8],
    [7, 14, 4],
    [10, 13, 0],
    [14, 30, 1],
    [40, 50, 0],
  ];
  for (const [fromNs, toNs, ns] of asked) assert.equal(cover.coveredNs(fromNs, toNs), ns, `${fromNs}–${toNs}`);
});
