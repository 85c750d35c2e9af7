/** The software painter: spans of pixels written straight into ImageData. */
import type { Inks, Painter } from './painter.js';
import { OUTLINE_SHIFT, PATTERN_MASK, type Rects } from './rects.js';

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

/** Rows without patterns: one line, copied down. */
function paintPlain(pixels: Uint32Array, width: number, rects: Rects, first: number, end: number, top: number, bottom: number): void {
  const line = top * width;
  for (let i = first; i < end; i++) pixels.fill(rects.fill[i]!, line + rects.box[i * 4]!, line + rects.box[i * 4 + 2]!);
  for (let y = top + 1; y < bottom; y++) pixels.copyWithin(y * width, line, line + width);
}

function paintStyled(pixels: Uint32Array, width: number, rects: Rects, i: number, inks: Inks): void {
  const [left, top, right, bottom] = rects.box.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
  const pattern = rects.style[i]! & PATTERN_MASK;
  const outline = rects.style[i]! >> OUTLINE_SHIFT;
  for (let y = top; y < bottom; y++) {
    pixels.fill(rects.fill[i]!, y * width + left, y * width + right);
    if (pattern) for (let x = left; x < right; x++) if (patternInk(pattern, x, y)) pixels[y * width + x] = inks.pattern;
  }
  if (!outline) return;
  for (let x = left; x < right; x++) if (outlineInk(outline, x)) pixels[top * width + x] = pixels[(bottom - 1) * width + x] = inks.outline;
  for (let y = top; y < bottom; y++) if (outlineInk(outline, y)) pixels[y * width + left] = pixels[y * width + right - 1] = inks.outline;
}

/** Paints bands into pixels of a frame `width` × `height`; everything else becomes background. */
export function rasterize(pixels: Uint32Array, width: number, height: number, rects: Rects, inks: Inks): void {
  pixels.fill(inks.background);
  for (const { top, bottom, first, end, styled } of rects.bands) {
    const visible = first < end && top >= 0 && bottom <= height && top < bottom;
    if (!visible) continue;
    if (styled) for (let i = first; i < end; i++) paintStyled(pixels, width, rects, i, inks);
    else paintPlain(pixels, width, rects, first, end, top, bottom);
  }
}

export function rasterPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { alpha: false, desynchronized: false });
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
