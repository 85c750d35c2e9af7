import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DrawOptions } from '../../draw.js';
import { analysisOf, check } from './run.js';

const RUN = 'cpu|DDDDDDDDDDDD\n|G\nstream7| gggggaaa';
const ONE = { launchedBy: [0, 0] };
const PYTHON = { name: 'vllm/worker.py(12): run', category: 'python_function' };
const OVERHEAD = { name: 'Buffer Flush', category: 'overhead' };

/** Five steps; in the last only the first kernel was recorded. */
const step = (text: string): string => text.padEnd(10);
const FIVE = (last: string) => `
  cpu     |${step('DDDDDDDDD').repeat(5)}
          |${step('G').repeat(5)}
  stream7 |${step(' ggaaagg').repeat(4)}${last}
`;
const BY_FIVE = { launchedBy: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4] };

const CASES: [id: string, what: string, expected: string | undefined, drawing: string, options?: DrawOptions][] = [
  ['launchLinks', 'every kernel knows its launch', 'fine: 2 of 2 kernels', RUN, ONE],
  ['launchLinks', 'one does not', 'partial: 1 of 2 kernels', RUN, { launchedBy: [0, -1] }],
  ['launchLinks', 'none does', 'withheld: the calls that launched the kernels were not recorded', RUN, { launchedBy: [-1, -1] }],
  ['graphReplays', 'a replay with kernels', 'fine: 1 of 1 hold kernels (2–2 each)', RUN, ONE],
  ['graphReplays', 'no graphs', undefined, 'cpu|DDDDDDDDDDDD\n|L\nstream7| ggggg'],
  ['clocks', 'kernels start after their launch', 'fine: no kernel starts before its launch', RUN, ONE],
  ['clocks', 'two start before it', 'partial: 2 kernels start before the launch, by up to 3.00 µs', 'cpu|DDDDDDDDDDDD\n|    G\nstream7| ga', ONE],
  ['dropped', 'the file is complete', 'fine: none: file complete, 4 events', RUN, ONE],
  ['steps', 'annotated', 'fine: annotated, 1 layer × 1', 'cpu|DDDDDDDDDDDD\n|G\nstream7| ggkagg', { launchedBy: [0, 0, 0, 0] }],
  ['steps', 'nothing marks them', 'withheld: nothing marks engine steps', 'cpu|L\nstream7| ggg'],
  ['edgeSteps', 'all steps are whole', undefined, FIVE(' ggaaagg'), BY_FIVE],
  ['edgeSteps', 'the last was cut', 'partial: 1 step at the edge of the recording, with fewer kernels than others', FIVE(' gg'), BY_FIVE],
  ['cpuTimes', 'only the GPU', 'withheld: only the GPU was recorded', 'stream7| ggg'],
  ['cpuTimes', 'no ops', 'partial: ops were not recorded', RUN, ONE],
  ['cpuTimes', 'ops and calls', 'fine: ops and runtime calls, no Python frames', `cpu|AAA\n${RUN}`, { ...ONE, legend: { A: 'aten::mm' } }],
  ['cpuTimes', 'ops without calls', 'partial: runtime calls were not recorded', 'cpu|AAA\nstream7| ggg', { legend: { A: 'aten::mm' } }],
  ['cpuTimes', 'Python frames', 'partial: inflated: 1 Python frame recorded', `cpu2|yyy\n${RUN}`, { ...ONE, legend: { y: PYTHON } }],
  ['overhead', 'none recorded', undefined, RUN, ONE],
  ['overhead', 'a quarter', 'partial: 3.00 µs recorded, 25.0 % of the trace', `cpu2|vvv\n${RUN}`, { ...ONE, legend: { v: OVERHEAD } }],
  [
    'roofline',
    'no shapes',
    'withheld: The profiler did not record the shapes of inputs (record_shapes), so products and attention cannot be counted.',
    RUN,
    ONE,
  ],
  ['memory', 'no memory events', 'withheld: The profiler did not record memory (profile_memory).', RUN, ONE],
];

for (const [id, what, expected, drawing, options] of CASES) {
  test(`${id}: ${what}`, async () => {
    const found = check(await analysisOf(drawing, options), id);
    assert.equal(found && `${found.state}: ${found.detail}`, expected);
  });
}

test('a cut step is neither the median nor slow', async () => {
  const { steps, findings } = await analysisOf(FIVE(' gg'), BY_FIVE);
  assert.deepEqual(
    steps.steps.map(({ note }) => note),
    [undefined, undefined, undefined, undefined, 'partial'],
  );
  assert.deepEqual(
    findings.filter(({ rule }) => rule === 'slowSteps'),
    [],
  );
});
