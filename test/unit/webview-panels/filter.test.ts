import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelCategory, KernelRow } from '../../../src/shared/protocol.js';
import { parseFilter } from '../../../webview/panels/filter.js';

function row(name: string, category: KernelCategory, count: number, avgUs: number): KernelRow {
  const avgNs = avgUs * 1000;
  return {
    nameId: 0,
    name,
    shortName: name,
    kind: 'kernel',
    category,
    count,
    totalNs: avgNs * count,
    avgNs,
    medianNs: avgNs,
    minNs: avgNs,
    maxNs: avgNs,
    stddevNs: 0,
    percent: count / 10,
    prefillNs: 0,
    decodeNs: avgNs,
    mixedNs: 0,
  };
}

const rows = [
  row('sm90_gemm_128', 'gemm', 10, 62),
  row('sm90_gemm_splitK', 'gemm', 20, 4),
  row('flash fwd kernel<4, float>', 'attention', 30, 9.5),
  row('void fill', 'elementwise', 400, 0.8),
];

function kept(text: string): number[] {
  const filter = parseFilter(text);
  if ('error' in filter) throw new Error(filter.error);
  return rows.flatMap((one, i) => (filter.matches(one) ? [i] : []));
}

const passes: [filter: string, rows: number[]][] = [
  ['', [0, 1, 2, 3]],
  ['gemm', [0, 1]],
  ['GEMM -splitK', [0]],
  ['-gemm', [2, 3]],
  ['sm90 128', [0]],
  ['"fwd kernel"', [2]],
  ['-"fwd kernel" -gemm', [3]],
  ['avg>10us', [0]],
  ['mean<=4us', [1, 3]],
  ['avg<1us', [3]],
  ['total>=0.5ms', [0]],
  ['-avg>5us', [1, 3]],
  ['calls>20', [2, 3]],
  ['percent>=3', [2, 3]],
  ['cat:att', [2]],
  ['-cat:gemm avg>1us', [2]],
  // parts of a name, not comparisons
  ['kernel<4', [2]],
];

for (const [filter, expected] of passes) test(`filter ${filter || '(empty)'}`, () => deepEqual(kept(filter), expected));

const errors: [filter: string, says: RegExp][] = [
  ['avg>fast', /“fast” is not a duration/],
  ['avg>10', /not a duration/],
  ['calls>10us', /not a number/],
  ['agv>10us', /“agv” is not a column: use total/],
];

for (const [filter, says] of errors) {
  test(`filter ${filter} is refused`, () => {
    const parsed = parseFilter(filter);
    match('error' in parsed ? parsed.error : 'accepted', says);
  });
}
