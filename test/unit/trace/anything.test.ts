import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBuilder, type TraceBuilder } from '../../../src/core/trace/builder.js';
import { check } from '../../../src/core/trace/check.js';
import { buildLevels } from '../../../src/core/trace/levels.js';
import { restoreTrace, saveTrace } from '../../../src/core/trace/store.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';
import { causesOf } from '../../../src/core/trace/walk.js';

type Push = (builder: TraceBuilder) => void;

const CATEGORIES = ['kernel', 'gpu_memcpy', 'cuda_runtime', 'cpu_op', 'python_function', 'gpu_user_annotation', 'Trace', ''];
const time = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -50, max: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 1e300, -1e300, Number.POSITIVE_INFINITY) },
);
const id = fc.nat(3);

/** Any call that a reader may make, also senseless ones. */
const pushes: fc.Arbitrary<Push> = fc.oneof(
  fc.tuple(id, id, fc.constantFrom(...CATEGORIES), time, time, id).map(
    ([process, thread, text, startNs, durNs, correlation]): Push =>
      (builder) => {
        const category = builder.category(text);
        const track = builder.track({ process: `${process}`, thread: `${thread}`, domain: builder.domain(category) });
        builder.slice(track, builder.string(`${text} ${thread}`), category, startNs, durNs, correlation === 0 ? NONE : correlation, NONE, 1, 2, 3);
      },
  ),
  fc.tuple(id, time, fc.boolean()).map(
    ([thread, timeNs, begins]): Push =>
      (builder) => {
        const track = builder.track({ process: '1', thread: `${thread}`, domain: 'cpu' });
        if (begins) builder.begin(track, builder.string('begun'), builder.category(''), timeNs, 0);
        else builder.end(track, timeNs);
      },
  ),
  fc.tuple(id, time, fc.boolean()).map(
    ([span, timeNs, begins]): Push =>
      (builder) => {
        if (begins) builder.asyncBegin('1', builder.category('async'), span, builder.string('async'), timeNs, 0);
        else builder.asyncEnd('1', builder.category('async'), span, timeNs);
      },
  ),
  fc.tuple(id, id, fc.constantFrom('start', 'step', 'end'), time, fc.constantFrom('enclosing', 'next')).map(
    ([flow, thread, phase, timeNs, bind]): Push =>
      (builder) => {
        builder.flow(phase, flow, builder.track({ process: '0', thread: `${thread}`, domain: 'cpu' }), timeNs, bind);
      },
  ),
  fc.tuple(id, time).map(
    ([process, timeNs]): Push =>
      (builder) =>
        builder.counter(`${process}`, 'counter', timeNs, timeNs),
  ),
);

function build(calls: Push[]): Trace {
  const builder = createBuilder();
  for (const call of calls) call(builder);
  return builder.finish({ format: '', producer: '', devices: [], facts: [], events: calls.length, textBytes: 0 }, { baseNs: 0n });
}

describe('whatever a reader pushes', () => {
  it('becomes a sound trace that can be stored, and whose slices have finite chains', () => {
    fc.assert(
      fc.property(fc.array(pushes, { maxLength: 80 }), (calls) => {
        const trace = build(calls);
        assert.deepEqual(check(trace), []);
        for (let slice = 0; slice < trace.slices.count; slice++) assert.equal(causesOf(trace, slice).at(-1), slice);
        const restored = restoreTrace(new Uint8Array(Buffer.concat(saveTrace(trace, buildLevels(trace)))));
        assert.deepEqual(restored?.trace.slices, trace.slices);
        assert.deepEqual(restored?.trace.tracks, trace.tracks);
      }),
      { numRuns: 300 },
    );
  });
});
