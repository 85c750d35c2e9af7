import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { createAnalyses } from '../../../src/core/session/analyses.js';
import { createArgsReports } from '../../../src/core/session/argsReports.js';
import { isWithheld } from '../../../src/shared/analysis.js';
import { draw, sliceNamed } from '../../draw.js';

/** ROCm counts the CPUs among its devices: the GPU called 0 runs here as device 2. */
const TRACE = draw(
  `
  cpu          |AAAAAAAAAAAA
               | MMMMMMM L m
               |  L  v
  gpu2 stream7 |     KKKK  RRR
`,
  {
    legend: {
      A: 'aten::linear',
      M: 'aten::mm',
      K: 'gemm',
      R: 'ncclDevKernel_Generic_1',
      m: { name: '[memory]', category: 'cpu_instant_event' },
      v: { name: '[memory]', category: 'cpu_instant_event' },
    },
    devices: [{ id: '0', name: 'AMD Instinct MI300X' }],
  },
);

const shapes = {
  'Input Dims': [
    [64, 32],
    [32, 16],
  ],
  'Input type': ['c10::BFloat16', 'c10::BFloat16'],
};
/** Which of a name is told by its row, then its time: the first `[memory]` lies outside of the product. */
const ARGS: [slice: string, nth: number, args: object][] = [
  ['aten::mm', 0, shapes],
  ['[memory]', 1, { Bytes: 512, 'Total Allocated': 512, 'Total Reserved': 1024, 'Device Type': 6, 'Device Id': 0 }],
  ['[memory]', 0, { Bytes: -128, 'Total Allocated': 384, 'Total Reserved': 1024, 'Device Type': 6, 'Device Id': 0 }],
  ['ncclDevKernel_Generic_1', 0, { 'Collective name': '_allgather_base', dtype: 'BFloat16', 'In msg nelems': 8, 'Out msg nelems': 32, 'Group size': 4 }],
];

function recordsOf(args: typeof ARGS): { records: Records; passes: () => number } {
  const texts = new Map(args.map(([name, nth, own]) => [TRACE.slices.recordLow[sliceNamed(TRACE, name, nth)], JSON.stringify({ ph: 'X', args: own })]));
  let passes = 0;
  const pass: Records['pass'] = async (offsets, take) => {
    passes++;
    assert.deepEqual(offsets, offsets.slice().sort(), 'in the order of the file');
    offsets.forEach((offset, index) => {
      take(index, texts.get(offset) ?? '{}');
    });
  };
  return { records: { text: async () => '{}', pass, save: () => new Uint8Array(0) }, passes: () => passes };
}

test('one pass answers all that the args tell', async () => {
  const { records, passes } = recordsOf(ARGS);
  const reports = createArgsReports(TRACE, records, createAnalyses(TRACE));

  const { rows } = await reports.operatorsByShape();
  assert.deepEqual(
    rows.map(({ name, shapes: text, flops, deviceMemoryBytes, cpuMemoryBytes }) => [name, text, flops, deviceMemoryBytes, cpuMemoryBytes]),
    [
      ['aten::mm', '[64, 32], [32, 16]', 65_536, 512, 0],
      ['aten::linear', '', undefined, 384, 0],
    ],
  );

  const { timeline } = await reports.memory();
  assert.ok(!isWithheld(timeline));
  assert.deepEqual(
    timeline.map(({ device, peakAllocatedBytes, peakReservedBytes }) => [device, peakAllocatedBytes, peakReservedBytes]),
    [['GPU 0', 512, 1024]],
  );

  const roofline = await reports.roofline();
  assert.ok(!isWithheld(roofline.rows));
  assert.deepEqual(
    roofline.rows.map(({ name, busyNs, dtype }) => [name, busyNs, dtype]),
    [['aten::mm', 4, 'bf16']],
  );
  assert.match(roofline.peak?.source ?? '', /MI300X/);

  const messages = await reports.messages();
  assert.deepEqual(messages(sliceNamed(TRACE, 'ncclDevKernel_Generic_1')), { bytes: 64, ranks: 4 }, 'all that an all-gather gives');
  assert.equal(messages(sliceNamed(TRACE, 'gemm')), undefined);
  assert.equal(passes(), 1);
});

test('a recording without args withholds what they would tell', async () => {
  const reports = createArgsReports(TRACE, recordsOf([]).records, createAnalyses(TRACE));
  const { rows } = await reports.operatorsByShape();
  assert.deepEqual(
    rows.map(({ name, shapes: text, deviceMemoryBytes }) => [name, text, deviceMemoryBytes]),
    [
      ['aten::mm', '', undefined],
      ['aten::linear', '', undefined],
    ],
  );
  assert.ok(isWithheld((await reports.memory()).timeline));
  assert.ok(isWithheld((await reports.roofline()).rows));
});

test('a pass that fails is made again when asked again', async () => {
  const { records } = recordsOf(ARGS);
  let fails = true;
  const pass: Records['pass'] = async (...asked) => {
    if (fails) throw new Error('the disk is away');
    await records.pass(...asked);
  };
  const reports = createArgsReports(TRACE, { ...records, pass }, createAnalyses(TRACE));
  await assert.rejects(reports.memory(), /the disk is away/);
  fails = false;
  assert.ok(!isWithheld((await reports.memory()).timeline));
});
