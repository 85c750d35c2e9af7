/** What a memory file says, in a line each, where facts of a file are listed. */
import type { DeviceSnapshot, RecordedMemory } from '../../../shared/analysis.js';
import { bytes, duration, percent, plural } from '../../../shared/format.js';

export interface Fact {
  key: string;
  value: string;
}

export function memoryFacts({ devices, categories }: RecordedMemory): Fact[] {
  const shares = categories.map(({ category, bytes: size, percent: share }) => `${category} ${bytes(size)} (${percent(share)})`);
  return [...devices.flatMap(deviceFacts), ...(shares.length > 0 ? [{ key: 'At the peak', value: shares.join(', ') }] : [])];
}

function deviceFacts({ device, peak, end, segments, outOfMemory, caveat }: DeviceSnapshot): Fact[] {
  const when = peak.timeNs === undefined ? '' : ` at ${duration(peak.timeNs)}`;
  const facts = [
    {
      key: `${device}, peak`,
      value: `${bytes(peak.allocatedBytes)} in ${plural(peak.allocations, 'allocation')}${when}, ${bytes(peak.reservedBytes)} reserved`,
    },
    {
      key: `${device}, at the end`,
      value: `${bytes(end.allocatedBytes)} allocated of ${bytes(end.reservedBytes)} in ${plural(segments.length, 'segment')}, ${bytes(end.freeBytes)} free, the largest free block ${bytes(end.largestFreeBytes)}`,
    },
  ];
  for (const { timeNs, requestedBytes, deviceFreeBytes } of outOfMemory) {
    const at = timeNs === undefined ? '' : ` at ${duration(timeNs)}`;
    const free = deviceFreeBytes === undefined ? '' : `, ${bytes(deviceFreeBytes)} were free on the device`;
    facts.push({ key: `${device}, out of memory`, value: `${bytes(requestedBytes)} were asked for${at}${free}` });
  }
  return caveat ? [...facts, { key: `${device}, caveat`, value: caveat }] : facts;
}
