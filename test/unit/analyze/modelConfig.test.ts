import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelNumbers } from '../../../src/core/analyze/modelConfig.js';
import { decodeWeights, weightsOfRun } from '../../../src/core/analyze/modelWeights.js';
import { isWithheld } from '../../../src/shared/analysis.js';
import { analysesOf } from '../advise/run.js';

/** As meta-llama/Meta-Llama-3-8B states them. */
const LLAMA = {
  architectures: ['LlamaForCausalLM'],
  hidden_act: 'silu',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  torch_dtype: 'bfloat16',
  vocab_size: 128256,
};
/** As Qwen/Qwen3-30B-A3B does. */
const QWEN3_MOE = {
  ...LLAMA,
  head_dim: 128,
  hidden_size: 2048,
  intermediate_size: 6144,
  moe_intermediate_size: 768,
  num_experts: 128,
  num_experts_per_tok: 8,
  num_hidden_layers: 48,
  num_key_value_heads: 4,
  vocab_size: 151936,
  decoder_sparse_step: 1,
  mlp_only_layers: [],
};

const billions = (config: object): string => {
  const model = modelNumbers(JSON.stringify(config));
  return isWithheld(model) ? model.withheld : `${(decodeWeights(model, 1, 1).bytes / 1e9).toFixed(2)} GB`;
};

const CASES: [string, object, string][] = [
  ['Llama 3 8B', LLAMA, '15.01 GB'],
  ['the same without the number of KV heads: one for each head', { ...LLAMA, num_key_value_heads: null }, '16.62 GB'],
  ['the same in FP8', { ...LLAMA, quantization_config: { quant_method: 'fp8' } }, '7.50 GB'],
  ['the same in 4 bits', { ...LLAMA, quantization_config: { quant_method: 'awq', bits: 4 } }, '3.75 GB'],
  ['a language model inside of one that sees', { vocab_size: 1, text_config: LLAMA }, '15.01 GB'],
  ['Qwen3 30B A3B, one token', QWEN3_MOE, '6.08 GB'],
  ['latent attention', { ...LLAMA, kv_lora_rank: 512 }, 'config.json: the weights of latent attention (kv_lora_rank) are not counted.'],
  ['some layers without experts', { ...QWEN3_MOE, mlp_only_layers: [0] }, 'config.json: models that mix layers with and without experts are not counted.'],
  ['an MLP that is not gated', { ...LLAMA, hidden_act: 'relu' }, 'config.json: MLPs with relu are not counted.'],
  [
    'no sizes',
    { hidden_act: 'silu', torch_dtype: 'bfloat16' },
    'config.json does not state num_attention_heads, hidden_size, num_hidden_layers, vocab_size, intermediate_size.',
  ],
  ['sizes that are none', { ...LLAMA, hidden_size: '4096' }, 'config.json does not state hidden_size.'],
  ['a strange type', { ...LLAMA, torch_dtype: 'nibbles' }, 'config.json does not state the number type of the weights in a way that is known here.'],
];
for (const [what, config, expected] of CASES) test(what, () => assert.equal(billions(config), expected));

test('a file that is no JSON object', () => {
  for (const text of ['', '[1]', 'null', '{"a":']) assert.deepEqual(modelNumbers(text), { withheld: 'config.json is no JSON object.' });
});

test('a config is of the run only where its layers are those of the steps', () => {
  const { steps } = analysesOf(
    `
      cpu     |DDDDDDDDDD
              |G
      stream7 | gkagkag
    `,
    { launchedBy: [0, 0, 0, 0, 0, 0, 0] },
  );
  assert.equal(steps().report.steps[0].layers, 2);
  const other = weightsOfRun(JSON.stringify(LLAMA), steps(), 1);
  assert.match(JSON.stringify(other), /has 32 layers, but decode steps of the recording have 2/);
  const own = weightsOfRun(JSON.stringify({ ...LLAMA, num_hidden_layers: 2 }), steps(), 4);
  assert.ok(!isWithheld(own));
  assert.equal(own.source, 'config.json, 2 bytes a weight, over 4 ranks');
  assert.match(JSON.stringify(weightsOfRun(undefined, steps(), 1)), /put its config.json beside the trace/);
});
