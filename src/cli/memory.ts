/** What a memory file says, as text: what held the peak of each device. */
import type { DeviceSnapshot, RecordedMemory } from '../shared/analysis.js';
import { bytes, count, fixed, percent } from '../shared/format.js';
import { type Column, printable, tableLines } from './text.js';

/** Sites named one by one; the rest is a row of its own. */
const SITES = 15;

const SITE_COLUMNS: readonly Column[] = [
  { head: 'Allocated by', align: 'left', shrinks: true },
  { head: 'Allocations', align: 'right' },
  { head: 'Bytes', align: 'right' },
  { head: '% of peak', align: 'right' },
];

export function memoryLines({ devices, categories }: RecordedMemory, width: number): string[] {
  const rows = categories.map(({ category, bytes: size, percent: share }) => `  ${category}: ${bytes(size)}, ${percent(share)}`);
  return [...devices.flatMap((device) => deviceLines(device, width)), ...(rows.length > 0 ? ['', 'At the peak:', ...rows] : [])];
}

function deviceLines({ device, peak, caveat }: DeviceSnapshot, width: number): string[] {
  const rows = peak.sites.slice(0, SITES).map((site) => {
    const name = site.frame ? `${site.frame.file}:${site.frame.line} ${site.frame.function}` : (site.why ?? '');
    return [printable(name), count(site.count), bytes(site.bytes), fixed(site.percent, 1)];
  });
  const rest = peak.sites.slice(SITES);
  if (rest.length > 0) {
    const sum = (of: (site: (typeof rest)[number]) => number): number => rest.reduce((total, site) => total + of(site), 0);
    rows.push([
      `${count(rest.length)} others`,
      count(sum((site) => site.count)),
      bytes(sum((site) => site.bytes)),
      fixed(
        sum((site) => site.percent),
        1,
      ),
    ]);
  }
  const head = `${device} at its peak, ${bytes(peak.allocatedBytes)} allocated of ${bytes(peak.reservedBytes)} reserved:`;
  return ['', head, ...tableLines(SITE_COLUMNS, rows, width), ...(caveat ? [caveat] : [])];
}
