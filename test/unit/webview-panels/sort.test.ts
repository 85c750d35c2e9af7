import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { formatSort, nextSort, parseSort, type Sort, sortRows } from '../../../webview/panels/sort.js';

test('the text of a sort says keys in order, a minus turns one round', () => {
  const sort: Sort = [
    { key: 'totalNs', descending: true },
    { key: 'name', descending: false },
  ];
  deepEqual(formatSort(sort), '-totalNs,name');
  deepEqual(parseSort('-totalNs,name', ['name', 'totalNs']), sort);
  deepEqual(parseSort('-gone,name,', ['name', 'totalNs']), [{ key: 'name', descending: false }]);
});

test('a click sorts by one column, a second turns it round, shift adds', () => {
  const clicks: [key: string, add: boolean, after: string][] = [
    ['total', false, '-total'],
    ['total', false, 'total'],
    ['name', true, 'total,name'],
    ['total', true, '-total,name'],
    ['count', false, '-count'],
  ];
  let sort: Sort = [];
  for (const [key, add, after] of clicks) {
    sort = nextSort(sort, key, key !== 'name', add);
    deepEqual(formatSort(sort), after);
  }
});

test('rows sort by every key, keep their order when equal, and unknown values come last both ways', () => {
  const rows = [
    { id: 'a', total: 2, step: 1 },
    { id: 'b', total: 3, step: undefined },
    { id: 'c', total: 2, step: 0 },
    { id: 'd', total: 2, step: 1 },
  ];
  const sorted = (text: string): string =>
    sortRows(rows, parseSort(text, ['total', 'step', 'id']), (row, key) => (key === 'total' ? row.total : key === 'step' ? row.step : row.id))
      .map(({ id }) => id)
      .join('');
  deepEqual(sorted('-total'), 'bacd');
  deepEqual(sorted('total'), 'acdb');
  deepEqual(sorted('-total,step'), 'bcad');
  deepEqual(sorted('step'), 'cadb');
  deepEqual(sorted('-step'), 'adcb');
  deepEqual(sorted('-id'), 'dcba');
});
