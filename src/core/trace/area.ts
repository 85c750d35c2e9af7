/** What lies in a part of the timeline, by name. */
import type { CellSummary, SliceId, SliceKind, Span, TrackId } from '../../shared/protocol.js';
import { firstEndingAfter } from './rows.js';
import type { Trace } from './trace.js';

/** All slices of one name and kind in an area. */
export interface NameTotal {
  nameId: number;
  kind: SliceKind;
  count: number;
  totalNs: number;
  minNs: number;
  maxNs: number;
}

/**
 * Slices of the tracks that touch the span, by name and kind, longest total first. They count with their whole duration,
 * also where they reach out of the span: what is measured is the slices, not the span.
 */
export function area(trace: Trace, tracks: TrackId[], { startNs, endNs }: Span): NameTotal[] {
  const { rows, slices } = trace;
  const totals = createTotals(trace);
  for (const track of tracks) {
    const { firstRow, info } = trace.tracks[track];
    if (info.kind === 'counter') continue;
    for (let row = firstRow; row < firstRow + info.rowCount; row++) {
      const end = rows.first[row + 1];
      for (let slice = firstEndingAfter(slices, rows.first[row], end, startNs); slice < end && slices.startNs[slice] < endNs; slice++) totals.add(slice);
    }
  }
  return totals.list();
}

/** What a merged cell stands for; `limit`: the names worth listing. */
export function cellSummary(trace: Trace, first: SliceId, count: number, limit: number): CellSummary {
  const { slices, strings } = trace;
  const totals = createTotals(trace);
  let coveredNs = 0;
  for (let slice = first; slice < Math.min(first + count, slices.count); slice++) {
    totals.add(slice);
    coveredNs += slices.durNs[slice];
  }
  const names = totals.list().slice(0, limit);
  return { count, coveredNs, names: names.map(({ nameId, count: times, totalNs }) => ({ name: strings.get(nameId), count: times, totalNs })) };
}

function createTotals({ slices, categories }: Trace): { add(slice: SliceId): void; list(): NameTotal[] } {
  const totals = new Map<number, NameTotal>();
  return {
    add(slice) {
      const nameId = slices.name[slice];
      const durNs = slices.durNs[slice];
      const key = nameId * categories.length + slices.category[slice];
      const known = totals.get(key);
      if (!known) {
        totals.set(key, { nameId, kind: categories[slices.category[slice]].kind, count: 1, totalNs: durNs, minNs: durNs, maxNs: durNs });
        return;
      }
      known.count++;
      known.totalNs += durNs;
      if (durNs < known.minNs) known.minNs = durNs;
      if (durNs > known.maxNs) known.maxNs = durNs;
    },
    list: () => [...totals.values()].sort((a, b) => b.totalNs - a.totalNs || b.count - a.count),
  };
}
