import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costsInFile } from '../../../src/core/source/costs.js';
import { pythonSymbols } from '../../../src/core/source/python.js';
import type { FrameCost } from '../../../src/shared/protocol.js';

const SOURCE = `class MLP:
  def forward(self): pass

class Layer:
  def forward(self): pass

class Model(Layer):
  def load(self): pass
`;
const symbols = pythonSymbols(SOURCE);
const FILE = 'vllm/model_executor/models/qwen2.py';

/** "file:line function @class": function '' is a class */
function cost(text: string, calls: number): FrameCost {
  const [, file = '', line = '', name = '', module] = /^(.*):(\d+) (\w*)(?: ?@(\w+))?$/.exec(text)!;
  return { frame: { file, line: Number(line), function: name, module }, calls, gpuNs: 1000 * calls, kernelCount: calls, search: text };
}

const cases: [string, string, string[], string[]][] = [
  ['functions by their class, whatever the line', FILE, [`${FILE}:90 forward @Layer`, `${FILE}:91 forward @MLP`], ['MLP.forward 8', 'Layer.forward 9']],
  ['without a class by the exact line', FILE, [`${FILE}:5 forward`], ['Layer.forward 9']],
  ['without either, the nearest, and it says so', FILE, [`${FILE}:7 forward`], ['≈ Layer.forward 9']],
  ['a class, and one that inherits its forward from elsewhere', FILE, [`${FILE}:2 @MLP`, 'vllm/other.py:3 @Model'], ['MLP 9', 'Model 8']],
  ['a class of a file that holds no models stays in its file', '/w/vllm/layers/mlp.py', ['vllm/other.py:3 @Model'], []],
  ['another checkout of the same package', '/home/me/vllm/vllm/model_executor/models/qwen2.py', [`${FILE}:8 load`], ['Model.load 9']],
  ['another file of the same name', '/home/me/vllm/vllm/v1/qwen2.py', [`${FILE}:8 load`], []],
  ['two costs on one definition: the larger', FILE, [`${FILE}:8 load`, `${FILE}:9 load`], ['Model.load 9']],
];
for (const [name, file, costs, expected] of cases) {
  test(name, () => {
    const found = costsInFile(
      file,
      symbols,
      costs.map((text, i) => cost(text, 9 - i)),
    );
    assert.deepEqual(
      found.map(({ symbol, cost: { calls }, inferred }) => `${inferred ? '≈ ' : ''}${symbol.qualified} ${calls}`),
      expected,
    );
  });
}
