import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LayerProfile, layerProfiles } from '../../../src/core/session/layerProfiles.js';
import { indexSymbols, type TreeStore } from '../../../src/core/source/symbols.js';
import { sourceFiles } from '../../../src/node/sourceFiles.js';
import type { SourceFiles } from '../../../src/shared/model.js';

const TINY = join(import.meta.dirname, '../../models/tiny');

test('profiles of a tree are made once, and anew when a file is another one', async () => {
  const kept = new Map<string, string>();
  let changed = '';
  const store: TreeStore = {
    stamp: (_root, path) => (path === changed ? '2' : '1'),
    load: async (key) => kept.get(key),
    save: async (key, text) => void kept.set(key, text),
  };
  const read: string[] = [];
  const noting: SourceFiles = {
    list: sourceFiles.list,
    read(root, path) {
      read.push(path);
      return sourceFiles.read(root, path);
    },
  };
  const profiles = async (): Promise<LayerProfile[]> => layerProfiles(noting, await indexSymbols(noting, TINY, store), 'nvidia', store);

  const first = await profiles();
  const mixed = first.find(({ architecture }) => architecture === 'MixedForCausalLM');
  assert.ok(mixed?.roles.has('attention') && mixed.linear[1] >= mixed.linear[0], JSON.stringify(mixed));
  read.length = 0;
  assert.deepEqual(await profiles(), first);
  assert.deepEqual(read, [], 'nothing is read for what is stored');
  changed = 'vllm/_version.py';
  assert.deepEqual(await profiles(), first);
  assert.ok(read.length > 1, 'any file may be one that a model needs');
});
