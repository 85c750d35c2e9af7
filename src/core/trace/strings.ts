/** Every distinct text of a trace, kept as bytes until somebody reads it. */
export interface Strings {
  count: number;
  /** UTF-8 of all texts, one after the other */
  bytes: Uint8Array;
  /** text i is bytes[offset[i]] … bytes[offset[i + 1] − 1]; count + 1 long */
  offset: Uint32Array;
  /** decodes text i (cached) */
  get(id: number): string;
}

/** Strings while more are coming. */
export interface Interner {
  string(text: string): number;
  stringBytes(bytes: Uint8Array, from: number, to: number): number;
  get(id: number): string;
  /** the strings in arrays of exactly their size */
  finish(): Strings;
}

/** Strings over columns that lie somewhere already. */
export function makeStrings(bytes: Uint8Array, offset: Uint32Array): Strings {
  const decoder = new TextDecoder();
  const cache: string[] = [];
  return { count: offset.length - 1, bytes, offset, get: (id) => (cache[id] ??= decoder.decode(bytes.subarray(offset[id], offset[id + 1]))) };
}

/** Gives equal bytes equal ids: an open hash table whose hits are confirmed byte by byte. */
export function createInterner(): Interner {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let bytes = new Uint8Array(1 << 16);
  let offset = new Uint32Array(1 << 10);
  let hashes = new Uint32Array(1 << 10);
  let table = new Uint32Array(1 << 11);
  let count = 0;

  const equals = (id: number, other: Uint8Array, from: number, to: number): boolean => {
    let at = offset[id];
    if (offset[id + 1] - at !== to - from) return false;
    for (let i = from; i < to; i++) if (bytes[at++] !== other[i]) return false;
    return true;
  };

  const slotFor = (hash: number): number => {
    let slot = hash & (table.length - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
    return slot;
  };

  const grow = (): void => {
    offset = enlarged(offset, offset.length * 2);
    hashes = enlarged(hashes, offset.length);
    table = new Uint32Array(offset.length * 2);
    for (let id = 0; id < count; id++) table[slotFor(hashes[id])] = id + 1;
  };

  const add = (hash: number, from: Uint8Array): number => {
    if (count + 1 === offset.length) grow();
    const begin = offset[count];
    const end = begin + from.length;
    if (end > bytes.length) bytes = enlarged(bytes, Math.max(bytes.length * 2, end));
    bytes.set(from, begin);
    offset[count + 1] = end;
    hashes[count] = hash;
    table[slotFor(hash)] = count + 1;
    return count++;
  };

  const stringBytes = (text: Uint8Array, from: number, to: number): number => {
    const hash = hashOf(text, from, to);
    for (let slot = hash & (table.length - 1); table[slot] !== 0; slot = (slot + 1) & (table.length - 1)) {
      const id = table[slot] - 1;
      if (hashes[id] === hash && equals(id, text, from, to)) return id;
    }
    return add(hash, text.subarray(from, to));
  };

  return {
    stringBytes,
    string(text) {
      const encoded = encoder.encode(text);
      return stringBytes(encoded, 0, encoded.length);
    },
    get: (id) => decoder.decode(bytes.subarray(offset[id], offset[id + 1])),
    finish: () => makeStrings(bytes.slice(0, offset[count]), offset.slice(0, count + 1)),
  };
}

/** FNV-1a with a last mix, because its low bits alone spread short names badly. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function enlarged<T extends Uint8Array | Uint32Array>(array: T, length: number): T;
function enlarged(array: Uint8Array | Uint32Array, length: number): Uint8Array | Uint32Array {
  const larger = array instanceof Uint8Array ? new Uint8Array(length) : new Uint32Array(length);
  larger.set(array);
  return larger;
}
