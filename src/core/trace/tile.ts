/** Answers "these tracks, this window, this many pixels" with one buffer per track, laid out as shared/tile.ts says. */
import type { NameId, SliceId, Tile, TileRequest, TrackId } from '../../shared/protocol.js';
import { CELL_BYTES, CELL_HIT, COUNTER_BYTES, cells, counterPoints } from '../../shared/tile.js';
import type { Level, Levels } from './levels.js';
import type { Slices, Trace } from './trace.js';

/** How slices look: told by those who know names. */
export interface Look {
  /** index into COLOUR_CLASSES by recorded category; COLOUR_BY_NAME where the name decides */
  colourOfCategory: Uint8Array;
  colourOfName: Uint8Array;
  label(name: NameId): string;
}

/** In `colourOfCategory`: ask `colourOfName`. */
export const COLOUR_BY_NAME = 0xff;

/** Narrower cells carry no text. */
const LABEL_PX = 24;

/** `hits`: ids of slices to flag, ascending. */
export function tiles(trace: Trace, levels: Levels, request: TileRequest, hits: Uint32Array, look: Look): Tile[] {
  const nsPerPx = (request.endNs - request.startNs) / Math.max(request.widthPx, 1);
  const level = levels.findLast(({ widthNs }) => widthNs <= nsPerPx) ?? levels[0];
  return request.tracks
    .filter((track) => track < trace.tracks.length)
    .map((track) =>
      trace.tracks[track].info.kind === 'counter' ? counterTile(trace, track, request, nsPerPx) : sliceTile(trace, level, track, request, nsPerPx, hits, look),
    );
}

/** Index into COLOUR_CLASSES. */
export function colourOf({ colourOfCategory, colourOfName }: Look, { category, name }: Slices, slice: SliceId): number {
  const colour = colourOfCategory[category[slice]];
  return colour === COLOUR_BY_NAME ? colourOfName[name[slice]] : colour;
}

/** Cells of a track before their number is known; kept between calls because a view asks many times a second. */
const scratch = {
  startNs: new Float64Array(0),
  endNs: new Float64Array(0),
  first: new Uint32Array(0),
  count: new Uint32Array(0),
  main: new Uint32Array(0),
  row: new Uint16Array(0),
};

function sliceTile(trace: Trace, level: Level, track: TrackId, { startNs, endNs }: TileRequest, nsPerPx: number, hits: Uint32Array, look: Look): Tile {
  const { slices } = trace;
  const { firstRow, info } = trace.tracks[track];
  let count = 0;
  for (let row = firstRow; row < firstRow + info.rowCount; row++) {
    const before = count;
    count = collect(level, row, count, startNs, endNs, nsPerPx);
    scratch.row.fill(row - firstRow, before, count);
  }
  const buffer = new ArrayBuffer(count * CELL_BYTES);
  const { x0, x1, firstSlice, sliceCount, mainSlice, nameId, row, colour, flags } = cells({ buffer, count });
  firstSlice.set(scratch.first.subarray(0, count));
  sliceCount.set(scratch.count.subarray(0, count));
  mainSlice.set(scratch.main.subarray(0, count));
  row.set(scratch.row.subarray(0, count));
  const labels = new Map<NameId, string>();
  const labelNs = LABEL_PX * nsPerPx;
  for (let cell = 0; cell < count; cell++) {
    const main = mainSlice[cell];
    x0[cell] = scratch.startNs[cell] - startNs;
    x1[cell] = scratch.endNs[cell] - startNs;
    nameId[cell] = slices.name[main];
    colour[cell] = colourOf(look, slices, main);
    if (x1[cell] - x0[cell] >= labelNs && !labels.has(nameId[cell])) labels.set(nameId[cell], look.label(nameId[cell]));
    if (hits.length > 0 && hasHit(hits, firstSlice[cell], firstSlice[cell] + sliceCount[cell] - 1)) flags[cell] = CELL_HIT;
  }
  return { track, kind: 'slices', startNs, endNs, count, buffer, labels: [...labels] };
}

/** Puts the cells of a row into `scratch` behind the first `count`: entries of the level, merged while they fit into one pixel. Gives the new count. */
function collect(
  { rowFirst, startNs, durNs, first, main, mainDurNs }: Level,
  row: number,
  count: number,
  fromNs: number,
  toNs: number,
  nsPerPx: number,
): number {
  const end = rowFirst[row + 1];
  let entry = firstVisible(startNs, durNs, rowFirst[row], end, fromNs);
  let cell = count;
  while (entry < end && startNs[entry] < toNs) {
    if (cell === scratch.first.length) makeRoom();
    const begin = entry;
    const limitNs = startNs[begin] + nsPerPx;
    let longest = begin;
    for (entry++; entry < end && startNs[entry] + durNs[entry] <= limitNs; entry++) if (mainDurNs[entry] > mainDurNs[longest]) longest = entry;
    scratch.startNs[cell] = startNs[begin];
    scratch.endNs[cell] = startNs[entry - 1] + durNs[entry - 1];
    scratch.first[cell] = first[begin];
    scratch.count[cell] = first[entry] - first[begin];
    scratch.main[cell++] = main[longest];
  }
  return cell;
}

/** First entry of from … to − 1 that ends at or after the window's start. */
function firstVisible(startNs: Float64Array, durNs: Float64Array, from: number, to: number, windowNs: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startNs[middle] + durNs[middle] < windowNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function makeRoom(): void {
  const size = Math.max(scratch.first.length * 2, 1 << 12);
  const enlarge = <T extends Float64Array | Uint32Array | Uint16Array>(larger: T, old: T): T => {
    larger.set(old);
    return larger;
  };
  scratch.startNs = enlarge(new Float64Array(size), scratch.startNs);
  scratch.endNs = enlarge(new Float64Array(size), scratch.endNs);
  scratch.first = enlarge(new Uint32Array(size), scratch.first);
  scratch.count = enlarge(new Uint32Array(size), scratch.count);
  scratch.main = enlarge(new Uint32Array(size), scratch.main);
  scratch.row = enlarge(new Uint16Array(size), scratch.row);
}

function hasHit(hits: Uint32Array, first: SliceId, last: SliceId): boolean {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits[middle] < first) low = middle + 1;
    else high = middle;
  }
  return low < hits.length && hits[low] <= last;
}

/** Lowest and highest value in force per pixel. The value in force where the window begins is its first point. */
function counterTile({ tracks, counters }: Trace, track: TrackId, { startNs, endNs }: TileRequest, nsPerPx: number): Tile {
  const { firstSample, sampleCount } = tracks[track];
  const end = firstSample + sampleCount;
  let sample = inForce(counters.timeNs, firstSample, end, startNs);
  const points: { timeNs: number; min: number; max: number }[] = [];
  let pixelEndNs = Number.NEGATIVE_INFINITY;
  for (; sample < end && counters.timeNs[sample] < endNs; sample++) {
    const timeNs = counters.timeNs[sample];
    const value = counters.value[sample];
    const point = points[points.length - 1];
    if (point && timeNs < pixelEndNs) {
      point.min = Math.min(point.min, value);
      point.max = Math.max(point.max, value);
    } else {
      points.push({ timeNs, min: value, max: value });
      pixelEndNs = timeNs + nsPerPx;
    }
  }
  const count = points.length;
  const buffer = new ArrayBuffer(count * COUNTER_BYTES);
  const { x, min, max } = counterPoints({ buffer, count });
  points.forEach((point, i) => {
    x[i] = point.timeNs - startNs;
    min[i] = point.min;
    max[i] = point.max;
  });
  return { track, kind: 'counter', startNs, endNs, count, buffer, labels: [] };
}

/** Last sample of from … to − 1 that is not after a time; the first one when all are. */
function inForce(timeNs: Float64Array, from: number, to: number, windowNs: number): number {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (timeNs[middle] <= windowNs) low = middle;
    else high = middle;
  }
  return low;
}
