import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { treeStore } from '../../../src/node/treeStore.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kernel-lens-trees-'));
});
after(() => rm(folder, { recursive: true }));

test('a text is found under its key, by the same version of the program', async () => {
  const store = { folder: path.join(folder, 'store'), limitBytes: 1e6, version: '1.0.0' };
  const key = 'symbols\n/home/vllm';
  assert.equal(await treeStore(store).load(key), undefined);
  await treeStore(store).save(key, 'größe');
  assert.equal(await treeStore(store).load(key), 'größe');
  assert.equal(await treeStore(store).load('symbols\n/home/other'), undefined);
  assert.equal(await treeStore({ ...store, version: '1.0.1' }).load(key), undefined);
});

test('a stamp changes with size and time; a file that is not there has none', async () => {
  const { stamp } = treeStore({ folder, limitBytes: 1e6, version: '1.0.0' });
  const stamps = [stamp(folder, 'a.py')];
  for (const [text, at] of [
    ['one', 1000],
    ['two', 2000],
    ['three', 2000],
  ] as const) {
    await writeFile(path.join(folder, 'a.py'), text);
    await utimes(path.join(folder, 'a.py'), at, at);
    stamps.push(stamp(folder, 'a.py'));
  }
  assert.equal(stamps[0], '');
  assert.equal(new Set(stamps).size, 4);
});
