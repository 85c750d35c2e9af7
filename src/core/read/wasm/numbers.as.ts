/** Numbers read from their digits: a double cannot hold microseconds since 1970 to the nanosecond. */

const ZERO: u32 = 0x30;
const MINUS: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const POINT: u8 = 0x2e;
/** Ten times as much is the first time that is out of range, 142 years of nanoseconds, so that a difference fits into 64 bits. */
const LIMIT: u64 = 450000000000000000;

let afterNumber: usize = 0;
let usable: bool = false;

/** One past the number that was read last. */
// @ts-ignore: decorator
@inline
export function numberEnd(): usize {
  return afterNumber;
}

/** Whether the number read last is one, and in range. */
// @ts-ignore: decorator
@inline
export function numberUsable(): bool {
  return usable;
}

// @ts-ignore: decorator
@inline
function digit(p: usize): u32 {
  return <u32>load<u8>(p) - ZERO;
}

// @ts-ignore: decorator
@inline
export function startsNumber(c: u8): bool {
  return c == MINUS || <u32>c - ZERO < 10;
}

/** The value of eight digits, first digit in the lowest byte: pairs, then fours, then all eight. */
// @ts-ignore: decorator
@inline
function eightDigitValue(v: u64): u64 {
  v = ((v & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  v = ((v & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((v & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** How many digits stand at `p`, up to 16. */
// @ts-ignore: decorator
@inline
function digitCount(p: usize): usize {
  const digits = i8x16.lt_u(i8x16.sub(v128.load(p), i8x16.splat(0x30)), i8x16.splat(10));
  return <usize>ctz(~i8x16.bitmask(digits));
}

/** The value of 1 … 16 digits at `p`. Zeros are shifted in in front, so that there are eight or sixteen. */
// @ts-ignore: decorator
@inline
function digitsValue(p: usize, count: usize): u64 {
  if (count <= 8) return eightDigitValue(load<u64>(p) << (64 - (<u64>count << 3)));
  return eightDigitValue(load<u64>(p) << (128 - (<u64>count << 3))) * 100000000 + eightDigitValue(load<u64>(p + count - 8));
}

/** Microseconds written as decimal text at `p`, in nanoseconds. Kineto writes three decimals; that is the fast way. */
export function readNs(p: usize): i64 {
  const start = p;
  const negative = load<u8>(p) == MINUS;
  if (negative) p++;
  const digits = digitCount(p);
  const c = load<u8>(p + digits);
  if (digits == 0 || digits > 15 || (c | 0x20) == 0x65) return readNsSlowly(start);
  let ns = digitsValue(p, digits) * 1000;
  p += digits;
  if (c == POINT) {
    const tenths = digit(p + 1);
    const hundredths = digit(p + 2);
    const thousandths = digit(p + 3);
    const next = load<u8>(p + 4);
    if (tenths > 9 || hundredths > 9 || thousandths > 9 || <u32>next - ZERO < 10 || (next | 0x20) == 0x65) return readNsSlowly(start);
    ns += tenths * 100 + hundredths * 10 + thousandths;
    p += 4;
  }
  afterNumber = p;
  usable = true;
  return negative ? -(<i64>ns) : <i64>ns;
}

/** The same for any number of digits and any exponent, rounded half away from zero. */
function readNsSlowly(p: usize): i64 {
  const negative = load<u8>(p) == MINUS;
  if (negative) p++;
  let value: u64 = 0; // the first 18 or 19 significant digits
  let scale: i32 = 3; // the number is value × 10^(scale − 3) µs, value × 10^scale ns
  let dropped: u32 = 0; // the first digit behind them
  let full = false;
  let digits: u32 = 0;
  let afterPoint = false;
  while (true) {
    const d = digit(p);
    if (d < 10) {
      digits++;
      if (value < LIMIT) {
        value = value * 10 + d;
        if (afterPoint) scale--;
      } else {
        if (!full) dropped = d;
        full = true;
        if (!afterPoint) scale++;
      }
    } else if (load<u8>(p) == POINT && !afterPoint) afterPoint = true;
    else break;
    p++;
  }
  usable = digits > 0;
  if (usable && (load<u8>(p) | 0x20) == 0x65) {
    p++;
    const below = load<u8>(p) == MINUS;
    if (below || load<u8>(p) == PLUS) p++;
    if (digit(p) > 9) usable = false;
    let exponent: i32 = 0;
    for (; digit(p) < 10; p++) exponent = min<i32>(exponent * 10 + <i32>digit(p), 100000);
    scale += below ? -exponent : exponent;
  }
  afterNumber = p;
  if (scale == 0 && dropped >= 5) value++;
  for (; scale > 0 && value != 0; scale--) {
    if (value >= LIMIT) {
      usable = false;
      break;
    }
    value *= 10;
  }
  if (scale < 0) {
    let unit: u64 = 1;
    for (let i = 0; i > scale && unit < 10000000000000000000; i--) unit *= 10;
    if (scale < -19) value = 0;
    const rest = value % unit;
    value /= unit;
    if (rest != 0 && rest >= unit - rest) value++;
  }
  return negative ? -(<i64>value) : <i64>value;
}

/**
 * A whole number from `from` to `to` in its shortest spelling and with at most 15 digits, or −1. So equal results mean
 * equal texts, and a double holds it exactly.
 */
export function readWhole(from: usize, to: usize): f64 {
  const length = to - from;
  if (length == 0 || length > 15 || (length > 1 && load<u8>(from) == <u8>ZERO)) return -1;
  let value: u64 = 0;
  for (let p = from; p < to; p++) {
    const d = digit(p);
    if (d > 9) return -1;
    value = value * 10 + d;
  }
  return <f64>value;
}
