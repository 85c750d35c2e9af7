/** Where the blocks of segments lie in a map of rows that all hold the same number of bytes. */
import type { MemorySegment } from '../../../src/shared/analysis.js';

/** A block, or the part of one that is in a row. */
export interface Piece {
  row: number;
  /** of the row's width, 0 to 1 */
  from: number;
  to: number;
  state: MemorySegment['blocks'][number]['state'];
  /** of the whole block */
  bytes: number;
  /** index of the segment */
  segment: number;
  /** a segment begins here */
  begins: boolean;
}

/** Blocks one behind the other, cut where a row ends. */
export function wrapped(segments: readonly Pick<MemorySegment, 'bytes' | 'blocks'>[], rows: number): Piece[] {
  const total = segments.reduce((sum, { blocks }) => sum + blocks.reduce((all, { bytes }) => all + bytes, 0), 0);
  const perRow = total / rows;
  const pieces: Piece[] = [];
  let at = 0;
  for (const [segment, { blocks }] of segments.entries()) {
    for (const [index, { bytes, state }] of blocks.entries()) {
      const end = at + bytes;
      let begins = index === 0;
      while (at < end) {
        // By rounding, the end of a row may still count as in it.
        const counted = Math.floor(at / perRow);
        const row = Math.min(rows - 1, (counted + 1) * perRow <= at ? counted + 1 : counted);
        const until = row === rows - 1 ? end : Math.min(end, (row + 1) * perRow);
        pieces.push({ row, from: at / perRow - row, to: until / perRow - row, state, bytes, segment, begins });
        begins = false;
        at = until;
      }
      at = end;
    }
  }
  return pieces;
}
