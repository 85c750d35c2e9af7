import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { createSession } from '../../../src/core/session/session.js';
import { shortHeadline } from '../../../src/host/facts.js';
import { findingLine, findingText, stakeText, summaryLines } from '../../../src/host/summary.js';
import type { Analysis, Finding } from '../../../src/shared/analysis.js';
import { draw } from '../../draw.js';

const headlines: [string, string][] = [
  ['1 prefill of 1049 tokens + 9 decode steps', '1 prefill + 9 decode'],
  ['2 prefill steps + 1 decode step', '2 prefill + 1 decode'],
  ['1 mixed step of 12 tokens', '1 mixed'],
  ['5 steps', '5 steps'],
  ['', ''],
];
for (const [full, short] of headlines) test(`in short: ${full}`, () => assert.equal(shortHeadline(full), short));

const finding: Finding = {
  rule: 'betweenSteps',
  severity: 'warning',
  title: 'Idle between steps',
  sentence: 'The GPU waits for the sampler.',
  phase: 'decode',
  atStakeNs: 1_100_000,
  per: 'step',
  percentOfPhase: 5.8,
  confidence: 'high',
  evidence: { label: 'decode 2 → 3' },
};
test('what is at stake', () => {
  assert.equal(stakeText(finding), '1.10 ms/step');
  assert.equal(stakeText({ atStakeNs: 16_530_000, per: 'once' }), '16.53 ms once');
});
const narrow: [Partial<Finding>, string, string][] = [
  [{}, 'Idle between steps', '1.10 ms/step'],
  [{ title: 'Communication is exposed in decode' }, 'Communication is exposed', 'decode 1.10 ms/step'],
  [{ title: 'Communication is exposed in prefill', phase: 'prefill', per: 'once' }, 'Communication is exposed', 'prefill 1.10 ms'],
  [{ title: 'Decode 4 is slow', per: 'once' }, 'Decode 4 is slow', '1.10 ms once'],
  [{ title: 'Many small kernels in these steps', phase: 'unknown' }, 'Many small kernels in these steps', '1.10 ms/step'],
  [{ title: 'Slow allocations', phase: undefined, per: 'once' }, 'Slow allocations', '1.10 ms once'],
];
for (const [change, label, description] of narrow) {
  test(`narrow: ${label}, ${description}`, () => assert.deepEqual(findingLine({ ...finding, ...change }), { label, description }));
}

test('a finding in full', () => {
  assert.deepEqual(findingText(finding).split('\n'), [
    'Idle between steps',
    'The GPU waits for the sampler.',
    '1.10 ms/step at stake, 5.8 % of decode; confidence high; gain unknown',
    'decode 2 → 3',
  ]);
});

const annotation = (name: string) => ({ name, category: 'user_annotation' });
const LEGEND = {
  P: annotation('execute_context_1(100)_generation_0(0)'),
  D: annotation('execute_context_0(0)_generation_2(2)'),
  g: 'nvjet_gemm',
  c: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
};
const records: Records = { text: async () => '{}', pass: async () => {}, save: () => new Uint8Array(0) };
const analysisOf = (drawing: string) => {
  const trace = draw(drawing, { legend: LEGEND, columnNs: 1000 });
  return createSession(trace, records, { fileName: 'drawn.json', fileBytes: 1 }).analysis();
};
const RUN = `
  cpu     |PPPPPP      DDDDD   DDDDD
          | L L         L G     L G
  stream7 |  gggggcc     gg cc   gg cc
`;
const text = (findings: Finding[], analysis: Analysis) =>
  summaryLines({ ...analysis, findings }).map(({ about, label, description }) => [about, label, description].join(' | '));

test('a run in a few lines: how fast, what bounds it, how much was found', async () => {
  const analysis = await analysisOf(RUN);
  assert.deepEqual(text([finding, { ...finding, atStakeNs: 2_000_000 }, { ...finding, atStakeNs: 9_000_000, per: 'once' }], analysis), [
    'steps | 1 prefill + 2 decode | 222,222 tok/s',
    'verdict | prefill compute-bound | 70 ns/token',
    'verdict | decode overhead-bound | 4.50 µs/token',
    'findings | 3 findings | ≤ 2.00 ms/step',
  ]);
  assert.equal(text([{ ...finding, per: 'once' }], analysis).at(-1), 'findings | 1 finding | ≤ 1.10 ms once');
  assert.equal(text([], analysis).at(-1), 'findings | no findings | ');
});

test('nothing is said of a recording without GPU work', async () => assert.deepEqual(text([], await analysisOf('cpu |oo')), []));
