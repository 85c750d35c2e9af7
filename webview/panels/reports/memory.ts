/** The Memory tab: allocations over time; of a trace slow allocations, copies and waits, of a memory file its peak and its segments. */
import { isWithheld, type MemoryReport, type RecordedMemory } from '../../../src/shared/analysis.js';
import { bytes, count, duration, fixed, percent } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { MS, US } from '../numbers.js';
import { memoryChart } from './memoryChart.js';
import { categoriesSection, peakSection } from './memoryPeak.js';
import { segmentSizesSection, segmentsSection } from './memorySegments.js';
import { reportTab } from './reportTab.js';
import { type Section, sections, tableSection, withheldNote } from './section.js';

type Allocation = MemoryReport['allocations'][number];
type Copy = MemoryReport['copies'][number];
type Sync = MemoryReport['syncs'][number];

function number<Row>(key: string, title: string, value: (row: Row) => number | undefined, unit: number, decimals: number, hint?: string): Column<Row> {
  return {
    key,
    title,
    hint,
    width: 104,
    numeric: true,
    value: (row) => {
      const raw = value(row);
      return raw === undefined ? undefined : raw / unit;
    },
    text: (row) => {
      const raw = value(row);
      return fixed(raw === undefined ? undefined : raw / unit, decimals);
    },
  };
}

const calls = <Row extends { count: number }>(): Column<Row> => ({
  key: 'count',
  title: 'Calls',
  width: 72,
  numeric: true,
  value: (row) => row.count,
  text: (row) => count(row.count),
});
const byTotal = [{ key: 'total', descending: true }];

export const memoryTab = reportTab('memory', (app, { memory }) =>
  sections('Memory', [
    {
      name: 'timeline',
      title: 'Allocated',
      make: () => (isWithheld(memory.timeline) ? withheldNote(memory.timeline.withheld) : memoryChart(app, memory.timeline)),
    },
    ...(memory.recorded ? recordedSections(app, memory.recorded) : callSections(app, memory)),
  ]),
);

/** What a memory file tells. */
function recordedSections(app: App, recorded: RecordedMemory): Section[] {
  const { devices, categories } = recorded;
  if (categories.length > 0) return [{ name: 'peak', title: 'At the peak', make: () => categoriesSection(app, recorded) }];
  return [
    { name: 'peak', title: 'At the peak', make: () => peakSection(app, devices) },
    { name: 'segments', title: `Segments ${devices.reduce((sum, { segments }) => sum + segments.length, 0)}`, make: () => segmentsSection(app, devices) },
    { name: 'sizes', title: 'Segment sizes', make: () => segmentSizesSection(app, devices) },
  ];
}

/** What the calls of a trace tell. */
function callSections(app: App, memory: MemoryReport): Section[] {
  return [
    { name: 'allocations', title: `Allocation calls ${memory.allocations.length || ''}`.trim(), make: () => allocations(app, memory) },
    { name: 'copies', title: `Copies ${memory.copies.length || ''}`.trim(), make: () => copies(app, memory) },
    { name: 'syncs', title: `Waits ${memory.syncs.length || ''}`.trim(), make: () => syncs(app, memory) },
  ];
}

function allocations(app: App, { allocations: rows, memoryOpsPercent }: MemoryReport): HTMLElement {
  const columns: Column<Allocation>[] = [
    { key: 'name', title: 'Call', width: 'flex', minWidth: 160, className: 'mono', value: ({ name }) => name },
    calls(),
    { key: 'slow', title: 'Over 1 ms', width: 84, numeric: true, value: ({ slow }) => slow, text: ({ slow }) => count(slow) },
    number('total', 'Total ms', (row) => row.totalNs, MS, 3),
    number('mean', 'Mean µs', (row) => row.meanNs, US, 2),
    number('worst', 'Worst ms', (row) => row.worstNs, MS, 3),
  ];
  const share = isWithheld(memoryOpsPercent) ? memoryOpsPercent.withheld : `memory ops take ${percent(memoryOpsPercent)} of the CPU time of ops`;
  return tableSection(app, {
    title: 'Allocation calls',
    columns,
    sort: byTotal,
    rows,
    status: share,
    empty: 'The run asked the driver for no memory while it was recorded.',
    onOpen: ({ name }) => app.change({ tab: 'timeline', search: `name:="${name}"` }),
  });
}

function copies(app: App, { copies: rows }: MemoryReport): HTMLElement {
  const columns: Column<Copy>[] = [
    { key: 'name', title: 'Copy', width: 'flex', minWidth: 200, value: ({ name }) => name, swatch: () => 'copy' },
    calls(),
    number('total', 'Total ms', (row) => row.totalNs, MS, 3),
    { key: 'bytes', title: 'Bytes', width: 96, numeric: true, value: (row) => row.bytes, text: (row) => (row.bytes > 0 ? bytes(row.bytes) : '–') },
    number('rate', 'GB/s', (row) => row.bytesPerSecond, 1e9, 2),
    {
      key: 'pageable',
      title: 'Pageable',
      width: 84,
      hint: 'From or to memory that the driver must copy to a pinned buffer first',
      value: ({ pageable }) => (pageable ? 'yes' : 'no'),
    },
    {
      key: 'synchronous',
      title: 'Waited for',
      width: 92,
      numeric: true,
      hint: 'Calls that returned only when the copy was done',
      value: (row) => row.synchronous,
      text: (row) => count(row.synchronous),
    },
  ];
  return tableSection(app, {
    title: 'Copies',
    columns,
    sort: byTotal,
    rows,
    status: 'Copies and sets by kind',
    empty: 'Nothing was copied while it was recorded.',
    onOpen: ({ name }) => app.change({ tab: 'timeline', search: `name:="${name}"` }),
  });
}

function syncs(app: App, { syncs: rows }: MemoryReport): HTMLElement {
  const columns: Column<Sync>[] = [
    { key: 'name', title: 'Call', width: 240, className: 'mono', value: ({ name }) => name },
    {
      key: 'frame',
      title: 'Called from',
      width: 'flex',
      minWidth: 200,
      value: ({ frame }) => frame && frameLabel(`${frame.file}(${frame.line}): ${frame.function}`),
      text: ({ frame }) => (frame ? frameLabel(`${frame.file}(${frame.line}): ${frame.function}`) : '–'),
      full: ({ frame }) => (frame ? `${frame.file}:${frame.line} ${frame.function}` : ''),
    },
    calls(),
    number('total', 'Total ms', (row) => row.totalNs, MS, 3, 'The CPU waited for the GPU this long'),
    number('worst', 'Worst ms', (row) => row.worstNs, MS, 3),
  ];
  const totalNs = rows.reduce((sum, row) => sum + row.totalNs, 0);
  return tableSection(app, {
    title: 'Waits',
    columns,
    sort: byTotal,
    rows,
    status: `The CPU waited ${duration(totalNs)} for the GPU`,
    empty: 'No call waited for the GPU while it was recorded.',
    onOpen: ({ search }) => app.change({ tab: 'timeline', search }),
  });
}
