/** Paints the lanes that say where we are: steps, layers inside them, and modules inside those. */

import { count, duration, percent, plural } from '../../src/shared/format.js';
import type { ModuleSpan } from '../../src/shared/model.js';
import type { LayerSpan, Span, Step } from '../../src/shared/protocol.js';
import { blend, isHighContrast, paintFor } from '../theme.js';
import { type Frame, px } from './frame.js';
import { ellipsize, fitLabel } from './labels.js';
import { widthNs, xOf } from './viewport.js';

/** "decode #3"; a step of no known phase is "step 3". */
export function stepName(step: Step): string {
  return step.phase === 'unknown' ? `step ${step.index}` : `${step.phase} #${step.index}`;
}

/** What a step's lane says after its name, most telling first. */
export function stepFacts(step: Step): string[] {
  const facts: string[] = [];
  if (step.tokens !== undefined) facts.push(plural(step.tokens, 'token'));
  if (step.requests !== undefined) facts.push(plural(step.requests, 'request'));
  facts.push(duration(widthNs(step)), `GPU busy ${percent((100 * step.busyNs) / Math.max(widthNs(step), 1))}`, `${count(step.kernelCount)} kernels`);
  return facts;
}

/** Left and right of a span on screen, or undefined when it is not. */
function onScreen(frame: Frame, span: Span): { left: number; right: number } | undefined {
  const left = Math.round(xOf(frame.window, frame.width, span.startNs));
  const right = Math.max(Math.round(xOf(frame.window, frame.width, span.endNs)), left + 1);
  return right < 0 || left > frame.width ? undefined : { left, right };
}

function box(frame: Frame, left: number, right: number, top: number, bottom: number, fill: string): void {
  const { context, look } = frame;
  context.fillStyle = fill;
  context.fillRect(left, top, right - left, bottom - top);
  if (!isHighContrast(look.theme)) return;
  context.strokeStyle = look.theme.foreground;
  context.lineWidth = frame.ratio;
  context.strokeRect(left + frame.ratio / 2, top + frame.ratio / 2, right - left - frame.ratio, bottom - top - frame.ratio);
}

/** A name and further texts, in dim unless said otherwise, each only if it fits. */
function bandText(
  frame: Frame,
  name: string,
  further: readonly string[],
  left: number,
  right: number,
  middle: number,
  inks = { name: frame.look.theme.foreground, further: frame.look.theme.dim },
): void {
  const { context, measure } = frame;
  const from = Math.max(left, 0) + px(frame, 7);
  fitLabel(name, further, Math.min(right, frame.width) - from - px(frame, 4), measure).forEach(({ text, x }, index) => {
    context.fillStyle = index === 0 ? inks.name : inks.further;
    context.fillText(text, from + x, middle);
  });
}

export function paintSteps(frame: Frame, steps: readonly Step[], top: number, heightPx: number): void {
  const bottom = top + px(frame, heightPx);
  for (const step of steps) {
    const place = onScreen(frame, step);
    if (!place) continue;
    const { left, right } = place;
    const { edge, tint } = frame.look.theme.phases[step.phase];
    box(frame, left, right, top + px(frame, 3), bottom - px(frame, 3), tint);
    frame.context.fillStyle = edge;
    frame.context.fillRect(left, top + px(frame, 3), px(frame, 2), bottom - top - px(frame, 6));
    const facts = stepFacts(step).map((fact, i) => (i === 0 ? fact : `· ${fact}`));
    bandText(frame, stepName(step), facts, left, right, Math.round((top + bottom) / 2));
  }
}

export function paintLayers(frame: Frame, layers: readonly LayerSpan[], top: number, heightPx: number): void {
  const bottom = top + px(frame, heightPx);
  const { background, foreground } = frame.look.theme;
  for (const layer of layers) {
    const place = onScreen(frame, layer);
    if (!place) continue;
    const { left, right } = place;
    box(frame, left, Math.max(right - 1, left + 1), top + px(frame, 3), bottom - px(frame, 3), blend(foreground, background, layer.layer % 2 ? 0.08 : 0.13));
    const name = [`layers.${layer.layer}`, `${layer.layer}`].find((text) => ellipsize(text, right - left - px(frame, 12), frame.measure) === text);
    if (name) bandText(frame, name, [duration(widthNs(layer))], left, right, Math.round((top + bottom) / 2));
  }
}

/** "self_attn" of "model.layers.*.self_attn". */
export function moduleName({ path }: Pick<ModuleSpan, 'path'>): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** A module that does one thing has its colour; one that does several is neutral. */
export function paintModules(frame: Frame, modules: readonly ModuleSpan[], top: number, heightPx: number): void {
  const bottom = top + px(frame, heightPx);
  const { theme } = frame.look;
  const neutral = blend(theme.foreground, theme.background, 0.17);
  for (const module of modules) {
    const place = onScreen(frame, module);
    if (!place) continue;
    const { left } = place;
    const right = Math.max(place.right - 1, left + 1);
    const paint = module.category && paintFor(theme, module.category);
    box(frame, left, right, top + px(frame, 3), bottom - px(frame, 3), paint?.fill ?? (isHighContrast(theme) ? theme.background : neutral));
    const inks = paint ? { name: paint.text, further: paint.text } : undefined;
    bandText(frame, moduleName(module), [duration(widthNs(module))], left, right, Math.round((top + bottom) / 2), inks);
  }
}
