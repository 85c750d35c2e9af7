import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modulePath } from '../../../src/core/source/frames.js';
import { modelLink } from '../../../src/shared/modelLink.js';
import type { ChainLink, Frame } from '../../../src/shared/protocol.js';

const paths: [string, string | undefined][] = [
  ['vllm/model_executor/models/llama.py', 'vllm | vllm/model_executor/models/llama.py'],
  ['/sgl-workspace/sglang/python/sglang/srt/models/qwen2.py', 'sglang | sglang/srt/models/qwen2.py'],
  ['/home/me/src/vllm/vllm/v1/worker/gpu_worker.py', 'vllm | vllm/v1/worker/gpu_worker.py'],
  ['C:\\env\\Lib\\site-packages\\vllm\\utils.py', 'vllm | vllm/utils.py'],
  ['/usr/lib/python3/dist-packages/numpy/core.py', 'numpy | numpy/core.py'],
  [
    '/root/.cache/vllm/torch_compile_cache/ab/rank_0_0/inductor_cache/5h/c5h.py',
    ' | root/.cache/vllm/torch_compile_cache/ab/rank_0_0/inductor_cache/5h/c5h.py',
  ],
  ['torch_guard.py', ' | torch_guard.py'],
  ['<eval_with_key>.162', undefined],
  ['<string>', undefined],
];
for (const [file, expected] of paths) {
  test(`module path of ${file}`, () => {
    const place = modulePath(file);
    assert.equal(place && `${place.package} | ${place.path}`, expected);
  });
}

function chain(...frames: (Frame | undefined)[]): ChainLink[] {
  const ref = { slice: 0, track: 0, row: 0, folds: 0, nameId: 0, name: '', shortName: '', kind: 'op', colour: 'op', startNs: 0, endNs: 1 } as const;
  return frames.map((frame) => ({ ref, role: frame ? 'frame' : 'op', frame }));
}
const run = { file: 'vllm/v1/worker/gpu_worker.py', line: 1, function: 'execute_model' };
const layer = { file: 'vllm/model_executor/models/qwen2.py', line: 2, function: 'forward', module: 'Qwen2DecoderLayer' };
const linear = { file: 'vllm/model_executor/layers/linear.py', line: 3, function: 'forward', module: 'ColumnParallelLinear' };
const torch = { file: 'torch/nn/modules/module.py', line: 4, function: '_call_impl' };

const choices: [string, ChainLink[], Frame | undefined][] = [
  ['the innermost model file', chain(run, layer, linear, torch, undefined), layer],
  ['without one, the innermost module', chain(run, linear, torch, undefined), linear],
  ['without one, the innermost frame of the package', chain(run, torch, undefined), run],
  ['else any frame', chain(torch, undefined), torch],
  ['a frame means itself', chain(run, layer, torch), torch],
  ['no frame at all', chain(undefined), undefined],
];
for (const [name, links, expected] of choices) test(`model code: ${name}`, () => assert.deepEqual(links[modelLink(links)?.index ?? -1]?.frame, expected));
