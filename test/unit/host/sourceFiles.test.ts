import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { sourceFiles } from '../../../src/node/sourceFiles.js';

const root = mkdtempSync(path.join(tmpdir(), 'kernel-lens-'));
after(() => rmSync(root, { recursive: true }));

/** Makes empty files and lists the Python ones. */
async function listed(folder: string, files: string[]): Promise<string[]> {
  for (const file of files) {
    mkdirSync(path.join(root, folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, folder, file), '');
  }
  return sourceFiles.list(path.join(root, folder), ['.py']);
}

test('a checkout is listed whole, without hidden folders and caches', async () => {
  const files = ['vllm/b.py', 'vllm/a.py', 'vllm/a.md', 'mine/c.py', '.git/d.py', 'vllm/__pycache__/e.py', 'top.py'];
  assert.deepEqual(await listed('checkout', files), ['mine/c.py', 'top.py', 'vllm/a.py', 'vllm/b.py']);
});

test('of an environment only the packages of models are listed, and all of each', async () => {
  const files = ['vllm/a.py', 'vllm/torch/b.py', 'flashinfer/c.py', 'torch/nn/d.py', 'numpy/e.py'];
  assert.deepEqual(await listed('lib/site-packages', files), ['flashinfer/c.py', 'vllm/a.py', 'vllm/torch/b.py']);
});
