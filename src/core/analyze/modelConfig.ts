/** The sizes of a model as its config.json of Hugging Face states them. What it leaves out or states in a way not counted here is withheld. */
import type { Known } from '../../shared/analysis.js';
import type { ModelNumbers } from './modelWeights.js';

type Fields = Readonly<Record<string, unknown>>;

/** MLPs with three matrices: gate, up and down. */
const GATED = new Set(['silu', 'swish', 'gelu_pytorch_tanh']);

/** The numbers that decide how many weights a decode step reads, or one sentence why they cannot be told. */
export function modelNumbers(text: string): Known<ModelNumbers> {
  const outer = parsed(text);
  if (outer === undefined) return { withheld: 'config.json is no JSON object.' };
  // Models that also see or hear keep the language model's sizes apart.
  const config = { ...outer, ...fields(outer.text_config) };
  const unknown = uncounted(config);
  if (unknown !== undefined) return { withheld: `config.json: ${unknown}.` };
  const missing: string[] = [];
  const size = (...names: string[]): number => {
    const name = names.find((one) => positive(config[one]) !== undefined);
    if (name === undefined) missing.push(names[0]);
    return name === undefined ? 0 : (positive(config[name]) ?? 0);
  };
  const heads = size('num_attention_heads');
  const hiddenSize = size('hidden_size');
  const layers = size('num_hidden_layers');
  const vocabularySize = size('vocab_size');
  const experts = positive(config.num_experts) ?? positive(config.num_local_experts) ?? positive(config.n_routed_experts);
  const intermediateSize = experts === undefined ? size('intermediate_size') : size('moe_intermediate_size', 'intermediate_size');
  const perToken = experts === undefined ? 0 : size('num_experts_per_tok');
  const bytesPerWeight = weightBytes(config);
  if (missing.length > 0) return { withheld: `config.json does not state ${missing.join(', ')}.` };
  if (bytesPerWeight === undefined) return { withheld: 'config.json does not state the number type of the weights in a way that is known here.' };
  const sharedSize = positive(config.shared_expert_intermediate_size) ?? 0;
  return {
    hiddenSize,
    layers,
    heads,
    kvHeads: positive(config.num_key_value_heads) ?? heads,
    headSize: positive(config.head_dim) ?? hiddenSize / heads,
    intermediateSize,
    vocabularySize,
    bytesPerWeight,
    experts: experts === undefined ? undefined : { count: experts, perToken, shared: positive(config.n_shared_experts) ?? sharedSize / intermediateSize },
  };
}

/** Parts of a model whose weights are not counted by `decodeWeights`. */
function uncounted(config: Fields): string | undefined {
  if (positive(config.kv_lora_rank) !== undefined) return 'the weights of latent attention (kv_lora_rank) are not counted';
  const dense = positive(config.first_k_dense_replace) ?? (Array.isArray(config.mlp_only_layers) ? config.mlp_only_layers.length : 0);
  if (dense > 0 || (positive(config.decoder_sparse_step) ?? 1) > 1) return 'models that mix layers with and without experts are not counted';
  const activation = config.hidden_act ?? config.hidden_activation;
  if (typeof activation !== 'string' || !GATED.has(activation))
    return `MLPs with ${activation === undefined ? 'an unknown activation' : activation} are not counted`;
  return undefined;
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, bfloat16: 2, float16: 2, float8_e4m3fn: 1 };

/** Of the matrices of the layers: quantized ones by method or bits, else the stated type. */
function weightBytes(config: Fields): number | undefined {
  const quantization = fields(config.quantization_config);
  if (quantization === undefined) {
    const type = config.torch_dtype ?? config.dtype;
    return typeof type === 'string' ? BYTES[type] : undefined;
  }
  if (quantization.quant_method === 'fp8') return 1;
  if (quantization.quant_method === 'mxfp4') return 0.5;
  const bits = positive(quantization.bits) ?? positive(quantization.w_bit);
  return bits === undefined ? undefined : bits / 8;
}

function parsed(text: string): Fields | undefined {
  try {
    return fields(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
