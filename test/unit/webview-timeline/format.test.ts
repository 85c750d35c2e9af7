import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, count, duration, percent, plural, shortDuration } from '../../../webview/format.js';

describe('numbers', () => {
  it('durations have one unit and fixed digits', () => {
    const table: [number, string, string][] = [
      [0, '0 ns', '0 ns'],
      [767, '767 ns', '767 ns'],
      [999.6, '1.00 µs', '1.00 µs'],
      [4130, '4.13 µs', '4.13 µs'],
      [81_760, '81.76 µs', '81.8 µs'],
      [99_996, '100.0 µs', '100 µs'],
      [372_400, '372.4 µs', '372 µs'],
      [999_960, '1.00 ms', '1.00 ms'],
      [18_550_000, '18.55 ms', '18.6 ms'],
      [261_900_000, '261.9 ms', '262 ms'],
      [1_250_000_000, '1.25 s', '1.25 s'],
      [-5_440, '−5.44 µs', '−5.44 µs'],
    ];
    for (const [ns, long, short] of table) {
      assert.equal(duration(ns), long);
      assert.equal(shortDuration(ns), short);
    }
    assert.equal(duration(undefined), '–');
  });

  it('nothing that is something reads as zero', () => {
    assert.deepEqual([percent(0), percent(0.04), percent(39.56), percent(undefined)], ['0.0 %', '<0.1 %', '39.6 %', '–']);
  });

  it('counts and sizes', () => {
    assert.deepEqual([count(13_828), count(undefined), plural(1, 'step'), plural(2, 'step')], ['13,828', '–', '1 step', '2 steps']);
    assert.deepEqual([bytes(12), bytes(2_888_109), bytes(1e10)], ['12 B', '2.9 MB', '10.0 GB']);
  });
});
