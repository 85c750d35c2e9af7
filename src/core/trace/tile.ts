/** Answers "these tracks, this window, this many pixels" with one buffer per track, laid out as shared/tile.ts says. */
import type { NameId, SliceId, Span, Tile, TileRequest, TrackId } from '../../shared/protocol.js';
import { CELL_BYTES, CELL_HIT, type Cells, COUNTER_BYTES, cells, counterPoints } from '../../shared/tile.js';
import { type Folds, pickCells, withoutWrappers } from './folds.js';
import { firstOf, type Level, type Levels, mainOf } from './levels.js';
import type { Slices, Trace } from './trace.js';

/** How slices look: told by those who know names. */
export interface Look {
  /** index into COLOUR_CLASSES by recorded category; COLOUR_BY_NAME where the name decides */
  colourOfCategory: Uint8Array;
  colourOfName: Uint8Array;
  label(name: NameId): string;
  folds(): Folds;
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

/** Index into COLOUR_CLASSES of what has its name and category at `index`. */
export function colourOf({ colourOfCategory, colourOfName }: Look, { category, name }: Pick<Slices, 'category' | 'name'>, index: number): number {
  const colour = colourOfCategory[category[index]];
  return colour === COLOUR_BY_NAME ? colourOfName[name[index]] : colour;
}

/** Cells of a track before their number is known; kept between calls because a view asks many times a second. */
let room = roomFor(1 << 12);

function roomFor(count: number): Cells {
  return cells({ buffer: new ArrayBuffer(count * CELL_BYTES), count });
}

function sliceTile(trace: Trace, level: Level, track: TrackId, request: TileRequest, nsPerPx: number, hits: Uint32Array, look: Look): Tile {
  const { firstRow, info } = trace.tracks[track];
  let count = 0;
  for (let row = firstRow; row < firstRow + info.rowCount; row++) {
    const before = count;
    count = collect(level, row, count, request, nsPerPx, look);
    room.row.fill(row - firstRow, before, count);
  }
  const kept = request.folded?.includes(track) ? withoutWrappers(look.folds(), room, count) : undefined;
  if (kept) count = kept.length;
  const buffer = new ArrayBuffer(count * CELL_BYTES);
  const tile = cells({ buffer, count });
  if (kept) pickCells(room, tile, kept);
  else copyCells(room, tile, count);
  const { x0, x1, firstSlice, sliceCount, nameId, flags } = tile;
  const labels = new Map<NameId, string>();
  const labelNs = LABEL_PX * nsPerPx;
  for (let cell = 0; cell < count; cell++) {
    if (x1[cell] - x0[cell] >= labelNs && !labels.has(nameId[cell])) labels.set(nameId[cell], look.label(nameId[cell]));
  }
  if (hits.length > 0)
    for (let cell = 0; cell < count; cell++) if (hasHit(hits, firstSlice[cell], firstSlice[cell] + sliceCount[cell] - 1)) flags[cell] = CELL_HIT;
  return { track, kind: 'slices', startNs: request.startNs, endNs: request.endNs, count, buffer, labels: [...labels] };
}

/** Puts the cells of a row into `room` behind the first `count`: entries of the level, merged while they fit into one pixel. Gives the new count. */
function collect(level: Level, row: number, count: number, { startNs: fromNs, endNs: toNs }: Span, nsPerPx: number, look: Look): number {
  const { rowFirst, startNs, durNs, mainDurNs, name } = level;
  const end = rowFirst[row + 1];
  let { x0, x1, firstSlice, sliceCount, mainSlice, nameId, colour } = room;
  let entry = firstVisible(startNs, durNs, rowFirst[row], end, fromNs);
  let cell = count;
  while (entry < end && startNs[entry] < toNs) {
    if (cell === x0.length) ({ x0, x1, firstSlice, sliceCount, mainSlice, nameId, colour } = makeRoom());
    const begin = entry;
    const beginNs = startNs[begin];
    const limitNs = beginNs + nsPerPx;
    let longest = begin;
    let endNs = beginNs + durNs[begin];
    for (entry++; entry < end; entry++) {
      const nextNs = startNs[entry] + durNs[entry];
      if (nextNs > limitNs) break;
      endNs = nextNs;
      if (mainDurNs[entry] > mainDurNs[longest]) longest = entry;
    }
    x0[cell] = beginNs - fromNs;
    x1[cell] = endNs - fromNs;
    firstSlice[cell] = firstOf(level, begin);
    sliceCount[cell] = firstOf(level, entry) - firstSlice[cell];
    mainSlice[cell] = mainOf(level, longest);
    nameId[cell] = name[longest];
    colour[cell++] = colourOf(look, level, longest);
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

function makeRoom(): Cells {
  const larger = roomFor(room.x0.length * 2);
  copyCells(room, larger, room.x0.length);
  return (room = larger);
}

function copyCells(from: Cells, to: Cells, count: number): void {
  to.x0.set(from.x0.subarray(0, count));
  to.x1.set(from.x1.subarray(0, count));
  to.firstSlice.set(from.firstSlice.subarray(0, count));
  to.sliceCount.set(from.sliceCount.subarray(0, count));
  to.mainSlice.set(from.mainSlice.subarray(0, count));
  to.nameId.set(from.nameId.subarray(0, count));
  to.row.set(from.row.subarray(0, count));
  to.colour.set(from.colour.subarray(0, count));
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
