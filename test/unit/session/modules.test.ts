import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { modulePath } from '../../../src/core/session/modules.js';
import { openTrace } from '../../../src/core/session/open.js';
import { nodeSources } from '../../../src/node/sources.js';
import { SAMPLE_SHAPE, workerTrace } from '../../sample/make.js';

const sample = memoryFile('sample.pt.trace.json', new TextEncoder().encode(workerTrace(0)));
const session = await openTrace(sample, {}, nodeSources);
const { tracks, durationNs } = await session.info();
const whole = { startNs: 0, endNs: durationNs };
const compute = tracks.filter(({ kind }) => kind === 'stream').sort((a, b) => b.sliceCount - a.sliceCount)[0]!.id;

test('modules are known when kernels are linked', async () => {
  assert.deepEqual(await session.modules(compute, whole, 1e6), []);
  await session.link({ root: join(import.meta.dirname, '../../sample/source') });
  const spans = await session.modules(compute, whole, 1e6);
  const steps = 1 + SAMPLE_SHAPE.decodeSteps;
  const calls = (path: string) => spans.filter((span) => span.path === path).length;
  assert.deepEqual(['model.layers.*.self_attn', 'model.layers.*.mlp', 'model.norm', 'lm_head'].map(calls), [
    steps * SAMPLE_SHAPE.layers,
    steps * SAMPLE_SHAPE.layers,
    steps,
    steps,
  ]);
});

test('the modules of a layer follow each other', async () => {
  const layer = (await session.layers(whole, 1e6)).find(({ layer: index }) => index === 1)!;
  const spans = await session.modules(compute, layer, 100);
  assert.deepEqual(
    spans.map(({ path, className, layer: index, count, category }) => [path, className, index, count, category]),
    [
      ['model.layers.*.input_layernorm', 'RMSNorm', 1, 1, 'norm'],
      ['model.layers.*.self_attn', 'Qwen3Attention', 1, 8, undefined],
      ['model.layers.*.post_attention_layernorm', 'RMSNorm', 1, 1, 'norm'],
      ['model.layers.*.mlp', 'Qwen2MLP', 1, 3, undefined],
    ],
  );
});

test('too many are none', async () => {
  assert.deepEqual(await session.modules(compute, whole, 3), []);
});

for (const [path, module] of [
  ['model.layers.*.mlp.down_proj', 'model.layers.*.mlp'],
  ['model.layers.*.mlp', 'model.layers.*.mlp'],
  ['model.layers.*', undefined],
  ['model', undefined],
  ['model.norm', 'model.norm'],
  ['lm_head', 'lm_head'],
  ['', undefined],
] as const)
  test(`"${path}" is in ${module ?? 'no module'}`, () => assert.equal(modulePath('model.layers.*', path), module));
