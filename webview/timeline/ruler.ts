/** The ruler over the lanes, and where the window is in the gutter. */

import { duration } from '../../src/shared/format.js';
import type { Span } from '../../src/shared/protocol.js';
import type { Theme } from '../theme.js';
import { type Ticks, tickLabel } from './ticks.js';
import { widthNs, xOf } from './viewport.js';

export const RULER_PX = 26;

/** Absolute time with enough digits to tell neighbours of this zoom apart: "148.254 ms", "148.254 318 ms" close up. */
export function absoluteTime(timeNs: number, shownNs: number): string {
  const decimals = shownNs >= 1e9 ? 0 : shownNs >= 1e7 ? 1 : shownNs >= 1e5 ? 3 : 6;
  return `${(timeNs / 1e6).toFixed(decimals).replace('-', '−')} ms`;
}

export function paintRuler(canvas: HTMLCanvasElement, theme: Theme, ratio: number, gutter: number, window: Span, originNs: number, ticks: Ticks): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const width = canvas.width / ratio;
  context.fillStyle = theme.strip;
  context.fillRect(0, 0, width, RULER_PX);
  context.textBaseline = 'middle';
  context.font = `600 11px ${theme.font}`;
  context.fillStyle = theme.foreground;
  const starts = [1, 1e2, 1e4, 1e6].map((coarser) => absoluteTime(window.startNs, widthNs(window) * coarser));
  const start = starts.find((text) => 12 + context.measureText(text).width < gutter - 4) ?? starts.at(-1)!;
  context.fillText(start, 12, RULER_PX / 2);
  const taken = 12 + context.measureText(start).width + 4;
  context.font = `11px ${theme.font}`;
  context.fillStyle = theme.dim;
  const wide = `+${duration(widthNs(window))}`;
  const shown = [`${wide} shown`, wide].find((text) => taken + context.measureText(text).width < gutter - 4);
  if (shown) context.fillText(shown, taken, RULER_PX / 2);
  for (const offsetNs of ticks.offsetsNs) {
    const x = gutter + Math.round(xOf(window, width - gutter, originNs + offsetNs) * ratio) / ratio;
    context.fillStyle = theme.line;
    context.fillRect(x, RULER_PX - 8, 1 / ratio, 8);
    context.fillStyle = theme.dim;
    context.fillText(tickLabel(offsetNs, ticks.stepNs), x + 4, RULER_PX / 2);
  }
  context.fillStyle = theme.line;
  context.fillRect(0, RULER_PX - 1, width, 1);
  context.fillRect(gutter - 1, 0, 1, RULER_PX);
}
