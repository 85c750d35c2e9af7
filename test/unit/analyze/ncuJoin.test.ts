import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinNcu } from '../../../src/core/analyze/ncuJoin.js';
import type { NcuLaunch } from '../../../src/shared/ncu.js';
import { draw } from '../../draw.js';

const launch = (kernel: string, id = 0): NcuLaunch => ({ id, process: '7', kernel, grid: '', block: '', metrics: [], rules: [] });

const NAMES = {
  a: 'std::enable_if<!(false), void>::type internal::gemvx::kernel<int, int, __nv_bfloat16, float, false, true, true, false, 7, false, cublasGemvParamsEx<int, cublasGemvTensorStridedBatched<__nv_bfloat16 const>, float> >(cublasGemvParamsEx<int, cublasGemvTensorStridedBatched<__nv_bfloat16 const>, float>)',
  b: 'void vllm::rms_norm_kernel<c10::BFloat16, 8, (bool)1>(c10::BFloat16*, float)',
  c: 'void vllm::rms_norm_kernel<c10::Half, 8, (bool)0>(c10::Half*, float)',
  d: 'triton_poi_fused_mul_silu_0',
  e: 'void (anonymous namespace)::elementwise_kernel<128>(int)',
  f: '_ZN4vllm23reshape_and_cache_flashEPKfS1_',
};
const trace = draw('stream7 |aa bb cc dd aa ee ff', { legend: NAMES });

test('names are joined however the two tools write them', () => {
  const cases: [ncu: string, traced: string | undefined][] = [
    [NAMES.a, NAMES.a],
    [
      'enable_if<!T7, void>::type kernel<int, int, __nv_bfloat16, float, 0, 1, 1, 0, 7, 0, cublasGemvParamsEx<int, cublasGemvTensorStridedBatched<const __nv_bfloat16>, float>>(T13)',
      NAMES.a,
    ],
    ['kernel', NAMES.a],
    // another instance of the template
    ['enable_if<!T7, void>::type kernel<int, int, float>(T13)', undefined],
    ['void rms_norm_kernel<BFloat16, 8, 1>(T1 *, float)', NAMES.b],
    ['void rms_norm_kernel<c10::Half, 8, false>(T1 *, float)', NAMES.c],
    // two kernels have this name
    ['rms_norm_kernel', undefined],
    ['triton_poi_fused_mul_silu_0', NAMES.d],
    ['triton_poi_fused_mul_silu_1', undefined],
    ['void <unnamed>::elementwise_kernel<128>(int)', NAMES.e],
    ['_ZN12_GLOBAL__N_118elementwise_kernelILi128EEEvi', NAMES.e],
    ['vllm::reshape_and_cache_flash(const float *, const float *)', NAMES.f],
    ['', undefined],
    ['<<<((', undefined],
  ];
  for (const [ncu, traced] of cases) {
    const { launches, missing } = joinNcu(trace, [launch(ncu)]);
    const [name] = launches.keys();
    assert.equal(name === undefined ? undefined : trace.strings.get(name), traced, ncu);
    assert.equal(missing.get(ncu), traced === undefined ? 1 : undefined, ncu);
  }
});

test('launches of one kernel are joined in order of launch', () => {
  const { indexOf, launches, missing, traced } = joinNcu(trace, [launch(NAMES.a, 0), launch('other', 1), launch('other', 2), launch(NAMES.b, 3)]);
  const slices = (letter: keyof typeof NAMES) =>
    Array.from({ length: trace.gpu.count }, (_, slice) => slice).filter((slice) => trace.strings.get(trace.slices.name[slice]) === NAMES[letter]);
  const [first, second] = slices('a').sort((x, y) => trace.slices.startNs[x] - trace.slices.startNs[y]);
  assert.deepEqual([indexOf(first), indexOf(second), indexOf(slices('b')[0]), indexOf(slices('c')[0])], [0, -1, 0, -1]);
  assert.equal(traced(trace.slices.name[first]), 2);
  assert.equal(launches.size, 2);
  assert.deepEqual([...missing], [['other', 2]]);
});
