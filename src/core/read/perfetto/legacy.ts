/** Events that say with a letter of Chrome's trace format what they are, as Chrome's own recordings do. */
import type { Collected, SliceFacts } from './collected.js';
import type { Legacy } from './event.js';

/** An event as it goes into the trace. */
export interface Placed {
  track: number;
  name: number;
  category: number;
  timeNs: number;
  facts: SliceFacts;
}

/** Takes an event by its letter; false when the letter is not one that is shown. */
export function takeLegacy(
  collected: Collected,
  { phase, durUs, id, bindId, flowDirection, bindsEnclosing }: Legacy,
  event: Placed,
  flowId: (id: string) => number,
): boolean {
  const { track, name, category, timeNs, facts } = event;
  switch (phase) {
    case 'X':
      collected.whole(track, name, category, timeNs, durUs > 0 ? durUs * 1000 : 0, facts);
      break;
    case 'B':
      collected.begin(track, name, category, timeNs, facts);
      break;
    case 'E':
      collected.end(track, timeNs);
      break;
    case 'I':
    case 'i':
    case 'R':
      collected.whole(track, name, category, timeNs, 0, facts);
      break;
    case 'b':
    case 'S':
      collected.asyncBegin(track, id, name, category, timeNs, facts);
      break;
    case 'e':
    case 'F':
      collected.asyncEnd(track, id, category, timeNs);
      break;
    case 'n':
      collected.asyncBegin(track, id, name, category, timeNs, facts);
      collected.asyncEnd(track, id, category, timeNs);
      break;
    case 's':
      collected.flow('start', flowId(id), track, timeNs, 'enclosing');
      break;
    case 't':
      collected.flow('step', flowId(id), track, timeNs, 'enclosing');
      break;
    case 'f':
      collected.flow('end', flowId(id), track, timeNs, bindsEnclosing ? 'enclosing' : 'next');
      break;
    case 'M':
    case 'T':
    case 'p':
      // Names come with the descriptors, and steps of async slices are no slices.
      break;
    default:
      return false;
  }
  if (bindId !== '' && flowDirection > 0)
    collected.flow(flowDirection === 2 ? 'start' : flowDirection === 1 ? 'end' : 'step', flowId(bindId), track, timeNs, 'enclosing');
  return true;
}
