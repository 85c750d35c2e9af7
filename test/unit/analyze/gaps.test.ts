import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gapEvidence, streamGaps, streamOrder } from '../../../src/core/analyze/gaps.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import { type DrawOptions, draw } from '../../draw.js';

const STEP = 'execute_context_0(0)_generation_1(1)';
const LEGEND = {
  Y: { name: 'cudaStreamSynchronize', category: 'cuda_runtime' },
  W: { name: 'hipMemcpyWithStream', category: 'cuda_runtime' },
  M: { name: 'Memcpy DtoH (Device -> Pinned)', category: 'gpu_memcpy' },
  D: { name: STEP, category: 'user_annotation' },
};

/** Gaps of stream 7 as "start–end cause by". */
function found(drawing: string, options: DrawOptions = {}): string[] {
  const trace = draw(drawing, { columnNs: 1000, legend: LEGEND, ...options });
  const gpu = indexGpu(trace);
  const track = trace.tracks.findIndex(({ info }) => info.stream === '7');
  const gaps = streamGaps(gapEvidence(trace, gpu, findSteps(trace, gpu)), streamOrder(trace, gpu, track), { startNs: 0, endNs: 1e9 }, 2000, 10);
  return gaps.map(({ startNs, endNs, cause, by }) => `${startNs / 1000}–${endNs / 1000} ${[cause, by].filter(Boolean).join(' ')}`);
}

const table: [string, string, string[], DrawOptions?][] = [
  ['the next launch came late', 'cpu|LL      LL\nstream7|  kkk     kkk', ['5–10 launchLate']],
  ['the launch was early: it waited in the queue', 'cpu|LL LL\nstream7|  kkkkk     kkk', ['7–12 queue']],
  ['both are of one graph', 'cpu|GG\nstream7|  kkk     kkk', ['5–10 graphInternal'], { launchedBy: [0, 0] }],
  ['no launch was recorded', 'cpu|LL\nstream7|  kkk     kkk', ['5–10 unknown'], { launchedBy: [0, -1] }],
  ['the thread waited for the GPU', 'cpu|LLYYYYY LL\nstream7|  kkk     kkk', ['5–10 sync cudaStreamSynchronize'], { launchedBy: [0, 2] }],
  ["the thread copied in HIP's blocking way", 'cpu|LLWWWWW LL\nstream7|  kkk     kkk', ['5–10 sync hipMemcpyWithStream'], { launchedBy: [0, 2] }],
  ['another thread waited', 'cpu|LL      LL\ncpu2|YYYYYYY\nstream7|  kkk     kkk', ['5–10 launchLate'], { launchedBy: [0, 2] }],
  ['another stream worked', 'cpu|LLLLLL  LL\nstream7|  kkk     kkk\nstream9|     aaaa', ['5–10 otherStream stream 9'], { launchedBy: [0, -1, 0] }],
  ['a copy ran', 'cpu|LLLLLL  LL\nstream7|  kkk     kkk\nstream9|     MMMM', [`5–10 copy ${LEGEND.M.name}`], { launchedBy: [0, -1, 0] }],
  ['short gaps are none', 'cpu|LLLL\nstream7|  kkk kkk', []],
];
for (const [what, drawing, expected, options] of table) test(what, () => assert.deepEqual(found(drawing, options), expected));

test('only gaps that touch the span are given, whole', () => {
  const trace = draw('stream7|kk   kk   kk   kk', { columnNs: 1000 });
  const gpu = indexGpu(trace);
  const evidence = gapEvidence(trace, gpu, findSteps(trace, gpu));
  const spans = (startNs: number, endNs: number, limit = 10) =>
    streamGaps(evidence, streamOrder(trace, gpu, gpu.track[0]), { startNs, endNs }, 1000, limit).map((gap) => [gap.startNs, gap.endNs]);
  assert.deepEqual(spans(8000, 9000), [[7000, 10_000]]);
  assert.deepEqual(spans(5500, 6000), []);
  assert.deepEqual(spans(0, 20_000), [
    [2000, 5000],
    [7000, 10_000],
    [12_000, 15_000],
  ]);
  assert.deepEqual(spans(0, 20_000, 2), [], 'more than the limit');
});
