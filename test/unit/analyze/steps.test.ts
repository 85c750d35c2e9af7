import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { findSteps, stepsHeadline } from '../../../src/core/analyze/steps.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import { type DrawOptions, draw } from '../../draw.js';

const PREFILL = { name: 'execute_context_1(7)_generation_0(0)', category: 'user_annotation' };
const DECODE = { name: 'execute_context_0(0)_generation_1(1)', category: 'user_annotation' };
const ON_GPU = { p: { ...PREFILL, category: 'gpu_user_annotation' }, d: { ...DECODE, category: 'gpu_user_annotation' } };
const EXECUTE = { name: 'vllm/v1/worker/gpu_worker.py(263): execute_model', category: 'python_function' };
const KERNELS = { c: 'reshape_and_cache_kernel', a: 'flash_fwd_kernel', g: 'some_gemm', n: 'rms_norm_kernel', s: 'ArgMaxOps reduce_kernel' };

function steps(trace: Trace) {
  return findSteps(trace, indexGpu(trace));
}

/** Step of each GPU slice in time order: "001122", a dot outside of steps. */
function stepString(trace: Trace): string {
  const gpu = indexGpu(trace);
  const { stepOf } = findSteps(trace, gpu);
  return Array.from(gpu.work, (slice) => (stepOf[slice] < 0 ? '.' : String(stepOf[slice]))).join('');
}

function drawn(drawing: string, options: DrawOptions = {}): Trace {
  return draw(drawing, { ...options, legend: { P: PREFILL, D: DECODE, E: EXECUTE, ...KERNELS, ...options.legend } });
}

test('a kernel belongs to the step that launched it, whenever it runs', () => {
  const trace = drawn(`
    cpu     | PPPPPPPP DDDD
            |  L L L    L
    stream7 |     gg  aa   gg  cc
  `);
  assert.equal(stepString(trace), '0001');
});

test('where no launch was recorded, work belongs to the step it starts in', () => {
  const trace = drawn(
    `
    cpu     | PPPPPPPP DDDD  DDDD
    stream7 |   gg aa   gg    cc
  `,
    { launchedBy: [] },
  );
  assert.equal(stepString(trace), '0012');
});

test('what is launched after a step’s mark belongs to it until the next one; what comes before the first belongs to none', () => {
  const trace = drawn(`
    cpu     |L PPPPPPPPPP  DDDDDD
            |   L         L  L
    stream7 | n  c           s  c
  `);
  assert.equal(stepString(trace), '.001');
});

test('work whose launch was not recorded goes with the work before it', () => {
  const trace = drawn(
    `
    cpu     |PPPPPPPPP DDDDDD
            | L         L
    stream7 |  gg aa nn  gg aa
  `,
    { launchedBy: [0, -1, -1, 1, -1] },
  );
  assert.equal(stepString(trace), '00011');
});

test('annotations say phase, tokens and requests; times are the GPU’s', () => {
  const trace = drawn(`
    cpu     | PPPPPPPP DDDD
            |  L L L    L L
    stream7 |     cc  aa   gg  cccc  aa
  `);
  const { report } = steps(trace);
  const rows = report.steps.map(({ phase, tokens, requests, startNs, endNs, busyNs, gapBeforeNs, kernelCount }) => [
    phase,
    tokens,
    requests,
    startNs,
    endNs,
    busyNs,
    gapBeforeNs,
    kernelCount,
  ]);
  // Times begin with the first slice, which is drawn at 1.
  assert.deepEqual(rows, [
    ['prefill', 7, 1, 4, 15, 6, 0, 3],
    ['decode', 1, 1, 17, 25, 6, 2, 2],
  ]);
  assert.equal(report.source, 'annotation');
  assert.equal(stepsHeadline(report), '1 prefill of 7 tokens + 1 decode step');
});

test('the same annotation on the GPU and nested ones make no more steps', () => {
  const inner = { name: 'step[EXTEND bs=1 toks=7]', category: 'user_annotation' };
  const trace = drawn(
    `
    cpu     | PPPPPPPP DDDD
            |  iiii
            |  L L L    L L
    notes7  |     ppppppp  dddddddddd
    notes9  |     pp       dd
    stream7 |     cc  aa   gg  cccc  aa
  `,
    { legend: { i: inner, ...ON_GPU } },
  );
  assert.equal(steps(trace).report.steps.length, 2);
});

test('annotations of the GPU alone mark steps by the kernels’ own start', () => {
  const trace = drawn(
    `
    notes7  | ppppppp  dddd
    notes9  | ppp      dd
    stream7 | cc  aa g ca g
  `,
    { legend: ON_GPU },
  );
  assert.equal(stepString(trace), '000111');
});

test('marks without GPU work are no steps where others have some', () => {
  const trace = drawn(`
    cpu     | PPPP DDDD DDDD DDD
            |  L    L         L
    stream7 |    cc   cc        cc
  `);
  assert.equal(stepString(trace), '012');
  assert.equal(stepsHeadline(steps(trace).report), '1 prefill of 7 tokens + 2 decode steps');
});

test('without annotations the calls of execute_model mark steps', () => {
  const trace = drawn(`
    cpu     | EEEEEEEE EEEE
            |  L L L    L L
    stream7 |     cccccc aaa gg    c a
  `);
  const { report } = steps(trace);
  assert.equal(report.source, 'pythonFrame');
  assert.match(report.reason, /gpu_worker\.py\(263\): execute_model/);
  assert.deepEqual(
    report.steps.map(({ kernelCount }) => kernelCount),
    [3, 2],
  );
});

test('the grid of the cache write counts tokens, and many tokens are a prefill', () => {
  const trace = drawn(`
    cpu     | EEEE EEEE EEEE
            | L L  L L  L L
    stream7 |   c a  c a  c a
  `);
  const writes = [...indexGpu(trace).kernels].filter((_, index) => index % 2 === 0);
  trace.gpu.gridX[writes[0]] = 1049;
  trace.gpu.gridX[writes[1]] = 1;
  trace.gpu.gridX[writes[2]] = 1;
  assert.equal(stepsHeadline(steps(trace).report), '1 prefill of 1049 tokens + 2 decode steps');
});

test('a network that writes no KV cache has steps but no phases and no layers', () => {
  const profiler = { name: 'ProfilerStep#3', category: 'user_annotation' };
  const { report, layers } = steps(drawn('cpu    |SSSSSSS\n       | L L\nstream7|  a a a a', { legend: { S: profiler } }));
  assert.deepEqual([report.steps[0].phase, report.steps[0].layers, layers.length], ['unknown', 0, 0]);
  assert.equal(stepsHeadline(report), '1 step');
});

test('kernels alone: names that run once a step, with the same number of layers between', () => {
  const layer = 'ngcag';
  const step = `pqr${layer.repeat(4)}hs`.split('').join(' ');
  const trace = drawn(`stream7|${Array(3).fill(step).join('      ')}`, {
    legend: { p: 'embed_gather_1', q: 'embed_gather_2', r: 'embed_gather_3', h: 'head_gemm' },
  });
  const { report, layers, stepOf } = steps(trace);
  assert.equal(report.source, 'kernels');
  assert.deepEqual(
    report.steps.map(({ layers: count, kernelCount }) => [count, kernelCount]),
    Array(3).fill([4, 25]),
  );
  assert.equal(layers.length, 12);
  assert.equal(stepOf.indexOf(-1), -1);
});

test('a layer begins with the norm before its projection and holds what follows', () => {
  const trace = drawn(
    `
    cpu     |PPPPPPPPPPPPPPPPPPPPPPPPP
            | L L L L L L L L L L L L
    stream7 |  p n g c a n g n g c a n g n h s
  `,
    { legend: { p: 'embed_gather', h: 'head_gemm' } },
  );
  const gpu = indexGpu(trace);
  const { layerOf, layers } = findSteps(trace, gpu);
  assert.equal(Array.from(gpu.kernels, (kernel) => (layerOf[kernel] < 0 ? '.' : layerOf[kernel])).join(''), '.000000111111...'.slice(0, gpu.kernels.length));
  assert.deepEqual(
    layers.map(({ step, layer, startNs, endNs }) => [step, layer, startNs, endNs]),
    [
      [0, 0, 4, 15],
      [0, 1, 16, 27],
    ],
  );
});

test('latent attention: norms and products of its own lie between a layer’s first norm and its attention', () => {
  const legend = {
    k: 'concat_and_cache_mla_kernel',
    q: 'q_gemm',
    r: 'kv_a_rms_norm',
    i: 'indexer_kernel',
    h: 'head_gemm',
    z: 'ArgMaxOps reduce_kernel',
    e: 'embed_gather',
  };
  const layer = 'nqrqikga' + 'g';
  const kernels = `e${layer}ng${layer}ng${layer}ngnhz`.split('').join(' ');
  const trace = drawn(`notes7 |${'D'.repeat(80)}\nstream7|  ${kernels}`, { legend: { ...legend, D: ON_GPU.d } });
  const gpu = indexGpu(trace);
  const { layerOf } = findSteps(trace, gpu);
  assert.equal(
    Array.from(gpu.kernels, (kernel) => (layerOf[kernel] < 0 ? '.' : layerOf[kernel])).join(''),
    `.${'0'.repeat(11)}${'1'.repeat(11)}${'2'.repeat(11)}...`,
  );
});

test('nothing that marks steps: none, with the reason', () => {
  const { report } = steps(drawn('stream7|g g g'));
  assert.deepEqual([report.steps.length, report.source], [0, 'none']);
  assert.match(report.reason, /^Nothing in the recording marks engine steps/);
  assert.equal(stepsHeadline(report), '');
});
