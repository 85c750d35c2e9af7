/** Finding where things end in JSON text. Every function answers −1 when the end does not lie before `end`. */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const SPACE = 0x20;

/** First byte at or after `at` that is not white space or another control character; `end` when there is none. */
export function skipSpace(b: Uint8Array, at: number, end: number): number {
  while (at < end && b[at] <= SPACE) at++;
  return at;
}

/** The closing quote of the string whose first character is at `at`. */
export function stringEnd(b: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const c = b[at];
    if (c === QUOTE) return at;
    at += c === BACKSLASH ? 2 : 1;
  }
  return -1;
}

/** First characters of numbers, true, false, null, NaN, Infinity. */
function startsLiteral(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x74 || c === 0x66 || c === 0x6e || c === 0x4e || c === 0x49;
}

/** One past the last byte of a number, true, false, null, NaN … that begins at `at`; `at` when none begins there. */
export function literalEnd(b: Uint8Array, at: number, end: number): number {
  if (!startsLiteral(b[at])) return at;
  for (; at < end; at++) {
    const c = b[at];
    if (c === COMMA || c <= SPACE || c === CLOSE_BRACE || c === CLOSE_BRACKET) return at;
    if (c === QUOTE || c === OPEN_BRACE || c === OPEN_BRACKET || c === COLON) return at;
  }
  return -1;
}

/** One past the bracket that closes the object or array that opens at `at`. */
export function nestedEnd(b: Uint8Array, at: number, end: number): number {
  for (let depth = 0; at < end; ) {
    const c = b[at++];
    if (c === QUOTE) {
      const close = stringEnd(b, at, end);
      if (close < 0) return -1;
      at = close + 1;
    } else if (c === BACKSLASH && (b[at] === QUOTE || b[at] === BACKSLASH)) {
      at++; // no JSON; the kernel takes it like this
    } else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --depth === 0) return at;
  }
  return -1;
}
