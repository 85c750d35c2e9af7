import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelCalls } from '../../../src/core/analyze/calls.js';
import { gpuDensity } from '../../../src/core/analyze/density.js';
import { emptyReason } from '../../../src/core/analyze/empty.js';
import { frameCosts } from '../../../src/core/analyze/frames.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { reportKernels } from '../../../src/core/analyze/kernels.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import { KERNEL_CATEGORIES } from '../../../src/shared/protocol.js';
import { draw } from '../../draw.js';

const COPY = { name: 'Memcpy HtoD (Pinned -> Device)', category: 'gpu_memcpy' };
const PREFILL = { name: 'execute_context_1(7)_generation_0(0)', category: 'user_annotation' };
const DECODE = { name: 'execute_context_0(0)_generation_1(1)', category: 'user_annotation' };

test('time by name: exact, split by phase, copies apart', () => {
  const trace = draw(
    `
    cpu     |PPPPPPPPPP DDDDDD
            | L L L L    L L
    stream7 |  gggg  g  MM g gg
    stream9 |    a
  `,
    { legend: { P: PREFILL, D: DECODE, M: COPY, g: 'some_gemm', a: 'flash_fwd_kernel' } },
  );
  const gpu = indexGpu(trace);
  const report = reportKernels(trace, gpu, findSteps(trace, gpu));
  assert.deepEqual(
    report.rows.map(({ name, kind, category, count, totalNs, avgNs, medianNs, minNs, maxNs, percent, prefillNs, decodeNs }) => [
      name,
      kind,
      category,
      count,
      totalNs,
      avgNs,
      medianNs,
      minNs,
      maxNs,
      percent,
      prefillNs,
      decodeNs,
    ]),
    [
      ['some_gemm', 'kernel', 'gemm', 4, 8, 2, 1.5, 1, 4, (100 * 8) / 9, 5, 3],
      [COPY.name, 'memcpy', 'copy', 1, 2, 2, 2, 2, 2, 0, 2, 0],
      ['flash_fwd_kernel', 'kernel', 'attention', 1, 1, 1, 1, 1, 1, 100 / 9, 1, 0],
    ],
  );
  // Durations 4, 1, 1, 2: squares of the distances to 2 sum to 6, over 3.
  assert.equal(report.rows[0].stddevNs, Math.sqrt(2));
  assert.equal(report.rows[1].stddevNs, 0);
  assert.deepEqual([report.kernelCount, report.kernelTimeNs, report.kernelNames], [5, 9, 2]);
  assert.deepEqual(report.steps, { prefill: 1, decode: 1, mixed: 0 });
});

test('kernels that share a short name are told apart by their phase', () => {
  const trace = draw('notes7 |PPPPPPDDDDDD\nstream7|a a   b b  c', {
    legend: {
      P: { ...PREFILL, category: 'gpu_user_annotation' },
      D: { ...DECODE, category: 'gpu_user_annotation' },
      a: 'void flash::fwd<1>(X)',
      b: 'void flash::fwd<2>(X)',
      c: 'void other<2>(X)',
    },
  });
  const gpu = indexGpu(trace);
  const { rows } = reportKernels(trace, gpu, findSteps(trace, gpu));
  assert.deepEqual(
    rows.map(({ shortName }) => shortName),
    ['flash::fwd (prefill)', 'flash::fwd (decode)', 'other'],
  );
});

test('every call by start, whatever its stream', () => {
  const trace = draw(`
    cpu           |L L L
    gpu1 stream7  |    AA   CC
    gpu1 stream9  |      BB
  `);
  const gpu = indexGpu(trace);
  const calls = [...kernelCalls(trace, gpu, findSteps(trace, gpu))];
  assert.deepEqual(
    calls.map(({ name, startNs, durationNs, device, stream, launchDelayNs, step }) => [name, startNs, durationNs, device, stream, launchDelayNs, step]),
    [
      ['A', 4, 2, '1', '7', 4, undefined],
      ['B', 6, 2, '1', '9', 4, undefined],
      ['C', 9, 2, '1', '7', 5, undefined],
    ],
  );
});

test('density: share of a bin, the same moment once per category', () => {
  const trace = draw(
    `
    stream7 |gggg  aaaaaa
    stream9 |  gggg
  `,
    { legend: { g: 'some_gemm', a: 'flash_fwd_kernel' } },
  );
  const { share, busyNs } = gpuDensity(trace, indexGpu(trace), { startNs: 0, endNs: 16 }, 4);
  assert.equal(busyNs, 12, 'overlapping streams count once');
  const of = (category: (typeof KERNEL_CATEGORIES)[number]) =>
    [0, 1, 2, 3].map((bin) => share[bin * KERNEL_CATEGORIES.length + KERNEL_CATEGORIES.indexOf(category)]);
  assert.deepEqual(of('gemm'), [1, 0.5, 0, 0]);
  assert.deepEqual(of('attention'), [0, 0.5, 1, 0]);
  const { share: part, busyNs: partBusyNs } = gpuDensity(trace, indexGpu(trace), { startNs: 2, endNs: 4 }, 1);
  assert.equal(partBusyNs, 2);
  assert.equal(part[KERNEL_CATEGORIES.indexOf('gemm')], 1);
  assert.equal(
    gpuDensity(trace, indexGpu(trace), { startNs: 4, endNs: 4 }, 2).share.every((value) => value === 0),
    true,
  );
});

test('frames: GPU time of what was launched under them, once for recursion, by class for modules', () => {
  const python = (name: string) => ({ name, category: 'python_function' });
  const trace = draw(
    `
    cpu     |EEEEEEEEEEEEEEEEEEEEEEE
            |XXXXXXXXX YYYYYYYY
            |FFFFFFFFF FFFFFFFF
            | RRRRRRR  L  L
            |  RRRRR
            |   L
    stream7 |    ggg    aa  MM
  `,
    {
      legend: {
        E: python('gpu_worker.py(263): execute_model'),
        X: python('nn.Module: Layer_0'),
        Y: python('nn.Module: Layer_1'),
        F: python('llama.py(343): forward'),
        R: python('util.py(7): again'),
        M: COPY,
      },
    },
  );
  const costs = frameCosts(trace, indexGpu(trace)).map(({ frame, calls, gpuNs, kernelCount, search }) => [
    frame.function,
    frame.module,
    frame.file,
    calls,
    gpuNs,
    kernelCount,
    search,
  ]);
  assert.deepEqual(
    new Set(costs.map((cost) => JSON.stringify(cost))),
    new Set(
      [
        ['execute_model', undefined, 'gpu_worker.py', 1, 5, 2, 'name:="gpu_worker.py(263): execute_model"'],
        ['', 'Layer', 'llama.py', 2, 5, 2, '"nn.Module: Layer_"'],
        ['forward', 'Layer', 'llama.py', 2, 5, 2, 'name:="llama.py(343): forward"'],
        ['again', 'Layer', 'util.py', 2, 3, 1, 'name:="util.py(7): again"'],
      ].map((cost) => JSON.stringify(cost)),
    ),
  );
});

test('frames of waiting threads, which the profiler writes around the others, cost nothing', () => {
  const python = (name: string) => ({ name, category: 'python_function' });
  const trace = draw(
    `
    cpu     |TTTTTTTTTTTT
            |WWWWWWWWWWW
            |MMMMMMMMMM
            | FFFFFF
            |  L
    stream7 |     ggg
  `,
    {
      legend: {
        T: python('/usr/lib/python3.12/threading.py(1032): _bootstrap'),
        W: python('tqdm/_monitor.py(60): run'),
        M: python('<string>(1): <module>'),
        F: python('llama.py(343): forward'),
      },
    },
  );
  const costs = frameCosts(trace, indexGpu(trace)).map(({ frame, gpuNs }) => [frame.function, gpuNs]);
  assert.deepEqual(Object.fromEntries(costs), { _bootstrap: 0, run: 0, '<module>': 3, forward: 3 });
});

test('why there is no GPU work', () => {
  const reason = (drawing: string, { name = 'a.json', format = 'Kineto JSON' } = {}): string | undefined => {
    const trace = draw(drawing);
    return emptyReason({ ...trace, meta: { ...trace.meta, format } }, name);
  };
  assert.equal(reason('stream7|g'), undefined);
  assert.match(reason('cpu|aaa', { name: 'host_1.async_llm.2.pt.trace.json.gz' }) ?? '', /front end \(async_llm\)/);
  assert.match(reason('cpu|L L') ?? '', /2 calls of the GPU’s runtime but no kernels/);
  assert.match(reason('cpu|aaa') ?? '', /^Only the CPU was recorded/);
  assert.match(reason('cpu|aaa', { format: 'Chrome JSON' }) ?? '', /^No slice of the recording is marked as a kernel/);
  assert.match(reason('') ?? '', /no slices at all/);
});
