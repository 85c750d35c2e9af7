/**
 * The level-of-detail index: a pyramid of runs. An entry of a level stands for neighbours of one row that fit into the level's
 * width, so a view that is n pixels wide never walks more than a few times n entries of a row, however many slices it has.
 * Rows are runs of slice ids, so an entry is its first slice and its longest one. Its times are repeated, because reading
 * them from the slices would miss the cache at every step.
 */
import { counting } from './columns.js';
import type { Slices, Trace } from './trace.js';

/** One width of the pyramid. */
export interface Level {
  /** neighbours were merged while they fit into this */
  widthNs: number;
  /** entries of row r are rowFirst[r] … rowFirst[r + 1] − 1 */
  rowFirst: Uint32Array;
  /** first slice of an entry; it goes on to the first slice of the next one. One longer than there are entries */
  first: Uint32Array;
  /** the longest slice of an entry */
  main: Uint32Array;
  mainDurNs: Float64Array;
  startNs: Float64Array;
  /** from its start to the end of its last slice */
  durNs: Float64Array;
}

/** Finest first: the slices themselves. */
export type Levels = Level[];

/** Entries per row on average below which a further level saves nothing. */
const FEW_PER_ROW = 2;
const SAMPLES = 20_000;
/** Share of neighbours that a level must be able to merge; a level that merges fewer costs memory and saves little walking. */
const MERGED_SHARE = 0.7;

/** All levels of a trace, made once. */
export function buildLevels({ slices, rows }: Pick<Trace, 'slices' | 'rows'>): Levels {
  const levels = [everySlice(slices, rows.first)];
  const scratch = columns(slices.count);
  for (let below = levels[0]; below.main.length > rows.count * FEW_PER_ROW; ) {
    below = merge(below, Math.max(below.widthNs * 2, usefulWidth(below)), scratch);
    levels.push(below);
  }
  return levels;
}

/** The slices as a level: their own columns, and ids that stand for themselves. */
export function everySlice({ count, startNs, durNs }: Slices, rowFirst: Uint32Array): Level {
  const first = counting(count + 1);
  return { widthNs: 1, rowFirst, first, main: first.subarray(0, count), mainDurNs: durNs, startNs, durNs };
}

/** The distance from the start of an entry to the end of the next that is enough for MERGED_SHARE of them, told from a sample. */
function usefulWidth({ startNs, durNs, rowFirst }: Level): number {
  const widths: number[] = [];
  const step = Math.max(1, Math.floor(startNs.length / SAMPLES));
  let row = 0;
  for (let entry = 0; entry + 1 < startNs.length; entry += step) {
    while (rowFirst[row + 1] <= entry) row++;
    if (entry + 1 < rowFirst[row + 1]) widths.push(startNs[entry + 1] + durNs[entry + 1] - startNs[entry]);
  }
  return Float64Array.from(widths).sort()[Math.floor(widths.length * MERGED_SHARE)] ?? 1;
}

type Columns = Pick<Level, 'first' | 'main' | 'mainDurNs' | 'startNs' | 'durNs'>;

function columns(count: number): Columns {
  return {
    first: new Uint32Array(count + 1),
    main: new Uint32Array(count),
    mainDurNs: new Float64Array(count),
    startNs: new Float64Array(count),
    durNs: new Float64Array(count),
  };
}

/** The next level: its entries are collected in `scratch`, because their number is not known before. */
function merge(below: Level, widthNs: number, { first, main, mainDurNs, startNs, durNs }: Columns): Level {
  const rowCount = below.rowFirst.length - 1;
  const rowFirst = new Uint32Array(rowCount + 1);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    rowFirst[row] = count;
    const end = below.rowFirst[row + 1];
    let entry = below.rowFirst[row];
    while (entry < end) {
      const begin = entry;
      const limitNs = below.startNs[begin] + widthNs;
      let longest = begin;
      for (entry++; entry < end && below.startNs[entry] + below.durNs[entry] <= limitNs; entry++) {
        if (below.mainDurNs[entry] > below.mainDurNs[longest]) longest = entry;
      }
      first[count] = below.first[begin];
      startNs[count] = below.startNs[begin];
      durNs[count] = below.startNs[entry - 1] + below.durNs[entry - 1] - startNs[count];
      mainDurNs[count] = below.mainDurNs[longest];
      main[count++] = below.main[longest];
    }
  }
  rowFirst[rowCount] = count;
  first[count] = below.first[below.main.length];
  const times = { mainDurNs: mainDurNs.slice(0, count), startNs: startNs.slice(0, count), durNs: durNs.slice(0, count) };
  return { widthNs, rowFirst, first: first.slice(0, count + 1), main: main.slice(0, count), ...times };
}
