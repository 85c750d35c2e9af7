/** Paints what the user did over the lanes: selection, arrows, hover, area and marks. */

import { count, duration } from '../../src/shared/format.js';
import type { SliceDetail, SliceLinks, SliceRef, Span, TrackId } from '../../src/shared/protocol.js';
import { isHighContrast } from '../theme.js';
import { clipped, type Frame, px } from './frame.js';
import { type Layout, laneY, rowTop, sliceHeight } from './lanes.js';
import { widthNs, xOf } from './viewport.js';

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where a slice is on screen, in device pixels; undefined when its track has no lane. It may be outside of the canvas. */
function boxOf(frame: Frame, layout: Layout, scrollTop: number, slice: Pick<SliceRef, 'track' | 'row' | 'startNs' | 'endNs'>): Box | undefined {
  const lane = layout.byTrack.get(slice.track);
  if (!lane) return undefined;
  const top = px(frame, laneY(lane, layout, scrollTop)) + px(frame, rowTop(lane, slice.row));
  const left = Math.round(xOf(frame.window, frame.width, slice.startNs));
  const right = Math.max(Math.round(xOf(frame.window, frame.width, slice.endNs)), left + 1);
  return { left, right, top, bottom: top + px(frame, sliceHeight(lane, slice.row)) };
}

/** The strip of the canvas in which a slice's lane may paint. */
function clipOf(frame: Frame, layout: Layout, slice: Pick<SliceRef, 'track'>): [number, number] {
  const stuck = layout.byTrack.get(slice.track)?.stuck;
  return stuck ? [0, px(frame, layout.stuckPx)] : [px(frame, layout.stuckPx), frame.height];
}

export function paintOutline(
  frame: Frame,
  layout: Layout,
  scrollTop: number,
  slice: Pick<SliceRef, 'track' | 'row' | 'startNs' | 'endNs'>,
  colour: string,
  linePx: number,
): void {
  const box = boxOf(frame, layout, scrollTop, slice);
  if (!box) return;
  const { context } = frame;
  const [top, bottom] = clipOf(frame, layout, slice);
  clipped(context, top, bottom, () => {
    const line = px(frame, linePx);
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(box.left - line / 2, box.top - line / 2, Math.max(box.right - box.left, 1) + line, box.bottom - box.top + line);
  });
}

/** Tints a time in all lanes, but for the box of what is selected, whose colour means something. */
function paintBand(frame: Frame, span: Span, box: Box | undefined): void {
  const { context, look, window, width, height } = frame;
  const left = xOf(window, width, span.startNs);
  const wide = Math.max(xOf(window, width, span.endNs) - left, 1);
  context.fillStyle = look.theme.focus;
  context.globalAlpha = isHighContrast(look.theme) ? 0.12 : 0.07;
  context.fillRect(left, 0, wide, box ? box.top : height);
  if (box) context.fillRect(left, box.bottom, wide, height - box.bottom);
  context.globalAlpha = 1;
}

/** A rounded label on the background colour. */
function paintChip(frame: Frame, text: string, middleX: number, middleY: number): void {
  const { context, look, measure } = frame;
  const width = measure(text) + px(frame, 16);
  const height = px(frame, 19);
  const left = Math.min(Math.max(middleX - width / 2, px(frame, 4)), frame.width - width - px(frame, 4));
  const top = middleY - height / 2;
  context.beginPath();
  context.roundRect(left, top, width, height, height / 2);
  context.fillStyle = look.theme.background;
  context.fill();
  context.strokeStyle = look.theme.focus;
  context.lineWidth = frame.ratio;
  context.stroke();
  context.fillStyle = look.theme.foreground;
  context.fillText(text, left + px(frame, 8), middleY);
}

/** From the top or bottom of one box to the near edge of another; gives the middle of the part that is on screen. */
function paintArrow(frame: Frame, from: Box, to: Box): { x: number; y: number } {
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
  return { x: middle(startX, endX, frame.width), y: middle(startY, endY, frame.height) };
}

/** What the chip of a launch says: how long until its first kernel started. */
function launchText({ ref }: SliceDetail, { outgoing, moreOutgoing }: SliceLinks): string {
  const kernels = outgoing.filter((other) => other.kind !== 'launch');
  const first = Math.min(...kernels.map((other) => other.startNs));
  const target = kernels.length + moreOutgoing > 1 ? `first of ${count(kernels.length + moreOutgoing)} kernels` : 'kernel';
  return `launch → ${target} ${duration(first - ref.startNs)}`;
}

/** All arrows of the selected slice; a chip says how long it took from a launch to its kernel. */
export function paintLinks(frame: Frame, layout: Layout, scrollTop: number, detail: SliceDetail, links: SliceLinks): void {
  const { ref, launchDelayNs } = detail;
  const self = boxOf(frame, layout, scrollTop, ref);
  if (!self) return;
  const chip = (text: string, { x, y }: { x: number; y: number }): void =>
    paintChip(frame, text, x, Math.min(Math.max(y, px(frame, 14)), frame.height - px(frame, 14)));
  let middle: { x: number; y: number } | undefined;
  for (const other of links.outgoing) {
    const box = boxOf(frame, layout, scrollTop, other);
    if (!box) continue;
    const way = paintArrow(frame, self, box);
    middle ??= way;
  }
  if (middle && ref.kind === 'launch') chip(launchText(detail, links), middle);
  for (const other of links.incoming) {
    const box = boxOf(frame, layout, scrollTop, other);
    if (!box) continue;
    paintOutline(frame, layout, scrollTop, other, frame.look.theme.focus, 1);
    const way = paintArrow(frame, box, self);
    if (other.kind === 'launch' && launchDelayNs !== undefined) chip(`launch → kernel ${duration(launchDelayNs)}`, way);
  }
}

/** The selected slice and the 7 % band through all lanes at its time. */
export function paintSelection(frame: Frame, layout: Layout, scrollTop: number, ref: SliceRef): void {
  paintBand(frame, ref, boxOf(frame, layout, scrollTop, ref));
  paintOutline(frame, layout, scrollTop, ref, frame.look.theme.selected, 2);
}

/** A span with edges and its width, between two heights: the area and the marks. */
export function paintArea(frame: Frame, span: Span, opacity: number, { top, bottom }: Pick<Box, 'top' | 'bottom'>): void {
  const { context, look, window, width } = frame;
  const left = Math.round(xOf(window, width, span.startNs));
  const right = Math.round(xOf(window, width, span.endNs));
  if (right < 0 || left > width || bottom <= top) return;
  context.fillStyle = look.theme.focus;
  context.globalAlpha = opacity;
  context.fillRect(left, top, right - left, bottom - top);
  context.globalAlpha = 1;
  for (const x of [left, right]) context.fillRect(x, top, frame.ratio, bottom - top);
  paintChip(frame, duration(widthNs(span)), (Math.max(left, 0) + Math.min(right, width)) / 2, bottom - px(frame, 14));
}

/** Top and bottom of the lanes of some tracks, as far as they are on screen. */
export function lanesBetween(frame: Frame, layout: Layout, scrollTop: number, tracks: readonly TrackId[]): Pick<Box, 'top' | 'bottom'> {
  let [top, bottom] = [frame.height, 0];
  for (const track of tracks) {
    const lane = layout.byTrack.get(track);
    if (!lane) continue;
    const y = px(frame, laneY(lane, layout, scrollTop));
    top = Math.min(top, Math.max(y, lane.stuck ? 0 : px(frame, layout.stuckPx)));
    bottom = Math.max(bottom, Math.min(y + px(frame, lane.height), frame.height));
  }
  return { top, bottom };
}
