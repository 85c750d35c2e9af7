import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { ChainLink, ColourClass, SliceDetail, SliceKind } from '../../../src/shared/protocol.js';
import { foldChain, modelCode } from '../../../webview/panels/chain.js';

/** A chain from one line an element: "file.py:12 name" is a frame, "[Name]" a module, "op …", "launch …", "kernel …". */
function chain(drawing: string): ChainLink[] {
  let module: string | undefined;
  return drawing
    .trim()
    .split('\n')
    .map((line, slice): ChainLink => {
      const text = line.trim();
      const link = (kind: SliceKind, colour: ColourClass, shortName: string): Pick<ChainLink, 'ref'> => ({
        ref: { slice, track: 0, row: 0, folds: 0, nameId: 0, name: kind === 'python' ? text : shortName, shortName, kind, colour, startNs: 0, endNs: 1 },
      });
      const [, name] = /^\[(.*)\]$/.exec(text) ?? [];
      if (name) {
        module = name;
        return { ...link('python', 'python', `${name}_0`), role: 'module', frame: { file: 'nn.Module', line: 0, function: name, module } };
      }
      const [, file, number, called] = /^(\S+):(\d+) (.*)$/.exec(text) ?? [];
      if (file) return { ...link('python', 'python', called!), role: 'frame', frame: { file, line: Number(number), function: called!, module } };
      const [role, rest] = text.split(' ') as ['op' | 'launch' | 'kernel', string];
      return { ...link(role, role === 'launch' && rest.includes('Graph') ? 'graphLaunch' : 'gemm', rest), role };
    });
}

const EAGER = `
  threading.py:10 run
  vllm/v1/worker/gpu_worker.py:263 execute_model
  torch/utils/_contextlib.py:116 decorate_context
  vllm/v1/worker/gpu_model_runner.py:1002 execute_model
  [Qwen2ForCausalLM]
  torch/nn/modules/module.py:1747 _call_impl
  vllm/model_executor/models/qwen2.py:480 forward
  [Qwen2MLP]
  torch/nn/modules/module.py:1747 _call_impl
  vllm/model_executor/models/qwen2.py:90 forward
  vllm/model_executor/layers/linear.py:300 apply
  op aten::mm
  launch cudaLaunchKernel
  kernel gemm`;

test('outer frames, wrappers and modules that their forward stands for fold', () => {
  const { items, outer, folded } = foldChain(chain(EAGER));
  deepEqual(
    items.map(({ label, source }) => `${label} ${source}`.trim()),
    [
      'execute_model gpu_model_runner.py:1002',
      'Qwen2ForCausalLM.forward qwen2.py:480',
      'Qwen2MLP.forward qwen2.py:90',
      'apply linear.py:300',
      'aten::mm',
      'cudaLaunchKernel',
      'gemm',
    ],
  );
  equal(outer.length, 3);
  equal(folded, 7);
});

test('a forward that is not the first frame of its module is named by its file', () => {
  const { items } = foldChain(
    chain(`
      [Attention]
      vllm/attention/layer.py:200 forward
      vllm/attention/backends/flash_attn.py:515 forward
      kernel flash`),
  );
  deepEqual(
    items.map(({ label }) => label),
    ['Attention.forward', 'flash_attn.forward', 'flash'],
  );
});

test('without an engine step or a model, the innermost frames stay', () => {
  const frames = Array.from({ length: 9 }, (_, i) => `script.py:${i + 1} f${i}`).join('\n');
  const { items, outer } = foldChain(chain(`${frames}\nkernel k`));
  equal(outer.length, 3);
  deepEqual(
    items.map(({ label }) => label),
    ['f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'k'],
  );
});

function code(drawing: string): { place: string; reason: string } {
  const links = chain(drawing);
  const detail: SliceDetail = {
    ref: links.at(-1)!.ref,
    category: '',
    trackName: '',
    groupName: '',
    durNs: 1,
    sameName: { count: 1, medianNs: 1, totalNs: 1 },
    args: [],
    chain: links,
  };
  const { index, reason } = modelCode(detail);
  return { place: index === undefined ? '' : links[index]!.ref.name, reason };
}

test('model code is the innermost frame in a model file', () => {
  equal(code(EAGER).place, 'vllm/model_executor/models/qwen2.py:90 forward');
  equal(
    code('transformers/models/qwen2/modeling_qwen2.py:90 forward\nop aten::mm\nlaunch cudaLaunchKernel\nkernel gemm').place,
    'transformers/models/qwen2/modeling_qwen2.py:90 forward',
  );
});

const NO_MODEL: [chain: string, place: string, reason: RegExp][] = [
  ['vllm/models/llama.py:343 forward\nlaunch cudaGraphLaunch\nkernel gemm', 'vllm/models/llama.py:343 forward', /replayed from a CUDA graph/],
  ['runner.py:12 replay\nlaunch cudaGraphLaunch\nkernel gemm', 'runner.py:12 replay', /^Launched from a CUDA graph: no Python frame in a model file/],
  ['graph.py:12 call\nop aten::mm\nlaunch cuLaunchKernel\nkernel gemm', 'graph.py:12 call', /^Launched from compiled or library code/],
  ['launch cudaGraphLaunch\nkernel gemm', '', /CUDA graph, and no Python frames/],
  ['op aten::mm\nlaunch cudaLaunchKernel\nkernel gemm', '', /with_stack=True/],
  [
    '[Sampler]\nvllm/sample/sampler.py:30 forward\ntorch/_ops.py:5 __call__\nlaunch cudaLaunchKernel\nkernel topk',
    'vllm/sample/sampler.py:30 forward',
    /innermost one in an nn.Module/,
  ],
  ['vllm/models/llama.py:343 forward\nlaunch hipGraphLaunch\nkernel gemm', 'vllm/models/llama.py:343 forward', /replayed from a HIP graph/],
  ['vllm/models/llama.py:343 forward\nlaunch cudaGraphLaunch', 'vllm/models/llama.py:343 forward', /^The innermost frame in a model file/],
  ['vllm/models/llama.py:343 forward\nrunner.py:12 replay', 'runner.py:12 replay', /The selected frame itself/],
  ['kernel gemm', '', /not in the recording/],
];

for (const [drawing, place, reason] of NO_MODEL) {
  test(`no model frame: ${drawing.replaceAll('\n', ' > ')}`, () => {
    const found = code(drawing);
    equal(found.place, place);
    match(found.reason, reason);
  });
}
