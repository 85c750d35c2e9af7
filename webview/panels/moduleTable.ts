/** The kernel table grouped by module: every module that runs kernels of its own, by its time. */

import { count, fixed } from '../../src/shared/format.js';
import type { App } from '../app.js';
import type { Column } from './column.js';
import { openModule, showSlices } from './model/card.js';
import { type ModuleNode, type ModuleTree, ownPart, weigh } from './model/tree.js';
import { shortPath } from './modelPaths.js';
import { MS, US } from './numbers.js';
import { createTable, type Table } from './table.js';

const calls = ({ cost }: ModuleNode): number => cost.phases.reduce((sum, phase) => sum + phase.count, 0);

export function moduleTable(app: App, tree: ModuleTree, kernelTimeNs: number): { table: Table<ModuleNode>; columns: Column<ModuleNode>[] } {
  const most = Math.max(1, ...tree.all.map((node) => ownPart(node)?.cost.totalNs ?? 0));
  const time = (key: 'prefill' | 'decode', title: string): Column<ModuleNode>[] =>
    (tree.steps.get(key) ?? 0) === 0
      ? []
      : [
          {
            key,
            title,
            width: 118,
            numeric: true,
            className: key,
            hideBelowPx: 800,
            value: (node) => weigh(node, key, tree) / MS || undefined,
            text: (node) => fixed(weigh(node, key, tree) / MS || undefined, 3),
          },
        ];
  const columns: Column<ModuleNode>[] = [
    {
      key: 'path',
      title: 'Module',
      width: 'flex',
      minWidth: 180,
      className: 'mono',
      value: ({ cost }) => cost.path || cost.label,
      text: ({ cost }) => shortPath(cost.path) || cost.label,
      full: ({ cost }) => cost.path,
      swatch: ({ category }) => category ?? 'neutral',
      link: (node) => node.cost.place && (() => openModule(app, node)),
    },
    { key: 'class', title: 'Class', width: 190, className: 'dim', hideBelowPx: 960, value: ({ cost }) => cost.className || undefined },
    { key: 'kernels', title: 'Kernels', width: 72, numeric: true, value: ({ kernels }) => kernels.length, text: ({ kernels }) => count(kernels.length) },
    { key: 'calls', title: 'Calls', width: 72, numeric: true, value: calls, text: (node) => count(calls(node)) },
    {
      key: 'totalNs',
      title: 'Total ms',
      width: 120,
      numeric: true,
      className: 'strong',
      value: ({ cost }) => cost.totalNs / MS,
      text: ({ cost }) => fixed(cost.totalNs / MS, 3),
      bar: ({ cost }) => cost.totalNs / most,
      barColour: ({ category }) => category ?? 'neutral',
    },
    {
      key: 'percent',
      title: '%',
      width: 56,
      numeric: true,
      value: ({ cost }) => (100 * cost.totalNs) / Math.max(1, kernelTimeNs),
      text: ({ cost }) => fixed((100 * cost.totalNs) / Math.max(1, kernelTimeNs), 1),
    },
    {
      key: 'mean',
      title: 'Mean µs',
      width: 80,
      numeric: true,
      value: (node) => node.cost.totalNs / US / Math.max(1, calls(node)),
      text: (node) => fixed(node.cost.totalNs / US / Math.max(1, calls(node)), 2),
    },
    ...time('prefill', 'Prefill ms'),
    ...time('decode', 'Decode ms/step'),
  ];
  const table = createTable<ModuleNode>({
    label: 'Modules',
    columns,
    sort: [{ key: 'totalNs', descending: true }],
    onOpen: (node) => showSlices(app, node),
    onCopy: (text) => app.copy(text),
  });
  return { table, columns };
}
