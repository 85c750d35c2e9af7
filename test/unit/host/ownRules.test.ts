import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOwnRules } from '../../../src/host/ownRules.js';

const PEAK = { pattern: 'H100', bytesPerSecond: 3.35e12, flops: { bf16: 989e12 }, source: 'measured' };

test('rules and peaks as the settings hold them, in their order', () => {
  const { own, problems } = parseOwnRules({ '^my_moe': 'moe', my_: 'elementwise' }, [PEAK, { ...PEAK, source: undefined }]);
  assert.deepEqual(problems, []);
  assert.deepEqual(own.categories, [
    ['moe', /^my_moe/i],
    ['elementwise', /my_/i],
  ]);
  assert.deepEqual(own.peaks, [PEAK, { ...PEAK, source: 'your settings' }]);
});

const wrong: [string, Record<string, unknown>, unknown[], RegExp][] = [
  ['no expression', { '(gemm': 'gemm' }, [], /^kernelCategories: “\(gemm” is no regular expression$/],
  ['no category', { gemm: 'gem' }, [], /^kernelCategories: the category of “gemm” is none of gemm, attention, moe/],
  ['a category of another type', { gemm: 7 }, [], /^kernelCategories: the category of “gemm” is none of /],
  ['a peak that is none', {}, ['H100'], /^gpuPeaks: entry 1 is no object$/],
  ['a peak without a bandwidth', {}, [{ ...PEAK, bytesPerSecond: undefined }], /^gpuPeaks: entry 1, bytesPerSecond is no number$/],
  ['a peak of an unknown GPU', {}, [{ bytesPerSecond: 1, flops: {} }], /^gpuPeaks: entry 1, pattern is missing$/],
  ['a bandwidth of nothing', {}, [{ ...PEAK, bytesPerSecond: 0 }], /^gpuPeaks: entry 1, bytesPerSecond is not above 0$/],
  ['a type that nothing is counted in', {}, [{ ...PEAK, flops: { bfloat16: 1 } }], /^gpuPeaks: entry 1, flops.bfloat16 is none of fp64, /],
  ['a pattern that is no expression', {}, [{ ...PEAK, pattern: '[' }], /^gpuPeaks: entry 1, pattern is no regular expression$/],
];
for (const [title, categories, peaks, message] of wrong) {
  test(`${title} is left out and told, the rest counts`, () => {
    const { own, problems } = parseOwnRules({ ...categories, flash: 'attention' }, [...peaks, PEAK]);
    assert.equal(problems.length, 1);
    assert.match(problems[0], message);
    assert.deepEqual(own, { categories: [['attention', /flash/i]], peaks: [PEAK] });
  });
}
