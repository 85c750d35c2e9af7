/** The drawer's table of a selected area: what ran in it, by name. */

import { count, duration, fixed, plural } from '../../src/shared/format.js';
import type { AreaRow } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { colourLabel } from '../theme.js';
import type { Column } from './column.js';
import { box } from './dom.js';
import { exactName } from './exactName.js';
import { MS, US } from './numbers.js';
import { createTable } from './table.js';

const micro = (key: string, title: string, ns: (row: AreaRow) => number, hideBelowPx?: number): Column<AreaRow> => ({
  key,
  title: `${title} µs`,
  width: 92,
  numeric: true,
  hideBelowPx,
  value: (row) => ns(row) / US,
  text: (row) => fixed(ns(row) / US, 2),
});

const columns: Column<AreaRow>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'flex',
    minWidth: 160,
    className: 'mono',
    value: (row) => row.name,
    text: (row) => row.shortName,
    full: (row) => row.name,
    swatch: (row) => row.colour,
  },
  { key: 'kind', title: 'Category', width: 116, className: 'dim', hideBelowPx: 800, value: (row) => colourLabel(row.colour) },
  { key: 'count', title: 'Count', width: 72, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
  {
    key: 'totalNs',
    title: 'Total ms',
    width: 112,
    numeric: true,
    className: 'strong',
    value: (row) => row.totalNs / MS,
    text: (row) => fixed(row.totalNs / MS, 3),
    bar: (row) => row.share / 100,
    barColour: (row) => row.colour,
  },
  micro('avgNs', 'Mean', (row) => row.avgNs),
  micro('minNs', 'Min', (row) => row.minNs, 700),
  micro('maxNs', 'Max', (row) => row.maxNs, 700),
  { key: 'share', title: 'Share %', width: 72, numeric: true, value: (row) => row.share, text: (row) => fixed(row.share, 1) },
];

export function areaTab(root: HTMLElement, app: App): () => void {
  const note = box('drawer-note dim');
  const table = createTable<AreaRow>({
    label: 'Slices in the area',
    columns,
    sort: [{ key: 'totalNs', descending: true }],
    onCopy: (text) => app.copy(text),
    onOpen: (row) => app.change({ search: exactName(row.name) }),
  });
  root.append(note, table.element);
  let shown: unknown;
  return () => {
    const { area } = app.state;
    const report = area?.report;
    table.element.hidden = !report;
    if (!area) note.textContent = 'Drag over the timeline to sum up what ran in an area.';
    else if (!report) note.textContent = 'Summing up the area …';
    else
      note.textContent = `${duration(report.endNs - report.startNs)} · ${plural(area.tracks.length, 'track')} · ${plural(report.sliceCount, 'slice')} · ${duration(report.totalNs)} in all`;
    if (!report || report === shown) return;
    shown = report;
    table.show(report.rows, 'No slices in this area.');
  };
}
