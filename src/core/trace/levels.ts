/**
 * The level-of-detail index: a pyramid of runs. An entry of a level stands for neighbours of one row that fit into the level's
 * width, so a view that is n pixels wide never walks more than a few times n entries of a row, however many slices it has.
 * Rows are runs of slice ids, so an entry is its first slice and its longest one. Its times, name and category are repeated,
 * because reading them from the slices would miss the cache at every step.
 */
import type { Slices, Trace } from './trace.js';

/** One width of the pyramid. */
export interface Level {
  /** neighbours were merged while they fit into this */
  widthNs: number;
  /** entries of row r are rowFirst[r] … rowFirst[r + 1] − 1 */
  rowFirst: Uint32Array;
  /** first slice of an entry; it goes on to the first slice of the next one. One longer than there are entries; missing where entries are slices */
  first?: Uint32Array;
  /** the longest slice of an entry; missing where entries are slices */
  main?: Uint32Array;
  /** its duration, name and category */
  mainDurNs: Float64Array;
  name: Uint32Array;
  category: Uint16Array;
  startNs: Float64Array;
  /** from its start to the end of its last slice */
  durNs: Float64Array;
}

/** First slice of an entry. */
export function firstOf({ first }: Level, entry: number): number {
  return first ? first[entry] : entry;
}

/** The longest slice of an entry. */
export function mainOf({ main }: Level, entry: number): number {
  return main ? main[entry] : entry;
}

/** A level whose entries are runs of slices. */
export interface RunLevel extends Level {
  first: Uint32Array;
  main: Uint32Array;
}

/** Finest first: the slices themselves. */
export type Levels = [Level, ...RunLevel[]];

/** Entries per row on average below which a further level saves nothing. */
const FEW_PER_ROW = 2;
const SAMPLES = 4000;
/** Share of neighbours that a level must be able to merge; a level that merges fewer costs memory and saves little walking. */
const MERGED_SHARE = 0.85;

/** All levels of a trace, made once. */
export function buildLevels({ slices, rows }: Pick<Trace, 'slices' | 'rows'>): Levels {
  const levels: Levels = [everySlice(slices, rows.first)];
  const begins = new Uint32Array(slices.count + 1);
  for (let below: Level = levels[0]; below.startNs.length > rows.count * FEW_PER_ROW; ) {
    const level = merge(below, Math.max(below.widthNs * 2, usefulWidth(below)), begins);
    levels.push(level);
    below = level;
  }
  return levels;
}

/** The slices as a level: their own columns. */
export function everySlice({ startNs, durNs, name, category }: Slices, rowFirst: Uint32Array): Level {
  return { widthNs: 1, rowFirst, mainDurNs: durNs, name, category, startNs, durNs };
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

/** The next level. `begins` takes the first entry below of each of its entries, whose number is not known before. */
function merge(below: Level, widthNs: number, begins: Uint32Array): RunLevel {
  const { rowFirst, count } = findRuns(below, widthNs, begins);
  const level = {
    widthNs,
    rowFirst,
    first: new Uint32Array(count + 1),
    main: new Uint32Array(count),
    mainDurNs: new Float64Array(count),
    name: new Uint32Array(count),
    category: new Uint16Array(count),
    startNs: new Float64Array(count),
    durNs: new Float64Array(count),
  };
  const { first, main, mainDurNs, name, category, startNs, durNs } = level;
  for (let entry = 0; entry < count; entry++) {
    const begin = begins[entry];
    const last = begins[entry + 1] - 1;
    let longest = begin;
    for (let i = begin + 1; i <= last; i++) if (below.mainDurNs[i] > below.mainDurNs[longest]) longest = i;
    first[entry] = firstOf(below, begin);
    main[entry] = mainOf(below, longest);
    mainDurNs[entry] = below.mainDurNs[longest];
    name[entry] = below.name[longest];
    category[entry] = below.category[longest];
    startNs[entry] = below.startNs[begin];
    durNs[entry] = below.startNs[last] + below.durNs[last] - startNs[entry];
  }
  first[count] = firstOf(below, below.startNs.length);
  return level;
}

/** Where runs of neighbours that fit into `widthNs` begin. */
function findRuns({ rowFirst: rowBelow, startNs, durNs }: Level, widthNs: number, begins: Uint32Array): { rowFirst: Uint32Array; count: number } {
  const rowFirst = new Uint32Array(rowBelow.length);
  let count = 0;
  let entry = 0;
  for (let row = 0; row + 1 < rowBelow.length; row++) {
    rowFirst[row] = count;
    const end = rowBelow[row + 1];
    while (entry < end) {
      begins[count++] = entry;
      const limitNs = startNs[entry] + widthNs;
      for (entry++; entry < end && startNs[entry] + durNs[entry] <= limitNs; ) entry++;
    }
  }
  rowFirst[rowBelow.length - 1] = count;
  begins[count] = entry;
  return { rowFirst, count };
}
