/** What the modules and ops that a forward calls do, by the names of their classes and functions. */
import type { SlotRole } from '../../../shared/model.js';
import type { Vendor } from '../../trace/vendor.js';

/** Folders of building blocks: what lies there is called by models and is no model itself. */
const LIBRARY = /(?:^|\/)(?:layers|attention|mamba|ops|kernels|distributed|v1|ir|utils|platforms|third_party|compilation)\/|(?:_ops|\/kernels)\.py$/;

/** Whether a file holds building blocks rather than a model: models are in folders of that name. */
export function isLibrary(path: string): boolean {
  return LIBRARY.test(path) || !path.includes('/models/');
}

const MODULES: [RegExp, SlotRole][] = [
  [/Wrapper$|Communicator$/, 'other'],
  [/Embedding(?!.*Rotary)(?<!Rotary.*)|^Embed/, 'embedding'],
  [/Rotary|[rR]ope$|RoPE|get_rope/, 'rope'],
  [/LogitsProcessor|LMHead/, 'linear'],
  [/Sampler|get_sampler/, 'sampling'],
  [/GateLinear|Router|TopK/, 'router'],
  [/MoE|Experts|_moe_/, 'moe'],
  [/Norm/, 'norm'],
  [/GatedDelta|Mamba|LinearAttention|Lightning|Kimi?Delta|KDA|ShortConv|Retention|Rwkv|Mixer/i, 'linearAttention'],
  [/Linear$|Linear(?:Base|Method|Layer)|^Conv\dd/, 'linear'],
  [/Attention|^Attn/, 'attention'],
  [/Act$|AndMul|^(?:Fast|New|Quick)?GELU|SiLU|Silu|ReLU|Relu|Sigmoid|Softmax|Tanh|Activation|get_act/, 'activation'],
  [/Indexer/, 'other'],
];

/** What a building block does; 'other' when its name does not tell. */
export function moduleRole(className: string): SlotRole {
  const name = className.slice(className.lastIndexOf('.') + 1);
  return MODULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

const OPS: [RegExp, SlotRole][] = [
  [/all_reduce|all_gather|reduce_scatter|all_to_all|sequence_parallel_chunk/, 'communication'],
  [/gdn_|gated_delta|mamba|linear_attention|ssm_|ssd_|causal_conv|selective_scan|lightning|kda_/, 'linearAttention'],
  [/cache_update|reshape_and_cache|concat_and_cache|store_kv/, 'kvCache'],
  [/scaled_dot_product|forward_m[qh]a|unified_attention|flash_attn|flash_mla|mla_attention|batch_decode\w*_mla|sparse_attn(?!_indexer)/, 'attention'],
  [/rms_?norm|layer_?norm/, 'norm'],
  [/rotary|rope/, 'rope'],
  [/fused_moe|moe_forward|fused_experts/, 'moe'],
  [/topk|grouped_topk/, 'router'],
  [/(?:^|\.)(?:silu|gelu|relu|sigmoid|softmax|tanh)$|silu_and_mul|gelu_and_mul/, 'activation'],
  [/(?:^|\.)(?:matmul|bmm|einsum|linear|mm)$|_gemm/, 'linear'],
  [/(?:^|[._])(?:\w*quant|quant(?:ize)?_fp[48]|\w*_quant_fp8)$/, 'quant'],
];

/** Functions that ask or prepare. */
const ASKS = /(?:^|\.)_?(?:is|has|get|should|can|use|empty|supports|detect|configure|build|make|init)_/;

/** What a function that a forward calls directly does; undefined when it is of no interest. */
export function opRole(name: string): SlotRole | undefined {
  return ASKS.test(name) ? undefined : OPS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Places of modules that are none: other pipeline stages, layers that do nothing. */
export function isNothing(className: string): boolean {
  return /MissingLayer$|Identity$/.test(className);
}

/** Conditions that are about other machines than those with GPUs of NVIDIA or AMD. */
const ELSEWHERE = /^(?:\w+\.)?_?is_(?:npu|cpu|xpu|hpu|tpu|neuron)(?:_\w+)?(?:\(\))?$/;
/** A step has tokens. */
const TOKENS = /^\w+\.shape\[0\] (==|!=|>) 0$/;

/** Conditions about the GPUs that the code runs on. */
const OF_VENDOR: Record<Vendor, RegExp> = { nvidia: /^(?:\w+\.)?_?is_cuda(?:\(\))?$/, amd: /^(?:\w+\.)?_?is_(?:rocm|hip)(?:\(\))?$/ };

/** What a condition is whenever kernels run there; undefined when that depends. */
export function certain(condition: string, vendor: Vendor | undefined): boolean | undefined {
  const tokens = TOKENS.exec(condition)?.[1];
  if (tokens !== undefined) return tokens !== '==';
  const positive = condition.replace(/^not /, '');
  const isNegated = positive !== condition;
  if (ELSEWHERE.test(positive)) return isNegated;
  const named = vendor && (['nvidia', 'amd'] as const).find((one) => OF_VENDOR[one].test(positive));
  return named && (named === vendor) !== isNegated;
}
