/** The fields of one TracePacket that matter, found in one walk: the sequence that it belongs to may be named last. */
import type { Cursor } from './wire.js';

/** `from` and `to` of messages inside of the packet; `to` is 0 for those it does not have. */
export interface Part {
  from: number;
  to: number;
}

const PARTS = {
  6: 'clockSnapshot',
  2: 'processTree',
  11: 'trackEvent',
  12: 'internedData',
  43: 'processDescriptor',
  44: 'threadDescriptor',
  45: 'systemInfo',
  50: 'compressed',
  59: 'defaults',
  60: 'trackDescriptor',
  133: 'zstdCompressed',
} as const;
type PartName = (typeof PARTS)[keyof typeof PARTS];

export interface Packet extends Record<PartName, Part> {
  timeLo: number;
  timeHi: number;
  hasTime: boolean;
  /** −1 when it does not say */
  clock: number;
  sequence: number;
  /** everything that the sequence said before is void */
  cleared: boolean;
  /** it means nothing without what the sequence said since it was cleared */
  needsState: boolean;
  /** packets of the sequence before this one are lost */
  dropped: boolean;
  /** field of the message that it is about, where that is none of the above; 0 for none */
  other: number;
  /** the parts above by their field, and all of them */
  byField: readonly (Part | undefined)[];
  all: readonly Part[];
}

/** Fields of a packet that are no message of their own, or say nothing about the recorded program. */
const SILENT = new Set([36, 42, 47, 89]);

export function createPacket(): Packet {
  const all: Part[] = [];
  const byField: Part[] = [];
  const part = (): Part => {
    const made = { from: 0, to: 0 };
    all.push(made);
    return made;
  };
  const packet: Packet = {
    timeLo: 0,
    timeHi: 0,
    hasTime: false,
    clock: -1,
    sequence: 0,
    cleared: false,
    needsState: false,
    dropped: false,
    other: 0,
    clockSnapshot: part(),
    processTree: part(),
    trackEvent: part(),
    internedData: part(),
    processDescriptor: part(),
    threadDescriptor: part(),
    systemInfo: part(),
    compressed: part(),
    defaults: part(),
    trackDescriptor: part(),
    zstdCompressed: part(),
    byField,
    all,
  };
  for (const [field, name] of Object.entries(PARTS)) byField[Number(field)] = packet[name];
  return packet;
}

/** Reads the packet at the cursor, which ends at `end`, into `packet`. */
export function readPacket(cursor: Cursor, end: number, packet: Packet): void {
  packet.timeLo = packet.timeHi = packet.sequence = packet.other = 0;
  packet.hasTime = packet.cleared = packet.needsState = packet.dropped = false;
  packet.clock = -1;
  for (const part of packet.all) part.to = 0;
  while (cursor.next(end)) {
    const { field } = cursor;
    const part = packet.byField[field];
    if (part !== undefined) {
      part.to = cursor.open(end);
      part.from = cursor.at;
      cursor.at = part.to;
    } else if (field === 8) {
      cursor.varint();
      packet.timeLo = cursor.lo;
      packet.timeHi = cursor.hi;
      packet.hasTime = true;
    } else if (field === 10) packet.sequence = cursor.uint();
    else if (field === 13) {
      const flags = cursor.uint();
      if (flags & 1) packet.cleared = true;
      if (flags & 2) packet.needsState = true;
    } else if (field === 41) packet.cleared ||= cursor.bool();
    else if (field === 42) packet.dropped = cursor.bool();
    else if (field === 58) packet.clock = cursor.uint();
    else {
      if (cursor.wire === 2 && !SILENT.has(field)) packet.other = field;
      cursor.skip(end);
    }
  }
}
