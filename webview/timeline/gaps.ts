/** Where a stream does nothing: found between its cells, hatched on screen with how long it took. */

import { shortDuration } from '../../src/shared/format.js';
import type { Span } from '../../src/shared/protocol.js';
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

/** Idle spans of at least `minNs` between the cells of a tile, whatever row they are in; none where the tile does not reach. */
export function gaps(tile: LoadedTile, minNs: number): Span[] {
  const { cells, count, originNs } = tile;
  if (!cells || count === 0 || count > MAX_CELLS) return [];
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => cells.x0[a]! - cells.x0[b]!);
  const found: Span[] = [];
  let busyUntil = cells.x1[order[0]!]!;
  for (const i of order) {
    if (cells.x0[i]! - busyUntil >= minNs) found.push({ startNs: originNs + busyUntil, endNs: originNs + cells.x0[i]! });
    busyUntil = Math.max(busyUntil, cells.x1[i]!);
  }
  return found;
}

const known = new WeakMap<LoadedTile, Span[]>();

/** The gaps of a tile, found once for as long as it is shown. */
function gapsOf(tile: LoadedTile): Span[] {
  const found = known.get(tile) ?? gaps(tile, MIN_GAP_NS);
  known.set(tile, found);
  return found;
}

/** Hatches the idle time of a stream, under its first row's height. */
export function paintGaps(frame: Frame, lane: TrackLane, place: LanePlace, tile: LoadedTile): void {
  const { context, look, window, width, measure } = frame;
  const top = place.top + px(frame, lane.padding);
  const height = px(frame, lane.slicePx);
  for (const gap of gapsOf(tile)) {
    const left = Math.round(xOf(window, width, gap.startNs));
    const right = Math.round(xOf(window, width, gap.endNs));
    if (right < 0 || left > width || right - left < MIN_GAP_PX * frame.ratio) continue;
    context.fillStyle = look.hatch ?? look.theme.line;
    context.fillRect(left, top, right - left, height);
    const from = Math.max(left, 0);
    const room = Math.min(right, width) - from;
    const text = [`idle ${shortDuration(gap.endNs - gap.startNs)}`, shortDuration(gap.endNs - gap.startNs)].find(
      (candidate) => ellipsize(candidate, room - px(frame, 12), measure) === candidate,
    );
    if (!text) continue;
    const textWidth = measure(text);
    const x = Math.round(from + (room - textWidth) / 2);
    context.fillStyle = look.theme.background;
    context.fillRect(x - px(frame, 4), top + px(frame, 5), textWidth + px(frame, 8), height - px(frame, 10));
    context.fillStyle = look.theme.dim;
    context.fillText(text, x, Math.round(top + height / 2));
  }
}
