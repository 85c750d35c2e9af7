/** Which outer frames of a thread say nothing: those that last as long as the recording. */
import type { Span } from '../../src/shared/protocol.js';
import type { LoadedTile } from './tiles.js';
import { widthNs } from './viewport.js';

const LASTS = 0.8;
/** Fewer rows are not worth folding. */
const MIN_ROWS = 3;

/** How many rows, from the outermost on, hold a single slice that covers most of the span. */
export function outerRowCount(tile: Pick<LoadedTile, 'cells' | 'count' | 'originNs'>, span: Span): number {
  const { cells, count, originNs } = tile;
  if (!cells) return 0;
  const slices: number[] = [];
  const covered: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = cells.row[i]!;
    slices[row] = (slices[row] ?? 0) + cells.sliceCount[i]!;
    covered[row] = Math.min(originNs + cells.x1[i]!, span.endNs) - Math.max(originNs + cells.x0[i]!, span.startNs);
  }
  let rows = 0;
  while (slices[rows] === 1 && covered[rows]! >= widthNs(span) * LASTS) rows++;
  return rows >= MIN_ROWS ? rows : 0;
}
