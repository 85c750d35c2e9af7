/** The GPU work of the sample model: names as H100 traces of vLLM have them, times for 512 tokens (prefill) and for 1 (decode). */
import type { GpuRun } from './machine.js';

type Dim = [number, number, number];

function kernel(name: string, us: number, grid: Dim, block: Dim, registers: number, sharedMemory = 0): GpuRun {
  const threads = block[0] * block[1] * block[2];
  const blocksPerSm = (grid[0] * grid[1] * grid[2]) / 132;
  const warpsPerSm = (blocksPerSm * threads) / 32;
  const byRegisters = Math.floor(65536 / (registers * threads));
  const bySharedMemory = sharedMemory > 0 ? Math.floor(233472 / (sharedMemory + 1024)) : 32;
  const resident = Math.min(blocksPerSm, byRegisters, bySharedMemory);
  const args = {
    'registers per thread': registers,
    'shared memory': sharedMemory,
    'blocks per SM': Number(blocksPerSm.toFixed(6)),
    'warps per SM': Number(warpsPerSm.toFixed(6)),
    grid,
    block,
    'est. achieved occupancy %': Math.min(100, Math.round((resident * threads * 100) / 2048)),
  };
  return { kind: 'kernel', name, ns: us * 1000, args };
}

const gemm = (tile: string, us: number, blocks: number, sharedMemory: number) =>
  kernel(
    `sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize${tile}_execute_segment_k_off_kernel__5x_cublas`,
    us,
    [blocks, 1, 1],
    [384, 1, 1],
    168,
    sharedMemory,
  );

const elementwise = (functor: string, us: number, blocks: number) =>
  kernel(
    `void at::native::vectorized_elementwise_kernel<4, at::native::${functor}, std::array<char*, 2ul> >(int, at::native::${functor}, std::array<char*, 2ul>)`,
    us,
    [blocks, 1, 1],
    [128, 1, 1],
    24,
  );

const rmsNorm = (us: number, rows: number) =>
  kernel(
    'void vllm::rms_norm_kernel<c10::BFloat16>(c10::BFloat16*, c10::BFloat16 const*, c10::BFloat16 const*, float, int, int)',
    us,
    [rows, 1, 1],
    [1024, 1, 1],
    30,
    132,
  );

const fusedAddNorm = (us: number, rows: number) =>
  kernel(
    'std::enable_if<(((8)>(0)))&&vllm::_typeConvert<c10::BFloat16>::exists, void>::type vllm::fused_add_rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*, c10::BFloat16*, c10::BFloat16 const*, float, int, int)',
    us,
    [rows, 1, 1],
    [512, 1, 1],
    32,
    132,
  );

const rotary = (us: number, tokens: number) =>
  kernel(
    'void vllm::rotary_embedding_kernel<c10::BFloat16, true>(long const*, c10::BFloat16*, c10::BFloat16*, c10::BFloat16 const*, int, long, long, int, int, int)',
    us,
    [tokens, 1, 1],
    [512, 1, 1],
    28,
  );

const siluAndMul = (us: number, tokens: number) =>
  kernel(
    'void vllm::act_and_mul_kernel<c10::BFloat16, &(c10::BFloat16 vllm::silu_kernel<c10::BFloat16>(c10::BFloat16 const&)), true>(c10::BFloat16*, c10::BFloat16 const*, int)',
    us,
    [tokens, 1, 1],
    [1024, 1, 1],
    26,
  );

const cacheWrite = (us: number, tokens: number) =>
  kernel(
    'void vllm::reshape_and_cache_flash_kernel<__nv_bfloat16, __nv_bfloat16, (vllm::Fp8KVCacheDataType)0>(__nv_bfloat16 const*, __nv_bfloat16 const*, __nv_bfloat16*, __nv_bfloat16*, long const*, long, long, long, int, int, int, int, float const*, float const*)',
    us,
    [tokens, 1, 1],
    [512, 1, 1],
    32,
  );

const flash = (tile: number, us: number, blocks: number) =>
  kernel(
    `void cutlass::device_kernel<flash::enable_sm90_or_later<flash::FlashAttnFwdSm90<flash::CollectiveMainloopFwdSm90<2, cute::tuple<cute::C<1>, cute::C<1>, cute::C<1> >, cute::tuple<cute::C<${tile}>, cute::C<128>, cute::C<128> >, 128, cutlass::bfloat16_t, float, cutlass::arch::Sm90, true, false, false, true, true, false> > > >(flash::FlashAttnFwdSm90::Params)`,
    us,
    [blocks, 1, 1],
    [tile === 128 ? 384 : 256, 1, 1],
    168,
    181256,
  );

const nccl = (what: string, us: number) => kernel(`ncclDevKernel_${what}(ncclDevKernelArgsStorage<4096ul>)`, us, [16, 1, 1], [544, 1, 1], 96, 84256);

const argmax = kernel(
  'void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4> >(at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4>)',
  28.4,
  [1, 1, 1],
  [512, 1, 1],
  48,
  8208,
);

/** One rank of two, 4096 hidden, 512 tokens. */
export const prefill = {
  embedding: kernel(
    'void at::native::(anonymous namespace)::indexSelectLargeIndex<c10::BFloat16, long, unsigned int, 2, 2, -2, true>(at::cuda::detail::TensorInfo<c10::BFloat16, unsigned int>, at::cuda::detail::TensorInfo<long, unsigned int>, int, int, unsigned int, unsigned int, long)',
    6.2,
    [1056, 1, 1],
    [128, 1, 1],
    32,
  ),
  norm: rmsNorm(4.9, 512),
  addNorm: fusedAddNorm(6.1, 512),
  qkv: gemm('128x256x64_warpgroupsize2x1x1', 27.6, 132, 213248),
  qNorm: rmsNorm(4.2, 8192),
  kNorm: rmsNorm(3.1, 2048),
  rotary: rotary(4.4, 512),
  cacheWrite: cacheWrite(3.2, 512),
  attention: flash(128, 21.8, 64),
  oProj: gemm('128x128x64_warpgroupsize1x1x1', 19.4, 128, 213248),
  allReduce: nccl('AllReduce_Sum_bf16_RING_LL', 41.5),
  gateUp: gemm('128x256x64_warpgroupsize2x1x1', 88.7, 132, 213248),
  silu: siluAndMul(7.3, 512),
  down: gemm('128x128x64_warpgroupsize1x1x1', 47.9, 128, 213248),
};

/** The same for one token; these run inside CUDA graphs, but for the attention. */
export const decode = {
  embedding: kernel('triton_poi_fused_add_all_reduce_bitwise_and_bitwise_or_embedding_ge_lt_masked_fill_mul_sub_0', 2.1, [4, 1, 1], [256, 1, 1], 20),
  norm: kernel('triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_0', 2.9, [1, 1, 1], [512, 1, 1], 32, 64),
  addNorm: kernel('triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_2', 3.3, [1, 1, 1], [512, 1, 1], 40, 64),
  qkv: gemm('64x64x64_warpgroupsize1x1x1', 9.4, 48, 99328),
  qkNorm: kernel('triton_per_fused__to_copy_mean_mul_pow_rsqrt_1', 2.3, [20, 1, 1], [64, 1, 1], 28, 16),
  rotary: kernel('triton_poi_fused_cat_3', 1.9, [10, 1, 1], [128, 1, 1], 22),
  cacheWrite: cacheWrite(1.9, 1),
  attention: flash(64, 7.1, 16),
  combine: kernel(
    'void cutlass::device_kernel<flash::FlashAttnFwdCombine<cute::tuple<cute::C<8>, cute::C<128> >, 5, 256, 1, false, true, cutlass::bfloat16_t, float, cutlass::arch::Sm90> >(flash::FlashAttnFwdCombine::Params)',
    2.8,
    [2, 1, 1],
    [256, 1, 1],
    96,
    17920,
  ),
  oProj: gemm('64x128x64_warpgroupsize1x1x1', 6.8, 32, 132096),
  allReduce: kernel(
    'void vllm::cross_device_reduce_1stage<__nv_bfloat16, 2>(vllm::RankData*, vllm::RankSignals, vllm::Signal*, __nv_bfloat16*, int, int)',
    4.7,
    [1, 1, 1],
    [512, 1, 1],
    40,
  ),
  gateUp: gemm('64x128x64_warpgroupsize1x1x1', 36.2, 96, 132096),
  silu: kernel('triton_poi_fused_mul_silu_1', 2.2, [6, 1, 1], [1024, 1, 1], 18),
  down: gemm('64x128x64_warpgroupsize1x1x1', 18.6, 32, 132096),
};

/** After the layers, the same in both: logits of one token over half the vocabulary, gathered, and the largest taken. */
export const head = {
  logits: gemm('64x256x64_warpgroupsize1x1x1', 204.6, 297, 213248),
  allGather: nccl('AllGather_RING_LL', 23.7),
  toFloat: elementwise('BinaryFunctor<float, float, float, at::native::DivFunctor>', 3.4, 297),
  argmax,
};

/** A Triton kernel of vLLM's own, which has a line of source. */
export const slotMapping = kernel('_compute_slot_mapping_kernel', 1.6, [1, 1, 1], [128, 1, 1], 24);

export const fill = elementwise('FillFunctor<int>', 1.3, 1);

export function copy(direction: 'HtoD (Pinned -> Device)' | 'DtoH (Device -> Pinned)', bytes: number): GpuRun {
  const us = 1.4 + bytes / 24_000;
  return { kind: 'gpu_memcpy', name: `Memcpy ${direction}`, ns: us * 1000, args: { bytes, 'memory bandwidth (GB/s)': bytes / (us * 1000) } };
}

export function set(bytes: number): GpuRun {
  return { kind: 'gpu_memset', name: 'Memset (Device)', ns: 800, args: { bytes, 'memory bandwidth (GB/s)': bytes / 800 } };
}
