/** The loop that takes the time: symbols of a deflate block to output. */
import { at, beyond, bitCount, bits, inputEnd, inputFinal, keepBits } from './bits.as';
import { distanceTable, literalTable } from './blocks.as';
import { DISTANCE_BITS, END_OF_BLOCK, LITERAL_BITS, SPECIAL, SUBTABLE } from './huffman.as';

export const OUTPUT_FULL = 0;
export const INPUT_USED = 1; // more must come
export const INPUT_ENDED = 2; // no more will come
export const BLOCK_END = 3;
export const BAD_CODE = 4;

/** Why decode() returned. */
export let decoded: i32 = OUTPUT_FULL;

/** What one turn of the loop may read. */
const TURN: usize = 16;

/** Puts out up to `limit`, and a little more. Nothing before `floor` is copied. Returns where the output ends. */
export function decode(from: usize, limit: usize, floor: usize): usize {
  const literals = literalTable;
  const distances = distanceTable;
  const literalMask: u64 = (1 << LITERAL_BITS) - 1;
  const distanceMask: u64 = (1 << DISTANCE_BITS) - 1;
  const safe = inputEnd - TURN;
  let out = from;
  let turn = out; // where the output of this turn begins: it does not count when the turn used bits that are not there
  decoded = OUTPUT_FULL;
  let p = at;
  let b = bits;
  let n = bitCount;
  while (out < limit) {
    if (p > safe) {
      if (!inputFinal) {
        decoded = INPUT_USED;
        break;
      }
      if (beyond(p, n)) break;
    }
    turn = out;
    b |= load<u64>(p) << n;
    p += (63 - n) >> 3;
    n |= 56;
    let entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
    if (<i32>entry < 0) {
      b >>= entry & 0xff;
      n -= entry & 0xff;
      store<u8>(out++, <u8>(entry >> 16));
      entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
      if (<i32>entry < 0) {
        b >>= entry & 0xff;
        n -= entry & 0xff;
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
        if (<i32>entry < 0) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
      }
      // A length with its distance needs up to 48 bits; 34 may be left.
      b |= load<u64>(p) << n;
      p += (63 - n) >> 3;
      n |= 56;
    }
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        b >>= LITERAL_BITS;
        n -= LITERAL_BITS;
        entry = load<u32>(literals + (<usize>((entry >> 16) + <u32>(b & ((<u64>1 << ((entry >> 8) & 15)) - 1))) << 2));
        if (<i32>entry < 0) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
      }
      if (entry & SPECIAL) {
        if (entry & END_OF_BLOCK) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          decoded = BLOCK_END;
        } else decoded = BAD_CODE;
        break;
      }
    }
    const lengthBits = entry & 0xff;
    const length = <usize>((entry >> 16) + <u32>((b & ((<u64>1 << lengthBits) - 1)) >> ((entry >> 8) & 15)));
    b >>= lengthBits;
    n -= lengthBits;
    entry = load<u32>(distances + (<usize>(b & distanceMask) << 2));
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        b >>= DISTANCE_BITS;
        n -= DISTANCE_BITS;
        entry = load<u32>(distances + (<usize>((entry >> 16) + <u32>(b & ((<u64>1 << ((entry >> 8) & 15)) - 1))) << 2));
      }
      if (entry & SPECIAL) {
        decoded = BAD_CODE;
        break;
      }
    }
    const distanceBits = entry & 0xff;
    const distance = <usize>((entry >> 16) + <u32>((b & ((<u64>1 << distanceBits) - 1)) >> ((entry >> 8) & 15)));
    b >>= distanceBits;
    n -= distanceBits;
    if (distance > out - floor) {
      decoded = BAD_CODE;
      break;
    }
    copy(out, distance, length);
    out += length;
  }
  keepBits(p, b, n);
  if (!inputFinal || !beyond(p, n)) return out;
  decoded = INPUT_ENDED;
  return turn;
}

/** Repeats what lies `distance` back; may write up to 31 bytes too many. */
// @ts-ignore: decorator
@inline
function copy(out: usize, distance: usize, length: usize): void {
  const end = out + length;
  let from = out - distance;
  if (distance >= 16) {
    do {
      v128.store(out, v128.load(from));
      out += 16;
      from += 16;
    } while (out < end);
  } else if (distance == 1) {
    const byte = i8x16.splat(load<i8>(from));
    do {
      v128.store(out, byte);
      out += 16;
    } while (out < end);
  } else if (distance >= 8) {
    do {
      store<u64>(out, load<u64>(from));
      out += 8;
      from += 8;
    } while (out < end);
  } else {
    do store<u8>(out++, load<u8>(from++));
    while (out < end);
  }
}
