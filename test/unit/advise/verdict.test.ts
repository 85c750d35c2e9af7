import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analysisMarkdown } from '../../../src/core/advise/markdown.js';
import type { DrawOptions } from '../../draw.js';
import { analysisOf, LEGEND } from './run.js';

const PYTHON = { name: 'vllm/worker.py(12): run', category: 'python_function' };
const NO_TOKENS = { name: 'execute_new_0_cached_1', category: 'user_annotation' };
const OTHER_GPU = [{ id: '0', name: 'NVIDIA Unknown 1' }];

/** What a verdict says of one step: its mark is the letter, its graph's kernels are drawn. */
const CASES: [what: string, mark: string, kernels: string, expected: string, options?: DrawOptions][] = [
  ['one token: every weight is read for it', 'D', 'ggggggggga', 'decode memory high: Memory-bound, 1 token/step'],
  ['4,096 tokens: each weight is used often', 'B', 'ggggggggga', 'decode compute high: Compute-bound, 4,096 tokens/step'],
  ['1,000 tokens of a prompt', 'P', 'ggggggggga', 'prefill compute high: Compute-bound'],
  ['a fifteenth exposed is not worth saying', 'D', 'ggggggggggggggc', 'decode memory high: Memory-bound, 1 token/step'],
  ['a fifth exposed is said beside it', 'D', 'ggggggggcc', 'decode memory high: Memory-bound, 20.0 % exposed communication'],
  ['more communication than computing', 'D', 'gggccccc', 'decode communication high: Communication-bound, 1 token/step'],
  ['a tie is for computing', 'D', 'ggggcccc', 'decode memory high: Memory-bound, 50.0 % exposed communication'],
  ['idle most of the time', 'D', 'gg  g  g  g  g', 'decode overhead high: Overhead-bound, 1 token/step', { launchedBy: [0, 0, 0, 0, 0] }],
  ['one gap is most of it', 'D', 'gg        g  g', 'decode overhead low: Overhead-bound, 1 token/step', { launchedBy: [0, 0, 0] }],
  ['a GPU whose peaks are not known', 'D', 'ggggggggga', 'decode memory low: Memory-bound, 1 token/step', { devices: OTHER_GPU }],
  ['no tokens recorded', 'D', 'ggggggggga', 'decode memory low: Memory-bound', { legend: { D: NO_TOKENS } }],
];

for (const [what, mark, kernels, expected, options] of CASES) {
  test(what, async () => {
    const { verdict } = await analysisOf(`cpu|${mark.repeat(20)}\n|G\nstream7| ${kernels}`, {
      launchedBy: kernels
        .trim()
        .split(/(?<=(.))(?!\1)/)
        .map(() => 0),
      ...options,
    });
    assert.deepEqual(
      verdict.map(({ phase, bound, confidence, title }) => `${phase} ${bound} ${confidence}: ${title}`),
      [expected],
    );
  });
}

test('the reason has the shares, which with the gaps before the steps are all of the time', async () => {
  const { verdict } = await analysisOf(
    `
      cpu     |DDDDDDDDDDDDDDEEEEEEEEEEEEEE
              |G             G
      stream7 | gggggggccc     gggggggccc
    `,
    { launchedBy: [0, 0, 1, 1] },
  );
  const [{ reason, figures, caveat }] = verdict;
  assert.match(reason, /^56\.0 % of the time the GPU computes, 24\.0 % it only communicates, 20\.0 % it is idle; 1 token a step is below the 295 from which/);
  assert.equal(caveat, 'Shapes were not recorded: told from the number of tokens.');
  assert.deepEqual(
    figures.map(({ value, label }) => `${value} ${label}`),
    ['70.0 % GEMM share of kernels', '24.0 % exposed comm., 0 % overlapped', '100.0 % GPU busy in steps', '80,000 tokens/s'],
  );
});

test('recorded Python frames make a verdict of overhead less sure', async () => {
  const drawing = (frames: string) => `cpu|DDDDDDDDDDDDDDDDD\n|${frames}\n|G\nstream7| gg  g  g  g  g`;
  const caveats = async (frames: string) => {
    const { verdict } = await analysisOf(drawing(frames), { launchedBy: [0, 0, 0, 0, 0], legend: { y: PYTHON } });
    return verdict.map(({ confidence, caveat }) => [confidence, caveat?.slice(0, 23)]);
  };
  assert.deepEqual(await caveats(''), [['high', undefined]]);
  assert.deepEqual(await caveats('yyyyyyy'), [['medium', 'Recording Python frames']]);
});

/** Graph replays whose kernels were not recorded: the GPU was busy, the recording says idle. */
const UNDER_GRAPHS = `
  cpu     |DDDDDDDDDDDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEEEEEEEEEE
          |L    G    G    G    L    L    G    G    G
  stream7 | gg                  gg   g
`;

test('99 % idle under graphs is not believed: replays without kernels', async () => {
  const analysis = await analysisOf(UNDER_GRAPHS, { launchedBy: [0, 4, 5] });
  const { verdict, findings, health, gpu } = analysis;
  assert.equal(gpu.idleWithheld, verdict[0].reason);
  assert.match(analysisMarkdown('a.json', analysis), /^\| decode \| 1 \| [\d.]+ µs \| – \| 0 ns \| – \|/m, 'neither busy nor idle');
  assert.deepEqual(
    verdict.map(({ title, bound, confidence, reason, figures }) => [title, bound, confidence, reason, figures.map(({ label }) => label).join()]),
    [['Not judged', 'unknown', 'low', '6 of 6 graph replays have no kernels in the recording, so the GPU only seems idle.', 'GEMM share of kernels,tokens/s']],
  );
  assert.deepEqual(
    findings.filter(({ rule }) => ['betweenSteps', 'lateLaunches', 'blockingSyncs', 'shortGaps', 'slowSteps'].includes(rule)),
    [],
  );
  assert.deepEqual(
    health.filter(({ id }) => id === 'graphReplays').map(({ state, detail }) => [state, detail]),
    [['withheld', '0 of 6 hold kernels']],
  );
});

test('nor 30 of 32 marked steps without kernels', async () => {
  const marks = 'DDDEEE'.repeat(16);
  const { verdict, steps, health } = await analysisOf(`cpu|${marks}\n|L  L\nstream7| gg gg`);
  assert.equal(steps.steps.length, 2);
  assert.equal(verdict[0].reason, '30 of 32 marked steps have no kernels in the recording, so the GPU only seems idle.');
  assert.deepEqual(
    health.filter(({ id }) => id === 'markedSteps').map(({ state, detail }) => [state, detail]),
    [['withheld', '2 of 32 hold kernels']],
  );
});

test('a recording without GPU work has no verdict, and says so', async () => {
  const { verdict, phases, health } = await analysisOf('cpu|DDDDDD\n| AAA', { legend: { A: 'aten::mm', D: LEGEND.D } });
  assert.deepEqual([verdict.length, phases.length], [0, 1]);
  assert.deepEqual(
    health.filter(({ id }) => id === 'launchLinks').map(({ state, detail }) => [state, detail]),
    [['withheld', 'no kernels were recorded']],
  );
});
