/** Colours of categories on a canvas of a chart: with the pattern that a high-contrast theme tells them apart by. */
import type { ColourClass } from '../../src/shared/protocol.js';
import { PATTERNS, type Paint, paintFor, type Theme } from '../theme.js';
import { patternInk } from '../timeline/raster.js';

/** After so many pixels every pattern begins anew. */
const PERIOD = 60;

type Fill = string | CanvasPattern;

/** What to fill a category's area with, each made once. */
export function canvasFills(context: CanvasRenderingContext2D, theme: Theme): (colour: ColourClass) => Fill {
  const made = new Map<ColourClass, Fill>();
  return (colour) => {
    const paint = paintFor(theme, colour);
    const fill = made.get(colour) ?? (paint.pattern === 'solid' ? paint.fill : (patterned(context, paint, theme.background) ?? paint.fill));
    made.set(colour, fill);
    return fill;
  };
}

function patterned(context: CanvasRenderingContext2D, { fill, pattern }: Paint, ink: string): CanvasPattern | null {
  const tile = new OffscreenCanvas(PERIOD, PERIOD);
  const target = tile.getContext('2d');
  if (!target) return null;
  const index = PATTERNS.indexOf(pattern);
  target.fillStyle = fill;
  target.fillRect(0, 0, PERIOD, PERIOD);
  target.fillStyle = ink;
  for (let y = 0; y < PERIOD; y++) for (let x = 0; x < PERIOD; x++) if (patternInk(index, x, y)) target.fillRect(x, y, 1, 1);
  return context.createPattern(tile, 'repeat');
}
