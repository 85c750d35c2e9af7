/** Members and values of JSON objects, as far as a record needs them. */
import { numberEnd, numberUsable, readNs, readWhole, startsNumber } from './numbers.as';
import { CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, literalEnd, nestedEnd, skipSpace, stringEnd } from './scan.as';
import { intern } from './strings.as';

let broken = false;

/** The record that is read next is no JSON as far as anybody knows. */
export function beginValues(): void {
  broken = false;
}

/** Whether what was read is no JSON. */
export function valuesBroken(): bool {
  return broken;
}

// @ts-ignore: decorator
@inline
export function fail(): usize {
  broken = true;
  return 0;
}

/** After a member: its comma is eaten; at `}` it stays; 0 when incomplete or broken. */
// @ts-ignore: decorator
@inline
export function nextMember(p: usize, end: usize): usize {
  p = skipSpace(p, end);
  if (p >= end) return 0;
  const c = load<u8>(p);
  if (c == CLOSE_BRACE) return p;
  if (c != COMMA) return fail();
  p = skipSpace(p + 1, end);
  return p < end ? p : 0;
}

/** From the end of a key to its value. */
// @ts-ignore: decorator
@inline
export function valueAfter(keyEnd: usize, end: usize): usize {
  let p = keyEnd + 1;
  if (load<u8>(p) != COLON) {
    p = skipSpace(p, end);
    if (p >= end) return 0;
    if (load<u8>(p) != COLON) return fail();
  }
  p = skipSpace(p + 1, end);
  return p < end ? p : 0;
}

/** The text that readValue read, without quotes. */
export let textFrom: usize = 0;
export let textTo: usize = 0;

/** Reads any value. Returns one past it. */
// @ts-ignore: decorator
@inline
export function readValue(p: usize, end: usize): usize {
  const c = load<u8>(p);
  if (c == QUOTE) {
    textFrom = p + 1;
    textTo = stringEnd(p + 1, end);
    return textTo ? textTo + 1 : 0;
  }
  textFrom = p;
  if (c == OPEN_BRACE || c == OPEN_BRACKET) textTo = nestedEnd(p, end);
  else {
    textTo = literalEnd(p, end);
    if (textTo == p) return fail();
  }
  return textTo;
}

/** Whether the value that was read is text or a number: not null, an object or an array. */
// @ts-ignore: decorator
@inline
export function isText(first: u8): bool {
  if (first == QUOTE) return true;
  return first != OPEN_BRACE && first != OPEN_BRACKET && !(first == 0x6e && textTo - textFrom == 4 && load<u32>(textFrom) == 0x6c6c756e);
}

/** A number for an id: whole ones as they are, every other text as −1 − its string id, so that equal means equal. */
export function idNumber(): f64 {
  const whole = readWhole(textFrom, textTo);
  return whole >= 0 ? whole : -1 - <f64>intern(textFrom, textTo);
}

/** The time that readTime read, and whether it is one. */
export let timeNs: i64 = 0;
export let timeUsable = false;

/** Reads a time that is written as a number or as a string with a number in it. Returns one past it. */
export function readTime(p: usize, end: usize): usize {
  if (startsNumber(load<u8>(p))) {
    timeNs = readNs(p);
    timeUsable = numberUsable();
    if (timeUsable) return numberEnd();
  }
  p = readValue(p, end);
  timeUsable = false;
  if (p && textFrom < textTo && startsNumber(load<u8>(textFrom))) {
    timeNs = readNs(textFrom);
    timeUsable = numberUsable() && numberEnd() == textTo;
  }
  return p;
}
