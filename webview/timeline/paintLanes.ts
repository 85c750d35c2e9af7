/** Paints all lanes of a frame: rectangles are collected for the painter, text and bands go to the canvas over them. */

import { duration } from '../../src/shared/format.js';
import type { LayerSpan, Step, TrackId } from '../../src/shared/protocol.js';
import { paintLayers, paintModules, paintSteps } from './bands.js';
import type { Context } from './context.js';
import { paintCounter } from './counter.js';
import { clipped, type Frame, px } from './frame.js';
import { paintGaps } from './gaps.js';
import { type GroupLane, type Lane, type Layout, laneY, type TrackLane } from './lanes.js';
import { addRect, beginBand } from './rects.js';
import { type CellName, type LanePlace, paintSlices } from './slices.js';
import type { StreamFacts } from './streamFacts.js';
import type { Ticks } from './ticks.js';
import type { LoadedTile } from './tiles.js';
import { xOf } from './viewport.js';

export interface LaneContent {
  context: Context;
  steps: readonly Step[];
  layers: readonly LayerSpan[];
  streams: StreamFacts;
  tile(track: TrackId): LoadedTile | undefined;
  name: CellName;
  /** the same for GPU work, which may be called by its module */
  gpuName: CellName;
  /** the search shows what a line of code ran */
  revealed: boolean;
}

/** Vertical lines at the marks of the ruler. */
export function paintGrid(frame: Frame, originNs: number, { offsetsNs }: Ticks): void {
  const band = beginBand(frame.rects, 0, frame.height);
  for (const offsetNs of offsetsNs) {
    const x = Math.round(xOf(frame.window, frame.width, originNs + offsetNs));
    if (x >= 0 && x < frame.width) addRect(frame.rects, band, x, x + 1, frame.look.gridFill, 0);
  }
}

/** Says in dim what an empty lane lacks. */
function note(frame: Frame, text: string, y: number): void {
  frame.context.fillStyle = frame.look.theme.dim;
  frame.context.fillText(text, px(frame, 8), y);
}

/** Where the track's next work is, seen from the window. */
function emptyNote({ track }: TrackLane, { window }: Frame): string {
  if (track.firstNs > window.endNs) return `no slices in this window · first ${duration(track.firstNs - window.endNs)} later`;
  if (track.lastNs < window.startNs) return `no slices in this window · last ${duration(window.startNs - track.lastNs)} before`;
  return 'no slices in this window';
}

function paintTrack(frame: Frame, lane: TrackLane, place: LanePlace, content: LaneContent): void {
  const tile = content.tile(lane.track.id);
  if (!tile) return;
  if (lane.track.kind === 'counter') {
    paintCounter(frame, lane, place, tile);
    return;
  }
  if (lane.compute) paintGaps(frame, lane, place, content.streams.gaps.get(lane.track.id) ?? []);
  const before = frame.rects.count;
  const isGpu = lane.track.kind === 'stream';
  paintSlices(frame, lane, place, tile, isGpu ? content.gpuName : content.name, content.revealed && isGpu);
  const covers = tile.startNs <= Math.max(frame.window.startNs, 0) && tile.endNs >= Math.min(frame.window.endNs, tile.endNs);
  if (frame.rects.count === before && covers && !lane.compute)
    note(frame, emptyNote(lane, frame), place.top + px(frame, lane.padding + Math.min(lane.rowPx, lane.height) / 2));
}

function paintBand(frame: Frame, lane: Exclude<Lane, GroupLane | TrackLane>, { top }: LanePlace, { context, steps, layers, streams }: LaneContent): void {
  const modules = lane.kind === 'modules' ? (streams.modules.get(lane.track) ?? []) : [];
  if (lane.kind === 'steps') paintSteps(frame, steps, top, lane.height);
  else if (layers.length > 0 && lane.kind === 'layers') paintLayers(frame, layers, top, lane.height);
  else if (modules.length > 0) paintModules(frame, modules, top, lane.height);
  else if (!context.step) note(frame, `zoom in to see single ${lane.kind}`, top + px(frame, lane.height / 2));
}

function paintLane(frame: Frame, lane: Lane, place: LanePlace, content: LaneContent): void {
  if (lane.kind === 'group') return;
  if (lane.kind === 'track') paintTrack(frame, lane, place, content);
  else paintBand(frame, lane, place, content);
  const bottom = place.top + px(frame, lane.height);
  if (bottom <= place.clipTop || bottom > frame.height) return;
  addRect(frame.rects, beginBand(frame.rects, bottom - 1, bottom), 0, frame.width, frame.look.gridFill, 0);
}

/** Scrolling lanes first, below the stuck ones; neither paints into the other. */
export function paintLanes(frame: Frame, layout: Layout, lanes: readonly Lane[], scrollTop: number, content: LaneContent): void {
  const border = px(frame, layout.stuckPx);
  for (const stuck of [false, true]) {
    clipped(frame.context, stuck ? 0 : border, stuck ? border : frame.height, () => {
      for (const lane of lanes) {
        if (lane.stuck === stuck) paintLane(frame, lane, { top: px(frame, laneY(lane, layout, scrollTop)), clipTop: stuck ? 0 : border }, content);
      }
    });
  }
}
