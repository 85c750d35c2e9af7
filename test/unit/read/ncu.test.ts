import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as v from 'valibot';
import { ncuFigures, ncuStalls } from '../../../src/core/analyze/ncuFigures.js';
import { isNcuCsv, readNcuCsv } from '../../../src/core/read/ncu.js';
import { decimalMark, localeNumber } from '../../../src/core/read/ncuNumbers.js';
import { tracePath } from '../../traces.js';

const DETAILS =
  '"ID","Process ID","Kernel Name","Block Size","Grid Size","Section Name","Metric Name","Metric Unit","Metric Value","Rule Name","Rule Type","Rule Description","Estimated Speedup Type","Estimated Speedup"';
const cell = (name: string, unit: string, value: string) => `"0","7","gemm","(32, 4, 1)","(224, 1, 1)","Occupancy","${name}","${unit}","${value}",`;
const details = (...rows: string[]) => [DETAILS, ...rows].join('\n');
const values = (text: string) => readNcuCsv(text).launches[0].metrics.map(({ name, value }) => [name, value]);

test('numbers of any locale', () => {
  const cases: [texts: string[], numbers: (number | 'unsure' | undefined)[]][] = [
    [
      ['13,485', '9,495.42', '19.66', '0'],
      [13485, 9495.42, 19.66, 0],
    ],
    [
      ['27.595.520', '65,77', '1.234'],
      [27595520, 65.77, 1234],
    ],
    [
      ['9 495,42', '9’495,42', '9\u202f495'],
      [9495.42, 9495.42, 9495],
    ],
    [
      ['1,410,000,000.50', '1.5e+06', '-2.25'],
      [1410000000.5, 1500000, -2.25],
    ],
    // Nothing tells: a half of a thousand, or a thousand of a half?
    [
      ['13,485', '12'],
      ['unsure', 12],
    ],
    // The file disagrees with itself: only what stands for itself is a number.
    [
      ['65,77', '19.66', '13,485'],
      [65.77, 19.66, 'unsure'],
    ],
    [
      ['0,123', '1,234'],
      [0.123, 1.234],
    ],
    [
      ['n/a', '', 'nan', '(32, 4, 1)', '-', '65,77,', '1.2.3'],
      [undefined, undefined, undefined, undefined, undefined, undefined, undefined],
    ],
  ];
  for (const [texts, numbers] of cases) {
    const mark = decimalMark(texts);
    assert.deepEqual(
      texts.map((text) => localeNumber(text, mark)),
      numbers,
      texts.join(' | '),
    );
  }
});

test('details page: lines before the header, short rows, rules', () => {
  const text = `==PROF== Connected to process 7 (/usr/bin/python3)
Loading "weights", 3
==WARNING== Launching the workload is taking more time than expected
${details(
  cell('Achieved Occupancy', '%', '11.32'),
  cell('Elapsed Cycles', 'cycle', '13,485'),
  '"0","7","gemm","(32, 4, 1)","(224, 1, 1)","Occupancy","","","","Theoretical","OPT","A ""quoted"" rule,\nof two lines","global","80.34"',
)}
==PROF== Disconnected from process 7
done`;
  assert.ok(isNcuCsv(text));
  const { launches, problems } = readNcuCsv(text);
  assert.equal(launches.length, 1);
  const [{ id, process, kernel, grid, block, metrics, rules }] = launches;
  assert.deepEqual({ id, process, kernel, grid, block }, { id: 0, process: '7', kernel: 'gemm', grid: '224 × 1 × 1', block: '32 × 4 × 1' });
  assert.deepEqual(metrics, [
    { section: 'Occupancy', name: 'Achieved Occupancy', unit: '%', text: '11.32', value: 11.32 },
    { section: 'Occupancy', name: 'Elapsed Cycles', unit: 'cycle', text: '13,485', value: 13485 },
  ]);
  assert.deepEqual(rules, [
    { section: 'Occupancy', name: 'Theoretical', type: 'OPT', text: 'A "quoted" rule,\nof two lines', speedupPercent: 80.34, speedupOf: 'global' },
  ]);
  assert.deepEqual(problems, ['1 line is no row of ncu and left out.']);
});

test('German locale, Windows line ends, semicolons after a spreadsheet', () => {
  const rows = [cell('DRAM Throughput', '%', '65,77'), cell('Bytes', 'byte', '27.595.520'), cell('Cycles', 'cycle', '13.485')];
  const expected = [
    ['DRAM Throughput', 65.77],
    ['Bytes', 27595520],
    ['Cycles', 13485],
  ];
  assert.deepEqual(values(details(...rows).replaceAll('\n', '\r\n')), expected);
  assert.deepEqual(values(`\ufeff${details(...rows).replaceAll('",', '";')}`), expected);
});

test('numbers that read differently in two locales stay text, and it is said', () => {
  const { launches, problems } = readNcuCsv(details(cell('Cycles', 'cycle', '13,485')));
  assert.deepEqual(launches[0].metrics, [{ section: 'Occupancy', name: 'Cycles', unit: 'cycle', text: '13,485', value: undefined }]);
  assert.match(problems.join(), /1 number is kept as text/);
});

test('raw page: a row of units, a row for each launch, names of hosts left out', () => {
  const stall = (reason: string) => `smsp__average_warps_issue_stalled_${reason}_per_issue_active.ratio`;
  const text = `"ID","Process ID","Process Name","Host Name","Kernel Name","Block Size","Grid Size","sm__throughput.avg.pct_of_peak_sustained_elapsed","gpu__time_duration.sum","${stall('long_scoreboard')}","${stall('barrier')}","${stall('selected')}","${stall('wait')}","${stall('mio_throttle')}"
"","","","","","","","%","ns","inst","inst","inst","inst","inst"
"0","7","python","secret-host","gemm<1>","(32, 4, 1)","(224, 1, 1)","9.15","6,752","2.5","4.25","9","1.5","0.1"
"1","7","python","secret-host","gemm<1>","(32, 4, 1)","(112, 1, 1)","8.15","","","","","",""`;
  const { launches, problems } = readNcuCsv(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    launches.map(({ id, grid, metrics }) => [id, grid, metrics.length]),
    [
      [0, '224 × 1 × 1', 7],
      [1, '112 × 1 × 1', 1],
    ],
  );
  assert.deepEqual(ncuFigures(launches[0]), [
    { label: 'SM throughput', text: '9.15 %' },
    { label: 'Duration', text: '6,752 ns' },
  ]);
  assert.deepEqual(ncuStalls(launches[0]), [
    { label: 'barrier', text: '4.25 inst' },
    { label: 'long scoreboard', text: '2.5 inst' },
    { label: 'wait', text: '1.5 inst' },
  ]);
  assert.ok(!JSON.stringify(launches).includes('secret-host'));
});

test('hostile and foreign text: nothing is thrown, nothing is read from it', () => {
  const unclosed = `${DETAILS}\n"0","7","gemm","never closed`;
  for (const text of ['', '\0\0', 'ID,Name\n1,2', '"ID"', unclosed, `${DETAILS}\n"-1","7","gemm"`, DETAILS, '"'.repeat(200_000)]) readNcuCsv(text);
  assert.deepEqual(readNcuCsv('Kind,Agent_Id').problems, ['There is no header of ncu --csv in it.']);
  assert.ok(!isNcuCsv('Kind,Agent_Id,Kernel_Name'));
  const hostile = '__proto__';
  assert.equal(readNcuCsv(details(`"0","7","${hostile}","","","${hostile}","${hostile}","","1",`)).launches[0].metrics[0].name, hostile);
});

test('a file of commas or of empty lines is read up to a limit, in bounded memory', () => {
  assert.deepEqual(readNcuCsv(`${DETAILS}\n${','.repeat(5_000_000)}`).problems, ['Only its first 4000000 cells are read.']);
  assert.deepEqual(readNcuCsv(details('\n'.repeat(1_000_000), cell('Cycles', 'cycle', '12'))).launches.length, 1);
});

test('damaged text: whatever is changed in it, nothing is thrown', () => {
  const whole = details(
    cell('Achieved Occupancy', '%', '11.32'),
    '"0","7","gemm","","","Occupancy","","","","Theoretical","OPT","A ""quoted"" rule","global","80.34"',
  );
  const pieces = ['"', ',', '\n', '\r', ';', '""', '\0', '9', '.', '\u202f'];
  for (let at = 0; at < whole.length; at++) {
    const piece = pieces[at % pieces.length];
    for (const text of [whole.slice(0, at), whole.slice(0, at) + piece + whole.slice(at), whole.slice(0, at) + piece + whole.slice(at + 1)]) {
      for (const { id, metrics } of readNcuCsv(text).launches) {
        assert.ok(Number.isSafeInteger(id));
        for (const { value } of metrics) assert.ok(value === undefined || Number.isFinite(value));
      }
    }
  }
});

const Reference = v.object({
  rows: v.number(),
  ragged: v.number(),
  kernel_names: v.array(v.string()),
  rules: v.array(v.tuple([v.string(), v.string(), v.string(), v.string()])),
});

/** rows without the header; those of rules are full, those of metrics end early */
for (const part of ['details', 'metrics', 'section_SpeedOfLight']) {
  for (const kernel of [1, 2]) {
    const name = `nvidia-ncu-deepseekocr-kernel${kernel}.${part}.csv`;
    const path = tracePath(name);
    test(`${name}: as the reference has it`, { skip: existsSync(path) ? false : `${path} is absent` }, () => {
      const reference = v.parse(Reference, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
      const text = readFileSync(path, 'utf8');
      const { launches, problems } = readNcuCsv(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        launches.map((launch) => launch.kernel),
        reference.kernel_names,
      );
      const [{ metrics, rules }] = launches;
      assert.equal(metrics.length, reference.ragged);
      assert.equal(metrics.length + rules.length, reference.rows);
      assert.deepEqual(
        rules.map((rule) => ['0', rule.name, rule.type, rule.speedupPercent === undefined ? '' : String(rule.speedupPercent)]),
        reference.rules,
      );
      // Every value with a digit is a number.
      assert.deepEqual(
        metrics.filter(({ text: written, value }) => /\d/.test(written) && value === undefined),
        [],
      );
    });
  }
}

test('the figures of a real launch', { skip: existsSync(tracePath('nvidia-ncu-deepseekocr-kernel1.details.csv')) ? false : 'the traces are absent' }, () => {
  const [launch] = readNcuCsv(readFileSync(tracePath('nvidia-ncu-deepseekocr-kernel1.details.csv'), 'utf8')).launches;
  assert.deepEqual(
    ncuFigures(launch).map(({ label, text }) => `${label}: ${text}`),
    [
      'SM throughput: 9.15 %',
      'DRAM throughput: 19.66 %',
      'L2 throughput: 8.59 %',
      'Achieved occupancy: 11.32 %',
      'Theoretical occupancy: 16.67 %',
      'Duration: 6.75 us',
    ],
  );
  assert.equal(launch.metrics.find(({ name }) => name === 'SM Active Cycles')?.value, 9495.42);
});
