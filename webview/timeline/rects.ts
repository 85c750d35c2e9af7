/**
 * The rectangles of one frame: columns in whole device pixels, sorted into bands. A band is one row of slices: all its
 * rectangles have the same top and bottom, which lets the software painter draw one line and copy it.
 */
import { type Outline, PATTERNS, type Pattern, rgb } from '../theme.js';

export interface Band {
  top: number;
  bottom: number;
  first: number;
  /** one after the last rectangle */
  end: number;
  /** whether any rectangle has a pattern or an outline */
  styled: boolean;
}

export interface Rects {
  count: number;
  bands: Band[];
  /** left, top, right, bottom of each */
  box: Int16Array;
  /** red, green, blue, 255 as the bytes of a little-endian number */
  fill: Uint32Array;
  /** see styleOf */
  style: Uint8Array;
}

export const OUTLINES: readonly Outline[] = ['none', 'solid', 'dashed', 'dotted'];
export const PATTERN_MASK = 7;
export const OUTLINE_SHIFT = 3;

/** Pattern and outline in one byte. */
export function styleOf(pattern: Pattern, outline: Outline): number {
  return PATTERNS.indexOf(pattern) | (OUTLINES.indexOf(outline) << OUTLINE_SHIFT);
}

/** A CSS colour as `Rects.fill` has it. */
export function fillOf(colour: string): number {
  const [red, green, blue] = rgb(colour);
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

export function createRects(capacity = 4096): Rects {
  return { count: 0, bands: [], box: new Int16Array(capacity * 4), fill: new Uint32Array(capacity), style: new Uint8Array(capacity) };
}

export function clearRects(rects: Rects): void {
  rects.count = 0;
  rects.bands.length = 0;
}

/** Begins a row; following rectangles belong to it. Rows that are not at least a pixel high take none. */
export function beginBand(rects: Rects, top: number, bottom: number): Band {
  const band = { top, bottom, first: rects.count, end: rects.count, styled: false };
  rects.bands.push(band);
  return band;
}

function grow(rects: Rects): void {
  const wider = createRects(rects.fill.length * 2);
  wider.box.set(rects.box);
  wider.fill.set(rects.fill);
  wider.style.set(rects.style);
  Object.assign(rects, { box: wider.box, fill: wider.fill, style: wider.style });
}

/** Adds a rectangle to the last band. */
export function addRect(rects: Rects, band: Band, left: number, right: number, fill: number, style: number): void {
  if (rects.count === rects.fill.length) grow(rects);
  const i = rects.count++;
  const { box } = rects;
  box[i * 4] = left;
  box[i * 4 + 1] = band.top;
  box[i * 4 + 2] = right;
  box[i * 4 + 3] = band.bottom;
  rects.fill[i] = fill;
  rects.style[i] = style;
  band.end = rects.count;
  if (style !== 0) band.styled = true;
}
