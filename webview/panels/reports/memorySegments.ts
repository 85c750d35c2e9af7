/** The memory that PyTorch had from the driver when the snapshot was taken, and what was free in it. */
import type { DeviceSnapshot, MemorySegment, SegmentGroup } from '../../../src/shared/analysis.js';
import { bytes, count, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { box, span } from '../dom.js';
import { megabytes } from './memoryPeak.js';
import { segmentMap } from './memoryPictures.js';
import { tableSection } from './section.js';

type Free = Pick<MemorySegment, 'bytes' | 'allocatedBytes' | 'freeBytes' | 'largestFreeBytes'>;
type OfDevice<Row> = Row & { device: string };

function free<Row extends Free>(): Column<Row>[] {
  return [
    megabytes('allocated', 'Allocated MB', (row) => row.allocatedBytes),
    { ...megabytes<Row>('free', 'Free MB', (row) => row.freeBytes), bar: (row) => row.freeBytes / row.bytes },
    {
      ...megabytes<Row>('largest', 'Largest free', (row) => row.largestFreeBytes),
      hint: 'The largest free block, in MB: nothing larger fits without a new segment',
    },
  ];
}

function deviceColumn<Row extends { device: string }>(devices: readonly DeviceSnapshot[]): Column<Row>[] {
  return devices.length > 1 ? [{ key: 'device', title: 'Device', width: 80, value: ({ device }) => device }] : [];
}

/** Each segment. */
export function segmentsSection(app: App, devices: readonly DeviceSnapshot[]): HTMLElement {
  const rows = devices.flatMap(({ device, segments }) => segments.map((segment): OfDevice<MemorySegment> => ({ ...segment, device })));
  const columns: Column<OfDevice<MemorySegment>>[] = [
    ...deviceColumn<OfDevice<MemorySegment>>(devices),
    { key: 'address', title: 'Address', width: 'flex', minWidth: 140, className: 'mono', value: ({ address }) => address },
    { key: 'pool', title: 'Pool', width: 140, value: ({ pool }) => pool },
    { key: 'stream', title: 'Stream', width: 130, className: 'mono', hideBelowPx: 1000, value: ({ stream }) => stream },
    { key: 'expandable', title: 'Expandable', width: 88, hideBelowPx: 1000, value: ({ expandable }) => (expandable ? 'yes' : 'no') },
    { key: 'blocks', title: 'Blocks', width: 72, numeric: true, value: ({ blocks }) => blocks.length, text: ({ blocks }) => count(blocks.length) },
    megabytes('bytes', 'MB', (row) => row.bytes),
    ...free<OfDevice<MemorySegment>>(),
  ];
  const table = tableSection(app, {
    title: 'Segments',
    columns,
    sort: [{ key: 'bytes', descending: true }],
    rows,
    status: 'Memory from the driver when the snapshot was taken',
    empty: 'PyTorch had no memory from the driver.',
  });
  return box('report-section', ...devices.flatMap((device) => deviceHead(app, device)), table);
}

function deviceHead(app: App, { device, segments, end }: DeviceSnapshot): HTMLElement[] {
  const facts = [
    `${device}: ${bytes(end.reservedBytes)} in ${plural(segments.length, 'segment')}`,
    `${bytes(end.allocatedBytes)} allocated`,
    `${bytes(end.freeBytes)} free, the largest free block ${bytes(end.largestFreeBytes)}`,
    `${bytes(end.roundingBytes)} lost to rounding`,
  ].join(' · ');
  return [span('report-note', facts), segmentMap(app, `${facts}; filled is used, outlined is free; the table has the same numbers`, segments)];
}

/** Segments summed up by size and pool. */
export function segmentSizesSection(app: App, devices: readonly DeviceSnapshot[]): HTMLElement {
  const rows = devices.flatMap(({ device, groups }) => groups.map((group): OfDevice<SegmentGroup> => ({ ...group, device })));
  const columns: Column<OfDevice<SegmentGroup>>[] = [
    ...deviceColumn<OfDevice<SegmentGroup>>(devices),
    { key: 'pool', title: 'Pool', width: 'flex', minWidth: 140, value: ({ pool }) => pool },
    megabytes('size', 'Size MB', (row) => row.segmentBytes),
    { key: 'count', title: 'Segments', width: 84, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
    megabytes('bytes', 'Total MB', (row) => row.bytes),
    ...free<OfDevice<SegmentGroup>>(),
  ];
  return tableSection(app, {
    title: 'Segment sizes',
    columns,
    sort: [{ key: 'bytes', descending: true }],
    rows,
    status: 'Segments by size and pool',
    empty: 'PyTorch had no memory from the driver.',
  });
}
