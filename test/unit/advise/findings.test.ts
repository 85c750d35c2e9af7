import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DrawOptions } from '../../draw.js';
import { analysisOf, LEGEND, sessionOf, stake } from './run.js';

const A100 = [{ id: '0', name: 'NVIDIA A100-SXM4-80GB' }];

/** Two decode steps of ten columns, launched by one graph each, a column between them. */
function marked(step: string, stream9 = ''): string {
  return `
    cpu     |DDDDDDDDDDDEEEEEEEEEEEE
            |G          G
    stream7 | ${step} ${step}
    stream9 | ${stream9.padEnd(10)} ${stream9}
  `;
}

/** A config.json of one layer whose weights an H100 reads in so many microseconds. */
function tiny(us: number): string {
  const weights = (us * 3.35e6) / 2;
  const one = { hidden_size: 1, num_attention_heads: 1, num_hidden_layers: 1, head_dim: 1, vocab_size: 1 };
  return JSON.stringify({ ...one, intermediate_size: (weights - 5) / 3, hidden_act: 'silu', dtype: 'bfloat16' });
}

interface Case {
  rule: string;
  what: string;
  drawing: string;
  options?: DrawOptions & { config?: string };
  /** by `stake`; none where it must not fire */
  expected: string[];
  sentence?: RegExp;
}

const CASES: Case[] = [
  {
    rule: 'exposedCommunication',
    what: 'three of ten microseconds nothing computes',
    drawing: marked('gggggggccc'),
    options: { launchedBy: [0, 0, 1, 1] },
    expected: ['decode 3 µs step 28.6 % gain 0–3'],
    sentence: /^2 collectives, mostly ncclDevKernel_AllReduce_Sum_bf16_RING_LL, 3.00 µs each, 0 % overlapped; waiting/,
  },
  {
    rule: 'exposedCommunication',
    what: 'not where products run meanwhile',
    drawing: marked('gggggggggg', '       ccc'),
    options: { launchedBy: [0, 0, 1, 1] },
    expected: [],
  },
  {
    rule: 'exposedCommunication',
    what: 'with a custom all-reduce in the run the gain is what it would save',
    drawing: marked('ggggggcccr'),
    options: { launchedBy: [0, 0, 0, 1, 1, 1] },
    expected: ['decode 4 µs step 38.1 % gain 0–2'],
    sentence: /; 2 small ones went through NCCL, where vLLM custom all-reduce takes 1.00 µs in the same run;/,
  },
  {
    rule: 'weightTypes',
    what: '16-bit products of decode',
    drawing: marked('ggggggggaa'),
    options: { launchedBy: [0, 0, 1, 1] },
    expected: ['decode 8 µs step 76.2 % gain 2–4'],
    sentence: /^2 products with 16-bit inputs/,
  },
  { rule: 'weightTypes', what: 'not 8-bit ones', drawing: marked('qqqqqqqqaa'), options: { launchedBy: [0, 0, 1, 1] }, expected: [] },
  {
    rule: 'weightTypes',
    what: 'not a batch that computes',
    drawing: marked('ggggggggaa'),
    options: { launchedBy: [0, 0, 1, 1], legend: { D: LEGEND.B, E: LEGEND.B } },
    expected: [],
  },
  {
    rule: 'kvCacheTypes',
    what: 'attention is half of decode',
    drawing: marked('gggggaaaaa'),
    options: { launchedBy: [0, 0, 1, 1] },
    expected: ['decode 5 µs step 47.6 % gain 0–2.5'],
  },
  { rule: 'kvCacheTypes', what: 'not where it reads FP8', drawing: marked('gggggbbbbb'), options: { launchedBy: [0, 0, 1, 1] }, expected: [] },
  {
    rule: 'slowWeightReads',
    what: 'products take ten times what reading the weights does',
    drawing: marked('ggggggggaa'),
    options: { launchedBy: [0, 0, 1, 1], config: tiny(0.8) },
    expected: ['decode 7.2 µs step 68.6 % gain 0–7.2'],
    sentence: /^Products take 8.00 µs a step; reading 2.7 MB of weights once takes 800 ns at the stated bandwidth .*The whole step is at 8.0 % of it\.$/,
  },
  {
    rule: 'weightTypes',
    what: 'counts the time of reading where the rest is counted there',
    drawing: marked('ggggggggaa'),
    options: { launchedBy: [0, 0, 1, 1], config: tiny(2.8) },
    expected: ['decode 2.8 µs step 26.7 % gain 0.7–1.4'],
  },
  {
    rule: 'slowWeightReads',
    what: 'not where they take three quarters of it',
    drawing: marked('ggggggggaa'),
    options: { launchedBy: [0, 0, 1, 1], config: tiny(6) },
    expected: [],
  },
  {
    rule: 'olderKernels',
    what: 'prefill by kernels for sm80 on an H100',
    drawing: 'cpu|PPPPPPPPPPP\n|L L\nstream7|  oooooogggg',
    expected: ['prefill 6 µs once 60.0 %'],
    sentence: /^1 kernel, mostly cutlass_80/,
  },
  {
    rule: 'olderKernels',
    what: 'not on the GPU they are for',
    drawing: 'cpu|PPPPPPPPPPP\n|L L\nstream7|  oooooogggg',
    options: { devices: A100 },
    expected: [],
  },
  { rule: 'olderKernels', what: 'not in decode, which waits for memory', drawing: marked('oooooooggg'), options: { launchedBy: [0, 0, 1, 1] }, expected: [] },
  {
    rule: 'replayFills',
    what: 'two before each replay',
    drawing: 'cpu|DDDDDDDDDDDDDD\n|L L G\nstream7|    F F ggggg',
    expected: ['decode 2 µs once 22.2 % gain 0–2'],
    sentence: /^2 × FillFunctor a step under 1 graph replay:/,
  },
  { rule: 'replayFills', what: 'not one', drawing: 'cpu|DDDDDDDDDDDDDD\n|  L G\nstream7|      F ggggg', expected: [] },
  {
    rule: 'smallKernels',
    what: 'most kernels are elementwise and short',
    drawing: marked('eeeFeeeggg'),
    options: { launchedBy: [0, 0, 0, 0, 1, 1, 1, 1] },
    expected: ['decode 6 µs step 57.1 % gain 0–6'],
    sentence: /^4 elementwise kernels under 5 µs, 50 % of all/,
  },
  { rule: 'smallKernels', what: 'not long ones', drawing: marked('eeeeeeeggg'), options: { launchedBy: [0, 0, 1, 1] }, expected: [] },
  {
    rule: 'betweenSteps',
    what: 'the GPU waits before the second step',
    drawing: `
      cpu     |DDDDDDDDDDDD      DDDDDDDDDDDDD
              |G                   G
      stream7 | ggggggggg           ggggggggg`,
    expected: ['decode 5.5 µs step 37.9 % gain 0–5.5'],
  },
  {
    rule: 'betweenSteps',
    what: 'not where the next step begins at once',
    drawing: 'cpu|DDDDDDDDDDDD\n|G\ncpu|          DDDDDDD\n|         G\nstream7| gggggggggg',
    expected: [],
  },
  {
    rule: 'lateLaunches',
    what: 'the second launch comes when the first kernel has long ended',
    drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|L          L\nstream7| gggg       gggg',
    expected: ['decode 7 µs once 46.7 % gain 0–7'],
    sentence: /^2 launches one by one and 0 graph launches a step/,
  },
  { rule: 'lateLaunches', what: 'not where it waited in the queue', drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|L L\nstream7| gggg       gggg', expected: [] },
  {
    rule: 'blockingSyncs',
    what: 'the thread waits for the kernel before it launches the next',
    drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|LYYYYYYYYY L\nstream7| gggg       gggg',
    options: { launchedBy: [0, 2] },
    expected: ['decode 7 µs once 46.7 % gain 0–7'],
    sentence: /cudaStreamSynchronize/,
  },
  { rule: 'blockingSyncs', what: 'not where nothing waited', drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|L          L\nstream7| gggg       gggg', expected: [] },
  {
    rule: 'shortGaps',
    what: 'a microsecond between the kernels of a graph',
    drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|G\nstream7| ggg ggg ggg',
    options: { launchedBy: [0, 0, 0] },
    expected: ['decode 2 µs once 18.2 %'],
    sentence: /^2 gaps under 10.00 µs a step, 1.00 µs on average, between 3 kernels\.$/,
  },
  { rule: 'shortGaps', what: 'not what lateLaunches counts', drawing: 'cpu|DDDDDDDDDDDDDDDDD\n|L    L\nstream7| ggg  ggg', expected: [] },
];

for (const { rule, what, drawing, options, expected, sentence } of CASES) {
  test(`${rule}: ${what}`, async () => {
    const session = sessionOf(drawing, options);
    const found = (await session.analysis()).findings.filter((finding) => finding.rule === rule);
    assert.deepEqual(found.map(stake), expected);
    for (const finding of found) {
      if (sentence) assert.match(finding.sentence, sentence);
      const { search, label } = finding.evidence;
      if (search !== undefined) assert.match(label, new RegExp(`^${(await session.search(search)).count} `), 'the search finds what was counted');
    }
  });
}

test('slowSteps: the step that differs, and by what', async () => {
  const options = { launchedBy: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] };
  const step = (kernels: string): string => kernels.padEnd(20);
  const run = (fourth: string) =>
    analysisOf(
      `
        cpu     |${step('DDDDDDDDDDDDDDDDDDD').repeat(5)}
                |${step('G').repeat(5)}
        stream7 |${step(' kkkkkkkkgg').repeat(3)}${step(fourth)}${step(' kkkkkkkkgg')}
      `,
      options,
    );
  const slow = async (fourth: string) =>
    (await run(fourth)).findings.filter(({ rule }) => rule === 'slowSteps').map((finding) => [finding.title, finding.sentence, stake(finding)]);
  assert.deepEqual(await slow(' kkkkkkkkgg'), []);
  assert.deepEqual(await slow(' kkkkkkkkkkkkgg'), [
    [
      'Decode 4 is slow',
      'It took 4.00 µs more than the median step, decode 2: vllm::reshape_and_cache_flash_kernel took 4.00 µs longer in 1 call as always.',
      'decode 4 µs once 4.4 %',
    ],
  ]);
});

test('slowAllocations: calls above a millisecond, and only those', async () => {
  const run = (length: number) => sessionOf(`cpu|${'M'.repeat(length)} M L\nstream7|${' '.repeat(length + 5)}ggg`, { columnNs: 10_000, launchedBy: [2] });
  const session = run(150);
  const [finding] = (await session.analysis()).findings.filter(({ rule }) => rule === 'slowAllocations');
  assert.deepEqual([stake(finding), finding.evidence.label], ['1500 µs once 94.9 % gain 0–1500', '1 call']);
  assert.equal((await session.search(finding.evidence.search ?? '')).count, 1);
  assert.deepEqual(
    (await run(90).analysis()).findings.filter(({ rule }) => rule === 'slowAllocations'),
    [],
  );
});

test('the one with most time at stake comes first, and what is less sure counts less', async () => {
  const { findings } = await analysisOf(marked('ggggaaaacc'), { launchedBy: [0, 0, 0, 1, 1, 1] });
  assert.deepEqual(
    findings.map(({ rule, atStakeNs, confidence }) => [rule, atStakeNs, confidence]),
    [
      ['weightTypes', 4000, 'medium'],
      ['exposedCommunication', 2000, 'high'],
      ['kvCacheTypes', 4000, 'low'],
      ['betweenSteps', 500, 'high'],
    ],
  );
});
