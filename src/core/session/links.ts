/** Where arrows and keys lead from a slice. */
import type { Move, SliceId } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { above, below, launchedBy, neighbourOf, sameNameByDuration, sameNameInTime } from '../trace/walk.js';

export interface Ends {
  incoming: SliceId[];
  outgoing: SliceId[];
  moreOutgoing: number;
}

/** The launch arrow and the recorded flows of a slice; outgoing ones up to a limit. */
export function arrowsOf(trace: Trace, slice: SliceId, limit: number): Ends {
  const { gpu, flows } = trace;
  const incoming: SliceId[] = [];
  if (slice < gpu.count && gpu.launch[slice] !== NONE) incoming.push(gpu.launch[slice]);
  const outgoing: SliceId[] = slice < gpu.count ? [] : [...launchedBy(trace, slice)];
  for (let flow = 0; flow < flows.from.length; flow++) {
    if (flows.to[flow] === slice) incoming.push(flows.from[flow]);
    if (flows.from[flow] === slice) outgoing.push(flows.to[flow]);
  }
  return { incoming, outgoing: outgoing.slice(0, limit), moreOutgoing: Math.max(0, outgoing.length - limit) };
}

/** The slice that a move leads to; NONE when there is none. */
export function moved(trace: Trace, slice: SliceId, move: Move): SliceId {
  switch (move) {
    case 'next':
      return neighbourOf(trace, slice, 1);
    case 'previous':
      return neighbourOf(trace, slice, -1);
    case 'up':
      return above(trace, slice);
    case 'down':
      return below(trace, slice);
    case 'nextSameName':
      return sameNameInTime(trace, slice, 1);
    case 'previousSameName':
      return sameNameInTime(trace, slice, -1);
    case 'longerSameName':
      return sameNameByDuration(trace, slice, 1);
    case 'shorterSameName':
      return sameNameByDuration(trace, slice, -1);
    case 'toLaunch':
    case 'backToLaunch':
      return arrowsOf(trace, slice, 0).incoming[0] ?? NONE;
    case 'toKernel':
      return arrowsOf(trace, slice, 1).outgoing[0] ?? NONE;
  }
}
