/** Where a stream does nothing: found between its cells, hatched on screen with how long it took. */

import { shortDuration } from '../../src/shared/format.js';
import type { Span, TrackInfo } from '../../src/shared/protocol.js';
import { type Frame, px } from './frame.js';
import { ellipsize } from './labels.js';
import type { TrackLane } from './lanes.js';
import type { LanePlace } from './slices.js';
import type { LoadedTile } from './tiles.js';
import { xOf } from './viewport.js';

const MIN_GAP_NS = 10_000;
const MIN_GAP_PX = 3;
/** More cells than this are a picture of the whole trace, in which single gaps say nothing. */
const MAX_CELLS = 20_000;

export interface Gap extends Span {
  /** reaches to where the tile ends: how long it is is not known */
  open: boolean;
}

/** When a stream works at all: outside of it, nothing is idle. */
export type Working = Pick<TrackInfo, 'firstNs' | 'lastNs'>;

/** Idle spans of at least `minNs` between the cells of a tile, whatever row they are in. */
export function gaps(tile: LoadedTile, { firstNs, lastNs }: Working, minNs: number): Gap[] {
  const { cells, count, originNs } = tile;
  if (!cells || count > MAX_CELLS) return [];
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => cells.x0[a]! - cells.x0[b]!);
  const found: Gap[] = [];
  let busyUntil = Math.max(tile.startNs, firstNs);
  const idleUntil = (timeNs: number): void => {
    if (timeNs - busyUntil >= minNs) found.push({ startNs: busyUntil, endNs: timeNs, open: busyUntil === tile.startNs || timeNs === tile.endNs });
  };
  for (const i of order) {
    idleUntil(originNs + cells.x0[i]!);
    busyUntil = Math.max(busyUntil, originNs + cells.x1[i]!);
  }
  idleUntil(Math.min(tile.endNs, lastNs));
  return found;
}

const known = new WeakMap<LoadedTile, Gap[]>();

/** The gaps of a tile, found once for as long as it is shown. */
function gapsOf(tile: LoadedTile, working: Working): Gap[] {
  const found = known.get(tile) ?? gaps(tile, working, MIN_GAP_NS);
  known.set(tile, found);
  return found;
}

/** Hatches the idle time of a stream, under its first row's height. */
export function paintGaps(frame: Frame, lane: TrackLane, place: LanePlace, tile: LoadedTile): void {
  const { context, look, window, width, measure } = frame;
  const top = place.top + px(frame, lane.padding);
  const height = px(frame, lane.slicePx);
  for (const gap of gapsOf(tile, lane.track)) {
    const left = Math.round(xOf(window, width, gap.startNs));
    const right = Math.round(xOf(window, width, gap.endNs));
    if (right < 0 || left > width || right - left < MIN_GAP_PX * frame.ratio) continue;
    context.fillStyle = look.hatch ?? look.theme.line;
    context.fillRect(left, top, right - left, height);
    const from = Math.max(left, 0);
    const room = Math.min(right, width) - from;
    const length = shortDuration(gap.endNs - gap.startNs);
    const text = (gap.open ? ['idle'] : [`idle ${length}`, length]).find((candidate) => ellipsize(candidate, room - px(frame, 12), measure) === candidate);
    if (!text) continue;
    const textWidth = measure(text);
    const x = Math.round(from + (room - textWidth) / 2);
    context.fillStyle = look.theme.background;
    context.fillRect(x - px(frame, 4), top + px(frame, 5), textWidth + px(frame, 8), height - px(frame, 10));
    context.fillStyle = look.theme.dim;
    context.fillText(text, x, Math.round(top + height / 2));
  }
}
