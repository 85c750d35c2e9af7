import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busFactor, collectiveOf, libraryOf, messageOf } from '../../../src/core/analyze/collectives.js';
import { type Messages, reportCommunication } from '../../../src/core/analyze/communication.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { reportGpu } from '../../../src/core/analyze/gpuTime.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import { type DrawOptions, draw, sliceNamed } from '../../draw.js';

test('collective and library of a kernel, by its name', () => {
  const cases: [name: string, launch: string, collective: string, library: string][] = [
    ['ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)', 'cudaLaunchKernelExC', 'allReduce', 'NCCL'],
    ['ncclDevKernel_ReduceScatter_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)', 'cudaGraphLaunch', 'reduceScatter', 'NCCL'],
    ['ncclDevKernel_AllGather_RING_LL(ncclDevComm*, unsigned long, ncclWork*)', '', 'allGather', 'NCCL'],
    ['ncclDevKernel_SendRecv(ncclDevKernelArgsStorage<4096ul>)', '', 'sendReceive', 'NCCL'],
    ['ncclKernel_Broadcast_RING_LL_Sum_int8_t(ncclDevComm*)', '', 'broadcast', 'NCCL'],
    ['ncclDevKernel_Generic_2(ncclDevKernelArgsStorage<4096ul>)', 'hipExtLaunchKernel', 'other', 'RCCL'],
    ['void vllm::cross_device_reduce_1stage<__nv_bfloat16, 4>(vllm::RankData*)', 'cudaLaunchKernel', 'allReduce', 'vLLM custom all-reduce'],
    ['void quickreduce::allreduce_prototype_twoshot<quickreduce::AllReduceTwoshot>()', 'hipLaunchKernel', 'allReduce', 'quick reduce'],
    ['void flashinfer::trtllm_allreduce_fusion::allreduce_fusion_kernel_oneshot_lamport<>()', '', 'allReduce', 'FlashInfer and TensorRT-LLM'],
    ['void multimem_all_reduce_kernel<c10::BFloat16, 16>()', '', 'allReduce', 'symmetric memory'],
    ['void two_shot_all_reduce_kernel_inplace<c10::BFloat16>()', '', 'allReduce', 'symmetric memory'],
    ['void deep_ep::intranode::combine<__nv_bfloat16, 8, 768, 4096>()', '', 'allToAll', 'DeepEP'],
    ['void deep_ep::internode_ll::dispatch<true, false, 7168>()', '', 'allToAll', 'DeepEP'],
    ['void mscclpp::allreduce8<__half>()', '', 'allReduce', 'MSCCL++'],
    ['nvshmemi_transfer_rma_nbi()', '', 'other', 'NVSHMEM'],
  ];
  for (const [name, launch, ...expected] of cases) assert.deepEqual([collectiveOf(name), libraryOf(name, launch)], expected, name);
});

test('message and bus factor, as nccl-tests count them', () => {
  const args = { inElements: 1000, outElements: 4000, dtype: 'BFloat16', groupSize: 4 };
  assert.deepEqual(messageOf('allGather', args), { bytes: 8000, ranks: 4 });
  assert.deepEqual(messageOf('allReduce', { ...args, dtype: 'Float' }), { bytes: 4000, ranks: 4 });
  assert.deepEqual(messageOf('allToAll', { ...args, dtype: 'Float8_e4m3fn' }), { bytes: 1000, ranks: 4 });
  assert.equal(messageOf('allReduce', { ...args, dtype: 'Undefined' }), undefined);
  const factors = (['allReduce', 'allGather', 'reduceScatter', 'allToAll', 'broadcast'] as const).map((collective) => busFactor(collective, 4));
  assert.deepEqual(factors, [1.5, 0.75, 0.75, 0.75, 1]);
});

const LEGEND = {
  r: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
  a: 'ncclDevKernel_AllGather_RING_LL',
  g: 'nvjet_gemm',
  m: { name: 'Memcpy HtoD', category: 'gpu_memcpy' },
  s: { name: 'Memset (Device)', category: 'gpu_memset' },
  P: { name: 'execute_context_1(9)_generation_0(0)', category: 'user_annotation' },
  D: { name: 'execute_context_0(0)_generation_1(1)', category: 'user_annotation' },
};

function traced(drawing: string, options: DrawOptions = {}) {
  const trace = draw(drawing, { legend: LEGEND, ...options });
  const gpu = indexGpu(trace);
  return { trace, report: (messages?: Messages) => reportCommunication(trace, gpu, findSteps(trace, gpu), reportGpu(trace, gpu), messages) };
}

test('exposed is what nothing that computes on the device overlaps', () => {
  const { report } = traced(
    `
    gpu0 stream7 |ggggg   ss
    gpu0 stream8 |   rrrrrr
    gpu0 stream9 |      mmm      aaaa
    gpu1 stream7 |     gggggggggggggg
  `,
    { launchedBy: [] },
  );
  const { rows, count, totalNs, communicationNs, exposedNs, overlappedPercent, percentOfKernelTime, caveat } = report();
  assert.deepEqual(
    rows.map(({ collective, totalNs, exposedNs }) => [collective, totalNs, exposedNs]),
    [
      ['allReduce', 6, 3],
      ['allGather', 4, 4],
    ],
  );
  assert.deepEqual([count, totalNs, communicationNs, exposedNs, overlappedPercent], [2, 10, 10, 7, 30]);
  assert.equal(percentOfKernelTime, (100 * 10) / 29);
  assert.match(caveat ?? '', /waits for the others counts as communicating/);
});

test('kernels that overlap each other count once in unions, twice in sums', () => {
  const { report } = traced(
    `
    stream7 |rrrr
    stream8 |  aaaa
  `,
    { launchedBy: [] },
  );
  const { totalNs, communicationNs, exposedNs } = report();
  assert.deepEqual([totalNs, communicationNs, exposedNs], [8, 6, 6]);
});

test('per step of those that have it; time by phase; bandwidth where messages are known', () => {
  const { trace, report } = traced(`
    cpu     |PPPPPP    DDDDDDD  DDDDDDD
            | L L       L L L    L L L
    stream7 |   rr gg     r a g    r a g
  `);
  const first = sliceNamed(trace, LEGEND.r);
  const { rows } = report((slice) => (slice === first ? { bytes: 64, ranks: 4 } : undefined));
  assert.deepEqual(
    rows.map(({ collective, count, perStep, phase, messageBytes, algorithmBandwidth, busBandwidth }) => {
      return [collective, count, perStep, phase.prefillNs, phase.decodeNs, messageBytes, algorithmBandwidth, busBandwidth];
    }),
    [
      ['allReduce', 3, 1, 2, 2, { min: 64, max: 64, mean: 64 }, 32e9, 48e9],
      ['allGather', 2, 1, 0, 2, undefined, undefined, undefined],
    ],
  );
});

test('nothing communicates: no rows, no caveat', () => {
  const { report } = traced('stream7 |gg', { launchedBy: [] });
  const { rows, percentOfKernelTime, overlappedPercent, caveat } = report();
  assert.deepEqual([rows, percentOfKernelTime, overlappedPercent, caveat], [[], 0, 0, undefined]);
});
