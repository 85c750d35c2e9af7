import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocator, type SourceTree } from '../../../src/core/source/resolve.js';

const QWEN = 'class Attention:\n  def forward(self): pass\nclass Layer:\n  def forward(self): pass\n';

function tree(files: Record<string, string>): SourceTree {
  return {
    find: async (suffix) => Object.keys(files).filter((file) => file.endsWith(`/${suffix}`)),
    at: async (path) => (path in files ? path : undefined),
    text: async (file) => files[file]!,
  };
}

const frame = { file: '/opt/vllm/vllm/models/qwen.py', line: 99, function: 'forward', module: 'Layer' };

const cases: [string, Record<string, string>, string, { from: string; to: string }[]?][] = [
  ['by the path inside the package', { '/work/vllm/models/qwen.py': QWEN }, '/work/vllm/models/qwen.py:4 Layer.forward'],
  [
    'the recorded path itself comes first',
    { '/opt/vllm/vllm/models/qwen.py': QWEN, '/work/vllm/models/qwen.py': QWEN },
    '/opt/vllm/vllm/models/qwen.py:4 Layer.forward',
  ],
  [
    "the user's mapping comes before that",
    { '/opt/vllm/vllm/models/qwen.py': QWEN, '/mine/models/qwen.py': QWEN },
    '/mine/models/qwen.py:4 Layer.forward',
    [{ from: '/opt/vllm/vllm/', to: '/mine/' }],
  ],
  [
    'a moved file by its name and the function',
    { '/work/vllm/moved/qwen.py': QWEN, '/work/other/qwen.py': 'x = 1' },
    '/work/vllm/moved/qwen.py:4 Layer.forward',
  ],
  [
    'two checkouts are two places',
    { '/a/vllm/models/qwen.py': QWEN, '/b/vllm/models/qwen.py': QWEN },
    '/a/vllm/models/qwen.py:4 Layer.forward, /b/vllm/models/qwen.py:4 Layer.forward',
  ],
  ['the right file without the function opens at the recorded line', { '/work/vllm/models/qwen.py': 'x = 1' }, '/work/vllm/models/qwen.py:99 '],
  ['nowhere', { '/work/other.py': '' }, ''],
];
for (const [name, files, expected, mappings = []] of cases) {
  test(name, async () => {
    const { places } = await createLocator(tree(files), mappings).locate(frame);
    assert.equal(places.map(({ file, line, qualified }) => `${file}:${line} ${qualified}`).join(', '), expected);
  });
}

test('says what was looked for', async () => {
  const { lookedFor } = await createLocator(tree({}), []).locate(frame);
  assert.deepEqual(lookedFor, ['/opt/vllm/vllm/models/qwen.py', '**/vllm/models/qwen.py', 'Layer.forward in **/qwen.py']);
});

test('text that is no file is not looked for', async () => {
  const { places, lookedFor } = await createLocator(tree({}), []).locate({ file: '<eval_with_key>.3', line: 4, function: 'forward' });
  assert.deepEqual([places, lookedFor], [[], ['<eval_with_key>.3']]);
});
