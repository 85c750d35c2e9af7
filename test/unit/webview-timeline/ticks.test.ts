import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { absoluteTime } from '../../../webview/timeline/ruler.js';
import { roundStep, tickLabel, ticks } from '../../../webview/timeline/ticks.js';

describe('ruler', () => {
  it('steps in ones, twos and fives', () => {
    const table = [
      [1, 1],
      [1.1, 2],
      [3, 5],
      [6, 10],
      [49_000, 50_000],
      [51_000, 100_000],
    ] as const;
    for (const [least, step] of table) assert.equal(roundStep(least), step, `at least ${least}`);
  });

  it('counts from its origin, on both sides', () => {
    assert.deepEqual(ticks(900, 1350, 400, 1000), { stepNs: 100, offsetsNs: [-100, 0, 100, 200, 300].map((n) => n + 0) });
    assert.deepEqual(ticks(0, 1, 0.5, 0).offsetsNs, [0]);
  });

  it('labels in one unit with as many decimals as the step needs', () => {
    const table: [number, number, string][] = [
      [0, 50_000, '0'],
      [50_000, 50_000, '+50 µs'],
      [-50_000, 50_000, '−50 µs'],
      [1_500_000, 500_000, '+1.5 ms'],
      [2_000_000, 500_000, '+2.0 ms'],
      [200, 100, '+200 ns'],
      [1_200, 100, '+1.2 µs'],
      [3e9, 1e9, '+3 s'],
    ];
    for (const [offset, step, label] of table) assert.equal(tickLabel(offset, step), label);
  });

  it('says the absolute time as closely as the zoom shows it', () => {
    assert.equal(absoluteTime(148_254_318, 690_000), '148.254 ms');
    assert.equal(absoluteTime(148_254_318, 5_000), '148.254318 ms');
    assert.equal(absoluteTime(-1_000_000, 3e8), '−1.0 ms');
  });
});
