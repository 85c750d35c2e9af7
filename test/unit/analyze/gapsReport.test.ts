import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportGaps } from '../../../src/core/analyze/gapsReport.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { findSteps } from '../../../src/core/analyze/steps.js';
import type { GapsReport } from '../../../src/shared/analysis.js';
import { type DrawOptions, draw } from '../../draw.js';

const STEP = 'execute_context_0(0)_generation_1(1)';
const LEGEND = { D: { name: STEP, category: 'user_annotation' }, f: { name: 'sampler.py(12): sample', category: 'python_function' } };

function report(drawing: string, options: DrawOptions = {}): GapsReport {
  const trace = draw(drawing, { columnNs: 1000, legend: LEGEND, ...options });
  const gpu = indexGpu(trace);
  return reportGaps(trace, gpu, findSteps(trace, gpu));
}

/** "device start–end cause". */
const lines = ({ gaps }: GapsReport): string[] => gaps.map(({ device, startNs, endNs, cause }) => `${device} ${startNs / 1000}–${endNs / 1000} ${cause}`);

test('a device is idle where none of its streams works', () => {
  const { gaps, count, idleNs, byCause } = report(
    `
    cpu     |LLLLLL         LL
    stream7 | kkk    kkk        kkk
    stream9 |   kkkk
  `,
    { launchedBy: [0, 0, 0, 1] },
  );
  assert.deepEqual(lines({ gaps, count, idleNs, byCause }), ['0 11–19 launchLate', '0 7–8 graphInternal']);
  assert.deepEqual([count, idleNs], [2, 9000]);
  assert.deepEqual(byCause, [
    { cause: 'launchLate', phase: undefined, count: 1, totalNs: 8000, short: { count: 1, totalNs: 8000 } },
    { cause: 'graphInternal', phase: undefined, count: 1, totalNs: 1000, short: { count: 1, totalNs: 1000 } },
  ]);
});

test('devices are never united', () => {
  const drawn = `
    gpu0 stream7 |kk  kk
    gpu1 stream7 |  kk  kk
  `;
  assert.deepEqual(lines(report(drawn, { launchedBy: [-1, -1, -1, -1] })), ['0 2–4 unknown', '1 4–6 unknown']);
});

test('a gap between steps belongs to the phase after it, and tells what the thread did', () => {
  const { gaps } = report(`
    cpu     |DDDDDDDD                  DDDDDDDD
            | L       ffffffffffffffaa  L
    stream7 |   kkkk                        kkkk
  `);
  assert.deepEqual(
    gaps.map(({ cause, phase, step }) => [cause, phase, step]),
    [['betweenSteps', 'decode', 1]],
  );
  assert.deepEqual(
    gaps[0].meanwhile.map(({ name, ns, frame }) => [name, ns, frame?.function]),
    [
      ['sampler.py(12): sample', 14_000, 'sample'],
      [STEP, 5000, undefined],
      ['a', 2000, undefined],
    ],
  );
});
