/** GPU busy over the whole trace, in the colour of each step's phase; a click opens a step. The table twin is the Steps tab. */

import type { StepRow } from '../../../src/shared/analysis.js';
import { duration, percent, plural } from '../../../src/shared/format.js';
import type { Density, Phase, Span } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { readTheme, type Theme } from '../../theme.js';
import { tickLabel, ticks } from '../../timeline/ticks.js';
import { around, xOf } from '../../timeline/viewport.js';
import { surface } from '../charts.js';
import { box, el, span } from '../dom.js';
import { phaseName } from '../steps.js';

const HEAD_PX = 16;
const AXIS_PX = 16;
/** What one bar of the density is wide. */
const BIN_PX = 1;
/** Step names stand where they fit. */
const NAME_PX = 26;

export function phaseStrip(app: App, steps: readonly StepRow[]): HTMLElement {
  const whole: Span = { startNs: 0, endNs: app.info.durationNs };
  const canvas = el('canvas', {
    class: 'phase-strip',
    role: 'img',
    'aria-label': `GPU busy over ${duration(app.info.durationNs)}, ${plural(steps.length, 'step')}; the Steps tab has the same as a table`,
  });
  let density: Density | undefined;

  const redraw = (): void => {
    const theme = readTheme();
    const target = surface(canvas, theme);
    if (target) paint(target.context, target.width, target.height, theme, whole, steps, density);
  };
  const load = (): void => {
    const bins = Math.floor(canvas.clientWidth / BIN_PX);
    redraw();
    if (bins < 1 || density?.bins === bins) return;
    void app.trace.density(whole, bins).then(
      (answer) => {
        density = answer;
        redraw();
      },
      (error: Error) => app.announce(error.message),
    );
  };
  new ResizeObserver(load).observe(canvas);
  app.onChange((changed) => {
    if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });

  const stepAt = (x: number): StepRow | undefined => {
    const timeNs = (x / canvas.clientWidth) * app.info.durationNs;
    return steps.find(({ startNs, endNs }) => timeNs >= startNs && timeNs < endNs);
  };
  canvas.addEventListener('click', ({ offsetX }) => {
    const step = stepAt(offsetX);
    app.change({ tab: 'timeline', window: step ? around(step, 0.95) : whole });
  });
  canvas.addEventListener('pointermove', ({ offsetX }) => {
    const step = stepAt(offsetX);
    canvas.title = step
      ? `${phaseName(step.phase)}, step ${step.index}: ${duration(step.endNs - step.startNs)}, busy ${percent((100 * step.time.busyNs) / step.time.spanNs)}`
      : '';
  });
  return box('phase-strip-frame', canvas, span('dim phase-strip-note', 'GPU busy, % · click a step to open it'));
}

function paint(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  theme: Theme,
  whole: Span,
  steps: readonly StepRow[],
  density: Density | undefined,
): void {
  const top = HEAD_PX;
  const bottom = height - AXIS_PX;
  context.textAlign = 'left';
  let namedTo = 0;
  const seen = new Map<Phase, number>();
  for (const step of steps) {
    const left = xOf(whole, width, step.startNs);
    const right = xOf(whole, width, step.endNs);
    context.fillStyle = theme.phases[step.phase].tint;
    context.fillRect(left, top, right - left, bottom - top);
    const nth = (seen.get(step.phase) ?? 0) + 1;
    seen.set(step.phase, nth);
    const name = nth > 1 ? `#${nth}` : phaseName(step.phase);
    if (left < namedTo || width - left < NAME_PX) continue;
    context.fillStyle = theme.foreground;
    context.fillText(name, left, top / 2);
    namedTo = left + context.measureText(name).width + 8;
  }
  if (density) {
    const categories = density.share.length / density.bins;
    // Steps are in time order and do not overlap.
    let at = 0;
    for (let bin = 0; bin < density.bins; bin++) {
      let share = 0;
      for (let category = 0; category < categories; category++) share += density.share[bin * categories + category]!;
      if (share === 0) continue;
      const timeNs = whole.startNs + ((bin + 0.5) / density.bins) * (whole.endNs - whole.startNs);
      while (at < steps.length && steps[at]!.endNs <= timeNs) at++;
      const step = at < steps.length && steps[at]!.startNs <= timeNs ? steps[at] : undefined;
      context.fillStyle = step && step.phase !== 'unknown' ? theme.phases[step.phase].edge : theme.dim;
      const high = Math.min(share, 1) * (bottom - top);
      context.fillRect((bin / density.bins) * width, bottom - high, Math.max(1, width / density.bins), high);
    }
  }
  context.fillStyle = theme.dim;
  const { stepNs, offsetsNs } = ticks(whole.startNs, whole.endNs, width, whole.startNs);
  for (const offsetNs of offsetsNs) {
    const x = xOf(whole, width, whole.startNs + offsetNs);
    if (x < width - 40) context.fillText(tickLabel(offsetNs, stepNs).replace('+', ''), x + 2, height - AXIS_PX / 2);
  }
  context.strokeStyle = theme.line;
  context.strokeRect(0.5, top + 0.5, width - 1, bottom - top - 1);
}
