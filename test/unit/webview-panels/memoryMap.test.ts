import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapped } from '../../../webview/panels/reports/memoryMap.js';

const segment = (...blocks: [number, 'allocated' | 'free'][]) => ({
  bytes: blocks.reduce((sum, [bytes]) => sum + bytes, 0),
  blocks: blocks.map(([bytes, state]) => ({ bytes, state })),
});
const drawn = (...args: Parameters<typeof wrapped>) =>
  wrapped(...args).map(({ row, from, to, state, segment: of, begins }) => `${row} ${from}–${to} ${state} of ${of}${begins ? ' begins' : ''}`);

test('blocks lie one behind the other, cut where a row ends', () => {
  assert.deepEqual(drawn([segment([6, 'allocated'], [2, 'free']), segment([4, 'allocated']), segment([4, 'free'])], 4), [
    '0 0–1 allocated of 0 begins',
    '1 0–0.5 allocated of 0',
    '1 0.5–1 free of 0',
    '2 0–1 allocated of 1 begins',
    '3 0–1 free of 2 begins',
  ]);
});

test('nothing is lost where rows do not divide the bytes, and nothing is no picture', () => {
  const pieces = wrapped(
    Array.from({ length: 7 }, () => segment([1, 'allocated'], [1e9 / 7, 'free'])),
    10,
  );
  assert.ok(Math.abs(pieces.reduce((sum, { from, to }) => sum + to - from, 0) - 10) < 1e-6);
  assert.deepEqual(drawn([], 10), []);
  assert.deepEqual(drawn([segment()], 10), []);
});
