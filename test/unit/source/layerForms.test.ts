/** The kinds of layers that models have, of small models written as tables and of vLLM's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerForms } from '../../../src/core/source/layerForms.js';
import { mapModel } from '../../../src/core/source/modelMap.js';
import { indexSymbols } from '../../../src/core/source/symbols.js';
import { sourceFiles } from '../../../src/node/sourceFiles.js';
import type { ModelMap } from '../../../src/shared/model.js';
import { modelFrom } from '../../models.js';
import { missingVllm, vllmRoot } from '../../vllm.js';

/** "norm qkv | attn out": what runs before the attention, the attention and what runs behind it; without a bar there is none. */
function drawn(model: ModelMap): string[] {
  const { attending, bare } = layerForms(model);
  const name = ({ path }: { path: string }): string => path.slice(path.lastIndexOf('.') + 1);
  return [
    ...attending.map(({ head, attention, tail }) => [...head.map(name), '|', ...[attention, ...tail].map(name)].join(' ')),
    ...bare.map((calls) => calls.map(name).join(' ')),
  ];
}

const layers = (table: string): ModelMap => modelFrom('X', 'Layer', table);

const CASES: [what: string, model: ModelMap, kinds: string[]][] = [
  [
    'one attention or another, each with experts or without',
    layers(`
      layer norm          Norm   norm            Layer
      layer linear_attn.a Linear linear          Delta    Delta
      layer linear_attn.b -      linearAttention Delta    Delta
      layer self_attn.c   Linear linear          Full     Full
      layer self_attn.d   Attn   attention       Full     Full
      layer moe.e         MoE    moe             Experts  Experts
      layer mlp.f         Linear linear          MLP      MLP
    `),
    ['norm a | b e', 'norm a | b f', 'norm c | d e', 'norm c | d f'],
  ],
  [
    'whole layers that differ, with variants of their own',
    layers(`
      layer norm     Norm   norm            A   A
      layer attn     Attn   attention       A   A
      layer mlp.gate MoE    moe             Moe A/Moe
      layer mlp.up   Linear linear          MLP A/MLP
      layer norm     Norm   norm            M   M
      layer mamba    -      linearAttention M   M
    `),
    ['norm | attn gate', 'norm | attn up', 'norm | mamba'],
  ],
  [
    'all of it inside of one module, as draft models have it',
    layers(`
      layer eh_proj         Linear linear    Draft
      layer block.attn.mla  Attn   attention Mla   Mla
      layer block.attn.mha  Attn   attention Mha   Mha
      layer block.mlp.moe   MoE    moe       Moe   Moe
      layer block.mlp.dense Linear linear    MLP   MLP
    `),
    ['eh_proj | mla moe', 'eh_proj | mla dense', 'eh_proj | mha moe', 'eh_proj | mha dense'],
  ],
  ['layers without attention', layers('layer mixer.a Attn attention A A\nlayer mixer.b Linear linear B B'), ['| a', 'b']],
  [
    'a module that is handed on and then called is called once',
    layers('layer act Act activation L\nlayer act Act activation L\nlayer attn Attn attention L'),
    ['act | attn'],
  ],
];
for (const [what, model, kinds] of CASES) test(what, () => assert.deepEqual(drawn(model), kinds));

/** Kinds by their attention, with linear layers before and behind it, and kinds without. */
const REAL: [architecture: string, kinds: string[]][] = [
  ['Qwen3NextForCausalLM', ['linearAttention 2+4 moe', 'attention 1+4 moe', 'linearAttention 2+3', 'attention 1+3']],
  ['JambaForCausalLM', ['attention 1+1 moe', 'attention 1+3', 'linearAttention 1+1 moe', 'linearAttention 1+3']],
  ['NemotronHForCausalLM', ['linearAttention 1+1', 'attention 1+1', 'none', 'none']],
  ['FalconH1ForCausalLM', ['attention 1+5']],
  ['GraniteMoeHybridForCausalLM', ['attention 1+3 moe', 'linearAttention 1+3 moe']],
  ['Zamba2ForCausalLM', ['linearAttention 2+1', 'linearAttention 1+1']],
  ['Llama4ForCausalLM', ['attention 1+3 moe', 'attention 1+3']],
  ['Eagle3LlamaForCausalLM', ['attention 1+3']],
  ['Glm4MoeMTPModel', ['attention 2+4 moe', 'attention 2+4']],
];
test('vLLM 0.33.0: hybrid, draft and multi-token models', { skip: missingVllm('0.33.0') }, async () => {
  const index = await indexSymbols(sourceFiles, vllmRoot('0.33.0'));
  for (const [architecture, kinds] of REAL) {
    const { attending, bare } = layerForms(await mapModel(sourceFiles, index.root, index, architecture, 'nvidia'));
    const products = (slots: readonly { role: string }[]): number => slots.filter(({ role }) => role === 'linear').length;
    const found = attending.map(
      ({ attention, head, tail }) => `${attention.role} ${products(head)}+${products(tail)}${tail.some(({ role }) => role === 'moe') ? ' moe' : ''}`,
    );
    assert.deepEqual([architecture, ...found, ...bare.map(() => 'none')], [architecture, ...kinds]);
  }
});
