/** Whether a file is a Perfetto trace, told from its first bytes. */
import { PACKET_TAG, packetAt } from './framing.js';
import { createPacket, readPacket } from './packet.js';
import { Cursor, Damaged } from './wire.js';

/** Text has none of these; the tags and small numbers of a packet are such bytes. */
const isControl = (byte: number): boolean => byte < 0x09;
/** A message of TracePacket with a higher number is an extension, and none comes first. */
const LAST_FIELD = 2000;

/**
 * `head` is the beginning of the decompressed file. Its first packet must be one, and one of those before any damage must say
 * what other formats that begin like this do not: when, or in which sequence, or that it holds compressed packets.
 */
export function isPerfetto(head: Uint8Array): boolean {
  if (head[0] !== PACKET_TAG || !head.some(isControl)) return false;
  const packet = createPacket();
  const cursor = new Cursor();
  try {
    for (let at = 0; ; ) {
      const { state, from, to } = packetAt(head, at);
      if (state === 'partial') return at === 0 && to > 0 && beginsLikeOne(cursor.set(head, from), head.length);
      if (state === 'broken') return false;
      readPacket(cursor.set(head, from), to, packet);
      if (packet.hasTime || packet.sequence > 0 || packet.compressed.to > 0 || packet.zstdCompressed.to > 0) return true;
      at = to;
    }
  } catch (error) {
    if (error instanceof Damaged) return false;
    throw error;
  }
}

/** For a first packet that is longer than what was read: by its first field. */
function beginsLikeOne(cursor: Cursor, end: number): boolean {
  return cursor.next(end) && cursor.field < LAST_FIELD && cursor.wire !== 3 && cursor.wire !== 4 && cursor.wire < 6;
}
