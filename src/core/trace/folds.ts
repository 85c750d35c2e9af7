/**
 * Frames that only pass a call on take half of the rows of a Python thread. This tells how many of them are around each slice:
 * without them, a slice lies so many rows higher up. What was beside or inside each other stays so.
 */
import type { TrackFold } from '../../shared/protocol.js';
import type { Cells } from '../../shared/tile.js';
import type { Trace } from './trace.js';

export interface Folds {
  /** wrappers around each slice; 255 stands for more too */
  around: Uint8Array;
  /** by name id: 1 for wrappers */
  isWrapper: Uint8Array;
  /** threads that have any */
  tracks: TrackFold[];
}

/** Cells have their row in 16 bits. */
const MOST_ROWS = 1 << 16;

/** `isWrapper` by name id. */
export function foldWrappers(trace: Trace, isWrapper: Uint8Array): Folds {
  const around = new Uint8Array(trace.slices.count);
  const tracks: TrackFold[] = [];
  trace.tracks.forEach(({ firstRow, info }, track) => {
    if (info.kind !== 'thread') return;
    let wrappers = 0;
    let rowCount = 1;
    for (let row = firstRow; row < firstRow + info.rowCount; row++) {
      if (row > firstRow) inherit(trace, row, isWrapper, around);
      for (let slice = trace.rows.first[row]; slice < trace.rows.first[row + 1]; slice++) {
        if (isWrapper[trace.slices.name[slice]] === 1) wrappers++;
        else rowCount = Math.max(rowCount, row - firstRow - around[slice] + 1);
      }
    }
    if (wrappers > 0) tracks.push({ track, wrappers, rowCount });
  });
  return { around, isWrapper, tracks };
}

/** Each slice of a row has the wrappers of the one above it, and that one where it is a wrapper. Both rows are in start order. */
function inherit({ slices, rows }: Trace, row: number, isWrapper: Uint8Array, around: Uint8Array): void {
  const { startNs, durNs, name } = slices;
  const end = rows.first[row];
  let above = rows.first[row - 1];
  for (let slice = end; slice < rows.first[row + 1]; slice++) {
    while (above + 1 < end && startNs[above + 1] <= startNs[slice]) above++;
    if (startNs[above] > startNs[slice] || startNs[above] + durNs[above] < startNs[slice]) continue;
    around[slice] = Math.min(around[above] + isWrapper[name[above]], 255);
  }
}

/** Moves the cells of a thread up by the wrappers around them. Gives those that are no wrappers, ordered by row; in a row they need no order. */
export function withoutWrappers({ around, isWrapper }: Folds, { nameId, mainSlice, row }: Cells, count: number): Uint32Array {
  // A counting sort: how many cells each row has, where each row begins, then each cell to its place.
  const begin = new Uint32Array(MOST_ROWS + 1);
  for (let cell = 0; cell < count; cell++) {
    if (isWrapper[nameId[cell]] === 1) continue;
    row[cell] -= around[mainSlice[cell]];
    begin[row[cell] + 1]++;
  }
  for (let at = 1; at < begin.length; at++) begin[at] += begin[at - 1];
  const order = new Uint32Array(begin[MOST_ROWS]);
  for (let cell = 0; cell < count; cell++) if (isWrapper[nameId[cell]] === 0) order[begin[row[cell]]++] = cell;
  return order;
}

/** Copies cells in an order. */
export function pickCells(from: Cells, to: Cells, order: Uint32Array): void {
  order.forEach((cell, at) => {
    to.x0[at] = from.x0[cell];
    to.x1[at] = from.x1[cell];
    to.firstSlice[at] = from.firstSlice[cell];
    to.sliceCount[at] = from.sliceCount[cell];
    to.mainSlice[at] = from.mainSlice[cell];
    to.nameId[at] = from.nameId[cell];
    to.row[at] = from.row[cell];
    to.colour[at] = from.colour[cell];
  });
}
