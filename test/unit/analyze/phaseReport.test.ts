import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnalyses } from '../../../src/core/session/analyses.js';
import { type DrawOptions, draw } from '../../draw.js';

const annotation = (name: string) => ({ name, category: 'user_annotation' });
const LEGEND = {
  P: annotation('execute_context_1(100)_generation_0(0)'),
  D: annotation('execute_context_0(0)_generation_2(2)'),
  U: annotation('execute_new_0_cached_0'),
  S: annotation('execute_context_0(0)_generation_2(6)'),
  g: 'nvjet_gemm',
  c: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
};

const analyses = (drawing: string, options: DrawOptions = {}) => createAnalyses(draw(drawing, { legend: LEGEND, ...options }));

test('sums and paces of each phase; a gap belongs to the phase after it', () => {
  const phases = analyses(`
    cpu     |PPPPPP      DDDDD   DDDDD
            | L L         L G     L G
    stream7 |  gggggcc     gg cc   gg cc
  `).phases();
  assert.deepEqual(
    phases.map(({ phase, steps, tokens, requests, duration, gapBefore, kernels, launches }) => {
      return [phase, steps, tokens, requests, duration.totalNs, gapBefore.totalNs, kernels, launches.eager, launches.graph];
    }),
    [
      ['prefill', 1, 100, 1, 7, 0, 2, 2, 0],
      ['decode', 2, 4, 4, 10, 8, 4, 2, 2],
    ],
  );
  const [prefill, decode] = phases;
  assert.deepEqual([prefill.tokensPerSecond, prefill.nsPerToken], [100e9 / 7, 0.07]);
  assert.deepEqual([decode.tokensPerSecond, decode.nsPerToken], [4e9 / 18, 18 / 4]);
  assert.deepEqual([decode.time.computeNs, decode.time.exposedCommunicationNs, decode.time.idleNs], [4, 4, 2]);
  assert.deepEqual(
    decode.categories.map(({ category, exclusiveNs, count }) => [category, exclusiveNs, count]),
    [
      ['gemm', 4, 2],
      ['communication', 4, 2],
    ],
  );
});

test('decode with drafts is paced by requests, not by the tokens it looked at', () => {
  const [decode] = analyses(`
    cpu     |SSSSS
            | L
    stream7 |  gggg
  `).phases();
  assert.deepEqual([decode.tokens, decode.nsPerToken], [6, 2]);
});

test('without tokens there is no pace, and that is said', () => {
  const [phase] = analyses(`
    cpu     |UUUUU
            | L
    stream7 |  gggg
  `).phases();
  assert.deepEqual([phase.tokens, phase.phase], [undefined, 'prefill']);
  assert.match(JSON.stringify(phase.tokensPerSecond), /withheld.*does not tell how many tokens/);
});

test('a cut step at an end, a long first one, and one far from the others are noted', () => {
  const steps = (...lengths: number[]): string => {
    const wide = (length: number): string => (length < 3 ? 'g'.repeat(length) : `g ${'g'.repeat(length - 2)}`).padEnd(40);
    return `
      cpu     |${lengths.map(() => 'D'.repeat(39).padEnd(40)).join('')}
              |${lengths.map((length) => (length < 3 ? 'L' : 'L L').padEnd(40)).join('')}
      stream7 |${lengths.map(wide).join('')}
    `;
  };
  const notes = (...lengths: number[]) =>
    analyses(steps(...lengths))
      .stepRows()
      .map(({ note }) => note);
  assert.deepEqual(notes(10, 10, 10, 10), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(notes(30, 10, 10, 10, 10), ['warmUp', undefined, undefined, undefined, undefined]);
  assert.deepEqual(notes(10, 10, 14, 10, 10), [undefined, undefined, 'slow', undefined, undefined]);
  assert.deepEqual(notes(10, 10, 10, 10, 2), [undefined, undefined, undefined, undefined, 'partial']);
  assert.deepEqual(notes(10, 30), [undefined, undefined]);
});

test('a step has the time of the device with most work', () => {
  const [row] = analyses(
    `
    cpu          |DDDDDDDDDDDDDD
                 | G
    gpu0 stream7 |  gg gg
    gpu1 stream7 |   gggg
  `,
    { launchedBy: [0, 0, 0] },
  ).stepRows();
  assert.deepEqual([row.time.busyNs, row.launches], [4, { eager: 0, graph: 1 }]);
});
