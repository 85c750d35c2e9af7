/** What a kernel does, told from its name: the first rule that matches wins, so the special stands before the general. */
import type { KernelCategory } from '../../shared/protocol.js';

export type CategoryRules = readonly (readonly [KernelCategory, RegExp])[];

/**
 * Names as vLLM, SGLang and the libraries under them write them: FlashAttention, FlashInfer, FlashMLA, TensorRT-LLM, CK and aiter,
 * cuBLAS, cuDNN, MIOpen, Tensile, CUTLASS, DeepGEMM, Marlin, NCCL, CUB, ATen.
 */
const RULES: CategoryRules = [
  [
    'communication',
    /nccl|rccl|cross_device_reduce|quick_?reduce|all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|all2all|multimem|nvshmem|deep_ep|mscclpp|one_?shot|two_?shot|lamport|mnnvl/i,
  ],
  [
    'kvCache',
    /reshape_and_cache|concat_and_cache|store_kv_?cache|rope_store|set_(?:kv|mla_kv)_buffer|k_quant_and_cache|gather_\w*cache|copy_blocks|swap_blocks|kv_indices|alloc_(?:decode|extend)_kernel/i,
  ],
  // Sparse attention picks its keys first (DeepSeek, GLM): scores, top-k and index translation belong to attention.
  ['attention', /mqa_logits|cooperative_topk|req_index_to_global|topk_transform|indexer|ConcatMLAQ/i],
  [
    'attention',
    /flash_(?:fwd|bwd|attn)|FlashAttn|flash::|fmha|mha_(?:fwd|bwd|varlen)|attn_(?:fwd|bwd)|unified_attention|paged_att|Batch(?:Decode|Prefill)|(?:Prefill|Decode)With|merge_attn|reduce_segments|mla_|sage_fwd|cascade|^_fwd_(?:kernel|grouped)|attention/i,
  ],
  [
    'moe',
    /fused_?moe|moe_|_moe\b|\bmoe::|MoeGemm|moeFlatmm|moeSorting|fmoe|_matmul_ogs|_finalize_matmul|group(?:ed)?_?gemm|m_grouped|bmm_(?:Mx|Bf|E4|E2|Fp)|topk_?(?:softmax|sigmoid|gating)|grouped_topk|_topk_forward|expert|routing|bitmatrix/i,
  ],
  // Library matrix products before everything their names also mention: fused activations, quantised types.
  [
    'gemm',
    /(?<!fb)gemm|nvjet|xmma|Cijk_|cublas|scudnn|winograd|convol|machete|marlin|wvSplit|LLGemm|splitK|PostGSU|dotprod|gemv|scaled_mm|matmul|cutlass_?(?:\d|tensorop|cudnn)/i,
  ],
  ['sampling', /argmax|(?<!up)sampl|multinomial|penalt|gumbel|top_?[kp]|min_p|RadixSort|bitonic|distribution_(?:elementwise|nullary)|resolve_future_token/i],
  ['norm', /(?:rms|layer|group|batch|qk)_?norm|norm_kernel|NormKernel|RowwiseMoments|GammaBeta|cudnn::bn_|rsqrt/i],
  ['rope', /rotary|rope/i],
  ['activation', /act_and_mul|silu|gelu|swiglu|relu|threshold|sigmoid|tanh|clamp_scalar/i],
  ['quant', /quant|scaled_fp8|FP8|fp4|cvt_fp/i],
  ['gemm', /cask_cudnn|[wd]grad|conv_|im2col|Im2d2Col|fft2d_|cutlass|bmm|_mm_|mm_kernel/i],
  ['elementwise', /FillFunctor/],
  ['copy', /copy|memcpy|memset|CatArray|transpose|nchwToNhwc|nhwcToNchw|permute|slice|index_?select|gather|scatter|embedding|index_put|index_elementwise/i],
  [
    'elementwise',
    /elementwise|reduce|multi_tensor|softmax|Functor|cub::|thrust|rocprim|scan|compute_|clamp|pool|fill|SubTensorOp|scalePackedTensor|dropout|bounds_check|upsample/i,
  ],
];

/** Inductor's `triton_<kind>_fused_<ops>_<n>`: the ops of the graph nodes that it fused, which need not be what it computes most of. */
const INDUCTOR = /^triton_(poi|red|per|tem)_fused_(.*?)_?\d+$/;
const INDUCTOR_RULES: CategoryRules = [
  ['attention', /flex_attention/],
  ['norm', /rsqrt|rms_norm|layer_norm/],
  ['activation', /silu|gelu|relu|sigmoid|tanh/],
  // vLLM's rotary embedding ends in one `cat` of the rotated halves.
  ['rope', /(?:^|_)(?:cos|sin)(?:_|$)|^cat$|rope/],
  ['sampling', /argmax|exponential/],
  ['quant', /quant|fp8/],
  ['copy', /^(?:_to_copy|copy|clone|transpose|t|view|cat|slice|split|unsqueeze|constant_pad_nd|moe_forward|embedding|_)+$/],
];

/** Category of a kernel by its name: by the user's own rules, then by these; 'other' when nothing is known about it. */
export function kernelCategory(name: string, own: CategoryRules = []): KernelCategory {
  const stated = firstMatch(own, name);
  if (stated !== undefined) return stated;
  const inductor = INDUCTOR.exec(name);
  if (inductor !== null) return inductorCategory(inductor[1] ?? '', inductor[2] ?? '');
  return firstMatch(RULES, name) ?? 'other';
}

function inductorCategory(kind: string, ops: string): KernelCategory {
  const known = firstMatch(INDUCTOR_RULES, ops);
  if (known !== undefined) return known;
  // Templates are matrix products, and so are reductions over a product; a pointwise kernel only reads its result.
  return kind === 'tem' || (kind === 'red' && /(?:^|_)(?:add)?b?mm(?:_|$)/.test(ops)) ? 'gemm' : 'elementwise';
}

function firstMatch(rules: CategoryRules, text: string): KernelCategory | undefined {
  return rules.find(([, pattern]) => pattern.test(text))?.[0];
}
