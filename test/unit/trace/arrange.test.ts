import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBuilder } from '../../../src/core/trace/builder.js';
import { check } from '../../../src/core/trace/check.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';
import { draw, picture } from '../../draw.js';

interface Pushed {
  startNs: number;
  durNs: number;
}

const slicesOf = (maxNs: number) => fc.array(fc.record({ startNs: fc.nat(maxNs), durNs: fc.nat(maxNs / 4) }), { maxLength: 120 });

function build(domain: 'gpu' | 'cpu' | 'async', slices: Pushed[]): Trace {
  const builder = createBuilder();
  const track = builder.track({ process: '1', thread: '1', domain });
  const category = builder.category(domain === 'gpu' ? 'kernel' : 'cpu_op');
  for (const [i, { startNs, durNs }] of slices.entries()) builder.slice(track, builder.string(`s${i}`), category, startNs, durNs, NONE, NONE, 0, 0, i);
  return builder.finish({ format: '', producer: '', devices: [], facts: [], events: slices.length, textBytes: 0 }, { baseNs: 0n });
}

describe('rows of threads', () => {
  it('nest by containment, whatever the order in the file', () => {
    const trace = draw(`
      cpu |   BB  CC
          |   D
          |AAAAAAAAAA  EE
    `);
    assert.deepEqual(picture(trace), ['cpu1|AAAAAAAAAA  EE', 'cpu1|   BB  CC', 'cpu1|   D']);
  });

  it('keep a slice that outlives the one it began in, a row deeper', () => {
    const trace = draw(`
      cpu |AAAAA   D
          |   BBBBB
          |     CC
    `);
    assert.deepEqual(picture(trace), ['cpu1|AAAAA   D', 'cpu1|   BBBBB', 'cpu1|     CC']);
  });

  it('put the longer of two that begin together outside, and equal ones in file order', () => {
    const trace = build('cpu', [
      { startNs: 0, durNs: 2 },
      { startNs: 0, durNs: 5 },
      { startNs: 0, durNs: 5 },
    ]);
    assert.deepEqual(
      Array.from(trace.slices.name, (name) => trace.strings.get(name)),
      ['s1', 's2', 's0'],
    );
  });
});

describe('rows of streams', () => {
  it('are lanes: what overlaps lies beside, never inside', () => {
    const trace = draw(`
      stream7 |AAAAAAAA    EE
              |  BB  CC DDDD
    `);
    assert.deepEqual(picture(trace), ['stream7|AAAAAAAA DDDD', 'stream7|  BB  CC    EE']);
  });

  it('come first in storage', () => {
    const trace = draw(`
      cpu     |LL
      async   |XXXX
      notes7  |NNNNNN
      stream7 |  AAA
    `);
    assert.deepEqual(
      picture(trace).map((line) => line.split('|')[0]),
      ['stream7', 'notes7', 'cpu1', 'async1'],
    );
    assert.equal(trace.gpu.count, 1);
  });
});

describe('any slices', () => {
  for (const domain of ['cpu', 'gpu', 'async'] as const) {
    it(`of a ${domain} track all find a place, and no row overlaps`, () => {
      fc.assert(
        fc.property(slicesOf(100), (slices) => {
          const trace = build(domain, slices);
          assert.equal(trace.slices.count, slices.length);
          assert.deepEqual(check(trace), []);
        }),
      );
    });
  }

  it('take no more lanes than run at once', () => {
    fc.assert(
      fc.property(slicesOf(60), (slices) => {
        const busiest = Math.max(
          0,
          ...slices.map(({ startNs }) => slices.filter((other) => other.startNs <= startNs && other.startNs + Math.max(other.durNs, 0.5) > startNs).length),
        );
        assert.ok(build('gpu', slices).rows.count <= busiest);
      }),
    );
  });

  it('find ten thousand lanes quickly', () => {
    const trace = build(
      'async',
      Array.from({ length: 10_000 }, (_, i) => ({ startNs: i, durNs: 1_000_000 })),
    );
    assert.equal(trace.rows.count, 10_000);
  });
});
