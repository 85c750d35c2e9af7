/** Models told from the files of frames. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecturesOfFiles } from '../../../src/core/source/architecture.js';

const MODELS = 'vllm.model_executor.models';
const REGISTRY = new Map([
  ['LlamaForCausalLM', { module: `${MODELS}.llama`, className: 'LlamaForCausalLM' }],
  ['AquilaForCausalLM', { module: `${MODELS}.llama`, className: 'LlamaForCausalLM' }],
  ['LlamaBidirectionalModel', { module: `${MODELS}.llama`, className: 'LlamaBidirectionalModel' }],
  ['DeepseekV2ForCausalLM', { module: `${MODELS}.deepseek_v2`, className: 'DeepseekV2ForCausalLM' }],
  ['DeepseekV3ForCausalLM', { module: `${MODELS}.deepseek_v2`, className: 'DeepseekV3ForCausalLM' }],
]);
const FILES: [files: string[], architectures: string[]][] = [
  [['vllm/model_executor/models/llama.py'], ['LlamaForCausalLM']],
  [['/opt/venv/lib/python3.12/site-packages/vllm/model_executor/models/llama.py', 'vllm/model_executor/models/utils.py'], ['LlamaForCausalLM']],
  [['vllm/model_executor/models/deepseek_v2.py'], []],
  [['vllm/model_executor/layers/linear.py', '<string>'], []],
];

for (const [files, architectures] of FILES) {
  test(`${files[0]}: ${architectures.join() || 'none'}`, () => {
    assert.deepEqual(architecturesOfFiles(files, REGISTRY), architectures);
  });
}
