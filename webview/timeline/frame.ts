/** What every painter of one frame needs to know. Everything here is in device pixels. */
import type { Span } from '../../src/shared/protocol.js';
import { blend, isHighContrast, type Theme } from '../theme.js';
import type { Measure } from './labels.js';
import type { Inks } from './painter.js';
import { fillOf, type Rects, styleOf } from './rects.js';

/** The theme, ready to paint: fills and styles by index into COLOUR_CLASSES. */
export interface Look {
  theme: Theme;
  fills: Uint32Array;
  /** of what recedes while others are revealed */
  dimmedFills: Uint32Array;
  styles: Uint8Array;
  inks: Inks;
  gridFill: number;
  hatch: CanvasPattern | null;
}

export interface Frame {
  look: Look;
  window: Span;
  /** of the lanes, without the gutter */
  width: number;
  height: number;
  /** device pixels per CSS pixel */
  ratio: number;
  rects: Rects;
  /** lies over the rectangles */
  context: CanvasRenderingContext2D;
  measure: Measure;
}

/** What is left of a fill that recedes. */
const DIMMED = 0.3;

/** Diagonal lines that mean "idle". */
function hatchPattern(context: CanvasRenderingContext2D, colour: string, ratio: number): CanvasPattern | null {
  const size = Math.round(6 * ratio);
  const tile = new OffscreenCanvas(size, size);
  const paint = tile.getContext('2d');
  if (!paint) return null;
  paint.strokeStyle = colour;
  paint.lineWidth = ratio;
  for (const shift of [-size, 0, size]) {
    paint.moveTo(shift, size);
    paint.lineTo(shift + size, 0);
  }
  paint.stroke();
  return context.createPattern(tile, 'repeat');
}

export function makeLook(theme: Theme, context: CanvasRenderingContext2D, ratio: number): Look {
  const { paints, background, foreground, line } = theme;
  const highContrast = isHighContrast(theme);
  return {
    theme,
    fills: Uint32Array.from(paints, ({ fill }) => fillOf(fill)),
    dimmedFills: Uint32Array.from(paints, ({ fill }) => fillOf(blend(fill, background, DIMMED))),
    styles: Uint8Array.from(paints, ({ pattern, outline }) => styleOf(pattern, outline)),
    inks: { background: fillOf(background), pattern: fillOf(background), outline: fillOf(foreground) },
    // High-contrast themes draw borders in a bright colour, which would drown the slices.
    gridFill: fillOf(blend(line, background, highContrast ? 0.35 : 0.7)),
    hatch: hatchPattern(context, blend(foreground, background, highContrast ? 0.4 : 0.16), ratio),
  };
}

/** Device pixels of a length in CSS pixels. */
export function px(frame: Pick<Frame, 'ratio'>, cssPx: number): number {
  return Math.round(cssPx * frame.ratio);
}

/** Draws inside a horizontal strip of the canvas only. */
export function clipped(context: CanvasRenderingContext2D, top: number, bottom: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(0, top, context.canvas.width, Math.max(bottom - top, 0));
  context.clip();
  draw();
  context.restore();
}
