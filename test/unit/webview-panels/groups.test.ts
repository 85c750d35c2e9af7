import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { KERNEL_CATEGORIES, type KernelGroup } from '../../../src/shared/protocol.js';
import { exportRows } from '../../../webview/panels/column.js';
import { groupColumns, groupName, stackColumns } from '../../../webview/panels/groups/columns.js';

/** A group whose only kernel takes so long. */
const group = (key: number, label: string, totalNs: number, phase: 'prefillNs' | 'decodeNs', category: (typeof KERNEL_CATEGORIES)[number]): KernelGroup => ({
  ...{ key, label, search: '', count: 1, totalNs, avgNs: totalNs, medianNs: totalNs, minNs: totalNs, maxNs: totalNs, percent: 50 },
  ...{ prefillNs: 0, decodeNs: 0, mixedNs: 0, [phase]: totalNs },
  categoryNs: KERNEL_CATEGORIES.map((one) => (one === category ? totalNs : 0)),
});

const LAYERS = [group(0, 'layer 0', 2e6, 'decodeNs', 'gemm'), group(-1, 'outside of layers', 1e6, 'prefillNs', 'sampling')];

test('columns of groups: phases only where they have time, and not where the group is a phase', () => {
  const { columns, rows } = exportRows('layers', groupColumns('layer', LAYERS), LAYERS);
  deepEqual(columns, ['Layer', 'Calls', 'Total ms', '%', 'Mean µs', 'Median µs', 'Min µs', 'Max µs', 'Prefill ms', 'Decode ms']);
  deepEqual(rows, [
    [0, 1, 2, 50, 2000, 2000, 2000, 2000, '', 2],
    ['', 1, 1, 50, 1000, 1000, 1000, 1000, 1, ''],
  ]);
  const titles = groupColumns('step', LAYERS).map(({ title }) => title);
  deepEqual(titles.slice(-2), ['Min µs', 'Max µs']);
});

test('the table of the stacked picture has the categories that it draws', () => {
  const { columns, rows } = exportRows('layers', stackColumns('layer', LAYERS), LAYERS);
  deepEqual(columns, ['Layer', 'GEMM ms', 'Sampling ms']);
  deepEqual(rows, [
    [0, 2, ''],
    ['', '', 1],
  ]);
});

test('categories are called as everywhere', () => {
  deepEqual(groupName('category', group(KERNEL_CATEGORIES.indexOf('kvCache'), 'kvCache', 1, 'decodeNs', 'kvCache')), 'KV cache');
  deepEqual(groupName('layer', LAYERS[1]!), 'outside of layers');
});
