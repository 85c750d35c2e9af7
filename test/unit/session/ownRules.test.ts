/** What users state of kernels and GPUs counts before what is built in: in tables, colours, searches and reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { createSession, type OwnRules } from '../../../src/core/session/session.js';
import { COLOUR_CLASSES } from '../../../src/shared/protocol.js';
import { draw, sliceNamed } from '../../draw.js';

const trace = draw('stream7 |ggggg aaa k', { legend: { g: 'some_gemm', a: 'flash_fwd_kernel', k: 'my_secret_kernel' } });
const records: Records = { text: async () => '{}', pass: async () => {}, save: () => new Uint8Array(0) };
const session = (own?: OwnRules) => createSession(trace, records, { fileName: 'drawn.json', fileBytes: 1 }, { own });
const OWN: OwnRules = {
  categories: [
    ['moe', /secret/],
    ['quant', /^my_|flash/],
  ],
  peaks: [],
};

const expected: [string, OwnRules | undefined, Record<string, string>][] = [
  ['none', undefined, { some_gemm: 'gemm', flash_fwd_kernel: 'attention', my_secret_kernel: 'other' }],
  ['some', OWN, { some_gemm: 'gemm', flash_fwd_kernel: 'quant', my_secret_kernel: 'moe' }],
];
for (const [title, own, categories] of expected) {
  test(`categories with ${title} of the user's own rules`, async () => {
    const api = session(own);
    const { rows } = await api.kernels();
    assert.deepEqual(Object.fromEntries(rows.map(({ name, category }) => [name, category])), categories);
    for (const [name, category] of Object.entries(categories)) {
      assert.equal((await api.slice(sliceNamed(trace, name))).colour, category);
      assert.equal((await api.search(`cat:${category}`)).count, 1);
    }
    const { categories: times } = await api.analysis();
    assert.deepEqual(
      times.filter(({ count }) => count > 0).map(({ category }) => category),
      COLOUR_CLASSES.filter((colour) => Object.values(categories).includes(colour)),
    );
  });
}

test('a peak of the user’s own comes before the stated ones', async () => {
  const drawn = draw('stream7 |g', { devices: [{ id: '0', name: 'NVIDIA H100 80GB HBM3' }] });
  const peak = { pattern: 'H100', bytesPerSecond: 1, flops: { bf16: 2 }, source: 'measured' };
  const api = createSession(drawn, records, { fileName: '', fileBytes: 1 }, { own: { categories: [], peaks: [peak] } });
  assert.deepEqual((await api.analysis()).roofline.peak, peak);
});
