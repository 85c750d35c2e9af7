/** The mathematics of the window: which time is where, and where a gesture leads. */
import type { Span, TrackInfo } from '../../src/shared/protocol.js';

/** Below this many nanoseconds there is nothing more to see. */
const MIN_WIDTH_NS = 100;
const PAN_MARGIN = 0.5;

export const widthNs = (span: Span): number => span.endNs - span.startNs;

/** Pixels from the left edge; a time outside of the window lies outside of 0 … widthPx. */
export function xOf(window: Span, widthPx: number, timeNs: number): number {
  return ((timeNs - window.startNs) / widthNs(window)) * widthPx;
}

export function timeAt(window: Span, widthPx: number, x: number): number {
  return window.startNs + (x / widthPx) * widthNs(window);
}

/** The nearest window that is allowed: not empty, not more than the trace with margins, not past its ends by more than half of itself. */
export function clampWindow(window: Span, durationNs: number): Span {
  const width = Math.min(Math.max(widthNs(window), MIN_WIDTH_NS), Math.max(durationNs * 1.1, MIN_WIDTH_NS));
  const middle = (window.startNs + window.endNs) / 2;
  const lowest = -width * PAN_MARGIN;
  const highest = durationNs + width * PAN_MARGIN - width;
  const startNs = Math.min(Math.max(middle - width / 2, lowest), Math.max(highest, lowest));
  return { startNs, endNs: startNs + width };
}

/** Zooms by a factor (below 1 comes closer) and keeps the time at `atNs` where it is on screen. */
export function zoom(window: Span, atNs: number, factor: number): Span {
  return { startNs: atNs - (atNs - window.startNs) * factor, endNs: atNs + (window.endNs - atNs) * factor };
}

export function pan(window: Span, byNs: number): Span {
  return { startNs: window.startNs + byNs, endNs: window.endNs + byNs };
}

/** The span in the middle of the window, filling `share` of it. */
export function around(span: Span, share: number): Span {
  const width = Math.max(widthNs(span), 1) / share;
  const middle = (span.startNs + span.endNs) / 2;
  return { startNs: middle - width / 2, endNs: middle + width / 2 };
}

/** The span moved to the middle of a window as wide as it is now; used by the first press of F. */
export function centred(window: Span, span: Span): Span {
  return pan(window, (span.startNs + span.endNs) / 2 - (window.startNs + window.endNs) / 2);
}

/** The window moved as little as shows the start of the span and, where it fits, its end. */
export function revealed(window: Span, span: Span): Span {
  const width = widthNs(window);
  if (span.endNs > window.startNs && span.startNs < window.endNs && widthNs(span) > width) return window;
  const margin = width * 0.1;
  if (span.startNs >= window.startNs && span.endNs <= window.endNs) return window;
  if (widthNs(span) > width - 2 * margin) return around(span, 0.6);
  return centred(window, span);
}

/** Where the GPU works, with a little air; the whole trace where it does not. */
export function gpuActivity(tracks: readonly TrackInfo[], durationNs: number): Span {
  const streams = tracks.filter((track) => track.kind === 'stream' && track.sliceCount > 0);
  if (streams.length === 0) return { startNs: 0, endNs: Math.max(durationNs, MIN_WIDTH_NS) };
  const startNs = Math.min(...streams.map((track) => track.firstNs));
  const endNs = Math.max(...streams.map((track) => track.lastNs));
  return clampWindow(around({ startNs, endNs }, 0.98), durationNs);
}

/** One frame of the way from one window to another, faster the farther. */
export function approach(from: Span, to: Span, elapsedMs: number): Span {
  const share = 1 - Math.exp(-elapsedMs / 35);
  const next = { startNs: from.startNs + (to.startNs - from.startNs) * share, endNs: from.endNs + (to.endNs - from.endNs) * share };
  const near = Math.abs(next.startNs - to.startNs) + Math.abs(next.endNs - to.endNs) < widthNs(to) * 0.002;
  return near ? to : next;
}
