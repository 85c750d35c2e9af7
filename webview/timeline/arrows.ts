/** Paints the arrows of the selected slice: from the launch to its kernels, and recorded flows. */

import { count, duration } from '../../src/shared/format.js';
import type { SliceDetail, SliceLinks } from '../../src/shared/protocol.js';
import { paintChip } from './chip.js';
import { type Frame, px } from './frame.js';
import type { Point } from './input.js';
import type { Layout } from './lanes.js';
import { type Box, boxOf, outlineSlice } from './overlay.js';

/** Points of an arrow that are enough to keep off it. */
const SAMPLES = 16;

interface Way {
  /** middle of the part that is on screen */
  middle: Point;
  points: Point[];
}

/** From the top or bottom of one box to the near edge of another. */
function paintArrow(frame: Frame, from: Box, to: Box): Way {
  const { context, look } = frame;
  const up = to.top < from.top;
  const startX = from.left + Math.min((from.right - from.left) / 2, px(frame, 14));
  const startY = up ? from.top : from.bottom;
  const endX = to.left + px(frame, 2);
  const endY = up ? to.bottom : to.top;
  const bend = (endY - startY) / 2;
  const head = px(frame, 6) * (up ? 1 : -1);
  context.strokeStyle = look.theme.focus;
  context.fillStyle = look.theme.focus;
  context.lineWidth = 1.5 * frame.ratio;
  context.beginPath();
  context.moveTo(startX, startY);
  context.bezierCurveTo(startX, startY + bend, endX, endY - bend, endX, endY);
  context.stroke();
  context.beginPath();
  context.moveTo(endX, endY);
  context.lineTo(endX - Math.abs(head) * 0.7, endY + head);
  context.lineTo(endX + Math.abs(head) * 0.7, endY + head);
  context.fill();
  const middle = (from: number, to: number, most: number): number => (Math.min(Math.max(from, 0), most) + Math.min(Math.max(to, 0), most)) / 2;
  const points = Array.from({ length: SAMPLES + 1 }, (_, i) => bezier(i / SAMPLES, startX, startX, endX, endX, startY, startY + bend, endY - bend, endY));
  return { middle: { x: middle(startX, endX, frame.width), y: middle(startY, endY, frame.height) }, points };
}

/** Where a cubic curve is at a share of its way. */
function bezier(at: number, x0: number, x1: number, x2: number, x3: number, y0: number, y1: number, y2: number, y3: number): Point {
  const rest = 1 - at;
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * at, 3 * rest * at ** 2, at ** 3];
  return { x: a * x0 + b * x1 + c * x2 + d * x3, y: a * y0 + b * y1 + c * y2 + d * y3 };
}

/** What the chip of a launch says: how long until its first kernel started. */
function launchText({ ref }: SliceDetail, { outgoing, moreOutgoing }: SliceLinks): string {
  const kernels = outgoing.filter((other) => other.kind !== 'launch');
  const first = Math.min(...kernels.map((other) => other.startNs));
  const target = kernels.length + moreOutgoing > 1 ? `first of ${count(kernels.length + moreOutgoing)} kernels` : 'kernel';
  return `launch → ${target} ${duration(first - ref.startNs)}`;
}

/** All arrows of the selected slice; a chip says how long it took from a launch to its kernel. Gives points on the arrows, which tooltips keep off. */
export function paintLinks(frame: Frame, layout: Layout, scrollTop: number, detail: SliceDetail, links: SliceLinks): Point[] {
  const { ref, launchDelayNs } = detail;
  const self = boxOf(frame, layout, scrollTop, ref);
  if (!self) return [];
  const ways: Way[] = [];
  const chip = (text: string, { middle: { x, y } }: Way): void => paintChip(frame, text, x, Math.min(Math.max(y, px(frame, 14)), frame.height - px(frame, 14)));
  for (const other of links.outgoing) {
    const box = boxOf(frame, layout, scrollTop, other);
    if (box) ways.push(paintArrow(frame, self, box));
  }
  const [first] = ways;
  if (first && ref.kind === 'launch') chip(launchText(detail, links), first);
  for (const other of links.incoming) {
    const box = boxOf(frame, layout, scrollTop, other);
    if (!box) continue;
    outlineSlice(frame, layout, scrollTop, other, frame.look.theme.focus, 1);
    const way = paintArrow(frame, box, self);
    ways.push(way);
    if (other.kind === 'launch' && launchDelayNs !== undefined) chip(`launch → kernel ${duration(launchDelayNs)}`, way);
  }
  return ways.flatMap(({ points }) => points);
}
