/** Names that the profiler gave to the wrong kernels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelRole, roleIndex } from '../../../src/core/source/roles.js';
import { nameShift } from '../../../src/core/source/skew.js';

/** A layer of Llama-8B on MI300X, with the µs of its kernels. */
const LAYER: [KernelRole, number][] = [
  ['attention', 30],
  ['attention', 5],
  ['linear', 19],
  ['norm', 6],
  ['linear', 90],
  ['activation', 8],
  ['linear', 50],
  ['norm', 6],
  ['linear', 25],
  ['rope', 4],
  ['kvCache', 4],
];
const ROLES = Uint8Array.from(LAYER, ([role]) => roleIndex(role));

/** Durations as they are when every kernel's name is the one of the kernel `by` positions later. */
function rotated(by: number): Float64Array {
  return Float64Array.from(LAYER, (_, at) => LAYER[(at - by + LAYER.length) % LAYER.length][1] * 1000);
}

for (const by of [0, 1, 2, 3, -1, -3]) {
  test(`names ${by} positions early`, () => {
    assert.equal(nameShift(ROLES, rotated(by)), by);
  });
}

test('kernels that all take the same time tell nothing', () => {
  assert.equal(nameShift(ROLES, new Float64Array(ROLES.length).fill(5000)), 0);
});
