/** Paints a counter: an area of what was smallest and a line of what was largest in each piece. */
import { count, fixed } from '../../src/shared/format.js';
import type { Span, TrackInfo } from '../../src/shared/protocol.js';
import { type Frame, px } from './frame.js';
import type { TrackLane } from './lanes.js';
import type { LanePlace } from './slices.js';
import type { LoadedTile } from './tiles.js';
import { widthNs } from './viewport.js';

/** Largest value that is in force inside the window; 0 when there is none. */
export function largestIn(tile: LoadedTile, startNs: number, endNs: number): number {
  const { points, count: pieces, originNs } = tile;
  if (!points) return 0;
  let largest = 0;
  for (let i = 0; i < pieces; i++) {
    const until = i + 1 < pieces ? points.x[i + 1]! : Number.POSITIVE_INFINITY;
    if (until + originNs > startNs && points.x[i]! + originNs < endNs) largest = Math.max(largest, points.max[i]!);
  }
  return largest;
}

/** What a counter was for a while: as long as a value was in force, or in what is drawn as one piece. */
export interface CounterSpan extends Span {
  min: number;
  max: number;
}

/** The piece of a counter at a time; undefined before its first sample. */
export function counterAt({ points, count: pieces, originNs, endNs }: LoadedTile, timeNs: number): CounterSpan | undefined {
  if (!points) return undefined;
  let at = -1;
  while (at + 1 < pieces && originNs + points.x[at + 1]! <= timeNs) at++;
  if (at < 0) return undefined;
  return { startNs: originNs + points.x[at]!, endNs: at + 1 < pieces ? originNs + points.x[at + 1]! : endNs, min: points.min[at]!, max: points.max[at]! };
}

/** As many digits as a tile keeps of a value: "12,345", "36.23 G". */
export function counterValue(value: number): string {
  if (Math.abs(value) < 1e7) return count(value);
  return Math.abs(value) < 1e9 ? `${fixed(value / 1e6, 2)} M` : `${fixed(value / 1e9, 2)} G`;
}

/** "3 launches wait" for the queue of a stream, the value of any other counter; "0 to 3" where a piece holds several. */
export function counterText({ min, max }: CounterSpan, { stream }: TrackInfo): string {
  const range = min === max ? counterValue(max) : `${counterValue(min)} to ${counterValue(max)}`;
  if (stream === undefined) return range;
  return `${range} ${max === 1 ? 'launch waits' : 'launches wait'}`;
}

export function paintCounter(frame: Frame, lane: TrackLane, place: LanePlace, tile: LoadedTile): void {
  const { points, count: pieces, originNs } = tile;
  const { context, look, window, width } = frame;
  const largest = largestIn(tile, window.startNs, window.endNs);
  if (!points || pieces === 0 || largest <= 0) return;
  const top = place.top + px(frame, lane.padding);
  const floor = place.top + px(frame, lane.height) - px(frame, 2);
  const scale = width / widthNs(window);
  const offset = (originNs - window.startNs) * scale;
  const yOf = (value: number): number => Math.round(floor - (Math.max(value, 0) / largest) * (floor - top - px(frame, 2)));
  const trace = (values: Float32Array): void => {
    context.beginPath();
    for (let i = 0; i < pieces; i++) {
      const x = points.x[i]! * scale + offset;
      const next = i + 1 < pieces ? points.x[i + 1]! * scale + offset : width;
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
