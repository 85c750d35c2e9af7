/** Model maps of a small tree that has one model for each way of writing models down, and of vLLM itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mapModel } from '../../../src/core/source/modelMap.js';
import { indexSymbols, type SymbolIndex } from '../../../src/core/source/symbols.js';
import type { Vendor } from '../../../src/core/trace/vendor.js';
import { sourceFiles } from '../../../src/node/sourceFiles.js';
import type { ModelMap, Slot } from '../../../src/shared/model.js';
import { missingVllm, vllmRoot } from '../../vllm.js';

const TINY = join(import.meta.dirname, '../../models/tiny');
const indexes = new Map<string, Promise<SymbolIndex>>();

async function map(root: string, architecture: string, vendor?: Vendor): Promise<ModelMap> {
  const index = indexes.get(root) ?? indexSymbols(sourceFiles, root);
  indexes.set(root, index);
  return mapModel(sourceFiles, root, await index, architecture, vendor);
}

/** "layer ?self_attn.q_norm norm [Variant]": the question mark is for what is optional. */
function drawn({ section, optional, path, role, variant }: Slot): string {
  return `${section} ${optional ? '?' : ''}${path} ${role}${variant === '' ? '' : ` [${variant}]`}`;
}

function sourceLine(root: string, file: string, line: number): string {
  return readFileSync(join(root, file), 'utf8').split('\n')[line - 1] ?? '';
}

const attention = (path: string, variant = ''): string[] =>
  ['qkv_proj linear', 'rotary_emb rope', 'attn attention', 'o_proj linear'].map((slot) => `layer ${path}.${slot}${variant}`);
const mlp = (path: string, variant = '', optional = ''): string[] =>
  ['gate_up_proj linear', 'act_fn activation', 'down_proj linear'].map((slot) => `layer ${optional}${path}.${slot}${variant}`);
const before = ['before ?embed_tokens embedding'];
const after = ['after norm norm', 'after lm_head linear'];

const models: [string, string, string, string[]][] = [
  [
    'layers from make_layers; a helper method; branches that call the same; a class chosen by a condition; other pipeline stages',
    'PlainForCausalLM',
    'PlainDecoderLayer',
    [...before, 'layer input_layernorm norm', ...attention('self_attn'), 'layer post_attention_layernorm norm', ...mlp('mlp'), ...after],
  ],
  [
    'a layer class passed up through super().__init__; an inherited forward; an overridden helper',
    'HeirForCausalLM',
    'HeirDecoderLayer',
    [
      ...before,
      'layer input_layernorm norm',
      'layer self_attn.qkv_proj linear',
      'layer self_attn.q_norm norm',
      'layer self_attn.attn attention',
      'layer self_attn.o_proj linear',
      'layer post_attention_layernorm norm',
      ...mlp('mlp'),
      ...after,
    ],
  ],
  [
    'dense or sparse layers; shared experts and a gate that the experts run; a module imported as a whole',
    'SparseForCausalLM',
    'SparseDecoderLayer',
    [
      ...before,
      'layer input_layernorm norm',
      ...attention('self_attn'),
      'layer post_attention_layernorm norm',
      'layer mlp.gate router [SparseExperts]',
      ...mlp('mlp.shared_experts', ' [SparseExperts]', '?'),
      'layer mlp.experts moe [SparseExperts]',
      'layer ?mlp.tensor_model_parallel_all_reduce communication [SparseExperts]',
      ...mlp('mlp', ' [PlainMLP]'),
      ...after,
    ],
  ],
  [
    'layer classes from a table; layers by index; a mixer of the library that is looked into',
    'HybridForCausalLM',
    'HybridAttentionLayer',
    [
      'layer norm norm [HybridAttentionLayer]',
      ...attention('mixer', ' [HybridAttentionLayer]'),
      'layer norm norm [HybridMambaLayer]',
      'layer mixer.in_proj linear [HybridMambaLayer]',
      'layer mixer.vllm.mamba_scan linearAttention [HybridMambaLayer]',
      'layer mixer.out_proj linear [HybridMambaLayer]',
    ],
  ],
  [
    'two kinds of attention in one layer class; ModuleList; Sequential',
    'MixedForCausalLM',
    'MixedLayer',
    [
      ...attention('self_attn', ' [PlainAttention]'),
      'layer linear_attn.in_proj linear [MambaMixer]',
      'layer linear_attn.vllm.mamba_scan linearAttention [MambaMixer]',
      'layer linear_attn.out_proj linear [MambaMixer]',
      'layer out.0 linear',
      'layer out.1 activation',
    ],
  ],
  [
    'a package of its own, by platform; a list that is appended to; two loops; a linear layer of the model’s own',
    'IslandForCausalLM',
    'IslandLayer',
    [...attention('attn'), 'layer fused_proj linear'],
  ],
  [
    'a language model inside, by name',
    'SeeingForCausalLM',
    'PlainDecoderLayer',
    [
      ...before,
      'layer input_layernorm norm',
      ...attention('self_attn'),
      'layer post_attention_layernorm norm',
      ...mlp('mlp'),
      ...after.slice(0, 1),
      'after language_model.lm_head linear',
    ],
  ],
];
for (const [name, architecture, layerClass, expected] of models) {
  test(name, async () => {
    const found = await map(TINY, architecture);
    assert.deepEqual(found.warnings, []);
    assert.equal(found.layerClass, layerClass);
    assert.deepEqual(found.slots.map(drawn), expected);
  });
}

test('a model that is written once for each kind of GPU: the one of the GPU that ran', async () => {
  const placeOf = async (vendor?: Vendor) => (await map(TINY, 'IslandForCausalLM', vendor)).classes[0]?.place.file;
  assert.deepEqual(
    [await placeOf(), await placeOf('nvidia'), await placeOf('amd')],
    ['vllm/models/island/gpu/model.py', 'vllm/models/island/gpu/model.py', 'vllm/models/island/elsewhere.py'],
  );
});

test('SGLang: norms behind a communicator; other platforms; two batches at a time; a model inside a routine', async () => {
  const found = await map(join(import.meta.dirname, '../../models/tiny-sglang'), 'TinyForConditionalGeneration');
  assert.equal(found.layerClass, 'TinyLayer');
  assert.deepEqual(found.slots.map(drawn), [
    'layer input_layernorm norm',
    'layer attn attention',
    'layer proj linear',
    'layer post_attention_layernorm norm',
    'layer mlp.experts moe',
  ]);
});

const slotAt = (found: ModelMap, path: string): Slot => {
  const slot = found.slots.find((one) => one.path === path);
  assert.ok(slot, path);
  return slot;
};

test('a slot has the line that calls it, the function around it, and its own forward', async () => {
  const found = await map(TINY, 'HeirForCausalLM');
  const norm = slotAt(found, 'input_layernorm');
  assert.equal(sourceLine(TINY, norm.call.file, norm.call.line).trim(), 'x, residual = self.input_layernorm(x, residual)');
  assert.deepEqual(
    norm.otherCalls?.map(({ file, line }) => sourceLine(TINY, file, line).trim()),
    ['x = self.input_layernorm(x)'],
  );
  assert.equal(norm.call.symbol, 'PlainDecoderLayer.forward');
  assert.equal(norm.call.via, 'HeirDecoderLayer');
  assert.equal(norm.forward?.symbol, 'RMSNorm.forward');
  const projection = slotAt(found, 'self_attn.o_proj');
  assert.equal(projection.owner.symbol, 'PlainAttention._finish');
  assert.equal(sourceLine(TINY, projection.owner.file, projection.owner.line).trim(), 'def _finish(self, x):');
  const activation = slotAt(found, 'mlp.act_fn');
  assert.equal(sourceLine(TINY, activation.call.file, activation.call.line).trim(), 'x = maybe_fused(self.act_fn, x, self.down_proj)');
});

test('the classes on the way, outermost first, with inherited forwards where they are defined', async () => {
  const { classes } = await map(TINY, 'HeirForCausalLM');
  assert.deepEqual(
    classes.map(({ path, className, forward }) => `${path} ${className} ${forward?.symbol}`),
    [
      ' HeirForCausalLM PlainForCausalLM.forward',
      'model HeirModel PlainModel.forward',
      'model.layers.* HeirDecoderLayer PlainDecoderLayer.forward',
      'model.layers.*.self_attn HeirAttention HeirAttention.forward',
      'model.layers.*.mlp PlainMLP PlainMLP.forward',
    ],
  );
});

const failures: [string, RegExp][] = [
  ['TransformersForCausalLM', /Transformers backend/],
  ['NobodyForCausalLM', /not in the model registry/],
  ['LostForCausalLM', /was not found in vllm\.model_executor\.models\.lost/],
  ['ChosenForCausalLM', /chosen by the configuration/],
];
for (const [architecture, sentence] of failures) {
  test(`${architecture} says why there is no map`, async () => {
    const { slots, warnings } = await map(TINY, architecture);
    assert.deepEqual(slots, []);
    assert.ok(
      warnings.some((warning) => sentence.test(warning)),
      warnings.join(' '),
    );
  });
}

const REAL: [string, string, string, string[]][] = [
  [
    '0.8.5',
    'Qwen2ForCausalLM',
    'Qwen2DecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'mlp.gate_up_proj',
      'mlp.act_fn',
      'mlp.down_proj',
    ],
  ],
  [
    '0.8.5',
    'LlamaForCausalLM',
    'LlamaDecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'mlp.gate_up_proj',
      'mlp.act_fn',
      'mlp.down_proj',
    ],
  ],
  [
    '0.8.5',
    'Qwen3ForCausalLM',
    'Qwen3DecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.q_norm',
      'self_attn.k_norm',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'mlp.gate_up_proj',
      'mlp.act_fn',
      'mlp.down_proj',
    ],
  ],
  [
    '0.8.5',
    'MixtralForCausalLM',
    'MixtralDecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'block_sparse_moe.gate',
      'block_sparse_moe.experts',
    ],
  ],
  [
    '0.33.0',
    'Qwen3ForCausalLM',
    'Qwen3DecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.q_norm',
      'self_attn.k_norm',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'mlp.gate_up_proj',
      'mlp.act_fn',
      'mlp.down_proj',
    ],
  ],
  [
    '0.33.0',
    'GptOssForCausalLM',
    'TransformerBlock',
    ['input_layernorm', 'attn.qkv_proj', 'attn.rotary_emb', 'attn.attn', 'attn.o_proj', 'post_attention_layernorm', 'mlp.experts'],
  ],
  [
    '0.33.0',
    'Glm4MoeForCausalLM',
    'Glm4MoeDecoderLayer',
    [
      'input_layernorm',
      'self_attn.qkv_proj',
      'self_attn.rotary_emb',
      'self_attn.attn',
      'self_attn.o_proj',
      'post_attention_layernorm',
      'mlp.gate',
      'mlp.experts',
      'mlp.gate_up_proj',
      'mlp.act_fn',
      'mlp.down_proj',
    ],
  ],
];
for (const [version, architecture, layerClass, expected] of REAL) {
  test(`vLLM ${version}: ${architecture}`, { skip: missingVllm(version) }, async () => {
    const found = await map(vllmRoot(version), architecture);
    assert.equal(found.layerClass, layerClass);
    assert.deepEqual(
      found.slots.filter(({ section, optional }) => section === 'layer' && !optional).map(({ path }) => path),
      expected,
    );
    assertLines(vllmRoot(version), found);
  });
}

test('vLLM 0.8.5: DeepseekV3ForCausalLM has variants of attention and of the network behind it', { skip: missingVllm('0.8.5') }, async () => {
  const found = await map(vllmRoot('0.8.5'), 'DeepseekV3ForCausalLM');
  assert.deepEqual(
    [...new Set(found.slots.map(({ variant }) => variant))],
    ['', 'DeepseekV2MLAAttention', 'DeepseekV2Attention', 'DeepseekV2MoE', 'DeepseekV2MLP'],
  );
  assertLines(vllmRoot('0.8.5'), found);
});

/** The line of a module's slot names the attribute: "self.qkv_proj(", or passes it on as an argument. */
function assertLines(root: string, found: ModelMap): void {
  for (const { path, className, call, otherCalls = [] } of found.slots.filter((slot) => slot.className !== '' && !slot.path.includes('.*')))
    for (const { file, line } of [call, ...otherCalls]) {
      const attribute = path.slice(path.lastIndexOf('.') + 1);
      const text = sourceLine(root, file, line);
      const injected = /self\.experts\(/.test(text) && /gate|shared/.test(path);
      assert.ok(injected || new RegExp(`self\\.${attribute}\\b`).test(text), `${path} ${className} at ${file}:${line}: ${text}`);
    }
}

const SHARES: [string, number][] = [
  ['0.8.5', 0.95],
  ['0.33.0', 0.9],
];
for (const [version, least] of SHARES) {
  test(`vLLM ${version}: decoder layers of ${least * 100} % of its text generation models are found`, { skip: missingVllm(version) }, async (t) => {
    const root = vllmRoot(version);
    const { registry } = await (indexes.get(root) ?? indexSymbols(sourceFiles, root));
    const names = [...registry].filter(([, { group }]) => group === 'TEXT_GENERATION_MODELS').map(([name]) => name);
    const lost: string[] = [];
    for (const name of names) {
      const layer = (await map(root, name)).slots.filter(({ section }) => section === 'layer');
      const mixes = layer.some(({ role }) => role === 'attention' || role === 'linearAttention');
      const works = layer.filter(({ role }) => role === 'linear' || role === 'moe').length >= 2;
      if (!mixes || !works) lost.push(name);
    }
    t.diagnostic(`${names.length - lost.length} of ${names.length}; without layers: ${lost.join(', ')}`);
    assert.ok(names.length > 50);
    assert.ok(lost.length <= names.length * (1 - least), lost.join(', '));
  });
}
