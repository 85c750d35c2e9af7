/** Keys of a record and of its args. A short key is its bytes, with its length in the highest byte. */
import { BACKSLASH, QUOTE, stringEnd } from './scan.as';
import { upTo8 } from './strings.as';

export const NAME: u64 = 0x04000000656d616e;
export const TS: u64 = 0x0200000000007374;
export const PH: u64 = 0x0200000000006870;
export const CAT: u64 = 0x0300000000746163;
export const PID: u64 = 0x0300000000646970;
export const TID: u64 = 0x0300000000646974;
export const DUR: u64 = 0x0300000000727564;
export const ARGS: u64 = 0x0400000073677261;
export const ID: u64 = 0x0200000000006469;
export const ID2: u64 = 0x0300000000326469;
export const BP: u64 = 0x0200000000007062;
export const GRID: u64 = 0x0400000064697267;
export const BYTES: u64 = 0x0500007365747962;
export const DEVICE: u64 = 0x0600656369766564;
export const STREAM: u64 = 0x06006d6165727473;
/** "correlation" */
export const CORRELATION: u64 = 0x0b00000000000001;
/** "External id", which Kineto wrote in lower case in 2021 */
export const EXTERNAL: u64 = 0x0b00000000000002;
const OTHER: u64 = 0;

// The first and the last eight of their 11 bytes.
const CORRELATION_START: u64 = 0x74616c6572726f63;
const CORRELATION_END: u64 = 0x6e6f6974616c6572;
const EXTERNAL_START: u64 = 0x6c616e7265747845;
const EXTERNAL_START_LOWER: u64 = 0x6c616e7265747865;
const EXTERNAL_END: u64 = 0x6469206c616e7265;

/** What the key from … to − 1 is; OTHER for every long key that is not one of the two above. */
// @ts-ignore: decorator
@inline
export function keyOf(from: usize, to: usize): u64 {
  const length = to - from;
  if (length - 1 < 7) return upTo8(from, length) | (<u64>length << 56);
  if (length == 11) {
    const start = load<u64>(from);
    const end = load<u64>(from, 3);
    if (start == CORRELATION_START && end == CORRELATION_END) return CORRELATION;
    if ((start == EXTERNAL_START || start == EXTERNAL_START_LOWER) && end == EXTERNAL_END) return EXTERNAL;
  }
  return OTHER;
}

let key: u64 = OTHER;
/** room for a key without its escapes */
const scratch: usize = memory.data(32);

/** The key that was read last. */
// @ts-ignore: decorator
@inline
export function lastKey(): u64 {
  return key;
}

/** Reads the key whose first character is at `p`. Returns its closing quote, 0 when that is not there yet. */
// @ts-ignore: decorator
@inline
export function readKey(p: usize, end: usize): usize {
  const v = v128.load(p);
  const hits = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))));
  const plainEnd = p + <usize>ctz(hits);
  if (hits != 0 && load<u8>(plainEnd) == QUOTE) {
    key = keyOf(p, plainEnd);
    return plainEnd < end ? plainEnd : 0;
  }
  return readLongKey(p, end);
}

/** The same for a key that is long or has escapes. */
function readLongKey(p: usize, end: usize): usize {
  const keyEnd = stringEnd(p, end);
  if (keyEnd) key = escapedKeyOf(p, keyEnd);
  return keyEnd;
}

function hexDigit(c: u32): i32 {
  if (c - 0x30 < 10) return c - 0x30;
  c |= 0x20;
  return c - 0x61 < 6 ? c - 0x61 + 10 : -1;
}

/** keyOf without the escapes: no key above has a character that is not ASCII or needs a short escape. */
function escapedKeyOf(from: usize, to: usize): u64 {
  let length: usize = 0;
  for (let p = from; p < to; p++) {
    let c = <u32>load<u8>(p);
    if (c == BACKSLASH) {
      p++;
      if (load<u8>(p) != 0x75) return OTHER; // not \u
      c = 0;
      for (let i = 0; i < 4; i++) {
        const d = hexDigit(load<u8>(++p));
        if (d < 0 || p >= to) return OTHER;
        c = (c << 4) | d;
      }
      if (c > 0x7f) return OTHER;
    }
    if (length == 16) return OTHER;
    store<u8>(scratch + length++, <u8>c);
  }
  return keyOf(scratch, scratch + length);
}
