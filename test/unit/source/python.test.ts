import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionsOf, pythonSymbols } from '../../../src/core/source/python.js';

const FILE = `"""def not_this(): a docstring"""
import torch

class Qwen2MLP(nn.Module):
    """
    def nor_this(self):
    """
    def __init__(self, config):
        text = 'class No:'
        call(
            first,
def_like = 3)

    @property
    def size(self): return 1

    def forward(self, x):
        def inner(y):
            return y
        return inner(x)

@support_torch_compile(
    dynamic_arg_dims={"a": 0},
)
class Qwen2Model(nn.Module):
    # def commented(self):
    @torch.no_grad()
    async def forward(self, x):
        it = "don't"  # 'quoted
        total = x + \\
            1
        return f'{it!r}'

def load(): pass
`;

test('definitions with their class and their first line, decorators included', () => {
  const lines = pythonSymbols(FILE).map(({ kind, qualified, line, firstLine }) => `${firstLine}-${line} ${kind} ${qualified}`);
  assert.deepEqual(lines, [
    '4-4 class Qwen2MLP',
    '8-8 function Qwen2MLP.__init__',
    '14-15 function Qwen2MLP.size',
    '17-17 function Qwen2MLP.forward',
    '18-18 function Qwen2MLP.forward.inner',
    '22-25 class Qwen2Model',
    '27-28 function Qwen2Model.forward',
    '34-34 function load',
  ]);
});

const cases: [string, { function: string; line: number; module?: string }, string[]][] = [
  ['the class decides, whatever the line says', { function: 'forward', line: 27, module: 'Qwen2MLP' }, ['Qwen2MLP.forward']],
  ['a class of elsewhere does not count', { function: 'load', line: 900, module: 'LlamaModel' }, ['load']],
  ['without a class the first line decides', { function: 'forward', line: 27 }, ['Qwen2Model.forward']],
  ['the def line of a decorated function is not its first line', { function: 'forward', line: 28 }, ['Qwen2MLP.forward', 'Qwen2Model.forward']],
  ['an unknown name', { function: 'backward', line: 4 }, []],
];
for (const [name, frame, expected] of cases) {
  test(name, () =>
    assert.deepEqual(
      definitionsOf(pythonSymbols(FILE), frame).map(({ qualified }) => qualified),
      expected,
    ),
  );
}
