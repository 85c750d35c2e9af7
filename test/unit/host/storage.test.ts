import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { clearStored, readStored, storageKey, writeStored } from '../../../src/node/storage.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kernel-lens-storage-'));
});
afterEach(() => rm(folder, { recursive: true }));

const filled = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);

/** Makes an entry look as if it was used some minutes ago. */
async function age(key: string, minutes: number): Promise<void> {
  const time = new Date(Date.now() - minutes * 60_000);
  await utimes(path.join(folder, `${key}.index`), time, time);
}

test('what was stored comes back, in one piece', async () => {
  await writeStored(folder, 'a', [filled(3), filled(2, 7)], 100);
  assert.deepEqual([...(await readStored(folder, 'a'))!], [1, 1, 1, 7, 7]);
  assert.equal(await readStored(folder, 'b'), undefined);
  assert.equal(await readStored(path.join(folder, 'none'), 'a'), undefined);
});

test('above the limit what was used longest ago goes', async () => {
  for (const key of ['a', 'b', 'c']) await writeStored(folder, key, [filled(40)], 120);
  await age('a', 3);
  await age('b', 2);
  await age('c', 1);
  await readStored(folder, 'a');
  await writeStored(folder, 'd', [filled(40)], 120);
  assert.deepEqual((await readdir(folder)).sort(), ['a.index', 'c.index', 'd.index']);
});

test('more than the limit is not stored, and zero stores nothing', async () => {
  await writeStored(folder, 'a', [filled(40)], 39);
  await writeStored(folder, 'b', [filled(1)], 0);
  assert.deepEqual(await readdir(folder), []);
});

test('clearing says how much it freed', async () => {
  const inside = path.join(folder, 'indexes');
  await writeStored(inside, 'a', [filled(40)], 100);
  await writeStored(inside, 'b', [filled(2)], 100);
  assert.equal(await clearStored(inside), 42);
  assert.equal(await clearStored(inside), 0);
});

test('another time, size or version is another key', async () => {
  const file = path.join(folder, 'trace.json');
  await writeFile(file, 'abc');
  const { mtime } = await stat(file);
  const first = await storageKey(file, '1');
  assert.equal(await storageKey(file, '1'), first);
  assert.notEqual(await storageKey(file, '2'), first);
  await utimes(file, mtime, new Date(mtime.getTime() + 1000));
  assert.notEqual(await storageKey(file, '1'), first);
  await writeFile(file, 'abcd');
  await utimes(file, mtime, mtime);
  assert.notEqual(await storageKey(file, '1'), first);
});
