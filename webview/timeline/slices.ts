/** Paints the cells of a track: rectangles for all of them, text where it fits. */

import { shortDuration } from '../../src/shared/format.js';
import { COLOUR_CLASSES, type NameId, type SliceId } from '../../src/shared/protocol.js';
import { CELL_HIT, type Cells } from '../../src/shared/tile.js';
import { colourLabel } from '../theme.js';
import { type Frame, px } from './frame.js';
import { fitLabel, frameLabel, MIN_TEXT_PX } from './labels.js';
import { rowTop, sliceHeight, type TrackLane } from './lanes.js';
import { addRect, type Band, beginBand } from './rects.js';
import type { LoadedTile } from './tiles.js';
import { widthNs } from './viewport.js';

const FONT_PX = 11;
const PADDING_PX = 5;
const MIN_STYLE_PX = 3;
/** Of a narrower hit an outline would leave nothing to see; it is underlined. */
const MIN_OUTLINED_PX = 6;
/** Lower rows have no room for text. */
const MIN_TEXT_HEIGHT_PX = 14;
const PYTHON = COLOUR_CLASSES.indexOf('python');

/** Where a lane's rows may be painted. */
export interface LanePlace {
  /** of the lane, may be above `clipTop` */
  top: number;
  clipTop: number;
}

/** What a cell of one slice is called. */
export type CellName = (name: NameId, slice: SliceId) => string;

/** Top and bottom of a row on screen. */
function rowSpan(frame: Frame, lane: TrackLane, place: LanePlace, row: number): { top: number; bottom: number } {
  const top = place.top + px(frame, rowTop(lane, row));
  return { top, bottom: top + px(frame, sliceHeight(lane, row)) };
}

function drawLabel(frame: Frame, cells: Cells, i: number, name: string, left: number, right: number, top: number, bottom: number): void {
  const { context, look, ratio, measure } = frame;
  const colour = cells.colour[i]!;
  const paint = look.theme.paints[colour]!;
  const from = Math.max(left, 0) + px(frame, PADDING_PX);
  const room = Math.min(right, frame.width) - from - px(frame, 3);
  if (name === '') return;
  const isFrame = colour === PYTHON;
  const { text, place } = isFrame ? frameLabel(name) : { text: name, place: '' };
  const durationText = shortDuration(cells.x1[i]! - cells.x0[i]!);
  const further = isFrame ? (place ? [place] : []) : bottom - top >= 20 * ratio ? [durationText, colourLabel(COLOUR_CLASSES[colour]!)] : [durationText];
  const fitted = fitLabel(text, further, room, measure);
  if (fitted.length === 0) return;
  const baseline = Math.round((top + bottom) / 2 + 0.5 * ratio);
  if (paint.pattern !== 'solid') {
    const last = fitted[fitted.length - 1]!;
    context.fillStyle = paint.fill;
    context.fillRect(from - 2 * ratio, baseline - 7 * ratio, last.x + measure(last.text) + 4 * ratio, 14 * ratio);
  }
  context.fillStyle = paint.text;
  fitted.forEach(({ text: part, x }, index) => {
    context.globalAlpha = index === 0 ? 1 : 0.78;
    context.fillText(part, from + x, baseline);
  });
  context.globalAlpha = 1;
}

/** Sets the canvas's text style for slices; `Frame.measure` measures in it. */
export function setSliceFont(frame: Pick<Frame, 'context' | 'look' | 'ratio'>): void {
  frame.context.font = `${FONT_PX * frame.ratio}px ${frame.look.theme.font}`;
  frame.context.textBaseline = 'middle';
  frame.context.textAlign = 'left';
}

/**
 * Paints one track's tile. `name` answers what is written on a cell, '' while it is not known. Where hits are `revealed`
 * the rest recedes, and they are outlined where there is room; else they are underlined.
 */
export function paintSlices(frame: Frame, lane: TrackLane, place: LanePlace, tile: LoadedTile, name: CellName, revealed: boolean): void {
  const { cells } = tile;
  if (!cells) return;
  const { x0, x1, row, colour, flags, sliceCount, nameId, mainSlice } = cells;
  const { rects, look, width, height, window } = frame;
  const scale = width / widthNs(window);
  const offset = (tile.originNs - window.startNs) * scale;
  const minText = MIN_TEXT_PX * frame.ratio;
  const separation = 3 * frame.ratio;
  const minHeight = MIN_TEXT_HEIGHT_PX * frame.ratio;
  const underline = Math.max(2, px(frame, 2));
  const outlined = MIN_OUTLINED_PX * frame.ratio;
  let band: Band | undefined;
  let bandRow = -1;
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < tile.count; i++) {
    const left = Math.round(x0[i]! * scale + offset);
    let right = Math.round(x1[i]! * scale + offset);
    if (right < 0 || left > width) continue;
    const shownRow = row[i]! - lane.hiddenRows;
    if (shownRow < 0 || shownRow >= lane.rows) continue;
    if (shownRow !== bandRow) {
      bandRow = shownRow;
      ({ top, bottom } = rowSpan(frame, lane, place, row[i]!));
      const from = Math.max(top, place.clipTop);
      const to = Math.min(bottom, height);
      band = from < to ? beginBand(rects, from, to) : undefined;
    }
    if (!band) continue;
    // One pixel at the end keeps neighbours apart; what is shorter than a pixel still gets one.
    if (right - left >= separation) right--;
    else if (right <= left) right = left + 1;
    // A pattern or an outline needs some pixels to be told; a thinner cell that has nothing else is drawn in the outline's colour.
    const style = right - left >= MIN_STYLE_PX ? look.styles[colour[i]!]! : 0;
    const isHit = (flags[i]! & CELL_HIT) !== 0;
    const fills = revealed && !isHit ? look.dimmedFills : look.fills;
    const fill = style === 0 && look.fills[colour[i]!] === look.inks.background ? look.inks.outline : fills[colour[i]!]!;
    addRect(rects, band, Math.max(left, 0), Math.min(right, width), fill, revealed && !isHit ? 0 : style);
    if (right - left >= minText && bottom - top >= minHeight && sliceCount[i] === 1 && (isHit || !revealed))
      drawLabel(frame, cells, i, name(nameId[i]!, mainSlice[i]!), left, right, top, bottom);
    if (isHit && revealed && right - left >= outlined) {
      frame.context.strokeStyle = look.theme.selected;
      frame.context.lineWidth = frame.ratio;
      frame.context.strokeRect(left + frame.ratio / 2, top + frame.ratio / 2, Math.max(right - left - frame.ratio, frame.ratio), bottom - top - frame.ratio);
    } else if (isHit) {
      frame.context.fillStyle = look.theme.warn;
      frame.context.fillRect(left, bottom - underline, right - left, underline);
    }
  }
}

/** The cell at a place: index into the tile, or −1. Cells thinner than a pixel are found within two pixels of the pointer. */
export function cellAt(tile: LoadedTile, row: number, timeNs: number, nsPerPx: number): number {
  const { cells } = tile;
  if (!cells) return -1;
  const at = timeNs - tile.originNs;
  let best = -1;
  let distance = 2 * nsPerPx;
  for (let i = 0; i < tile.count; i++) {
    if (cells.row[i] !== row) continue;
    const away = Math.max(cells.x0[i]! - at, at - cells.x1[i]!, 0);
    if (away >= distance) continue;
    best = i;
    distance = away;
    if (away === 0) break;
  }
  return best;
}
