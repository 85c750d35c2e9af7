import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Step, TraceInfo } from '../../../src/shared/protocol.js';
import { stepFacts, stepName } from '../../../webview/timeline/bands.js';
import { contextOf } from '../../../webview/timeline/context.js';
import { matching, places } from '../../../webview/timeline/goto.js';
import { stripAt } from '../../../webview/timeline/strip.js';
import { dragged, gripAt } from '../../../webview/timeline/stripInput.js';

function step(index: number, startNs: number, endNs: number): Step {
  return {
    index,
    phase: index ? 'decode' : 'prefill',
    startNs,
    endNs,
    kernelCount: 1382,
    kernelTimeNs: 0,
    busyNs: (endNs - startNs) / 2,
    gapBeforeNs: 0,
    layers: 80,
    tokens: 1,
  };
}

const steps = [step(0, 0, 10_000), step(1, 10_000, 12_000), step(2, 12_000, 14_000)];
const info = { tracks: [], durationNs: 20_000 } as unknown as TraceInfo;

describe('context', () => {
  it('is the step that the window lies in', () => {
    const context = contextOf(info, steps, { startNs: 10_500, endNs: 11_000 });
    assert.equal(context.step?.index, 1);
    assert.deepEqual([context.startNs, context.endNs, context.originNs], [9960, 12_040, 10_000]);
  });

  it('is everything when the window is wider than a step', () => {
    assert.deepEqual(contextOf(info, steps, { startNs: 9000, endNs: 13_000 }), { startNs: 0, endNs: 20_000, originNs: 0 });
    assert.equal(contextOf(info, [], { startNs: 0, endNs: 5 }).step, undefined);
  });
});

describe('strip', () => {
  const context = { startNs: 0, endNs: 1000, originNs: 0 };

  it('knows what is where', () => {
    const input = { gutter: 100, whole: { startNs: 0, endNs: 14_000 }, context, steps };
    assert.equal(stripAt(input, 1508, 100 + 1050, 15).step?.index, 1);
    assert.deepEqual(stripAt(input, 1508, 100 + 700, 60), { timeNs: 500 });
    assert.deepEqual(stripAt(input, 1508, 500, 30), {});
    assert.deepEqual(stripAt({ ...input, steps: [] }, 1508, 800, 15), { timeNs: 500 }, 'without steps the lower row moves up');
  });

  it('takes the brush by its edges or its middle', () => {
    const window = { startNs: 200, endNs: 400 };
    const grips = [100, 196, 300, 404, 500].map((x) => gripAt(window, context, 1000, x));
    assert.deepEqual(grips, [undefined, 'start', 'middle', 'end', undefined]);
    assert.deepEqual(dragged(window, 'middle', 50), { startNs: 250, endNs: 450 });
    assert.deepEqual(dragged(window, 'start', 50), { startNs: 250, endNs: 400 });
    assert.deepEqual(dragged(window, 'end', -50), { startNs: 200, endNs: 350 });
    assert.ok(dragged(window, 'end', -300).endNs > dragged(window, 'end', -300).startNs);
  });

  it('says what a step is', () => {
    assert.equal(stepName(steps[1]!), 'decode #1');
    assert.equal(stepName({ ...steps[1]!, phase: 'unknown' }), 'step 1');
    assert.deepEqual(stepFacts(steps[1]!), ['1 token', '2.00 µs', 'GPU busy 50.0 %', '1,382 kernels']);
  });
});

describe('go to', () => {
  const track = { id: 1, group: 0, kind: 'stream' as const, name: 'Stream 7', detail: 'compute', rowCount: 1, sliceCount: 1, firstNs: 0, lastNs: 1 };
  const all = places(
    steps,
    [track],
    () => undefined,
    () => undefined,
  );

  it('finds by every word', () => {
    const found = (typed: string): string[] => matching(all, typed).map(({ name }) => name);
    assert.deepEqual(found(''), ['prefill #0', 'decode #1', 'decode #2', 'Stream 7']);
    assert.deepEqual(found('DEC 2'), ['decode #2']);
    assert.deepEqual(found('stream compute'), ['Stream 7']);
    assert.deepEqual(found('nothing'), []);
  });
});
