/** Numbers read from their digits: a double cannot hold microseconds since 1970 to the nanosecond. */

const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
/** Ten times as much is the first time that is out of range, 142 years of nanoseconds. */
const LIMIT = 450_000_000_000_000_000n;

export function startsNumber(c: number): boolean {
  return c === MINUS || (c >= ZERO && c <= ZERO + 9);
}

/** A time in whole microseconds and nanoseconds, both of the same sign: each is exact as a double. */
export interface Time {
  us: number;
  ns: number;
  usable: boolean;
  /** one past the number */
  end: number;
}

function isExponent(c: number): boolean {
  return (c | 0x20) === 0x65;
}

/** Reads microseconds written as decimal text into `time`. Kineto writes three decimals; that is the fast way. */
export function readTime(b: Uint8Array, at: number, time: Time): void {
  const start = at;
  const negative = b[at] === MINUS;
  if (negative) at++;
  const first = at;
  let us = 0;
  let digit = b[at] - ZERO;
  while (digit >= 0 && digit <= 9) {
    us = us * 10 + digit;
    digit = b[++at] - ZERO;
  }
  let ns = 0;
  let slow = at === first || at - first > 15;
  if (b[at] === POINT) {
    const [tenths, hundredths, thousandths] = [b[at + 1] - ZERO, b[at + 2] - ZERO, b[at + 3] - ZERO];
    const isDigit = (d: number) => d >= 0 && d <= 9;
    slow ||= !isDigit(tenths) || !isDigit(hundredths) || !isDigit(thousandths) || isDigit(b[at + 4] - ZERO);
    ns = tenths * 100 + hundredths * 10 + thousandths;
    at += 4;
  }
  if (slow || isExponent(b[at])) {
    readTimeSlowly(b, start, time);
    return;
  }
  time.us = negative ? -us : us;
  time.ns = negative ? -ns : ns;
  time.usable = true;
  time.end = at;
}

/** The same for any number of digits and any exponent, rounded half away from zero. */
function readTimeSlowly(b: Uint8Array, at: number, time: Time): void {
  const negative = b[at] === MINUS;
  if (negative) at++;
  let value = 0n; // the first 18 or 19 significant digits
  let scale = 3; // the number is value × 10^scale ns
  let dropped: number | undefined; // the first digit behind them
  let digits = 0;
  for (let afterPoint = false; ; at++) {
    const digit = b[at] - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (value < LIMIT) {
        value = value * 10n + BigInt(digit);
        if (afterPoint) scale--;
      } else {
        dropped ??= digit;
        if (!afterPoint) scale++;
      }
    } else if (b[at] === POINT && !afterPoint) afterPoint = true;
    else break;
  }
  time.usable = digits > 0;
  if (time.usable && isExponent(b[at])) {
    at++;
    const below = b[at] === MINUS;
    if (below || b[at] === PLUS) at++;
    let exponent = 0;
    const first = at;
    for (let digit = b[at] - ZERO; digit >= 0 && digit <= 9; digit = b[++at] - ZERO) exponent = Math.min(exponent * 10 + digit, 100_000);
    if (at === first) time.usable = false;
    scale += below ? -exponent : exponent;
  }
  if (scale === 0 && dropped !== undefined && dropped >= 5) value++;
  for (; scale > 0 && value > 0n; scale--) {
    if (value >= LIMIT) {
      time.usable = false;
      break;
    }
    value *= 10n;
  }
  if (scale < -19) value = 0n;
  else if (scale < 0) {
    const unit = 10n ** BigInt(-scale);
    value = (value + unit / 2n) / unit;
  }
  time.end = at;
  time.us = Number(value / 1000n) * (negative ? -1 : 1);
  time.ns = Number(value % 1000n) * (negative ? -1 : 1);
}

/** The nanoseconds from `base` to a time; never −0. */
export function nanosecondsSince(base: { us: number; ns: number }, us: number, ns: number): number {
  const wholeUs = us - base.us; // exact, because both are below 2^52
  return Math.abs(wholeUs) < 9e12 ? wholeUs * 1000 + (ns - base.ns) + 0 : Number(BigInt(wholeUs) * 1000n + BigInt(ns - base.ns));
}

/** A whole number from `from` to `to` in its shortest spelling and with at most 15 digits, or −1. */
export function readWhole(b: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length <= 0 || length > 15 || (length > 1 && b[from] === ZERO)) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = b[at] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
