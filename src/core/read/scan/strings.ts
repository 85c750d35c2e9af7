/** A string table over bytes: equal bytes give equal ids, and ids count up from 0. Escapes stay as they are in the file. */
import type { RawStrings } from '../blocks.js';

export interface ByteStrings extends RawStrings {
  /** id of the bytes from … to − 1 */
  intern(b: Uint8Array, from: number, to: number): number;
}

export function createByteStrings(): ByteStrings {
  let bytes = new Uint8Array(1 << 16);
  let used = 0;
  let capacity = 1 << 12;
  let begin = new Uint32Array(capacity + 1);
  let hashes = new Int32Array(capacity);
  let table = new Uint32Array(capacity * 2); // id + 1; 0 is free
  let count = 0;

  const equals = (id: number, b: Uint8Array, from: number, to: number): boolean => {
    let at = begin[id];
    if (begin[id + 1] - at !== to - from) return false;
    for (let i = from; i < to; i++) if (bytes[at++] !== b[i]) return false;
    return true;
  };

  const freeSlot = (hash: number): number => {
    let slot = hash & (table.length - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
    return slot;
  };

  const grow = (): void => {
    capacity *= 2;
    begin = enlarged(begin, new Uint32Array(capacity + 1));
    hashes = enlarged(hashes, new Int32Array(capacity));
    table = new Uint32Array(capacity * 2);
    for (let id = 0; id < count; id++) table[freeSlot(hashes[id])] = id + 1;
  };

  const add = (hash: number, b: Uint8Array, from: number, to: number): number => {
    if (count === capacity) grow();
    while (used + to - from > bytes.length) bytes = enlarged(bytes, new Uint8Array(bytes.length * 2));
    bytes.set(b.subarray(from, to), used);
    used += to - from;
    begin[count + 1] = used;
    hashes[count] = hash;
    table[freeSlot(hash)] = count + 1;
    return count++;
  };

  return {
    intern(b, from, to) {
      const hash = hashOf(b, from, to);
      for (let slot = hash & (table.length - 1); table[slot] !== 0; slot = (slot + 1) & (table.length - 1)) {
        const id = table[slot] - 1;
        if (hashes[id] === hash && equals(id, b, from, to)) return id;
      }
      return add(hash, b, from, to);
    },
    bytes: (id) => bytes.subarray(begin[id], begin[id + 1]),
  };
}

function enlarged<A extends Uint8Array | Uint32Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

function hashOf(b: Uint8Array, from: number, to: number): number {
  let h = to - from;
  for (let i = from; i < to; i++) h = Math.imul(h ^ b[i], 0x9e3779b1) ^ (h >>> 15);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
