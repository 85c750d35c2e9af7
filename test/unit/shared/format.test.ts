import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, count, duration, fixed, percent, plural, shortDuration } from '../../../src/shared/format.js';

test('a duration has one unit and its digits', () => {
  const table: [number | undefined, string, string?][] = [
    [0, '0 ns', '0 ns'],
    [767, '767 ns', '767 ns'],
    [999, '999 ns', '999 ns'],
    [1_000, '1.00 µs', '1.00 µs'],
    [4_130, '4.13 µs', '4.13 µs'],
    [81_760, '81.76 µs', '81.8 µs'],
    [99_994, '99.99 µs', '100 µs'],
    [99_995, '100.0 µs', '100 µs'],
    [372_440, '372.4 µs', '372 µs'],
    [999_949, '999.9 µs', '1.00 ms'],
    [999_950, '1.00 ms', '1.00 ms'],
    [18_550_000, '18.55 ms', '18.6 ms'],
    [99_995_000, '100.0 ms', '100 ms'],
    [261_903_041, '261.9 ms', '262 ms'],
    [999_950_000, '1.00 s', '1.00 s'],
    [1_250_000_000, '1.25 s', '1.25 s'],
    [63_000_000_000, '63.00 s', '63.0 s'],
    [-1_500, '−1.50 µs', '−1.50 µs'],
    [undefined, '–'],
  ];
  for (const [ns, long, short] of table) {
    assert.equal(duration(ns), long);
    if (ns !== undefined && short !== undefined) assert.equal(shortDuration(ns), short);
  }
});

test('a number that is not zero never reads as zero', () => {
  assert.equal(fixed(0, 2), '0.00');
  assert.equal(fixed(0.004, 2), '<0.01');
  assert.equal(fixed(0.005, 2), '0.01');
  assert.equal(fixed(-2.5, 1), '−2.5');
  assert.equal(fixed(undefined, 2), '–');
  assert.equal(percent(39.64), '39.6 %');
  assert.equal(percent(0.01), '<0.1 %');
  assert.equal(percent(0), '0.0 %');
  assert.equal(percent(undefined), '–');
});

test('counts and sizes', () => {
  assert.equal(count(1_440), (1_440).toLocaleString());
  assert.equal(plural(1, 'request'), '1 request');
  assert.equal(plural(12, 'request'), '12 requests');
  assert.equal(plural(2, 'copy', 'copies'), '2 copies');
  assert.equal(bytes(999), '999 B');
  assert.equal(bytes(45_700_000), '45.7 MB');
  assert.equal(bytes(999_960), '1.0 MB');
  assert.equal(bytes(3_500_000_000), '3.5 GB');
});
