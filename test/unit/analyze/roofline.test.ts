import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFor } from '../../../src/core/analyze/costModel.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { operatorCalls } from '../../../src/core/analyze/operators.js';
import { peakOf, STATED_PEAKS } from '../../../src/core/analyze/peaks.js';
import { rooflineRows, weightRead } from '../../../src/core/analyze/roofline.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import { isWithheld } from '../../../src/shared/analysis.js';
import { draw } from '../../draw.js';

function cost(name: string, dims: number[][], type: string, concrete: string[] = []): [flops: number, bytes: number] | undefined {
  const known = modelFor(name)?.({ dims, types: dims.map(() => type), concrete });
  return known && [known.flops, known.bytes];
}

test('products: two operations for each term, each operand and the result once', () => {
  const bf16 = 'c10::BFloat16';
  assert.deepEqual(
    cost(
      'aten::mm',
      [
        [2, 3],
        [3, 5],
      ],
      bf16,
    ),
    [60, 62],
  );
  assert.deepEqual(cost('aten::addmm', [[5], [2, 3], [3, 5]], bf16), [60, 62]);
  assert.deepEqual(
    cost(
      'aten::bmm',
      [
        [7, 2, 3],
        [7, 3, 5],
      ],
      bf16,
    ),
    [420, 434],
  );
  assert.deepEqual(cost('aten::linear', [[1, 2, 3], [5, 3], [5]], bf16), [60, 62]);
  assert.deepEqual(
    cost(
      '_C::cutlass_scaled_mm',
      [
        [2, 5],
        [2, 3],
        [3, 5],
      ],
      'c10::Float8_e4m3fn',
    ),
    [60, 41],
    'read in 8 bits, written in 16',
  );
});

test('attention: both products; half of them when it is causal', () => {
  const qkv = [
    [1, 2, 4, 8],
    [1, 2, 4, 8],
    [1, 2, 4, 8],
  ];
  assert.deepEqual(cost('aten::scaled_dot_product_attention', qkv, 'c10::Half', ['', '', '', '', '0.', 'False']), [1024, 512]);
  assert.deepEqual(cost('aten::scaled_dot_product_attention', qkv, 'c10::Half', ['', '', '', '', '0.', 'True']), [512, 512]);
  const tokensFirst = [
    [1, 4, 2, 8],
    [1, 6, 2, 8],
    [1, 6, 2, 8],
  ];
  assert.deepEqual(cost('aten::_flash_attention_forward', tokensFirst, 'c10::Half', Array(9).fill('True')), [1536, 640], 'queries of a longer past');
});

test('what does not fit has no cost', () => {
  assert.equal(
    cost(
      'aten::mm',
      [
        [2, 3],
        [4, 5],
      ],
      'float',
    ),
    undefined,
  );
  assert.equal(cost('aten::mm', [[2, 3]], 'float'), undefined);
  assert.equal(
    cost(
      'aten::mm',
      [
        [0, 3],
        [3, 5],
      ],
      'float',
    ),
    undefined,
  );
  assert.equal(
    cost(
      'aten::mm',
      [
        [2, 3],
        [3, 5],
      ],
      'QInt8',
    ),
    undefined,
  );
  assert.equal(modelFor('aten::comm'), undefined);
});

const TRACE = draw(
  `
  cpu     |LLLLLLL   MMMM AA
          | MMMM      G    G
          |  G
  stream7 |    KKKK      KK KK
  stream8 |      KKKK
`,
  {
    legend: {
      L: { name: 'aten::linear', category: 'cpu_op' },
      M: 'aten::mm',
      A: 'aten::add',
      K: 'gemm',
      G: { name: 'cudaLaunchKernel', category: 'cuda_runtime' },
    },
    launchedBy: [0, 0, 1, 2],
  },
);
const PEAK = { pattern: 'test', bytesPerSecond: 10e9, flops: { bf16: 100e9 }, source: 'the test' };

test('busy is the union of the kernels of the innermost operator with a cost', () => {
  const calls = operatorCalls(TRACE);
  const cost = { flops: 200, bytes: 40, type: { name: 'bf16', bytes: 2 } };
  const named = (name: string): number[] =>
    Array.from({ length: calls.count }, (_, call) => call).filter((call) => TRACE.strings.get(TRACE.slices.name[calls.slice[call]]) === name);
  const costs = new Map([...named('aten::linear'), ...named('aten::mm')].map((call) => [call, { shapes: '[2]', cost }]));
  const rows = rooflineRows(TRACE, indexGpu(TRACE), calls, { costs, shapesRecorded: true }, PEAK);
  assert.ok(!isWithheld(rows));
  const [row, ...others] = rows;
  assert.deepEqual(others, []);
  // The first product's kernels overlap: 4 … 10; the second's take 2.
  assert.deepEqual([row.name, row.count, row.busyNs, row.flops, row.bytes], ['aten::mm', 2, 8, 400, 80]);
  assert.deepEqual([row.bound, row.roofNs, row.percentOfRoof, row.wastedNs], ['memory', 8, 100, 0], '80 bytes at 10 a ns against 400 operations at 100');
});

test('without shapes, without a peak or without kernels it is withheld', () => {
  const calls = operatorCalls(TRACE);
  const gpu = indexGpu(TRACE);
  const costs = new Map();
  const reasons = [
    rooflineRows(TRACE, gpu, calls, { costs, shapesRecorded: false }, PEAK),
    rooflineRows(TRACE, gpu, calls, { costs, shapesRecorded: true }, undefined),
    rooflineRows(TRACE, gpu, calls, { costs, shapesRecorded: true }, PEAK),
  ].map((rows) => isWithheld(rows) && rows.withheld.slice(0, 12));
  assert.deepEqual(reasons, ['The profiler', 'The peak of ', 'No product o']);
});

test('peaks by the names that devices have', () => {
  const found = [
    'NVIDIA H100 80GB HBM3',
    'NVIDIA H100 PCIe',
    'NVIDIA H200',
    'NVIDIA GH200 120GB',
    'NVIDIA A100-SXM4-40GB',
    'NVIDIA H20',
    'AMD Instinct MI300X VF',
    'NVIDIA GB10',
    'NVIDIA B300 SXM6 AC',
  ];
  assert.deepEqual(
    found.map((name) => (peakOf(name)?.bytesPerSecond ?? 0) / 1e12),
    [3.35, 2, 4.8, 4, 1.555, 4, 5.3, 0.273, 8],
  );
  assert.deepEqual(
    ['Tesla V100-SXM2-32GB', '', 'A10G'].map((name) => peakOf(name)),
    [undefined, undefined, undefined],
  );
});

test('a peak of the user comes first; a pattern that is no expression matches nothing', () => {
  assert.equal(peakOf('NVIDIA H100 80GB HBM3', [PEAK, { ...PEAK, pattern: 'H100', source: 'mine' }])?.source, 'mine');
  assert.equal(peakOf('NVIDIA H200', [{ ...PEAK, pattern: '(' }])?.source, 'NVIDIA H200 data sheet, dense');
});

test('every stated peak is found by its own name, and has no holes', () => {
  for (const peak of STATED_PEAKS)
    assert.ok(
      Object.values(peak.flops).every((flops) => flops > peak.bytesPerSecond),
      peak.pattern,
    );
});

test('reading the weights once, against the median decode step', () => {
  const step = (name: string) => ({ name, category: 'user_annotation' });
  const trace = draw(
    `
    cpu     |AAAA  BBBB  CCCC
            | L     L     L
    stream7 |  KK    KKKK  KKK
  `,
    {
      legend: {
        A: step('execute_context_0(0)_generation_1(1)'),
        B: step('execute_context_0(0)_generation_1(1)'),
        C: step('execute_context_0(0)_generation_1(1)'),
      },
    },
  );
  const steps = findSteps(trace, indexGpu(trace));
  const durations = steps.report.steps.map(({ startNs, endNs }) => endNs - startNs).sort((a, b) => a - b);
  const read = weightRead(steps, PEAK, { bytes: 20, source: 'config.json' });
  assert.ok(!isWithheld(read));
  assert.deepEqual([read.weightBytes, read.idealNs, read.stepNs, read.source], [20, 2, durations[1], 'config.json; the test']);
  for (const [peak, weights] of [
    [PEAK, { withheld: 'no config' }],
    [undefined, { bytes: 1, source: '' }],
  ] as const)
    assert.ok(isWithheld(weightRead(steps, peak, weights)));
  assert.ok(isWithheld(weightRead(findSteps(TRACE, indexGpu(TRACE)), PEAK, { bytes: 1, source: '' })));
});
