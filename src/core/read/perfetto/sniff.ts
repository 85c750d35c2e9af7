/** Whether a file is a Perfetto trace, told from its first bytes. */
import { PACKET_TAG, packetAt } from './framing.js';
import { createPacket, readPacket } from './packet.js';
import { Cursor, Damaged } from './wire.js';

/** Text has none of these; the tags and small numbers of a packet are such bytes. */
const isControl = (byte: number): boolean => byte < 0x09;
/** No message of TracePacket has a higher number but those of extensions. */
const LAST_FIELD = 2000;

/** `head` is the beginning of the decompressed file. Its packets must be packets, the last as far as it is there. */
export function isPerfetto(head: Uint8Array): boolean {
  if (head[0] !== PACKET_TAG || !head.some(isControl)) return false;
  for (let at = 0; ; ) {
    const { state, from, to } = packetAt(head, at);
    if (state === 'broken') return false;
    if (state === 'partial') return at > 0 || (to > 0 && beginsLikeOne(head, from));
    if (!isPacket(head, from, to)) return false;
    at = to;
  }
}

function isPacket(bytes: Uint8Array, from: number, to: number): boolean {
  try {
    readPacket(new Cursor().set(bytes, from), to, createPacket());
    return true;
  } catch (error) {
    if (error instanceof Damaged) return false;
    throw error;
  }
}

/** For a first packet that is longer than what was read. */
function beginsLikeOne(bytes: Uint8Array, from: number): boolean {
  const cursor = new Cursor().set(bytes, from);
  try {
    return cursor.next(bytes.length) && cursor.field < LAST_FIELD && cursor.wire !== 3 && cursor.wire !== 4 && cursor.wire < 6;
  } catch (error) {
    if (error instanceof Damaged) return false;
    throw error;
  }
}
