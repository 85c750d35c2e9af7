import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { check } from '../../../src/core/trace/check.js';
import { buildLevels } from '../../../src/core/trace/levels.js';
import { restoreTrace, saveTrace } from '../../../src/core/trace/store.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import { draw } from '../../draw.js';

const TRACE = draw(
  `
  cpu       |AAAAAAAAAAAA
            | LL LL BB CC DD
  notes7    |     NNNN
  stream7   |    KKKK MMMM
            |      XX
  async     |YYYY
            |  ZZZZ
  counter q |0  3  1
`,
  { rank: 2, devices: [{ id: '0', name: 'NVIDIA "H100"' }] },
);

function joined(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const BLOB = joined(saveTrace(TRACE, buildLevels(TRACE)));

/** Everything but the function that decodes strings. */
function content({ strings: { bytes, offset }, ...trace }: Trace): unknown {
  return { ...trace, bytes, offset };
}

describe('a stored trace', () => {
  it('comes back as it was', () => {
    const restored = restoreTrace(BLOB);
    assert.ok(restored);
    assert.deepEqual(content(restored.trace), content(TRACE));
    assert.deepEqual(restored.levels, buildLevels(TRACE));
    assert.deepEqual(check(restored.trace), []);
    assert.equal(restored.trace.strings.get(TRACE.slices.name[0]), 'K');
  });

  it('is read where it lies, without copying', () => {
    const restored = restoreTrace(BLOB);
    assert.equal(restored?.trace.slices.startNs.buffer, BLOB.buffer);
  });

  it('may lie anywhere in a buffer', () => {
    const shifted = new Uint8Array(BLOB.length + 3);
    shifted.set(BLOB, 3);
    assert.ok(restoreTrace(shifted.subarray(3)));
  });

  it('of another version, or something else, is not read', () => {
    const other = BLOB.slice();
    other[0]++;
    for (const bytes of [other, new Uint8Array(0), new Uint8Array(64), new TextEncoder().encode('{"traceEvents": []}'.repeat(9))])
      assert.equal(restoreTrace(bytes), undefined);
  });

  it('cut short or with something behind it is not read', () => {
    fc.assert(fc.property(fc.nat(BLOB.length - 1), (length) => assert.equal(restoreTrace(BLOB.slice(0, length)), undefined)));
    assert.equal(restoreTrace(joined([BLOB, new Uint8Array(8)])), undefined);
  });

  it('with a byte changed is not read, or is only padding', () => {
    fc.assert(
      fc.property(fc.nat(BLOB.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = BLOB.slice();
        damaged[at] ^= change;
        const restored = restoreTrace(damaged);
        if (restored) assert.deepEqual(content(restored.trace), content(TRACE));
      }),
    );
  });
});

describe('the check', () => {
  const BROKEN: [string, (trace: Trace) => void, RegExp][] = [
    ['a name that does not exist', ({ slices }) => slices.name.fill(999, 0, 1), /slice 0 has name 999/],
    ['slices that overlap in a row', ({ slices }) => slices.durNs.fill(7, 0, 1), /slices 0 and 1 of row 0 overlap/],
    ['rows that lose slices', ({ rows }) => rows.first.fill(2, 2, 3), /row/],
    ['a launch by a kernel', ({ gpu }) => gpu.launch.fill(1, 0, 1), /slice 0 is launched by 1/],
    ['a launch order with a slice twice', ({ gpu }) => gpu.byLaunch.fill(0), /launch order names slice 0/],
    ['a track in no group', ({ tracks }) => void (tracks[0].info.group = 9), /track 0 is in group 9/],
    ['samples out of order', ({ counters }) => counters.timeNs.fill(-1, 2, 3), /sample 2 comes before/],
    ['strings that overlap', ({ strings }) => strings.offset.fill(9999, 1, 2), /string 1 ends before it begins/],
    ['a slice outside of the trace', (trace) => void (trace.durationNs = 3), /lies outside/],
    ['a display order that forgets a track', ({ order }) => order.fill(0), /display order/],
  ];
  for (const [what, damage, expected] of BROKEN) {
    it(`finds ${what}`, () => {
      const restored = restoreTrace(BLOB.slice());
      assert.ok(restored);
      damage(restored.trace);
      assert.match(check(restored.trace).join('\n'), expected);
    });
  }
});
