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
const fail = (error: unknown): never => {
  throw error;
};
after(() => rm(folder, { recursive: true }));

test('a text is found under its key, by the same version of the program', async () => {
  const store = { folder: path.join(folder, 'store'), limitBytes: 1e6, version: '1.0.0' };
  const key = 'symbols\n/home/vllm';
  assert.equal(await treeStore(store, fail).load(key), undefined);
  await treeStore(store, fail).save(key, 'größe');
  assert.equal(await treeStore(store, fail).load(key), 'größe');
  assert.equal(await treeStore(store, fail).load('symbols\n/home/other'), undefined);
  assert.equal(await treeStore({ ...store, version: '1.0.1' }, fail).load(key), undefined);
});

test('a stamp changes with size and time; a file that is not there has none', async () => {
  const { stamp } = treeStore({ folder, limitBytes: 1e6, version: '1.0.0' }, fail);
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

test('a folder that cannot be written costs time, nothing else', async () => {
  await writeFile(path.join(folder, 'file'), '');
  const failures: unknown[] = [];
  const store = treeStore({ folder: path.join(folder, 'file'), limitBytes: 1e6, version: '1.0.0' }, (error) => void failures.push(error));
  await store.save('key', 'text');
  assert.equal(await store.load('key'), undefined);
  assert.equal(failures.length, 2);
});
