import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { createSession } from '../../../src/core/session/session.js';
import { draw, sliceNamed } from '../../draw.js';

const trace = draw('stream7 |aa bb aa aa', { legend: { a: 'gemm', b: 'norm' } });
const name = trace.slices.name[sliceNamed(trace, 'gemm')];
const records = (record: string): Records => ({ text: async () => record, pass: async () => {}, save: () => new Uint8Array(0) });
const sessionOf = (args = '') => createSession(trace, records(`{"ph": "X", "args": {${args}}}`), { fileName: 'drawn.json', fileBytes: 10 });

const HEADER = '"ID","Process ID","Kernel Name","Block Size","Grid Size","Section Name","Metric Name","Metric Unit","Metric Value"';
const row = (id: number, kernel: string, grid: string, metric: string, value: string) =>
  `"${id}","7","${kernel}","(32, 1, 1)","${grid}","Occupancy","${metric}","%","${value}"`;
const file = (fileName: string, ...rows: string[]) => ({ name: fileName, text: [HEADER, ...rows].join('\n') });
const MEASURED = file(
  'a.csv',
  row(0, 'gemm', '(1, 1, 1)', 'Achieved Occupancy', '11.25'),
  row(1, 'gemm', '(2, 1, 1)', 'Achieved Occupancy', '22.25'),
  row(2, 'other', '(2, 1, 1)', 'Achieved Occupancy', '1.25'),
);

test('nothing is measured until something is attached', async () => {
  assert.equal(await sessionOf().ncu(name, {}), undefined);
});

test('what is attached is counted, and what is not joined is said', async () => {
  const session = sessionOf();
  const { files, launches, joined, kernels, problems } = await session.attachNcu([MEASURED]);
  assert.deepEqual({ files, launches, joined, kernels }, { files: ['a.csv'], launches: 3, joined: 2, kernels: [name] });
  assert.deepEqual(problems, ['1 of 3 measured launches are of kernels that this trace has not, or has several of: other.']);
  assert.equal(await session.ncu(trace.slices.name[sliceNamed(trace, 'norm')], {}), undefined);
  assert.equal((await session.attachNcu([])).launches, 0);
  assert.equal(await session.ncu(name, {}), undefined);
});

test('sections saved as a file each are one launch', async () => {
  const session = sessionOf();
  const other = file('b.csv', row(0, 'gemm', '(1, 1, 1)', 'Achieved Occupancy', '11.25'), row(0, 'gemm', '(1, 1, 1)', 'DRAM Throughput', '50.5'));
  assert.equal((await session.attachNcu([MEASURED, other])).launches, 3);
  const match = await session.ncu(name, { index: 0 });
  assert.deepEqual(
    match?.launch.metrics.map((metric) => metric.name),
    ['Achieved Occupancy', 'DRAM Throughput'],
  );
  assert.equal(match?.measured, 2);
});

test('a slice gets the launch of its order, or one of its grid, and is told which', async () => {
  const grid = (x: number) => `"grid": [${x}, 1, 1], "block": [32, 1, 1]`;
  const cases: [args: string, nth: number, index: number, note: RegExp][] = [
    ['', 0, 0, /^Joined by order: launch 1 of this kernel; 2 of 3 were measured\.$/],
    [grid(1), 0, 0, /^Joined by order: launch 1 of this kernel, with the same grid and block/],
    [grid(2), 0, 1, /not measured: shown is another one with the same grid and block/],
    [grid(9), 1, 1, /No launch with the grid and block of this one was measured/],
    ['', 2, 0, /not measured: shown is another one of the same kernel/],
  ];
  for (const [args, nth, index, note] of cases) {
    const session = sessionOf(args);
    await session.attachNcu([MEASURED]);
    const match = await session.ncu(name, { slice: sliceNamed(trace, 'gemm', nth) });
    assert.equal(match?.index, index, args);
    assert.match(match?.note ?? '', note);
  }
});
