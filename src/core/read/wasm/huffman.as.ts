/**
 * Huffman decoding tables for deflate. A table is indexed by the next bits of the input; codes longer than that go
 * through a second table behind it. An entry says everything that must be done at once:
 *
 *   bit  31      a literal: its byte is in bits 16 … 23
 *   bit  15      not an ordinary entry: one of the next three
 *   bit  14        the codes go on in the table at bits 16 …, indexed by bits 8 … 11 more bits
 *   bit  13        end of block
 *   bit  12        no such code
 *   bits 16 … 30 base of a length or distance, or a code length symbol
 *   bits 8 … 11  bits of the code;  bits 0 … 7  bits of the code and the extra bits behind it
 */

export const LITERALS = 0;
export const DISTANCES = 1;
export const LENGTHS = 2;

export const LITERAL: u32 = 0x80000000;
export const SPECIAL: u32 = 0x8000;
export const SUBTABLE: u32 = 0x4000;
export const END_OF_BLOCK: u32 = 0x2000;
const INVALID: u32 = SPECIAL | 0x1000;

export const LITERAL_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 8;
export const LENGTH_BITS: u32 = 7;
const MAX_BITS: u32 = 15;
// Every second-level table holds at least one of the 288 (32) symbols.
export const LITERAL_TABLE_BYTES: usize = ((1 << LITERAL_BITS) + 288 * (1 << (MAX_BITS - LITERAL_BITS))) * 4;
export const DISTANCE_TABLE_BYTES: usize = ((1 << DISTANCE_BITS) + 32 * (1 << (MAX_BITS - DISTANCE_BITS))) * 4;

const LENGTH_BASE: StaticArray<u16> = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA: StaticArray<u8> = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE: StaticArray<u16> = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA: StaticArray<u8> = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

function entryOf(kind: i32, symbol: u32, bits: u32): u32 {
  if (kind == LITERALS) {
    if (symbol < 256) return LITERAL | (symbol << 16) | (bits << 8) | bits;
    if (symbol == 256) return SPECIAL | END_OF_BLOCK | (bits << 8) | bits;
    if (symbol > 285) return INVALID;
    const i = symbol - 257;
    return (<u32>unchecked(LENGTH_BASE[i]) << 16) | (bits << 8) | (bits + <u32>unchecked(LENGTH_EXTRA[i]));
  }
  if (kind == DISTANCES) {
    if (symbol > 29) return INVALID;
    return (<u32>unchecked(DISTANCE_BASE[symbol]) << 16) | (bits << 8) | (bits + <u32>unchecked(DISTANCE_EXTRA[symbol]));
  }
  return (symbol << 16) | (bits << 8) | bits;
}

function reversed(code: u32, bits: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < bits; i++) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

/**
 * Builds the table at `table` from `count` code lengths. False when they are no code. A code may be incomplete only
 * where zlib lets it be: no codes at all, or a single one of one bit. `scratch` is 128 bytes.
 */
export function buildTable(table: usize, lengths: usize, count: u32, bits: u32, kind: i32, scratch: usize): bool {
  const counts = scratch;
  const next = scratch + 64;
  for (let i: usize = 0; i < 16; i++) store<u32>(counts + (i << 2), 0);
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + (<usize>load<u8>(lengths + i) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(counts, 0);
  let code: u32 = 0;
  let left: i32 = 1;
  let longest: u32 = 0;
  for (let i: usize = 1; i < 16; i++) {
    const here = load<u32>(counts + (i << 2));
    if (here) longest = <u32>i;
    left = (left << 1) - <i32>here;
    if (left < 0) return false;
    code = (code + load<u32>(counts + ((i - 1) << 2))) << 1;
    store<u32>(next + (i << 2), code);
  }
  if (left > 0 && longest > 0 && (kind == LENGTHS || longest > 1)) return false;
  if (kind == LENGTHS && longest == 0) return false;

  const size: u32 = 1 << bits;
  const moreBits = MAX_BITS - bits;
  for (let i: u32 = 0; i < size; i++) store<u32>(table + (<usize>i << 2), INVALID);
  let subtables = size;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = next + (<usize>length << 2);
    const c = reversed(load<u32>(at), length);
    store<u32>(at, load<u32>(at) + 1);
    if (length <= bits) {
      const entry = entryOf(kind, symbol, length);
      for (let i = c; i < size; i += 1 << length) store<u32>(table + (<usize>i << 2), entry);
      continue;
    }
    const link = table + (<usize>(c & (size - 1)) << 2);
    if (!(load<u32>(link) & SUBTABLE)) {
      store<u32>(link, (subtables << 16) | SPECIAL | SUBTABLE | (moreBits << 8) | bits);
      for (let i: u32 = 0; i < <u32>1 << moreBits; i++) store<u32>(table + (<usize>(subtables + i) << 2), INVALID);
      subtables += 1 << moreBits;
    }
    const subtable = load<u32>(link) >> 16;
    const entry = entryOf(kind, symbol, length - bits);
    for (let i = c >> bits; i < <u32>1 << moreBits; i += 1 << (length - bits)) store<u32>(table + (<usize>(subtable + i) << 2), entry);
  }
  return true;
}
