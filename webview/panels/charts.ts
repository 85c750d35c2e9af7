/** Draws the two charts of a kernel's calls: a dot per call over the steps, and how many calls took how long. */
import type { Occurrences } from '../../src/shared/protocol.js';
import type { Theme } from '../theme.js';
import { type Histogram, roundUp, type StepCalls } from './calls.js';

const TOP_PX = 8;
const BOTTOM_PX = 20;
const AXIS_PX = 48;
const LABEL_PX = 34;

/** The scale that both charts share, so that a dot and its bin stand at the same height. */
export interface Scale {
  topNs: number;
  tickNs: number;
  unit: string;
  unitNs: number;
}

export function scaleFor(maxNs: number): Scale {
  const tickNs = roundUp(Math.max(1, maxNs) / 4);
  const topNs = Math.ceil(Math.max(1, maxNs) / tickNs) * tickNs;
  const [unit, unitNs] = topNs < 1e3 ? ['ns', 1] : topNs < 1e6 ? ['µs', 1e3] : ['ms', 1e6];
  return { topNs, tickNs, unit, unitNs };
}

export interface Surface {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
}

/** Sizes the canvas to device pixels and clears it; undefined while it has no size. */
export function surface(canvas: HTMLCanvasElement, theme: Theme): Surface | undefined {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (width === 0 || height === 0 || !context) return undefined;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  return { context, width, height };
}

function heightOf(ns: number, { topNs }: Scale, height: number): number {
  return TOP_PX + (1 - ns / topNs) * (height - TOP_PX - BOTTOM_PX);
}

function grid({ context, width, height }: Surface, scale: Scale, theme: Theme, labelled: boolean): void {
  context.strokeStyle = theme.line;
  context.fillStyle = theme.dim;
  context.textAlign = 'right';
  context.lineWidth = 1;
  for (let ns = 0; ns <= scale.topNs; ns += scale.tickNs) {
    const y = Math.round(heightOf(ns, scale, height)) + 0.5;
    // Lines of high-contrast themes are as bright as the data; these only guide the eye.
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(labelled ? AXIS_PX : 0, y);
    context.lineTo(width, y);
    context.stroke();
    context.globalAlpha = 1;
    const text = String(Number((ns / scale.unitNs).toPrecision(3)));
    if (labelled) context.fillText(ns + scale.tickNs > scale.topNs ? `${text} ${scale.unit}` : text, AXIS_PX - 8, y);
  }
}

/** Where each call's dot is, for picking one. */
export interface Dots {
  x: Float32Array;
  y: Float32Array;
}

/** A dot per call; the calls of a step stand side by side in its column, and a line is their median. */
export function drawDots(
  canvas: HTMLCanvasElement,
  { durNs }: Occurrences,
  steps: readonly StepCalls[],
  scale: Scale,
  fill: string,
  theme: Theme,
): Dots | undefined {
  const target = surface(canvas, theme);
  if (!target) return undefined;
  const { context, width, height } = target;
  grid(target, scale, theme, true);
  const dots: Dots = { x: new Float32Array(durNs.length), y: new Float32Array(durNs.length) };
  const columnPx = (width - AXIS_PX - 8) / steps.length;
  const insetPx = Math.min(6, columnPx * 0.12);
  const labelEvery = Math.ceil(LABEL_PX / columnPx);
  for (const [column, { step, from, to, medianNs }] of steps.entries()) {
    const left = AXIS_PX + 4 + column * columnPx + insetPx;
    const inner = columnPx - 2 * insetPx;
    context.fillStyle = fill;
    for (let call = from; call < to; call++) {
      const x = left + ((call - from + 0.5) / (to - from)) * inner;
      const y = heightOf(durNs[call]!, scale, height);
      dots.x[call] = x;
      dots.y[call] = y;
      context.fillRect(x - 1, y - 1, 2, 2);
    }
    context.fillStyle = theme.foreground;
    context.fillRect(left, heightOf(medianNs, scale, height) - 0.5, inner, 1);
    context.fillStyle = theme.dim;
    context.textAlign = 'center';
    if (column % labelEvery === 0) context.fillText(step < 0 ? '–' : `#${step}`, left + inner / 2, height - 8);
  }
  return dots;
}

/** Bars to the right, one per bin of duration, at the height of the dots that they count. */
export function drawHistogram(canvas: HTMLCanvasElement, { binNs, counts }: Histogram, scale: Scale, fill: string, theme: Theme): void {
  const target = surface(canvas, theme);
  if (!target) return;
  const { context, width, height } = target;
  grid(target, scale, theme, false);
  const most = Math.max(...counts);
  context.fillStyle = fill;
  for (const [bin, calls] of counts.entries()) {
    if (calls === 0) continue;
    const top = heightOf((bin + 1) * binNs, scale, height);
    const bottom = heightOf(bin * binNs, scale, height);
    context.fillRect(0, top, Math.max(1, (calls / most) * (width - 8)), Math.max(1, bottom - top - 0.5));
  }
}

/** The call whose dot is nearest to a place, if one is near. */
export function dotAt({ x, y }: Dots, atX: number, atY: number): number | undefined {
  let best: number | undefined;
  let bestSquare = 8 ** 2;
  for (let call = 0; call < x.length; call++) {
    const square = (x[call]! - atX) ** 2 + (y[call]! - atY) ** 2;
    if (square >= bestSquare) continue;
    best = call;
    bestSquare = square;
  }
  return best;
}
