import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fixed } from '../../../src/shared/format.js';
import { type Column, columnTemplate, exportRows, visibleColumns } from '../../../webview/panels/column.js';
import { exportName, markdown, tsv } from '../../../webview/panels/export.js';

interface Row {
  name: string;
  ns: number | undefined;
}

const columns: Column<Row>[] = [
  { key: 'name', title: 'Kernel', width: 'flex', minWidth: 150, value: (row) => row.name },
  {
    key: 'ns',
    title: 'Total ms',
    width: 120,
    numeric: true,
    hideBelowPx: 700,
    value: (row) => row.ns && row.ns / 1e6,
    text: (row) => fixed(row.ns && row.ns / 1e6, 3),
  },
];
const table = exportRows('kernels', columns, [
  { name: 'a_b<int*>|x', ns: 1_234_567 },
  { name: 'two\tlines\nhere', ns: undefined },
]);

test('what is exported is the value, not its rounded text', () => {
  deepEqual(table, {
    name: 'kernels',
    columns: ['Kernel', 'Total ms'],
    rows: [
      ['a_b<int*>|x', 1.234567],
      ['two\tlines\nhere', ''],
    ],
  });
});

test('TSV keeps one row a line', () => {
  equal(tsv(table), 'Kernel\tTotal ms\na_b<int*>|x\t1.234567\ntwo lines here\t');
});

test('Markdown escapes what names have in common with it', () => {
  equal(markdown(table), ['| Kernel | Total ms |', '|---|---:|', '| a\\_b\\<int\\*\\>\\|x | 1.234567 |', '| two\tlines here |  |'].join('\n'));
});

test('a suggested name loses the endings of the trace', () => {
  equal(exportName('run.pt.trace.json.gz', 'kernels'), 'run-kernels');
  equal(exportName('run.json', 'steps'), 'run-steps');
  equal(exportName('run.v2', 'steps'), 'run.v2-steps');
});

test('narrow tables drop columns', () => {
  equal(columnTemplate(visibleColumns(columns, 700)), 'minmax(150px, 1fr) 120px');
  equal(columnTemplate(visibleColumns(columns, 699)), 'minmax(150px, 1fr)');
});
