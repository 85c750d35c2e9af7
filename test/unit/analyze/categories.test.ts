import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelCategory } from '../../../src/core/analyze/categories.js';
import { chromeTraces, missingTraces } from '../../traces.js';

/** Names as recorded, with what their authors made them for. */
const KNOWN = `
gemm          | sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas
gemm          | void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_64x64_64x4_tn_align8>(Params)
gemm          | Cijk_Alik_Bljk_BBS_BH_Bias_HAS_SAV_UserArgs_MT192x16x128
gemm          | void cublasLt::splitKreduce_kernel<32, 16, int, float>(X)
gemm          | nvjet_sm90_tst_64x8_64x16_4x1_v_bz_NNT
gemm          | void cutlass::device_kernel<cutlass::gemm::kernel::GemmUniversal<int, machete::MacheteCollectiveMma<int>>>(X)
gemm          | void marlin::Marlin<1125899906909960l>(int4 const*)
gemm          | ampere_sgemm_128x64_nn
gemm          | volta_scudnn_128x64_relu_interior_nn_v1
gemm          | triton_red_fused_mm_t_3
attention     | void cutlass::device_kernel<flash::enable_sm90_or_later<flash::FlashAttnFwdSm90<int>>>(X)
attention     | void flash::FlashAttnFwdCombine<cute::tuple<int>>(X)
attention     | paged_attention_ll4mi_QKV_mfma16_kernel
attention     | _fwd_kernel
attention     | kernel_unified_attention_3d
attention     | _ZN7ck_tile6kentryILi2ENS_38FmhaBatchPrefillWithPagedKVCacheKernelI
attention     | fmhaSm100fKernel_QkvBfloat16OBfloat16H128PagedKvCausalVarSeqQ8Kv128StaticSwapsAbForGen
attention     | void deep_gemm::sm90_fp8_paged_mqa_logits<1u>(X)
attention     | void smxx::decode::flash_fwd_mla_combine_kernel<cutlass::bfloat16_t, 512>(X)
moe           | void marlin_moe_wna16::Marlin<1125899906909960l>(int4 const*)
moe           | fused_moe_kernel
moe           | void vllm::moe::moe_align_block_size_kernel<int>(int const*)
moe           | bmm_Bfloat16_MxE2m1Bfloat16_Fp32_t128x8x128u2_s6_et128x8_m128x8x16_swiGlu_dynB_sm100f
moe           | _matmul_ogs_NNT_bf16xbf16xmxfp4_16x128x256x1_swiglu
communication | ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevComm*, unsigned long, ncclWork*)
communication | void vllm::cross_device_reduce_1stage<__nv_bfloat16, 4>(X)
communication | void quickreduce::allreduce_prototype_twoshot<int>(X)
norm          | triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_2
norm          | triton_red_fused_fused_add_rms_norm_moe_forward_shared_1
norm          | void vllm::rms_norm_kernel<c10::BFloat16>(X)
norm          | fused_qknorm_warp
norm          | kernel_cutlass_kernel_flashinfernormkernelsrmsnormRMSNormKernel_object_at__tensorptrbf16
rope          | triton_poi_fused_cat_3
rope          | void vllm::rotary_embedding_kernel<c10::BFloat16, true>(X)
activation    | triton_poi_fused_mul_silu_1
activation    | void vllm::act_and_mul_kernel<c10::BFloat16>(X)
quant         | void vllm::per_token_group_quant_8bit_kernel<int>(X)
quant         | void vllm::dynamic_scaled_fp8_quant_kernel<int>(X)
kvCache       | void vllm::reshape_and_cache_flash_kernel<__nv_bfloat16>(X)
kvCache       | void vllm::concat_and_cache_ds_mla_kernel<__nv_bfloat16>(X)
kvCache       | _fused_qk_rope_reshape_and_cache_kernel
sampling      | void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4, 4> >(X)
sampling      | void at::native::sbtopk::gatherTopK<float, unsigned int, 2, false>(X)
copy          | void at::native::elementwise_kernel<128, 4, at::native::gpu_kernel_impl_nocast<at::native::direct_copy_kernel_cuda(X)>(X)
copy          | void at::native::(anonymous namespace)::CatArrayBatchedCopy<float>(X)
elementwise   | void at::native::vectorized_elementwise_kernel<4, at::native::FillFunctor<long>, std::array<char*, 1ul> >(X)
elementwise   | triton_poi_fused_add_all_reduce_bitwise_and_bitwise_or_embedding_ge_lt_masked_fill_mul_sub_0
elementwise   | void at::native::(anonymous namespace)::upsample_nearest2d_out_frame<float>(X)
other         | triton__0d1d2d
other         | my_kernel
`;

test('categories of known kernels', () => {
  for (const line of KNOWN.trim().split('\n')) {
    const [category, name] = line.split('|').map((part) => part.trim());
    assert.equal(kernelCategory(name), category, name);
  }
});

/** What stays unknown in the real traces, each looked at: generic Triton names, losses, and recommender kernels. */
const UNKNOWN =
  /^(?:triton__[0-9d]+$|Kernel$|void (?:linearize_index_kernel|fbgemm_gpu::_block_bucketize_sparse_features|fbgemm_gpu::_offsets_range|cunn_ClassNLLCriterion))/;

test('no kernel of the real traces is unknown but those', { skip: missingTraces(1) }, () => {
  const names = new Set(chromeTraces().flatMap(({ oracle }) => oracle().kernels.map(({ name }) => name)));
  assert.ok(names.size > 800);
  assert.deepEqual(
    [...names].filter((name) => kernelCategory(name) === 'other' && !UNKNOWN.test(name)),
    [],
  );
});
