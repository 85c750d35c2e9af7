/** What is where in the lanes: from a place on screen to slices and tracks. */
import type { SliceId, Span, TrackId, TrackInfo } from '../../src/shared/protocol.js';
import { type Lane, type Layout, laneAt, laneY, rowAt, type TrackLane, visibleLanes } from './lanes.js';
import { cellAt } from './slices.js';
import type { LoadedTile } from './tiles.js';
import { timeAt, widthNs } from './viewport.js';

/** A cell on screen. */
export interface Target extends Span {
  lane: TrackLane;
  track: TrackId;
  row: number;
  mainSlice: SliceId;
  firstSlice: SliceId;
  sliceCount: number;
}

/** The lanes as they are on screen now, in CSS pixels. */
export interface Screen {
  layout: Layout;
  scrollTop: number;
  widthPx: number;
  heightPx: number;
  window: Span;
  tile(track: TrackId): LoadedTile | undefined;
}

function targetOf(lane: TrackLane, tile: LoadedTile, row: number, i: number): Target | undefined {
  if (i < 0 || !tile.cells) return undefined;
  const { x0, x1, mainSlice, firstSlice, sliceCount } = tile.cells;
  const span = { startNs: tile.originNs + x0[i]!, endNs: tile.originNs + x1[i]! };
  return { ...span, lane, track: lane.track.id, row, mainSlice: mainSlice[i]!, firstSlice: firstSlice[i]!, sliceCount: sliceCount[i]! };
}

export function targetAt({ layout, scrollTop, widthPx, window, tile }: Screen, x: number, y: number): Target | undefined {
  const lane = laneAt(layout, scrollTop, y);
  const found = lane?.kind === 'track' ? tile(lane.track.id) : undefined;
  if (lane?.kind !== 'track' || !found) return undefined;
  const row = rowAt(lane, y - laneY(lane, layout, scrollTop));
  if (row === undefined) return undefined;
  return targetOf(lane, found, row, cellAt(found, row, timeAt(window, widthPx, x), widthNs(window) / widthPx));
}

/** The cell nearest to the middle of the window on the busiest stream, or else on the first track that has one. */
export function middleTarget({ layout, window, tile }: Screen): Target | undefined {
  const middle = (window.startNs + window.endNs) / 2;
  const lanes = [...layout.byTrack.values()].sort((a, b) => Number(b.compute) - Number(a.compute));
  for (const lane of lanes) {
    const found = tile(lane.track.id);
    const target = found && targetOf(lane, found, lane.hiddenRows, cellAt(found, lane.hiddenRows, middle, widthNs(window)));
    if (target) return target;
  }
  return undefined;
}

/** Tracks whose lanes touch the heights between two places. */
export function tracksBetween({ layout, scrollTop, heightPx }: Screen, fromY: number, toY: number): TrackId[] {
  const touches = (lane: Lane): boolean => {
    const top = laneY(lane, layout, scrollTop);
    return top < Math.max(fromY, toY) && top + lane.height > Math.min(fromY, toY);
  };
  return visibleLanes(layout, scrollTop, heightPx).flatMap((lane) => (lane.kind === 'track' && touches(lane) ? [lane.track.id] : []));
}

/** Slices of a group's tracks that touch the window; exact as far as single cells are drawn. */
export function slicesInWindow({ layout, window, tile }: Screen, group: number): number {
  let found = 0;
  for (const { track } of layout.byTrack.values()) {
    const loaded = track.group === group ? tile(track.id) : undefined;
    if (!loaded?.cells) continue;
    const { x0, x1, sliceCount } = loaded.cells;
    const [from, to] = [window.startNs - loaded.originNs, window.endNs - loaded.originNs];
    for (let i = 0; i < loaded.count; i++) if (x1[i]! > from && x0[i]! < to) found += sliceCount[i]!;
  }
  return found;
}

/** Streams whose tile covers the window and has nothing in it. */
export function emptyStreams(tracks: readonly TrackInfo[], { window, tile }: Pick<Screen, 'window' | 'tile'>): Set<TrackId> {
  const isEmpty = ({ id, firstNs, lastNs }: TrackInfo): boolean => {
    if (firstNs > window.endNs || lastNs < window.startNs) return true;
    const loaded = tile(id);
    if (!loaded?.cells || loaded.startNs > Math.max(window.startNs, firstNs) || loaded.endNs < Math.min(window.endNs, lastNs)) return false;
    const { x0, x1 } = loaded.cells;
    const [from, to] = [window.startNs - loaded.originNs, window.endNs - loaded.originNs];
    for (let i = 0; i < loaded.count; i++) if (x1[i]! > from && x0[i]! < to) return false;
    return true;
  };
  return new Set(tracks.filter((track) => track.kind === 'stream' && isEmpty(track)).map(({ id }) => id));
}
