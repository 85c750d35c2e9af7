/** Model maps written by hand, as tables: section, path, class ('-' for an op), role, class whose forward calls it, '?' where optional, variant. Lines are invented. */
import { type ModelMap, SLOT_ROLES, type Slot, type SlotRole } from '../src/shared/model.js';

function roleNamed(name: string): SlotRole {
  const role = SLOT_ROLES.find((one) => one === name);
  if (role === undefined) throw new Error(`"${name}" is no role`);
  return role;
}

function sectionNamed(name: string): Slot['section'] {
  if (name === 'before' || name === 'layer' || name === 'after') return name;
  throw new Error(`"${name}" is no section`);
}

export function modelFrom(architecture: string, layerClass: string, table: string): ModelMap {
  const rows = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([section]) => section !== '');
  const slots = rows.map(([section, path, className, role, ownerClass, ...rest], id): Slot => {
    const owner = { file: `${architecture}.py`, line: 10, symbol: `${ownerClass}.forward` };
    return {
      id,
      path,
      className: className === '-' ? '' : className,
      role: roleNamed(role),
      section: sectionNamed(section),
      variant: rest.find((word) => word !== '?') ?? '',
      optional: rest.includes('?'),
      call: { ...owner, line: 100 + id },
      owner,
    };
  });
  return { architecture, layerClass, classes: [], slots, warnings: [] };
}

export const LLAMA = modelFrom(
  'LlamaForCausalLM',
  'LlamaDecoderLayer',
  `
  before embed_tokens              VocabParallelEmbedding   embedding  LlamaModel
  layer  input_layernorm           RMSNorm                  norm       LlamaDecoderLayer
  layer  self_attn.qkv_proj        QKVParallelLinear        linear     LlamaAttention
  layer  self_attn.rotary_emb      RotaryEmbedding          rope       LlamaAttention
  layer  self_attn.attn            Attention                attention  LlamaAttention
  layer  self_attn.o_proj          RowParallelLinear        linear     LlamaAttention
  layer  post_attention_layernorm  RMSNorm                  norm       LlamaDecoderLayer
  layer  mlp.gate_up_proj          MergedColumnParallelLinear linear   LlamaMLP
  layer  mlp.act_fn                SiluAndMul               activation LlamaMLP
  layer  mlp.down_proj             RowParallelLinear        linear     LlamaMLP
  after  norm                      RMSNorm                  norm       LlamaModel
  after  logits_processor          LogitsProcessor          linear     LlamaForCausalLM
`,
);

export const QWEN3 = modelFrom(
  'Qwen3ForCausalLM',
  'Qwen3DecoderLayer',
  `
  before embed_tokens              VocabParallelEmbedding   embedding  Qwen3Model
  layer  input_layernorm           RMSNorm                  norm       Qwen3DecoderLayer
  layer  self_attn.qkv_proj        QKVParallelLinear        linear     Qwen3Attention
  layer  self_attn.q_norm          RMSNorm                  norm       Qwen3Attention
  layer  self_attn.k_norm          RMSNorm                  norm       Qwen3Attention
  layer  self_attn.rotary_emb      RotaryEmbedding          rope       Qwen3Attention
  layer  self_attn.attn            RadixAttention           attention  Qwen3Attention
  layer  self_attn.o_proj          RowParallelLinear        linear     Qwen3Attention
  layer  post_attention_layernorm  RMSNorm                  norm       Qwen3DecoderLayer
  layer  mlp.gate_up_proj          MergedColumnParallelLinear linear   Qwen2MLP
  layer  mlp.act_fn                SiluAndMul               activation Qwen2MLP
  layer  mlp.down_proj             RowParallelLinear        linear     Qwen2MLP
  after  norm                      RMSNorm                  norm       Qwen3Model
  after  logits_processor          LogitsProcessor          linear     Qwen3ForCausalLM
`,
);

export const QWEN3_MOE = modelFrom(
  'Qwen3MoeForCausalLM',
  'Qwen3MoeDecoderLayer',
  `
  before embed_tokens              VocabParallelEmbedding   embedding  Qwen3MoeModel
  layer  input_layernorm           RMSNorm                  norm       Qwen3MoeDecoderLayer
  layer  self_attn.qkv_proj        QKVParallelLinear        linear     Qwen3MoeAttention
  layer  self_attn.q_norm          RMSNorm                  norm       Qwen3MoeAttention
  layer  self_attn.k_norm          RMSNorm                  norm       Qwen3MoeAttention
  layer  self_attn.rotary_emb      RotaryEmbedding          rope       Qwen3MoeAttention
  layer  self_attn.attn            RadixAttention           attention  Qwen3MoeAttention
  layer  self_attn.o_proj          RowParallelLinear        linear     Qwen3MoeAttention
  layer  post_attention_layernorm  RMSNorm                  norm       Qwen3MoeDecoderLayer
  layer  mlp.gate                  ReplicatedLinear         linear     Qwen3MoeSparseMoeBlock
  layer  mlp.experts               FusedMoE                 moe        Qwen3MoeSparseMoeBlock
  after  norm                      RMSNorm                  norm       Qwen3MoeModel
  after  logits_processor          LogitsProcessor          linear     Qwen3MoeForCausalLM
`,
);

export const GPT_OSS = modelFrom(
  'GptOssForCausalLM',
  'TransformerBlock',
  `
  before embedding                 VocabParallelEmbedding   embedding  GptOssModel
  layer  input_layernorm           RMSNorm                  norm       TransformerBlock
  layer  attn.qkv_proj             QKVParallelLinear        linear     OAIAttention
  layer  attn.rotary_emb           RotaryEmbedding          rope       OAIAttention
  layer  attn.attn                 Attention                attention  OAIAttention
  layer  attn.o_proj               RowParallelLinear        linear     OAIAttention
  layer  post_attention_layernorm  RMSNorm                  norm       TransformerBlock
  layer  mlp.router                ReplicatedLinear         linear     MLPBlock
  layer  mlp.experts               FusedMoE                 moe        MLPBlock
  after  norm                      RMSNorm                  norm       GptOssModel
  after  logits_processor          LogitsProcessor          linear     GptOssForCausalLM
`,
);

/** Latent attention with sparse keys; dense layers first, then experts. */
export const GLM = modelFrom(
  'GlmMoeDsaForCausalLM',
  'DeepseekV2DecoderLayer',
  `
  before embed_tokens              VocabParallelEmbedding   embedding  DeepseekV2Model
  layer  input_layernorm           RMSNorm                  norm       DeepseekV2DecoderLayer
  layer  self_attn.fused_qkv_a_proj MergedColumnParallelLinear linear  MultiHeadLatentAttention
  layer  self_attn.q_a_layernorm   RMSNorm                  norm       MultiHeadLatentAttention
  layer  self_attn.q_b_proj        ColumnParallelLinear     linear     MultiHeadLatentAttention
  layer  self_attn.kv_a_layernorm  RMSNorm                  norm       MultiHeadLatentAttention
  layer  self_attn.rotary_emb      RotaryEmbedding          rope       MultiHeadLatentAttention
  layer  self_attn.mla_attn        MLAAttention             attention  MultiHeadLatentAttention
  layer  self_attn.o_proj          RowParallelLinear        linear     MultiHeadLatentAttention
  layer  post_attention_layernorm  RMSNorm                  norm       DeepseekV2DecoderLayer
  layer  mlp.gate_up_proj          MergedColumnParallelLinear linear   DeepseekV2MLP DeepseekV2MLP
  layer  mlp.act_fn                SiluAndMul               activation DeepseekV2MLP DeepseekV2MLP
  layer  mlp.down_proj             RowParallelLinear        linear     DeepseekV2MLP DeepseekV2MLP
  layer  mlp.gate                  GateLinear               router     DeepseekV2MoE DeepseekV2MoE
  layer  mlp.experts               SharedFusedMoE           moe        DeepseekV2MoE DeepseekV2MoE
  after  norm                      RMSNorm                  norm       DeepseekV2Model
  after  logits_processor          LogitsProcessor          linear     GlmMoeDsaForCausalLM
`,
);
