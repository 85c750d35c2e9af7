/**
 * Finding where things end in JSON text, 16 or 64 bytes at a time.
 *
 * Every function is given `end`, one past the last byte that is there yet. Loads may run up to 64 bytes past it, into
 * bytes that mean nothing, so an answer counts only when it lies before `end`; 0 says "not complete yet".
 */

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const OPEN_BRACKET: u8 = 0x5b;
export const CLOSE_BRACKET: u8 = 0x5d;
export const SPACE: u8 = 0x20;

/** First byte at or after `p` that is not white space or another control character. May be past `end`. */
// @ts-ignore: decorator
@inline
export function skipSpace(p: usize, end: usize): usize {
  if (load<u8>(p) > SPACE) return p;
  p++;
  if (load<u8>(p) > SPACE) return p;
  const space = i8x16.splat(0x20);
  while (p < end) {
    const ink = i8x16.bitmask(i8x16.gt_u(v128.load(p), space));
    if (ink) return p + <usize>ctz(ink);
    p += 16;
  }
  return p;
}

/** The closing quote of the string whose first character is at `p`. */
// @ts-ignore: decorator
@inline
export function stringEnd(p: usize, end: usize): usize {
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  while (p < end) {
    const v = v128.load(p);
    const hits = i8x16.bitmask(v128.or(i8x16.eq(v, quote), i8x16.eq(v, backslash)));
    if (hits) {
      p += <usize>ctz(hits);
      if (load<u8>(p) == QUOTE) return p < end ? p : 0;
      p += 2;
    } else p += 16;
  }
  return 0;
}

/** First characters of numbers, true, false, null, NaN, Infinity. */
// @ts-ignore: decorator
@inline
function startsLiteral(c: u8): bool {
  return <u32>c - 0x30 < 10 || c == 0x2d || c == 0x74 || c == 0x66 || c == 0x6e || c == 0x4e || c == 0x49;
}

/** One past the last byte of a number, true, false, null, NaN … that begins at `p`; `p` when none begins there. */
// @ts-ignore: decorator
@inline
export function literalEnd(p: usize, end: usize): usize {
  if (!startsLiteral(load<u8>(p))) return p;
  while (p < end) {
    const v = v128.load(p);
    const lower = v128.or(v, i8x16.splat(0x20)); // makes [ and ] of { and }
    const brackets = v128.or(i8x16.eq(lower, i8x16.splat(0x7b)), i8x16.eq(lower, i8x16.splat(0x7d)));
    const marks = v128.or(i8x16.eq(v, i8x16.splat(0x2c)), v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x3a))));
    const hits = i8x16.bitmask(v128.or(v128.or(brackets, marks), i8x16.le_u(v, i8x16.splat(0x20))));
    if (hits) {
      p += <usize>ctz(hits);
      return p < end ? p : 0;
    }
    p += 16;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function mask64(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte))) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(b, byte))) << 16) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte))) << 32) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(d, byte))) << 48)
  );
}

/**
 * The same for a list or object without others in it and without escapes, which most are; 0 for every other. A bracket
 * behind an even number of quotes is not in a string.
 */
// @ts-ignore: decorator
@inline
function flatEnd(p: usize, end: usize): usize {
  let quotesBefore: i32 = 0;
  for (let at = p + 1; at < end; at += 16) {
    const v = v128.load(at);
    const lower = v128.or(v, i8x16.splat(0x20));
    const brackets = v128.or(i8x16.eq(lower, i8x16.splat(0x7b)), i8x16.eq(lower, i8x16.splat(0x7d)));
    const quotes = i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x22)));
    const marks = i8x16.bitmask(v128.or(brackets, i8x16.eq(v, i8x16.splat(0x5c))));
    if (marks) {
      const mark = at + <usize>ctz(marks);
      const quotesInFront = quotesBefore + popcnt(quotes & ((marks & -marks) - 1));
      return (quotesInFront & 1) == 0 && (load<u8>(mark) | 0x20) == CLOSE_BRACE ? mark + 1 : 0;
    }
    quotesBefore += popcnt(quotes);
  }
  return 0;
}

/**
 * One past the bracket that closes the object or array that opens at `p`. Quotes are turned into "inside a string"
 * bits by a prefix xor, as simdjson does; no recursion, so any depth is fine.
 */
export function nestedEnd(p: usize, end: usize): usize {
  const near = flatEnd(p, end);
  if (near) return near <= end ? near : 0;
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const open = i8x16.splat(0x7b); // '{', and '[' once bit 5 is set
  const close = i8x16.splat(0x7d); // '}', and ']' once bit 5 is set
  const bit5 = i8x16.splat(0x20);
  let depth: i32 = 0;
  let insideBefore: u64 = 0; // all ones when the 64 bytes before ended inside a string
  let escapedFirst = false; // the first byte of these 64 is escaped
  while (p < end) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    let quotes = mask64(a, b, c, d, quote);
    const backslashes = mask64(a, b, c, d, backslash);
    if (backslashes != 0 || escapedFirst) {
      let escaped: u64 = 0;
      let left = backslashes;
      if (escapedFirst) {
        escaped = 1;
        left &= ~1;
        escapedFirst = false;
      }
      while (left) {
        const at = ctz(left);
        if (at == 63) {
          escapedFirst = true;
          break;
        }
        escaped |= <u64>2 << at;
        left &= ~(<u64>3 << at);
      }
      quotes &= ~escaped;
    }
    let inside = quotes ^ (quotes << 1);
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= inside << 16;
    inside ^= inside << 32;
    inside ^= insideBefore;
    insideBefore = <u64>(<i64>inside >> 63);
    const a5 = v128.or(a, bit5);
    const b5 = v128.or(b, bit5);
    const c5 = v128.or(c, bit5);
    const d5 = v128.or(d, bit5);
    const opens = mask64(a5, b5, c5, d5, open) & ~inside;
    const closes = mask64(a5, b5, c5, d5, close) & ~inside;
    const closeCount = <i32>popcnt(closes);
    if (depth > closeCount) {
      depth += <i32>popcnt(opens) - closeCount;
    } else {
      let brackets = opens | closes;
      while (brackets) {
        const bit = brackets & (0 - brackets);
        if (opens & bit) depth++;
        else if (--depth == 0) {
          const after = p + <usize>ctz(bit) + 1;
          return after <= end ? after : 0;
        }
        brackets ^= bit;
      }
    }
    p += 64;
  }
  return 0;
}
