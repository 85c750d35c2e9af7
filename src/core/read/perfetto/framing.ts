/** Cuts a stream into packets: a Perfetto trace is nothing but field 1, again and again. */

/** The body of a packet lies at `from` … `to` − 1; `offset` is where its tag lies in the stream. Good until the call returns. */
export type TakePacket = (bytes: Uint8Array, from: number, to: number, offset: number) => void;

export interface Framing {
  push(piece: Uint8Array): void;
  /** bytes of the stream up to the end of the last whole packet */
  offset(): number;
  /** bytes of a packet that has not ended */
  pending(): number;
  /** whether what comes next is no packet: there is no way to find the next one */
  broken(): boolean;
}

/** Tag of `Trace.packet`. */
export const PACKET_TAG = 0x0a;
/** No writer makes packets of this size; a length that says so is damage. */
const LONGEST = 1 << 28;

export function createFraming(take: TakePacket): Framing {
  let rest = new Uint8Array(0);
  let filled = 0;
  /** bytes that the packet at the beginning of `rest` needs, as far as its length is known */
  let wanted = 0;
  let offset = 0;
  let broken = false;

  /** Takes the whole packets; answers how many bytes they had. */
  const walk = (bytes: Uint8Array): number => {
    let at = 0;
    for (;;) {
      const { state, from, to } = packetAt(bytes, at);
      broken = state === 'broken';
      wanted = state === 'partial' && to > 0 ? to - at : 0;
      if (state !== 'whole') return at;
      take(bytes, from, to, offset);
      offset += to - at;
      at = to;
    }
  };

  const keep = (bytes: Uint8Array): void => {
    if (filled + bytes.length > rest.length) {
      const larger = new Uint8Array(Math.max(wanted, 2 * rest.length, filled + bytes.length));
      larger.set(rest.subarray(0, filled));
      rest = larger;
    }
    rest.set(bytes, filled);
    filled += bytes.length;
  };

  return {
    push(piece) {
      if (broken) return;
      if (filled === 0) return keep(piece.subarray(walk(piece)));
      keep(piece);
      if (filled < wanted) return;
      const used = walk(rest.subarray(0, filled));
      rest = rest.slice(used, filled);
      filled = rest.length;
    },
    offset: () => offset,
    pending: () => filled,
    broken: () => broken,
  };
}

interface PacketAt {
  state: 'whole' | 'partial' | 'broken';
  from: number;
  /** one past its end; 0 when its length is not known yet */
  to: number;
}

/** What lies at a place where a packet should begin. */
export function packetAt(bytes: Uint8Array, at: number): PacketAt {
  if (at >= bytes.length) return { state: 'partial', from: 0, to: 0 };
  if (bytes[at] !== PACKET_TAG) return { state: 'broken', from: 0, to: 0 };
  let length = 0;
  let scale = 1;
  for (let from = at + 1; ; scale *= 0x80) {
    if (length > LONGEST || scale > LONGEST) return { state: 'broken', from: 0, to: 0 };
    if (from >= bytes.length) return { state: 'partial', from: 0, to: 0 };
    const byte = bytes[from++];
    length += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    if (length > LONGEST) return { state: 'broken', from: 0, to: 0 };
    return { state: from + length > bytes.length ? 'partial' : 'whole', from, to: from + length };
  }
}
