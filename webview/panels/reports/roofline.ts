/** Matrix products and attention against the GPU's stated peaks. */
import { isWithheld, type RooflineReport, type RooflineRow } from '../../../src/shared/analysis.js';
import { bytes, count, duration, fixed, percent } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { box, span } from '../dom.js';
import { MS } from '../numbers.js';
import { tableSection, withheldNote } from './section.js';

const TERA = 1e12;

const COLUMNS: Column<RooflineRow>[] = [
  { key: 'name', title: 'Op', width: 160, className: 'mono', value: ({ name }) => name },
  { key: 'shapes', title: 'Input shapes', width: 'flex', minWidth: 220, className: 'mono', value: ({ shapes }) => shapes, full: ({ shapes }) => shapes },
  { key: 'dtype', title: 'Type', width: 64, value: ({ dtype }) => dtype },
  { key: 'count', title: 'Calls', width: 64, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
  { key: 'busy', title: 'Busy ms', width: 88, numeric: true, value: ({ busyNs }) => busyNs / MS, text: ({ busyNs }) => fixed(busyNs / MS, 3) },
  {
    key: 'flops',
    title: 'TFLOP/s',
    width: 84,
    numeric: true,
    value: ({ flopsPerSecond }) => flopsPerSecond / TERA,
    text: ({ flopsPerSecond }) => fixed(flopsPerSecond / TERA, 2),
  },
  {
    key: 'bytes',
    title: 'TB/s',
    width: 76,
    numeric: true,
    value: ({ bytesPerSecond }) => bytesPerSecond / TERA,
    text: ({ bytesPerSecond }) => fixed(bytesPerSecond / TERA, 3),
  },
  { key: 'bound', title: 'Bound by', width: 84, value: ({ bound }) => bound },
  {
    key: 'roof',
    title: '% of roof',
    width: 112,
    numeric: true,
    hint: 'max(FLOP ÷ peak, bytes ÷ bandwidth) over busy time',
    value: ({ percentOfRoof }) => percentOfRoof,
    text: ({ percentOfRoof }) => fixed(percentOfRoof, 1),
    bar: ({ percentOfRoof }) => Math.min(1, percentOfRoof / 100),
  },
  {
    key: 'wasted',
    title: 'Above roof ms',
    width: 108,
    numeric: true,
    hint: 'Busy time above the ideal',
    value: ({ wastedNs }) => wastedNs / MS,
    text: ({ wastedNs }) => fixed(wastedNs / MS, 3),
  },
];

export function rooflineSection(app: App, { rows, peak, weightRead }: RooflineReport): HTMLElement {
  const read = isWithheld(weightRead)
    ? `Weights: ${weightRead.withheld}`
    : `Reading ${bytes(weightRead.weightBytes)} of weights takes at least ${duration(weightRead.idealNs)}, ${percent(weightRead.percent)} of a decode step (${weightRead.source}).`;
  const note = span('report-note dim', read);
  if (isWithheld(rows)) return box('report-section', note, withheldNote(rows.withheld));
  const peaks = peak
    ? `peaks: ${Object.entries(peak.flops)
        .map(([type, flops]) => `${type} ${fixed(flops / TERA, 0)} TFLOP/s`)
        .join(', ')}, ${fixed(peak.bytesPerSecond / TERA, 2)} TB/s (${peak.source})`
    : '';
  const table = tableSection(app, {
    title: 'Roofline',
    columns: COLUMNS,
    sort: [{ key: 'wasted', descending: true }],
    rows,
    status: peaks,
    empty: 'No product with recorded shapes ran on the GPU.',
    onOpen: ({ search }) => app.change({ tab: 'timeline', search }),
  });
  return box('report-section', note, table);
}
