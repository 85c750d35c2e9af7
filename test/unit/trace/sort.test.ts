import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sortByStart } from '../../../src/core/trace/sort.js';

interface Slice {
  start: number;
  dur: number;
}

/** Ids in sorted order; the times must have moved with them. */
function sorted(slices: Slice[]): number[] {
  const index = Uint32Array.from(slices.keys());
  const start = Float64Array.from(slices, (slice) => slice.start);
  const dur = Float64Array.from(slices, (slice) => slice.dur);
  sortByStart(index, start, dur);
  assert.deepEqual(
    Array.from(index, (id) => slices[id]),
    Array.from(start, (time, i) => ({ start: time, dur: dur[i] })),
  );
  return [...index];
}

const at = (...starts: number[]): Slice[] => starts.map((start) => ({ start, dur: 1 }));

describe('slices in time order', () => {
  for (const [what, slices, expected] of [
    ['stay as they are', at(1, 2, 3), [0, 1, 2]],
    ['come from a run behind another', at(5, 6, 1, 2), [2, 3, 0, 1]],
    ['come from runs that overlap', at(1, 4, 9, 2, 5, 3), [0, 3, 5, 1, 4, 2]],
    ['keep their order where times are equal', at(2, 2, 1, 1), [2, 3, 0, 1]],
    ['put the longer of equal starts first', [{ start: 1, dur: 2 }, ...at(0), { start: 1, dur: 3 }], [1, 2, 0]],
  ] as [string, Slice[], number[]][])
    it(what, () => assert.deepEqual(sorted(slices), expected));

  it('are what a stable sort gives, whatever the runs', () => {
    const runs = fc.array(fc.array(fc.record({ start: fc.nat(60), dur: fc.nat(3) }, { noNullPrototype: true }), { maxLength: 30 }), { maxLength: 12 });
    fc.assert(
      fc.property(runs, (unsorted) => {
        const slices = unsorted.flatMap((run) => run.sort((a, b) => a.start - b.start || b.dur - a.dur));
        const expected = [...slices.keys()].sort((a, b) => slices[a].start - slices[b].start || slices[b].dur - slices[a].dur || a - b);
        assert.deepEqual(sorted(slices), expected);
      }),
    );
  });
});
