/** Unions of GPU work: one pass in start order, whatever runs at the same time. */
import type { Span } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';

/**
 * Visits the stretches of a span in which no work begins, in order and without holes. `reachNs` tells, for each class, how far the
 * work that began before the stretch reaches: a class covers a stretch from its start up to there, since what ran before it still runs.
 * `work` is in start order.
 */
export function eachStretch(
  { slices: { startNs, durNs } }: Trace,
  work: Uint32Array,
  span: Span,
  classes: number,
  classOf: (slice: number) => number,
  visit: (fromNs: number, toNs: number, reachNs: Float64Array) => void,
): void {
  const reachNs = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  let atNs = span.startNs;
  for (let i = 0; i < work.length; i++) {
    const slice = work[i];
    const beginNs = startNs[slice];
    if (beginNs >= span.endNs) break;
    if (beginNs > atNs) {
      visit(atNs, beginNs, reachNs);
      atNs = beginNs;
    }
    const itsClass = classOf(slice);
    const endNs = beginNs + durNs[slice];
    if (endNs > reachNs[itsClass]) reachNs[itsClass] = endNs;
  }
  if (span.endNs > atNs) visit(atNs, span.endNs, reachNs);
}

/** The union of some work, to be asked how much of a stretch it covers. */
export interface Cover {
  coveredNs(fromNs: number, toNs: number): number;
}

/** Union of work in start order. Stretches must be asked for in start order. */
export function coverOf({ slices: { startNs, durNs } }: Trace, work: Uint32Array): Cover {
  const from = new Float64Array(work.length);
  const to = new Float64Array(work.length);
  let count = 0;
  for (let i = 0; i < work.length; i++) {
    const beginNs = startNs[work[i]];
    const endNs = beginNs + durNs[work[i]];
    if (count > 0 && beginNs <= to[count - 1]) to[count - 1] = Math.max(to[count - 1], endNs);
    else {
      from[count] = beginNs;
      to[count++] = endNs;
    }
  }
  let first = 0;
  return {
    coveredNs(fromNs, toNs) {
      while (first < count && to[first] <= fromNs) first++;
      let covered = 0;
      for (let at = first; at < count && from[at] < toNs; at++) covered += Math.min(to[at], toNs) - Math.max(from[at], fromNs);
      return covered;
    },
  };
}
