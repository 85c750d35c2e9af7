/** The picture of a flame: where each call is, and which call is where. */
import type { Flame } from '../../../src/shared/analysis.js';
import { duration } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import { paintFor, type Theme } from '../../theme.js';
import { fitLabel, rememberWidths } from '../../timeline/labels.js';

export const ROW_PX = 18;
const PADDING_PX = 4;
/** A single call on its row that takes this share of the picture only leads to the next. */
const WHOLE = 0.97;

/** The part of a flame that is shown: a stretch of its time axis, from a row on. */
export interface FlameView {
  fromNs: number;
  toNs: number;
  /** rows above it, which hold one call each, as wide as the picture */
  folded: number;
  rows: number;
}

/** What shows a call whole with all that it called; all of the flame for −1. */
export function viewOf(flame: Flame, node: number): FlameView {
  let [fromNs, toNs, deepest] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let at = 0; at < flame.count; at++) {
    deepest = Math.max(deepest, flame.depth[at]!);
    if (flame.depth[at] !== 0) continue;
    fromNs = Math.min(fromNs, flame.startNs[at]!);
    toNs = Math.max(toNs, flame.startNs[at]! + flame.durNs[at]!);
  }
  if (node >= 0) [fromNs, toNs] = [flame.startNs[node]!, flame.startNs[node]! + flame.durNs[node]!];
  const width = Math.max(1, toNs - fromNs);
  const inside = new Uint32Array(deepest + 2);
  const widest = new Float64Array(deepest + 2);
  for (let at = 0; at < flame.count; at++) {
    const ns = Math.min(toNs, flame.startNs[at]! + flame.durNs[at]!) - Math.max(fromNs, flame.startNs[at]!);
    if (ns <= 0) continue;
    inside[flame.depth[at]!]!++;
    widest[flame.depth[at]!] = Math.max(widest[flame.depth[at]!]!, ns);
  }
  let folded = 0;
  while (folded < deepest && inside[folded] === 1 && widest[folded]! >= WHOLE * width && inside[folded + 1]! > 0) folded++;
  // The last of them stays, to say where the others are.
  folded = Math.max(0, folded - 1);
  return { fromNs, toNs: fromNs + width, folded, rows: deepest + 1 - folded };
}

/** Draws what the view shows. */
export function drawFlame(context: CanvasRenderingContext2D, width: number, flame: Flame, { fromNs, toNs, folded }: FlameView, theme: Theme): void {
  const scale = width / (toNs - fromNs);
  const measure = rememberWidths((text) => context.measureText(text).width);
  context.textAlign = 'left';
  for (let node = 0; node < flame.count; node++) {
    const left = Math.max(0, (flame.startNs[node]! - fromNs) * scale);
    const right = Math.min(width, (flame.startNs[node]! + flame.durNs[node]! - fromNs) * scale);
    const top = (flame.depth[node]! - folded) * ROW_PX;
    if (right - left < 0.5 || top < 0) continue;
    const name = flame.names[flame.name[node]!] ?? '';
    const paint = paintFor(theme, colourOf(name));
    context.fillStyle = paint.fill;
    context.fillRect(left, top, Math.max(right - left - 1, 0.5), ROW_PX - 1);
    if (paint.outline !== 'none' && right - left > 3) {
      context.strokeStyle = theme.line;
      context.strokeRect(left + 0.5, top + 0.5, right - left - 2, ROW_PX - 2);
    }
    if (right - left < 24) continue;
    context.fillStyle = paint.text;
    const label = fitLabel(frameLabel(name), [duration(flame.durNs[node])], right - left - 2 * PADDING_PX, measure);
    for (const { text, x } of label) context.fillText(text, left + PADDING_PX + x, top + ROW_PX / 2);
  }
}

/** A Python frame or module, a call of the GPU's runtime, or an op. */
function colourOf(name: string): 'python' | 'runtime' | 'op' {
  if (/\(\d+\): |^nn\.Module/.test(name)) return 'python';
  return /^(?:cuda|hip|cu)[A-Z]/.test(name) ? 'runtime' : 'op';
}

/** The call under a place; −1 for none. */
export function nodeAt(flame: Flame, { fromNs, toNs, folded }: FlameView, width: number, x: number, y: number): number {
  const depth = Math.floor(y / ROW_PX) + folded;
  const timeNs = fromNs + (x / width) * (toNs - fromNs);
  for (let node = 0; node < flame.count; node++) {
    if (flame.depth[node] === depth && timeNs >= flame.startNs[node]! && timeNs < flame.startNs[node]! + flame.durNs[node]!) return node;
  }
  return -1;
}
