/** Paints a counter: an area of what was smallest and a line of what was largest in each piece. */
import { type Frame, px } from './frame.js';
import type { TrackLane } from './lanes.js';
import type { LanePlace } from './slices.js';
import type { LoadedTile } from './tiles.js';
import { widthNs } from './viewport.js';

/** Largest value that is in force inside the window; 0 when there is none. */
export function largestIn(tile: LoadedTile, startNs: number, endNs: number): number {
  const { points, count, originNs } = tile;
  if (!points) return 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const until = i + 1 < count ? points.x[i + 1]! : Number.POSITIVE_INFINITY;
    if (until + originNs > startNs && points.x[i]! + originNs < endNs) largest = Math.max(largest, points.max[i]!);
  }
  return largest;
}

export function paintCounter(frame: Frame, lane: TrackLane, place: LanePlace, tile: LoadedTile): void {
  const { points, count, originNs } = tile;
  const { context, look, window, width } = frame;
  const largest = largestIn(tile, window.startNs, window.endNs);
  if (!points || count === 0 || largest <= 0) return;
  const top = place.top + px(frame, lane.padding);
  const floor = place.top + px(frame, lane.height) - px(frame, 2);
  const scale = width / widthNs(window);
  const offset = (originNs - window.startNs) * scale;
  const yOf = (value: number): number => Math.round(floor - (Math.max(value, 0) / largest) * (floor - top - px(frame, 2)));
  const trace = (values: Float32Array): void => {
    context.beginPath();
    for (let i = 0; i < count; i++) {
      const x = points.x[i]! * scale + offset;
      const next = i + 1 < count ? points.x[i + 1]! * scale + offset : width;
      if (next < 0 || x > width) continue;
      context.lineTo(x, yOf(values[i]!));
      context.lineTo(next, yOf(values[i]!));
    }
  };
  trace(points.min);
  context.lineTo(width, floor);
  context.lineTo(Math.max(points.x[0]! * scale + offset, 0), floor);
  context.fillStyle = look.theme.focus;
  context.globalAlpha = 0.15;
  context.fill();
  context.globalAlpha = 1;
  trace(points.max);
  context.strokeStyle = look.theme.focus;
  context.lineWidth = frame.ratio;
  context.stroke();
}
