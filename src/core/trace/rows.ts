/** Finding slices in rows by halving: rows are in start order and their slices do not overlap. */
import type { Rows, Slices, Trace } from './trace.js';

/** Row of a slice. */
export function rowOf(rows: Rows, slice: number): number {
  let low = 0;
  let high = rows.count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (rows.first[middle] <= slice) low = middle;
    else high = middle;
  }
  return low;
}

/** Track of a slice. */
export function trackOf(trace: Trace, slice: number): number {
  return trace.rows.track[rowOf(trace.rows, slice)];
}

/** First slice of from … to − 1 that starts at `timeNs` or later; `to` when none does. */
export function firstFrom(slices: Slices, from: number, to: number, timeNs: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices.startNs[middle] < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First slice of from … to − 1 that starts after `timeNs`; `to` when none does. */
export function firstAfter(slices: Slices, from: number, to: number, timeNs: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices.startNs[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First slice of from … to − 1 that ends after `timeNs`, or starts there or later; `to` when none does. */
export function firstEndingAfter(slices: Slices, from: number, to: number, timeNs: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices.startNs[middle] < timeNs && slices.startNs[middle] + slices.durNs[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First row of each track that has slices, in storage order, and the number of rows at the end. */
export function firstRows(rows: Rows, trackCount: number): Uint32Array {
  const first = new Uint32Array(trackCount + 1).fill(rows.count);
  for (let row = rows.count - 1; row >= 0; row--) first[rows.track[row]] = row;
  return first;
}
