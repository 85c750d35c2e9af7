/** Hatches the time in which a stream does nothing, and says how long it was and why. */

import type { GapCause } from '../../src/shared/analysis.js';
import { shortDuration } from '../../src/shared/format.js';
import type { StreamGap } from '../../src/shared/protocol.js';
import { type Frame, px } from './frame.js';
import { ellipsize } from './labels.js';
import type { TrackLane } from './lanes.js';
import type { LanePlace } from './slices.js';
import { widthNs, xOf } from './viewport.js';

/** What people read; '' where the recording does not tell. */
const CAUSE_TEXT: Record<GapCause, string> = {
  betweenSteps: 'between steps',
  sync: 'sync',
  copy: 'copy',
  otherStream: 'waits for another stream',
  launchLate: 'launch late',
  graphInternal: 'inside a graph',
  queue: 'queued',
  nothingLaunched: 'nothing launched',
  unknown: '',
};

/** "sync: cudaStreamSynchronize" */
export function causeText({ cause, by }: Pick<StreamGap, 'cause' | 'by'>): string {
  return by === '' || CAUSE_TEXT[cause] === '' ? CAUSE_TEXT[cause] : `${CAUSE_TEXT[cause]}: ${by}`;
}

/** What may be written on a gap, the most telling first. */
export function gapLabels(gap: StreamGap): string[] {
  const length = shortDuration(widthNs(gap));
  const long = causeText(gap);
  const short = CAUSE_TEXT[gap.cause];
  return [...[long, short].filter(Boolean).map((cause) => `idle ${length} · ${cause}`), `idle ${length}`, length];
}

export function paintGaps(frame: Frame, lane: TrackLane, place: LanePlace, gaps: readonly StreamGap[]): void {
  const { context, look, window, width, measure } = frame;
  const top = place.top + px(frame, lane.padding);
  const height = px(frame, lane.slicePx);
  for (const gap of gaps) {
    const left = Math.round(xOf(window, width, gap.startNs));
    const right = Math.round(xOf(window, width, gap.endNs));
    if (right < 0 || left > width) continue;
    context.fillStyle = look.hatch ?? look.theme.line;
    context.fillRect(left, top, right - left, height);
    const from = Math.max(left, 0);
    const room = Math.min(right, width) - from;
    const text = gapLabels(gap).find((candidate) => ellipsize(candidate, room - px(frame, 12), measure) === candidate);
    if (!text) continue;
    const textWidth = measure(text);
    const x = Math.round(from + (room - textWidth) / 2);
    context.fillStyle = look.theme.background;
    context.fillRect(x - px(frame, 4), top + px(frame, 5), textWidth + px(frame, 8), height - px(frame, 10));
    context.fillStyle = look.theme.dim;
    context.fillText(text, x, Math.round(top + height / 2));
  }
}
