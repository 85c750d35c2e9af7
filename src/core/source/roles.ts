/** What a kernel does inside a model, told from its name: the first rule that matches wins, so the special stands before the general. */
import { SLOT_ROLES, type SlotRole } from '../../shared/model.js';

/** The roles of slots, and two that only kernels have: sums of split products, and the picking of keys in sparse attention. */
export const KERNEL_ROLES = [...SLOT_ROLES, 'linearAux', 'indexer'] as const;
export type KernelRole = (typeof KERNEL_ROLES)[number];

/**
 * Names as vLLM, SGLang and the libraries under them write them. Inductor's names list the ops of a fused kernel, and also of
 * what it feeds ("machete_mm"), so they have rules of their own.
 */
const RULES: readonly (readonly [KernelRole, RegExp])[] = [
  ['norm', /^triton_\w*(?:rsqrt|rms_?norm|layer_?norm)/i],
  ['embedding', /^triton_\w*embedding/],
  ['activation', /^triton_\w*(?:silu|gelu|swiglu)/],
  // The halves of rotated queries and keys put together again.
  ['rope', /^triton_poi_fused_\w*cat|^triton_\w*(?:rotary|rope)/],
  ['elementwise', /^triton_(?:poi|red|per|for)_/],
  ['linearAux', /splitKreduce|PostGSU/],
  ['indexer', /indexer|mqa_logits|cooperative_topk|req_index_to_global|topk_transform|hisparse|ConcatMLAQ|get_mla_metadata/i],
  [
    'communication',
    /nccl|rccl|cross_device_reduce|quick_?reduce|all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|all2all|multimem|nvshmem|deep_ep|one_?shot|two_?shot|lamport|mnnvl/i,
  ],
  [
    'linearAttention',
    /gated_delta|delta_rule|causal_conv1d|selective_scan|mamba|ssd_|chunk_(?:state|scan|fwd|kda|gla|cumsum|local_cumsum|scaled_dot)|lightning_attn|linear_attn|recurrent_(?:fwd|kda)|kda_gate|gdn_(?:\w*gating|mtp_update)|l2norm_fwd|solve_tril|merge_16x16_to|recompute_w_u|state_passing|replayssm|_fwd_(?:none_)?diag|_fwd_kv_(?:parallel|reduce)/i,
  ],
  ['rope', /qknorm_rope|rope_(?:store|reshape|cache)|rope_reshape_and_cache/i],
  ['kvCache', /reshape_and_cache|concat_and_cache|store_kv_?cache|set_(?:kv|mla_kv)_buffer|k_quant_and_cache/i],
  ['other', /prepare_varlen|kv_indices|page_indices|metadata|alloc_(?:decode|extend)_kernel|slot_mapping|future_token|compute_position/i],
  [
    'attention',
    /flash_(?:fwd|attn)|FlashAttn|fmha|mha_(?:fwd|varlen)|attn_fwd|unified_attention|paged_att|Batch(?:Decode|Prefill)|(?:Prefill|Decode)With|merge_attn|reduce_segments|mla_(?:decode|combine|reduce|pfl)|sage_fwd|cascade|^_fwd_(?:kernel|grouped)|attention/i,
  ],
  [
    'moe',
    /fused_?moe|moe_?gemm|marlin_moe|moe_wna16|_matmul_ogs|_finalize_matmul|group(?:ed)?_?gemm|m_grouped|bmm_(?:Mx|Bf|E4|E2|Fp)|moeFlatmm|fmoe|CutlassMoe/i,
  ],
  ['sampling', /RadixSort|radixFindKth|bitonic|sbtopk/i],
  ['router', /top_?k|\bmoe::|moe_(?:align|sum|fused_gate)|MoeSorting|routing|bitmatrix|expert|shuffle_rows|moe_|finalizeKernel/i],
  ['rope', /rotary|rope/i],
  ['norm', /(?:rms|layer|qk)_?norm|Rmsnorm/i],
  ['quant', /quant|scaled_fp8|per_token_group|cvt_fp|fp4_quant/i],
  ['activation', /act_and_mul|silu|gelu|swiglu/i],
  [
    'linear',
    /gemm|nvjet|xmma|Cijk_|cublas|machete|marlin|wvSplit|LLGemm|splitK|dotprod|gemv|scaled_mm|matmul|_mm_|mm_kernel|cutlass::Kernel2|cutlass::device_kernel/i,
  ],
  ['sampling', /argmax|softmax|sampl|multinomial|penalt|exponential|gumbel|top_?p|min_p|distribution_/i],
  ['embedding', /embedding|vectorized_gather|index_?select/i],
  ['elementwise', /FillFunctor|CUDAFunctor|BinaryFunctor/],
  ['copy', /copy|memcpy|memset|fill|CatArray|trampoline|transpose/i],
  ['elementwise', /elementwise|vectorized|reduce_kernel|scan/i],
];

const ROLE_INDEX = new Map<KernelRole, number>(KERNEL_ROLES.map((role, index) => [role, index]));

/** Index into KERNEL_ROLES. */
export function roleIndex(role: KernelRole): number {
  return ROLE_INDEX.get(role) ?? 0;
}

/** What a kernel of that name does. CK's mixture-of-experts sorting hides in a mangled name, which the rules find all the same. */
export function kernelRole(name: string): KernelRole {
  return RULES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

/** Rules for classes of modules, by which recorded classes are matched with those of a tree that calls them otherwise. */
const CLASSES: readonly (readonly [SlotRole, RegExp])[] = [
  ['norm', /norm/i],
  ['embedding', /Embedding(?!.*Rotary)|embed_/],
  ['rope', /rotary|rope/i],
  ['moe', /moe|experts/i],
  ['activation', /silu|gelu|swiglu|act_fn|activation/i],
  ['linear', /linear|_proj$|lm_?head/i],
  ['attention', /attention|attn/i],
  ['sampling', /sampler|logits/i],
];

/** What modules of a class do, as far as its name tells. */
export function classRole(className: string): SlotRole {
  if (/rotary/i.test(className)) return 'rope';
  return CLASSES.find(([, pattern]) => pattern.test(className))?.[0] ?? 'other';
}
