/** The columns of kernels summed up by what they have in common, and of the same split by category. */
import { count, fixed } from '../../../src/shared/format.js';
import { KERNEL_CATEGORIES, type KernelCategory, type KernelGroup, type KernelGrouping, PHASES, type Phase } from '../../../src/shared/protocol.js';
import { colourLabel } from '../../theme.js';
import type { Column } from '../column.js';
import { MS, US } from '../numbers.js';

const HEADS: Readonly<Record<KernelGrouping, string>> = {
  category: 'Category',
  phase: 'Phase',
  step: 'Step',
  layer: 'Layer',
  stream: 'Stream',
  device: 'GPU',
};

/** "GEMM" for what is called "gemm". */
export function groupName(by: KernelGrouping, { key, label }: KernelGroup): string {
  const category = by === 'category' ? KERNEL_CATEGORIES[key] : undefined;
  return category ? colourLabel(category) : label;
}

function colourOf(by: 'category' | 'phase' | 'step', { key, prefillNs, decodeNs, mixedNs, totalNs }: KernelGroup): KernelCategory | Phase {
  if (by === 'category') return KERNEL_CATEGORIES[key] ?? 'other';
  if (by === 'phase') return PHASES[key] ?? 'unknown';
  return totalNs === prefillNs ? 'prefill' : totalNs === decodeNs ? 'decode' : totalNs === mixedNs ? 'mixed' : 'unknown';
}

/** Prefill, mixed and decode have columns where they have time. */
export function groupColumns(by: KernelGrouping, rows: readonly KernelGroup[]): Column<KernelGroup>[] {
  const greatest = (of: (row: KernelGroup) => number): number => Math.max(1, ...rows.map(of));
  const most = greatest(({ totalNs }) => totalNs);
  const colour = by === 'category' || by === 'phase' || by === 'step' ? (row: KernelGroup) => colourOf(by, row) : undefined;
  const micro = (key: string, title: string, ns: (row: KernelGroup) => number, hideBelowPx?: number): Column<KernelGroup> => ({
    key,
    title: `${title} µs`,
    width: 82,
    numeric: true,
    hideBelowPx,
    value: (row) => ns(row) / US,
    text: (row) => fixed(ns(row) / US, 2),
  });
  const phase = (key: 'prefill' | 'mixed' | 'decode', title: string, ns: (row: KernelGroup) => number): Column<KernelGroup>[] => {
    if (by === 'phase' || by === 'step' || !rows.some((row) => ns(row) > 0)) return [];
    const longest = greatest(ns);
    return [
      {
        key,
        title,
        width: 104,
        numeric: true,
        className: key,
        hideBelowPx: 700,
        value: (row) => ns(row) / MS || undefined,
        text: (row) => fixed(ns(row) / MS || undefined, 3),
        bar: (row) => ns(row) / longest,
        barColour: () => key,
      },
    ];
  };
  return [
    {
      key: 'group',
      title: HEADS[by],
      width: 'flex',
      minWidth: 150,
      // Steps and layers sort by their number.
      value: (row) => (by === 'step' || by === 'layer' ? (row.key < 0 ? undefined : row.key) : groupName(by, row)),
      text: (row) => groupName(by, row),
      swatch: colour,
    },
    { key: 'count', title: 'Calls', width: 76, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
    {
      key: 'totalNs',
      title: 'Total ms',
      width: 120,
      numeric: true,
      className: 'strong',
      value: ({ totalNs }) => totalNs / MS,
      text: ({ totalNs }) => fixed(totalNs / MS, 3),
      bar: ({ totalNs }) => totalNs / most,
      barColour: colour,
    },
    {
      key: 'percent',
      title: '%',
      width: 56,
      numeric: true,
      hint: 'Of the time of all kernels',
      value: (row) => row.percent,
      text: (row) => fixed(row.percent, 1),
    },
    micro('avgNs', 'Mean', ({ avgNs }) => avgNs),
    micro('medianNs', 'Median', ({ medianNs }) => medianNs, 900),
    micro('minNs', 'Min', ({ minNs }) => minNs, 1100),
    micro('maxNs', 'Max', ({ maxNs }) => maxNs, 900),
    ...phase('prefill', 'Prefill ms', ({ prefillNs }) => prefillNs),
    ...phase('mixed', 'Mixed ms', ({ mixedNs }) => mixedNs),
    ...phase('decode', 'Decode ms', ({ decodeNs }) => decodeNs),
  ];
}

/** The table twin of the stacked picture: a column for each category that has time. */
export function stackColumns(by: KernelGrouping, rows: readonly KernelGroup[]): Column<KernelGroup>[] {
  const [name] = groupColumns(by, rows);
  const shown = [...KERNEL_CATEGORIES.entries()].filter(([index]) => rows.some(({ categoryNs }) => categoryNs[index]! > 0));
  return [
    { ...name!, minWidth: 120 },
    ...shown.map(
      ([index, category]): Column<KernelGroup> => ({
        key: category,
        title: `${colourLabel(category)} ms`,
        width: 128,
        numeric: true,
        value: ({ categoryNs }) => categoryNs[index]! / MS || undefined,
        text: ({ categoryNs }) => fixed(categoryNs[index]! / MS || undefined, 3),
      }),
    ),
  ];
}
