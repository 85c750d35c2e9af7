import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorCalls, reportOperators } from '../../../src/core/analyze/operators.js';
import { draw } from '../../draw.js';

const legend = { F: { name: 'f.py(1): forward', category: 'python_function' }, N: { name: 'step', category: 'user_annotation' } };

function rowsOf(drawing: string, launchedBy?: number[]): [name: string, ...numbers: (number | undefined)[]][] {
  const trace = draw(drawing, { legend, launchedBy });
  const { rows } = reportOperators(trace, operatorCalls(trace));
  return rows.map((row) => [row.name, row.calls, row.cpuTotalNs, row.cpuSelfNs, row.deviceTotalNs, row.deviceSelfNs, row.cpuToGpu]);
}

test('self time is without the calls right under an operator, of any kind', () => {
  const rows = rowsOf(`
    cpu     |AAAAAAAAAA  A
            | BBBB LL
            |  LL
    stream7 |   KKKK    MMMMM
  `);
  assert.deepEqual(rows, [
    ['A', 2, 11, 5, 9, 5, 11 / 9],
    ['B', 1, 4, 2, 4, 4, 1],
  ]);
});

test('a frame between two operators is no call', () => {
  const rows = rowsOf(`
    cpu     |AAAAAAAA
            | FFFFFF
            |  BBB
    stream7 |
  `);
  assert.deepEqual(rows, [
    ['A', 1, 8, 5, 0, 0, undefined],
    ['B', 1, 3, 3, 0, 0, undefined],
  ]);
});

test('what begins after an operator has ended is not in it, though a frame that outlived it holds both', () => {
  const rows = rowsOf(`
    cpu     |AAAA
            | FFFFFF
            |     BB
    stream7 |
  `);
  assert.deepEqual(
    rows.map(([name, , total, self]) => [name, total, self]),
    [
      ['A', 4, 4],
      ['B', 2, 2],
    ],
  );
});

test('a call that outlives its operator takes no more than the operator has', () => {
  const rows = rowsOf(`
    cpu     |AAAA
            |  LLLL
    stream7 |
  `);
  assert.deepEqual(rows, [['A', 1, 4, 2, 0, 0, undefined]]);
});

test('GPU time that no operator launched is told, and is part of the sum', () => {
  const trace = draw(
    `
    cpu     |AAA G   L
            | L
    stream7 |  KK  MMMM  PP
  `,
    { launchedBy: [0, 1, 2] },
  );
  const report = reportOperators(trace, operatorCalls(trace));
  assert.equal(report.deviceSelfNs, 8);
  assert.deepEqual(report.withheld, [
    '4 ns of GPU time (50.0 %) comes from graph replays, which no operator launches.',
    '2 ns of GPU time (25.0 %) was launched outside of operators.',
  ]);
});

test('a recording without operators says so', () => {
  const trace = draw('stream7 |KK');
  assert.deepEqual(reportOperators(trace, operatorCalls(trace)).withheld, ['The recording has no operators: the profiler did not record CPU activity.']);
});
