/** Paints what the user did over the lanes: selection, hover, area and marks. */

import { duration } from '../../src/shared/format.js';
import type { SliceRef, Span, TrackId } from '../../src/shared/protocol.js';
import { isHighContrast } from '../theme.js';
import { paintChip } from './chip.js';
import { clipped, type Frame, px } from './frame.js';
import { type Layout, laneRow, laneY, rowTop, sliceHeight } from './lanes.js';
import { BAND_MARGIN_PX, type Thing } from './things.js';
import { widthNs, xOf } from './viewport.js';

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where a slice is on screen, in device pixels; undefined when its track has no lane. It may be outside of the canvas. */
export function boxOf(frame: Frame, layout: Layout, scrollTop: number, slice: SliceRef): Box | undefined {
  const lane = layout.byTrack.get(slice.track);
  if (!lane) return undefined;
  const row = laneRow(lane, slice);
  const top = px(frame, laneY(lane, layout, scrollTop)) + px(frame, rowTop(lane, row));
  const left = Math.round(xOf(frame.window, frame.width, slice.startNs));
  const right = Math.max(Math.round(xOf(frame.window, frame.width, slice.endNs)), left + 1);
  return { left, right, top, bottom: top + px(frame, sliceHeight(lane, row)) };
}

/** The strip of the canvas in which a lane may paint. */
function clipOf(frame: Frame, layout: Layout, stuck: boolean): [number, number] {
  return stuck ? [0, px(frame, layout.stuckPx)] : [px(frame, layout.stuckPx), frame.height];
}

function outline(frame: Frame, box: Box, [top, bottom]: [number, number], colour: string, linePx: number): void {
  const { context } = frame;
  clipped(context, top, bottom, () => {
    const line = px(frame, linePx);
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(box.left - line / 2, box.top - line / 2, Math.max(box.right - box.left, 1) + line, box.bottom - box.top + line);
  });
}

export function outlineSlice(frame: Frame, layout: Layout, scrollTop: number, slice: SliceRef, colour: string, linePx: number): void {
  const box = boxOf(frame, layout, scrollTop, slice);
  if (box) outline(frame, box, clipOf(frame, layout, layout.byTrack.get(slice.track)?.stuck ?? false), colour, linePx);
}

/** Outlines what the pointer is on. */
export function paintHovered(frame: Frame, layout: Layout, scrollTop: number, { kind, lane, span }: Thing): void {
  const y = laneY(lane, layout, scrollTop);
  const [top, height] =
    kind === 'cell'
      ? [rowTop(lane, span.row), sliceHeight(lane, span.row)]
      : kind === 'gap'
        ? [lane.padding, lane.slicePx]
        : [BAND_MARGIN_PX, lane.height - 2 * BAND_MARGIN_PX];
  const left = Math.round(xOf(frame.window, frame.width, span.startNs));
  const right = Math.round(xOf(frame.window, frame.width, span.endNs));
  const box = { left, right, top: px(frame, y) + px(frame, top), bottom: px(frame, y) + px(frame, top) + px(frame, height) };
  outline(frame, box, clipOf(frame, layout, lane.stuck), frame.look.theme.foreground, 1);
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

/** The selected slice and the 7 % band through all lanes at its time. */
export function paintSelection(frame: Frame, layout: Layout, scrollTop: number, ref: SliceRef): void {
  paintBand(frame, ref, boxOf(frame, layout, scrollTop, ref));
  outlineSlice(frame, layout, scrollTop, ref, frame.look.theme.selected, 2);
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
