/** What kernels do, by names as recordings have them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classRole, kernelRole } from '../../../src/core/source/roles.js';

const KERNELS: Record<string, string[]> = {
  embedding: [
    'triton_poi_fused_add_bitwise_and_bitwise_or_embedding_ge_lt_masked_fill_mul_sub_0',
    'void at::native::vectorized_gather_kernel<16, long>(char*)',
  ],
  norm: [
    'triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_2',
    'triton_red_fused_fused_add_rms_norm_machete_mm_0',
    '_ZN5aiter24add_rmsnorm_quant_kernelIDF16bDF16bLi64ELi8ELb0EEEvPT0_',
    'void vllm::fused_add_rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*)',
    'fused_qknorm_warp',
  ],
  linear: [
    'Cijk_Alik_Bljk_BBS_BH_Bias_HA_S_SAV_UserArgs_MT128x256x32_MI16x16x1',
    'nvjet_sm90_tst_64x8_64x16_2x1_v_bz_TNT',
    'sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas',
    'void marlin::Marlin<1125899906909960l>(int4 const*)',
    'wvSplitK_hf_sml_',
  ],
  linearAux: ['void cublasLt::splitKreduce_kernel<32, 16, int>(float*)', 'Cijk_SB_BiasS_HAS_ScaleAlphaVec_PostGSU8_VW4'],
  rope: [
    'triton_poi_fused_cat_3',
    'void vllm::rotary_embedding_kernel<c10::BFloat16, true>(long const*)',
    'fused_rope_store_kernel',
    '_fused_qk_rope_reshape_and_cache_kernel',
  ],
  kvCache: ['void vllm::reshape_and_cache_flash_kernel<__nv_bfloat16>(int)', 'void vllm::concat_and_cache_ds_mla_kernel<int>(int)'],
  attention: ['void flash::FlashAttnFwdSm90<int>(int)', 'kernel_unified_attention_3d', 'reduce_segments', '_fwd_kernel', 'paged_attention_ll4mi_reduce_kernel'],
  linearAttention: [
    'void causal_conv1d_fwd_kernel<128, 4>(ConvParams)',
    '_causal_conv1d_update_kernel',
    'fused_recurrent_gated_delta_rule_fwd_kernel',
    'chunk_local_cumsum_scalar_kernel',
    'fused_gdn_gating_kernel',
    'l2norm_fwd_kernel',
    '_state_passing_fwd_kernel',
    '_selective_scan_update_kernel',
  ],
  indexer: ['deep_gemm::sm90_fp8_paged_mqa_logits<64>', '_fused_indexer_q_rope_quant_kernel', 'void vllm::cooperative::cooperative_topk_cs8(int)'],
  activation: ['triton_poi_fused_mul_silu_1', 'void vllm::act_and_mul_kernel<c10::BFloat16>(int)'],
  moe: ['_matmul_ogs_NNT_bf16xbf16xmxfp4_16x128x256x1', 'void marlin_moe_wna16::Marlin<1>(int)', 'bmm_Bfloat16_E2m1E2m1_Fp32_t128x8x128'],
  router: ['_topk_forward', 'void vllm::moe::moe_align_block_size_kernel<int>(int)', 'void aiter::topksoftmax_4x128x8_bf16'],
  communication: ['void vllm::cross_device_reduce_1stage<__nv_bfloat16, 4>(int)', 'ncclDevKernel_AllGather_RING_LL(ncclDevKernelArgsStorage<4096ul>)'],
  sampling: ['void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>>>(int)'],
  elementwise: ['void at::native::vectorized_elementwise_kernel<4, at::native::FillFunctor<long>>(int)', 'triton_poi_fused_0'],
  copy: ['void at::native::elementwise_kernel<128, 4, at::native::direct_copy_kernel_cuda>(int)'],
  other: ['flash::prepare_varlen_num_blocks_kernel(int)', '_compute_slot_mapping_kernel'],
};

for (const [role, names] of Object.entries(KERNELS)) {
  test(`${role}: ${names.length} names`, () => {
    assert.deepEqual(
      names.map((name) => `${name} ${kernelRole(name)}`),
      names.map((name) => `${name} ${role}`),
    );
  });
}

test('classes of modules, also those of other frameworks', () => {
  const classes = ['RMSNorm', 'QKVParallelLinear', 'Llama3RotaryEmbedding', 'VocabParallelEmbedding', 'RadixAttention', 'SiluAndMul', 'FusedMoE', 'Qwen2MLP'];
  assert.deepEqual(classes.map(classRole), ['norm', 'linear', 'rope', 'embedding', 'attention', 'activation', 'moe', 'other']);
});
