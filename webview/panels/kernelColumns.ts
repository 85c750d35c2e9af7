/** The columns of the kernel table. */

import { count, fixed } from '../../src/shared/format.js';
import type { SourcePlace } from '../../src/shared/model.js';
import type { KernelReport, KernelRow, NameId, Phase } from '../../src/shared/protocol.js';
import { colourLabel } from '../theme.js';
import type { Column } from './column.js';
import type { ServedModule } from './modelPaths.js';
import { MS, US } from './numbers.js';

/** The column that is there once kernels are linked. */
export const MODEL_PATH = 'modelPath';

/**
 * Prefill and decode have columns only when the recording tells steps, mixed steps only when there are any, and the
 * model path when kernels are linked.
 */
export function kernelColumns(
  { rows, steps }: KernelReport,
  served: ReadonlyMap<NameId, ServedModule[]>,
  open: (place: SourcePlace) => void,
): Column<KernelRow>[] {
  const greatest = (of: (row: KernelRow) => number): number => Math.max(1, ...rows.map(of));
  const total = greatest((row) => row.totalNs);
  const phase = (key: Phase, title: string, ns: (row: KernelRow) => number, perSteps: number, hint: string): Column<KernelRow> => {
    const most = greatest(ns);
    const value = (row: KernelRow): number | undefined => (ns(row) === 0 ? undefined : ns(row) / MS / perSteps);
    return {
      key,
      title,
      width: 104,
      numeric: true,
      hint,
      className: key,
      value,
      text: (row) => fixed(value(row), 3),
      bar: (row) => ns(row) / most,
      barColour: () => key,
    };
  };
  const micro = (key: string, title: string, width: number, ns: (row: KernelRow) => number, hideBelowPx?: number): Column<KernelRow> => ({
    key,
    title: `${title} µs`,
    width,
    numeric: true,
    hideBelowPx,
    value: (row) => ns(row) / US,
    text: (row) => fixed(ns(row) / US, 2),
  });
  const columns: Column<KernelRow>[] = [
    {
      key: 'name',
      title: 'Kernel',
      width: 'flex',
      minWidth: 150,
      className: 'mono',
      value: (row) => row.name,
      text: (row) => row.shortName,
      full: (row) => row.name,
      swatch: (row) => row.category,
    },
    { key: 'category', title: 'Category', width: 112, className: 'dim', hideBelowPx: 960, value: (row) => colourLabel(row.category) },
    { key: 'count', title: 'Calls', width: 72, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
    {
      key: 'totalNs',
      title: 'Total ms',
      width: 120,
      numeric: true,
      className: 'strong',
      value: (row) => row.totalNs / MS,
      text: (row) => fixed(row.totalNs / MS, 3),
      bar: (row) => row.totalNs / total,
      barColour: (row) => row.category,
    },
    {
      key: 'percent',
      title: '%',
      width: 56,
      numeric: true,
      hint: 'Of the time of all kernels; copies and sets are no kernels',
      value: (row) => (row.kind === 'kernel' ? row.percent : undefined),
      text: (row) => (row.kind === 'kernel' ? fixed(row.percent, 1) : '–'),
    },
    micro('avgNs', 'Mean', 80, (row) => row.avgNs, 700),
    micro('medianNs', 'Median', 82, (row) => row.medianNs, 1100),
    micro('maxNs', 'Max', 76, (row) => row.maxNs, 1100),
  ];
  if (steps.prefill > 0)
    columns.push({ ...phase('prefill', 'Prefill ms', (row) => row.prefillNs, 1, `Sum over ${steps.prefill} prefill steps`), hideBelowPx: 700 });
  if (steps.mixed > 0)
    columns.push({ ...phase('mixed', 'Mixed ms', (row) => row.mixedNs, 1, `Sum over ${steps.mixed} steps that hold prefill and decode`), hideBelowPx: 700 });
  if (steps.decode > 0)
    columns.push({ ...phase('decode', 'Decode ms/step', (row) => row.decodeNs, steps.decode, `Mean over ${steps.decode} decode steps`), width: 118 });
  if (served.size > 0) columns.push(modelPathColumn(served, open));
  return columns;
}

function modelPathColumn(served: ReadonlyMap<NameId, ServedModule[]>, open: (place: SourcePlace) => void): Column<KernelRow> {
  const modules = ({ nameId }: KernelRow): ServedModule[] => served.get(nameId) ?? [];
  return {
    key: MODEL_PATH,
    title: 'Model path',
    width: 196,
    className: 'mono',
    hideBelowPx: 1000,
    hint: 'The module that most of its time is linked to',
    value: (row) => modules(row)[0]?.path,
    full: (row) =>
      modules(row)
        .map(({ path, count: calls }) => `${path}: ${count(calls)} calls`)
        .join('\n'),
    link: (row) => {
      const place = modules(row)[0]?.place;
      return place && (() => open(place));
    },
    note: (row) => (modules(row).length > 1 ? `+${modules(row).length - 1}` : ''),
  };
}
