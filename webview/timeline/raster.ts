/** The software painter: spans of pixels written straight into ImageData. */
import type { Inks, Painter } from './painter.js';
import { type Band, OUTLINE_SHIFT, PATTERN_MASK, type Rects } from './rects.js';

/** Whether a pattern (index into PATTERNS) has ink at a pixel. The shader in gl.ts says the same. */
export function patternInk(pattern: number, x: number, y: number): boolean {
  switch (pattern) {
    case 1:
      return (x + y) % 6 < 2;
    case 2:
      return x % 4 === 0 && y % 4 === 0;
    case 3:
      return (x + y) % 6 === 0 || (x - y + 65536) % 6 === 0;
    case 4:
      return y % 5 === 0;
    case 5:
      return x % 5 === 0;
    case 6:
      return (x - y + 65536) % 6 < 2;
    case 7:
      return x % 5 === 0 || y % 5 === 0;
    default:
      return false;
  }
}

/** Whether an outline (index into OUTLINES) has ink at a place along it. */
export function outlineInk(outline: number, along: number): boolean {
  return outline === 1 || (outline === 2 && along % 6 < 4) || (outline === 3 && along % 3 === 0);
}

/** After so many pixels every pattern begins anew, across and down: their periods are 4, 5 and 6. */
const PERIOD = 60;
const PATTERN_CELLS = PERIOD * PERIOD;

/** All bits where patternInk has ink: PERIOD × PERIOD pixels of each pattern. */
const INKED = Int32Array.from({ length: (PATTERN_MASK + 1) * PATTERN_CELLS }, (_, i) =>
  patternInk(Math.floor(i / PATTERN_CELLS), i % PERIOD, Math.floor(i / PERIOD) % PERIOD) ? -1 : 0,
);

/** Under this many pixels a loop is faster than a call of fill. */
const NARROW = 24;

function fillSpan(pixels: Uint32Array, from: number, to: number, colour: number): void {
  if (to - from >= NARROW) pixels.fill(colour, from, to);
  else for (let i = from; i < to; i++) pixels[i] = colour;
}

/** A row of slices: one line, copied down. */
function paintBand(pixels: Uint32Array, width: number, { box, fill }: Rects, { first, end, top, bottom }: Band): void {
  const line = top * width;
  for (let i = first; i < end; i++) fillSpan(pixels, line + box[i * 4]!, line + box[i * 4 + 2]!, fill[i]!);
  for (let y = top + 1; y < bottom; y++) pixels.copyWithin(y * width, line, line + width);
}

/**
 * Patterns of a row of slices whose fills are painted. Every pixel is asked which pattern it has, whatever number of slices there are,
 * and without a branch: no processor foresees where a narrow slice has ink.
 */
function paintPatterns(pixels: Uint32Array, width: number, { box, style }: Rects, { first, end, top, bottom }: Band, ink: number): void {
  const column = new Uint32Array(width);
  for (let i = first; i < end; i++) fillSpan(column, box[i * 4]!, box[i * 4 + 2]!, (style[i]! & PATTERN_MASK) * PATTERN_CELLS);
  for (let x = 0; x < width; x++) column[x]! += x % PERIOD;
  for (let y = top; y < bottom; y++) {
    const line = y * width;
    const row = (y % PERIOD) * PERIOD;
    for (let x = 0; x < width; x++) {
      const colour = pixels[line + x]!;
      pixels[line + x] = colour ^ ((colour ^ ink) & INKED[column[x]! + row]!);
    }
  }
}

/** Outline of a rectangle that is already filled. */
function paintOutline(pixels: Uint32Array, width: number, { box, style }: Rects, i: number, { top, bottom }: Band, ink: number): void {
  const outline = style[i]! >> OUTLINE_SHIFT;
  const left = box[i * 4]!;
  const right = box[i * 4 + 2]!;
  for (let x = left; x < right; x++) if (outlineInk(outline, x)) pixels[top * width + x] = pixels[(bottom - 1) * width + x] = ink;
  for (let y = top; y < bottom; y++) if (outlineInk(outline, y)) pixels[y * width + left] = pixels[y * width + right - 1] = ink;
}

/** Paints bands into pixels of a frame `width` × `height`; everything else becomes background. */
export function rasterize(pixels: Uint32Array, width: number, height: number, rects: Rects, inks: Inks): void {
  pixels.fill(inks.background);
  for (const band of rects.bands) {
    const visible = band.first < band.end && band.top >= 0 && band.bottom <= height && band.top < band.bottom;
    if (!visible) continue;
    paintBand(pixels, width, rects, band);
    if (!band.styled) continue;
    paintPatterns(pixels, width, rects, band, inks.pattern);
    for (let i = band.first; i < band.end; i++) if (rects.style[i]! >> OUTLINE_SHIFT) paintOutline(pixels, width, rects, i, band, inks.outline);
  }
}

export function rasterPainter(canvas: HTMLCanvasElement): Painter {
  // The pixels come from here and there is no GPU: a canvas in main memory takes them three times as fast.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('This editor cannot draw: it has no canvas.');
  let image = context.createImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  return (rects, inks) => {
    const { width, height } = canvas;
    if (image.width !== width || image.height !== height) {
      image = context.createImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    }
    rasterize(pixels, width, height, rects, inks);
    context.putImageData(image, 0, 0);
  };
}
