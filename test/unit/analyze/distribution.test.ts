import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distribution, histogram } from '../../../src/core/analyze/distribution.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('percentiles are nearest-rank: always one of the values', () => {
  const cases: [values: number[], p50: number, p90: number, p95: number, p99: number][] = [
    [[7], 7, 7, 7, 7],
    [[20, 10], 10, 20, 20, 20],
    [[3, 1, 2], 2, 3, 3, 3],
    [upTo(20), 10, 18, 19, 20],
    [upTo(100).reverse(), 50, 90, 95, 99],
    [upTo(101), 51, 91, 96, 100],
  ];
  for (const [values, ...percentiles] of cases) {
    const { p50Ns, p90Ns, p95Ns, p99Ns } = distribution(values);
    assert.deepEqual([p50Ns, p90Ns, p95Ns, p99Ns], percentiles, `${values.length} values`);
  }
});

test('sums, ends and mean; the given values stay as they are', () => {
  const values = Float64Array.of(5, 1, 9);
  const { count, totalNs, meanNs, minNs, maxNs } = distribution(values);
  assert.deepEqual([count, totalNs, meanNs, minNs, maxNs], [3, 15, 5, 1, 9]);
  assert.deepEqual([...values], [5, 1, 9]);
  assert.deepEqual(new Set(Object.values(distribution([]))), new Set([0]));
});

test('bins double from 1 µs; the last one holds the largest value', () => {
  assert.deepEqual(histogram([0, 999, 1000, 1999, 2000, 8000, 15_999]), { fromNs: 1000, below: 2, counts: [2, 1, 0, 2] });
  assert.deepEqual(histogram([]), { fromNs: 1000, below: 0, counts: [] });
});
