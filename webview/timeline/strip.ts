/** The context strip: the whole trace as steps, and below it the step we are in with its density and the window as a brush. */

import { count, duration } from '../../src/shared/format.js';
import { type Density, KERNEL_CATEGORIES, type Span, type Step } from '../../src/shared/protocol.js';
import { isHighContrast, type Theme } from '../theme.js';
import { stepName } from './bands.js';
import type { Context } from './context.js';
import { fitLabel } from './labels.js';
import { timeAt, widthNs, xOf } from './viewport.js';

/** Height with both rows, and without the row of steps. */
export const STRIP_PX = 92;
export const STRIP_SHORT_PX = 62;
const ROW_TOP_PX = 8;
const ROW_PX = 17;
const DENSITY_TOP_PX = 37;
const DENSITY_PX = 44;
const PADDING_PX = 8;

export interface StripInput {
  theme: Theme;
  ratio: number;
  gutter: number;
  whole: Span;
  context: Context;
  window: Span;
  steps: readonly Step[];
  density: Density | undefined;
  /** hits per bin of the context, when a search is on */
  hits: Uint32Array | undefined;
}

/** Where the two rows are in a strip; without steps there is only the second. */
function stripRows(hasSteps: boolean): { stepsTop: number; densityTop: number } {
  return hasSteps ? { stepsTop: ROW_TOP_PX, densityTop: DENSITY_TOP_PX } : { stepsTop: -ROW_PX, densityTop: DENSITY_TOP_PX - (STRIP_PX - STRIP_SHORT_PX) };
}

function paintSteps(paint: CanvasRenderingContext2D, input: StripInput, width: number): void {
  const { theme, steps, whole, context } = input;
  const measure = (text: string): number => paint.measureText(text).width;
  for (const step of steps) {
    const left = Math.round(xOf(whole, width, step.startNs));
    const right = Math.max(Math.round(xOf(whole, width, step.endNs)) - 1, left + 1);
    const { edge, tint } = theme.phases[step.phase];
    paint.fillStyle = tint;
    paint.fillRect(left, ROW_TOP_PX, right - left, ROW_PX);
    paint.fillStyle = edge;
    paint.fillRect(left, ROW_TOP_PX, right - left, 2);
    if (isHighContrast(theme)) {
      paint.strokeStyle = edge;
      paint.lineWidth = 1;
      paint.strokeRect(left + 0.5, ROW_TOP_PX + 0.5, right - left - 1, ROW_PX - 1);
    }
    paint.fillStyle = theme.foreground;
    const name = [stepName(step), `#${step.index}`].find((text) => measure(text) < right - left - 8);
    const facts = step.tokens === undefined ? [`· ${duration(widthNs(step))}`] : [`· ${count(step.tokens)} tok`, `· ${duration(widthNs(step))}`];
    if (name)
      for (const { text, x } of fitLabel(name, step.phase === 'decode' ? [] : facts, right - left - 8, measure))
        paint.fillText(text, left + 5 + x, ROW_TOP_PX + 10);
    if (step !== context.step) continue;
    paint.strokeStyle = theme.focus;
    paint.lineWidth = 1.5;
    paint.strokeRect(left - 0.5, ROW_TOP_PX - 1.5, right - left + 1, ROW_PX + 3);
  }
}

/** Joins the place of the context in the whole trace with the row that shows it. */
function paintTrapezoid(paint: CanvasRenderingContext2D, { theme, whole, context }: StripInput, width: number, densityTop: number): void {
  paint.beginPath();
  paint.moveTo(xOf(whole, width, context.startNs), ROW_TOP_PX + ROW_PX + 2);
  paint.lineTo(xOf(whole, width, context.endNs), ROW_TOP_PX + ROW_PX + 2);
  paint.lineTo(width, densityTop);
  paint.lineTo(0, densityTop);
  paint.closePath();
  paint.fillStyle = theme.focus;
  paint.globalAlpha = 0.12;
  paint.fill();
  paint.globalAlpha = 1;
}

function paintDensity(paint: CanvasRenderingContext2D, { theme, density, context }: StripInput, width: number, top: number): void {
  if (!density) return;
  const { bins, share } = density;
  const categories = KERNEL_CATEGORIES.length;
  const tallest = share.reduce(
    (most, _, i) =>
      i % categories
        ? most
        : Math.max(
            most,
            share.subarray(i, i + categories).reduce((a, b) => a + b, 0),
          ),
    1,
  );
  const below = new Float32Array(bins);
  const scale = DENSITY_PX / tallest;
  KERNEL_CATEGORIES.forEach((_, category) => {
    paint.fillStyle = theme.paints[category]!.fill;
    for (let bin = 0; bin < bins; bin++) {
      const height = share[bin * categories + category]! * scale;
      if (height <= 0) continue;
      const left = xOf(context, width, density.startNs + (bin / bins) * widthNs(density));
      const right = xOf(context, width, density.startNs + ((bin + 1) / bins) * widthNs(density));
      const floor = top + DENSITY_PX - below[bin]!;
      paint.fillRect(left, floor - height, right - left + 0.3, height);
      below[bin]! += height;
    }
  });
}

/** What lies outside of the window is shaded; its edges can be taken. */
function paintBrush(paint: CanvasRenderingContext2D, { theme, context, window }: StripInput, width: number, top: number): void {
  const left = Math.max(xOf(context, width, window.startNs), 0);
  const right = Math.min(Math.max(xOf(context, width, window.endNs), left + 2), width);
  paint.fillStyle = theme.strip;
  paint.globalAlpha = 0.45;
  paint.fillRect(0, top, left, DENSITY_PX);
  paint.fillRect(right, top, width - right, DENSITY_PX);
  paint.globalAlpha = 1;
  paint.strokeStyle = theme.focus;
  paint.lineWidth = 1.5;
  paint.strokeRect(left + 0.75, top - 1, Math.max(right - left - 1.5, 1), DENSITY_PX + 2);
  paint.fillStyle = theme.focus;
  for (const x of [left, right]) {
    paint.beginPath();
    paint.roundRect(x - 2, top + DENSITY_PX / 2 - 8, 4, 16, 2);
    paint.fill();
  }
}

function paintHits(paint: CanvasRenderingContext2D, hits: Uint32Array, theme: Theme, width: number, top: number): void {
  paint.fillStyle = theme.warn;
  hits.forEach((found, bin) => {
    if (found > 0) paint.fillRect((bin / hits.length) * width, top + DENSITY_PX + 3, 2, 4);
  });
}

function paintGutter(paint: CanvasRenderingContext2D, input: StripInput, densityTop: number): void {
  const { theme, gutter, whole, context, steps, hits } = input;
  const line = (name: string, value: string, y: number): void => {
    paint.fillStyle = theme.foreground;
    paint.textAlign = 'left';
    paint.fillText(name, 12, y);
    paint.fillStyle = theme.dim;
    paint.textAlign = 'right';
    if (gutter > 100) paint.fillText(value, gutter - 8, y);
  };
  if (steps.length > 0) line('Trace', duration(widthNs(whole)), ROW_TOP_PX + 10);
  line(context.step ? stepName(context.step) : 'GPU activity', duration(widthNs(context.step ?? context)), densityTop + 20);
  paint.textAlign = 'left';
  if (!hits) return;
  paint.fillStyle = theme.dim;
  paint.fillText(`${count(hits.reduce((sum, found) => sum + found, 0))} hits`, 12, densityTop + DENSITY_PX + 2);
}

export function paintStrip(canvas: HTMLCanvasElement, input: StripInput): void {
  const paint = canvas.getContext('2d');
  if (!paint) return;
  const { theme, ratio, gutter, steps, hits } = input;
  const width = canvas.width / ratio;
  const height = canvas.height / ratio;
  const { densityTop } = stripRows(steps.length > 0);
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.fillStyle = theme.strip;
  paint.fillRect(0, 0, width, height);
  paint.textBaseline = 'middle';
  paint.font = `11px ${theme.font}`;
  paintGutter(paint, input, densityTop);
  const inner = width - gutter - PADDING_PX;
  paint.save();
  paint.translate(gutter, 0);
  if (steps.length > 0) {
    if (input.context.step) paintTrapezoid(paint, input, inner, densityTop);
    paintSteps(paint, input, inner);
  }
  paintDensity(paint, input, inner, densityTop);
  paintBrush(paint, input, inner, densityTop);
  if (hits) paintHits(paint, hits, theme, inner, densityTop);
  paint.restore();
  paint.fillStyle = theme.line;
  paint.fillRect(0, height - 1, width, 1);
}

/** The step of the upper row, or the time of the lower one, at a place in the strip. */
export function stripAt(
  input: Pick<StripInput, 'gutter' | 'whole' | 'context' | 'steps'>,
  viewPx: number,
  x: number,
  y: number,
): { step?: Step; timeNs?: number } {
  const width = viewPx - input.gutter - PADDING_PX;
  const inner = x - input.gutter;
  const { stepsTop, densityTop } = stripRows(input.steps.length > 0);
  if (y >= densityTop - 4) return { timeNs: timeAt(input.context, width, inner) };
  if (y < stepsTop - 2 || y > stepsTop + ROW_PX + 2) return {};
  const timeNs = timeAt(input.whole, width, inner);
  const step = input.steps.find((candidate) => candidate.startNs <= timeNs && timeNs < candidate.endNs);
  return step ? { step } : {};
}
