import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memento, Uri } from 'vscode';
import { architectureIn, chosenModel, rememberModel } from '../../../src/host/runs.js';

const named: [string, string, string | undefined][] = [
  ['config.json', '{"architectures": ["Qwen3ForCausalLM"], "hidden_size": 1024}', 'Qwen3ForCausalLM'],
  ['config.json', '{"architectures": []}', undefined],
  ['config.json', '{"hidden', undefined],
  ['server.log', 'INFO 11-22 [model.py:630] Resolved architecture: LlamaForCausalLM\nINFO Loading', 'LlamaForCausalLM'],
  ['server.log', 'INFO Loading', undefined],
];
for (const [name, text, expected] of named) test(`${name} ${text.slice(0, 40)}`, () => assert.equal(architectureIn(name, text), expected));

test('the answer for one rank is the answer for all ranks of the run, and for no other', async () => {
  const stored = new Map<string, unknown>();
  const storage = {
    get: (key: string) => stored.get(key),
    update: async (key: string, value: unknown) => void stored.set(key, value),
  } as unknown as Memento;
  const uri = (text: string) => ({ toString: () => text }) as unknown as Uri;
  await rememberModel(storage, uri('file:///runs/dp0_tp0_rank0.1764003676610000000.pt.trace.json.gz'), 'Qwen3ForCausalLM');
  assert.equal(chosenModel(storage, uri('file:///runs/dp0_tp1_rank1.1764003676611000000.pt.trace.json.gz')), 'Qwen3ForCausalLM');
  assert.equal(chosenModel(storage, uri('file:///runs/h100_tp0_rank0.1764003676610000000.pt.trace.json.gz')), undefined);
  await rememberModel(storage, uri('file:///runs/dp0_tp1_rank1.1764003676611000000.pt.trace.json.gz'), 'LlamaForCausalLM');
  assert.equal(chosenModel(storage, uri('file:///runs/dp0_tp0_rank0.1764003676610000000.pt.trace.json.gz')), 'LlamaForCausalLM');
});
