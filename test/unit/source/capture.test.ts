/** A capture trace and the replays of its graphs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureRegions, joinReplay, regionOf } from '../../../src/core/source/capture.js';
import { NONE } from '../../../src/core/trace/trace.js';
import { draw } from '../../draw.js';

const launch = (name: string) => ({ name, category: 'cuda_runtime' });
const LEGEND = { B: launch('cudaStreamBeginCapture'), E: launch('cudaStreamEndCapture'), M: launch('cudaMemcpyAsync'), S: launch('cudaStreamSynchronize') };

test('what was launched between begin and end of a capture', () => {
  const trace = draw('cpu |L B L S M L E L B E B L E', { legend: LEGEND });
  const times = captureRegions(trace).map(({ launches }) => [...launches].map((call) => trace.slices.startNs[call]));
  assert.deepEqual(times, [[4, 8, 10], [22]]);
});

const REGION = { launches: Uint32Array.from([10, 11, 12, 13]) };
const NAMELESS = [undefined, undefined, undefined, undefined];
const JOINS: { what: string; launched: (string | undefined)[]; kernels: string[]; joined: number[] }[] = [
  { what: 'by name', launched: ['a', 'b', 'c', 'b'], kernels: ['a', 'b', 'c', 'b'], joined: [10, 11, 12, 13] },
  { what: 'by name, a launch without a kernel', launched: ['a', 'x', 'c', 'b'], kernels: ['a', 'c', 'b'], joined: [10, 12, 13] },
  { what: 'by name, a kernel without a launch', launched: ['a', 'b', 'c', 'b'], kernels: ['a', 'y', 'b'], joined: [10, NONE, 11] },
  { what: 'by place', launched: NAMELESS, kernels: ['a', 'b', 'c', 'd'], joined: [10, 11, 12, 13] },
  { what: 'by place only when the counts agree', launched: NAMELESS, kernels: ['a', 'b', 'c'], joined: [NONE, NONE, NONE] },
];

for (const { what, launched, kernels, joined } of JOINS) {
  test(`joined ${what}`, () => {
    assert.deepEqual([...joinReplay(launched, REGION, kernels)], joined);
  });
}

test('pieces are replayed in the order they were captured; one graph by its length', () => {
  const short = { launches: Uint32Array.from([1]) };
  assert.equal(regionOf([short, REGION], 2, 1, 9), REGION);
  assert.equal(regionOf([short, REGION], 6, 4, 1), short);
  assert.equal(regionOf([short, REGION], 5, 3, 4), REGION);
  assert.equal(regionOf([short, REGION], 5, 3, 3), undefined);
});
