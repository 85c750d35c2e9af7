import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Occurrences } from '../../../src/shared/protocol.js';
import { callOrder, callsByStep, histogram, roundUp } from '../../../webview/panels/calls.js';
import { scaleFor } from '../../../webview/panels/charts.js';

function calls(durNs: number[], step: number[]): Occurrences {
  return {
    count: durNs.length,
    slice: Uint32Array.from(durNs.keys()),
    startNs: Float64Array.from(durNs.keys()),
    durNs: Float64Array.from(durNs),
    step: Int32Array.from(step),
  };
}

test('calls by step: runs with their least, middle and longest', () => {
  const runs = callsByStep(calls([10, 30, 20, 5, 9, 40], [1, 1, 1, 2, 2, -1]));
  deepEqual(runs, [
    { step: 1, from: 0, to: 3, minNs: 10, medianNs: 20, maxNs: 30 },
    { step: 2, from: 3, to: 5, minNs: 5, medianNs: 7, maxNs: 9 },
    { step: -1, from: 5, to: 6, minNs: 40, medianNs: 40, maxNs: 40 },
  ]);
});

test('every call is in a bin, the longest too', () => {
  const { counts } = histogram(Float64Array.from([0, 9, 10, 25, 40]), 40, 10);
  deepEqual([...counts], [2, 1, 1, 1]);
});

test('round steps', () => {
  deepEqual([0.3, 1, 1.1, 2.2, 3, 7, 426].map(roundUp), [0.5, 1, 2, 2.5, 5, 10, 500]);
});

test('the scale ends at a round number above the longest call, in its unit', () => {
  deepEqual(scaleFor(85_340), { topNs: 100_000, tickNs: 25_000, unit: 'µs', unitNs: 1000 });
  equal(scaleFor(767).unit, 'ns');
  equal(scaleFor(0).topNs, 1);
});

test('calls in time order, or longest first and equal ones by time', () => {
  const some = calls([10, 30, 20, 30], [0, 0, 0, 0]);
  deepEqual([...callOrder(some, 'time')], [0, 1, 2, 3]);
  deepEqual([...callOrder(some, 'duration')], [1, 3, 2, 0]);
});
