/** What memory held at its peak: by the code that took it, or by what it was for. */
import type { AllocationSite, DeviceSnapshot, RecordedMemory } from '../../../src/shared/analysis.js';
import { bytes, count, duration, fixed, percent, plural } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import type { Frame } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { box, span } from '../dom.js';
import { MB } from '../numbers.js';
import { type Part, partsPicture } from './memoryPictures.js';
import { tableSection } from './section.js';

type Category = RecordedMemory['categories'][number];

interface SiteRow extends AllocationSite {
  device: string;
}

const bySize = [{ key: 'bytes', descending: true }];

/** "llama.forward :343", or why there is no frame. */
export function siteLabel({ frame, why }: Pick<AllocationSite, 'frame' | 'why'>): string {
  return frame ? frameLabel(frameName(frame)) : (why ?? '');
}

function frameName(frame: Frame): string {
  return `${frame.file}(${frame.line}): ${frame.function}`;
}

function openFrame(app: App, { frame }: Pick<AllocationSite, 'frame'>): (() => void) | undefined {
  return frame && (() => app.host.openFrame(frame).catch((error: Error) => app.announce(error.message)));
}

/** By code, of each device. */
export function peakSection(app: App, devices: readonly DeviceSnapshot[]): HTMLElement {
  const rows = devices.flatMap(({ device, peak }) => peak.sites.map((site): SiteRow => ({ ...site, device })));
  const columns: Column<SiteRow>[] = [
    ...(devices.length > 1 ? [{ key: 'device', title: 'Device', width: 80, value: ({ device }: SiteRow) => device }] : []),
    {
      key: 'site',
      title: 'Allocated by',
      width: 'flex',
      minWidth: 220,
      className: 'mono',
      value: siteLabel,
      full: (row) => (row.frame ? row.stack.map(({ file, line, function: name }) => `${file}:${line} ${name}`).join('\n') : siteLabel(row)),
      link: (row) => openFrame(app, row),
    },
    {
      key: 'file',
      title: 'File',
      width: 300,
      hideBelowPx: 900,
      value: ({ frame }) => frame && `${frame.file}:${frame.line}`,
      text: ({ frame }) => (frame ? shortPath(frame) : '–'),
      full: ({ frame }) => (frame ? `${frame.file}:${frame.line}` : ''),
    },
    { key: 'count', title: 'Allocations', width: 92, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
    megabytes('bytes', 'MB', (row) => row.bytes),
    {
      key: 'share',
      title: '% of peak',
      width: 104,
      numeric: true,
      value: (row) => row.percent,
      text: (row) => fixed(row.percent, 1),
      bar: (row) => row.percent / 100,
    },
    megabytes('largest', 'Largest MB', (row) => row.largestBytes),
  ];
  const table = tableSection(app, {
    title: 'At the peak',
    columns,
    sort: bySize,
    rows,
    status: 'Enter opens the code. Allocated is what was asked for; blocks are rounded up.',
    empty: 'Nothing was allocated.',
    onOpen: (row) => openFrame(app, row)?.(),
  });
  return box('report-section', ...devices.flatMap((device) => deviceHead(app, device)), table);
}

/** A line with the numbers, and the picture of what was reserved. */
function deviceHead(app: App, { device, peak, outOfMemory, caveat }: DeviceSnapshot): HTMLElement[] {
  const at = peak.timeNs === undefined ? '' : ` at ${duration(peak.timeNs)}`;
  const facts = [
    `${device}: peak ${bytes(peak.allocatedBytes)} in ${plural(peak.allocations, 'allocation')}${at}`,
    `${bytes(peak.reservedBytes)} reserved, ${bytes(peak.freeBytes)} of it free`,
    ...outOfMemory
      .slice(0, 1)
      .map(({ timeNs, requestedBytes }) => `out of memory for ${bytes(requestedBytes)}${timeNs === undefined ? '' : ` at ${duration(timeNs)}`}`),
  ].join(' · ');
  const parts: Part[] = peak.sites.map((site) => ({ label: siteLabel(site), bytes: site.bytes, kind: site.frame ? 'known' : 'unknown' }));
  const free: Part = { label: 'free', bytes: peak.freeBytes, kind: 'free' };
  const notes = [span('report-note', facts), ...(caveat ? [span('report-note dim', caveat)] : [])];
  return [...notes, partsPicture(app, `${facts}; the table has the same numbers`, [...parts, free])];
}

/** By what it was for: parameters, activations … */
export function categoriesSection(app: App, { categories }: RecordedMemory): HTMLElement {
  const columns: Column<Category>[] = [
    { key: 'category', title: 'What for', width: 'flex', minWidth: 160, value: ({ category }) => category },
    megabytes('bytes', 'MB', (row) => row.bytes),
    {
      key: 'share',
      title: '% of peak',
      width: 160,
      numeric: true,
      value: (row) => row.percent,
      text: (row) => fixed(row.percent, 1),
      bar: (row) => row.percent / 100,
    },
  ];
  const total = categories.reduce((sum, row) => sum + row.bytes, 0);
  const facts = `Peak ${bytes(total)}: ${categories.map((row) => `${row.category} ${percent(row.percent)}`).join(', ')}`;
  const parts = categories.map((row): Part => ({ label: row.category, bytes: row.bytes, kind: row.category === 'Unknown' ? 'unknown' : 'known' }));
  const table = tableSection(app, {
    title: 'At the peak',
    columns,
    sort: bySize,
    rows: categories,
    status: 'What memory was for at its peak',
    empty: 'Nothing was allocated.',
  });
  return box('report-section', span('report-note', facts), partsPicture(app, `${facts}; the table has the same numbers`, parts), table);
}

export function megabytes<Row>(key: string, title: string, value: (row: Row) => number): Column<Row> {
  return { key, title, width: 104, numeric: true, value: (row) => value(row) / MB, text: (row) => fixed(value(row) / MB, 2) };
}

/** The last three parts of a path, and the line. */
function shortPath({ file, line }: Frame): string {
  const parts = file.split('/');
  return `${parts.length > 3 ? '…/' : ''}${parts.slice(-3).join('/')}:${line}`;
}
