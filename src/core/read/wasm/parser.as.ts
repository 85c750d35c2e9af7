/**
 * Chrome trace JSON, bytes to columns in one pass.
 *
 * `parse` is given a stretch of text and eats whole records from it; what it leaves is the beginning of a record that
 * is not complete yet, which the caller puts in front of the next stretch. Members of the top-level object other than
 * traceEvents may be of any length; short ones are kept as text.
 */
import { allocate } from './memory.as';
import { blockFull, readRecord, startRecords } from './record.as';
import {
  BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE, literalEnd, nestedEnd, skipSpace, stringEnd,
} from './scan.as';
import { intern, upTo8 } from './strings.as';
import { valuesBroken } from './values.as';

// Where the parser is. The numbers are known to wasmParser.ts.
const START = 0;
const MEMBERS = 1; // in the top-level object, before a key
const VALUE = 2; // in a top-level value that is skipped
const EVENTS = 3; // in traceEvents, before a record
const DONE = 4;
const BROKEN = 5;

let state: i32 = START;
let inObject = false; // traceEvents is a member, not the whole file
let needComma = false;
let seenEvents = false;
let offset: i64 = 0; // of the text that has been eaten
let strangers: u32 = 0; // elements of traceEvents that are not objects

// The top-level value that is being skipped.
let depth: i32 = 0;
let inString = false;
let escaped = false;
let valueKey: u32 = 0;
let valueLength: u32 = 0;
const VALUE_BYTES: u32 = 1 << 16; // of longer ones only the key is kept
let value: usize = 0;
let members: usize = 0; // pairs of string ids: key, value
let memberCount: u32 = 0;
const MAX_MEMBERS: u32 = 1024;

export function startParser(): void {
  value = allocate(VALUE_BYTES + 64);
  members = allocate(MAX_MEMBERS * 8);
  startRecords();
}

export function parserState(): i32 {
  return state;
}

/** Bytes of text that have been eaten. */
export function parserOffset(): f64 {
  return <f64>offset;
}

export function sawEvents(): bool {
  return seenEvents;
}

export function eventsInObject(): bool {
  return inObject;
}

export function strangerCount(): u32 {
  return strangers;
}

export function membersAt(): usize {
  return members;
}

export function membersCount(): u32 {
  return memberCount;
}

/** Eats from … end − 1 as far as possible, and stops early when the block is full. Writes 64 zeros at `end`. */
export function parse(from: usize, end: usize): usize {
  for (let i: usize = 0; i < 64; i += 16) v128.store(end + i, i8x16.splat(0));
  let p = from;
  while (p < end && !blockFull()) {
    const before = p;
    const stateBefore = state;
    if (state == EVENTS) p = eatElement(p, end);
    else if (state == VALUE) p = eatValue(p, end);
    else if (state == MEMBERS) p = eatKey(p, end);
    else if (state == START) p = eatStart(p, end);
    else if (state == DONE) p = eatRest(p, end);
    else break;
    offset += <i64>(p - before);
    if (p == before && state == stateBefore) break;
  }
  return p;
}

function broken(p: usize): usize {
  state = BROKEN;
  return p;
}

function eatStart(p: usize, end: usize): usize {
  if (load<u8>(p) == 0xef) {
    if (end - p < 3) return p;
    if (load<u8>(p, 1) == 0xbb && load<u8>(p, 2) == 0xbf) p += 3; // byte order mark
  }
  p = skipSpace(p, end);
  if (p >= end) return end;
  const c = load<u8>(p);
  if (c == OPEN_BRACKET) {
    seenEvents = true;
    state = EVENTS;
  } else if (c == OPEN_BRACE) {
    inObject = true;
    state = MEMBERS;
  } else return broken(p);
  needComma = false;
  return p + 1;
}

/** Eats white space and the comma between two elements. Returns what follows, or `end`. */
function eatComma(p: usize, end: usize, close: u8): usize {
  p = skipSpace(p, end);
  if (p >= end) return end;
  const c = load<u8>(p);
  if (!needComma || c == close) return p;
  if (c != COMMA) return broken(p);
  needComma = false;
  return min(skipSpace(p + 1, end), end);
}

function eatKey(before: usize, end: usize): usize {
  const p = eatComma(before, end, CLOSE_BRACE);
  if (state == BROKEN || p >= end) return p;
  const c = load<u8>(p);
  if (c == CLOSE_BRACE) {
    state = DONE;
    return p + 1;
  }
  if (c != QUOTE) return broken(p);
  const keyEnd = stringEnd(p + 1, end);
  if (!keyEnd) return p;
  let q = skipSpace(keyEnd + 1, end);
  if (q >= end) return p;
  if (load<u8>(q) != COLON) return broken(q);
  q = skipSpace(q + 1, end);
  if (q >= end) return p;
  needComma = false;
  const isEvents = keyEnd - p == 12 && load<u64>(p + 1) == 0x6576456563617274 && upTo8(p + 9, 3) == 0x73746e; // traceEvents
  if (isEvents && load<u8>(q) == OPEN_BRACKET) {
    seenEvents = true;
    state = EVENTS;
    return q + 1;
  }
  valueKey = intern(p + 1, keyEnd);
  valueLength = 0;
  depth = 0;
  inString = false;
  escaped = false;
  state = VALUE;
  return q;
}

/** A top-level value of any length, byte by byte: there is little of it. */
function eatValue(p: usize, end: usize): usize {
  const from = p;
  let complete = false;
  for (; p < end && !complete; p++) {
    const c = load<u8>(p);
    if (inString) {
      if (escaped) escaped = false;
      else if (c == BACKSLASH) escaped = true;
      else if (c == QUOTE) {
        inString = false;
        complete = depth == 0;
      }
    } else if (c == QUOTE) inString = true;
    else if (c == OPEN_BRACE || c == OPEN_BRACKET) depth++;
    else if (c == CLOSE_BRACE || c == CLOSE_BRACKET) {
      if (depth == 0) break; // the end of a number, or of nothing
      complete = --depth == 0;
    } else if (depth == 0 && (c == COMMA || c <= SPACE)) break;
  }
  keepValue(from, p);
  if (complete || p < end) {
    if (valueLength == 0) return broken(p);
    if (memberCount < MAX_MEMBERS) {
      const pair = members + <usize>memberCount * 8;
      memberCount++;
      store<u32>(pair, valueKey);
      store<u32>(pair, intern(value, value + (valueLength <= VALUE_BYTES ? <usize>valueLength : 0)), 4);
    }
    state = MEMBERS;
    needComma = true;
  }
  return p;
}

function keepValue(from: usize, to: usize): void {
  const length = <u32>min<usize>(to - from, VALUE_BYTES + 1);
  if (valueLength + length <= VALUE_BYTES) memory.copy(value + valueLength, from, length);
  valueLength = min<u32>(valueLength + length, VALUE_BYTES + 1);
}

function eatElement(before: usize, end: usize): usize {
  const p = eatComma(before, end, CLOSE_BRACKET);
  if (state == BROKEN || p >= end) return p;
  const c = load<u8>(p);
  if (c == OPEN_BRACE) {
    const after = readRecord(p, end, offset + <i64>(p - before));
    if (after) needComma = true;
    else if (valuesBroken()) return broken(p);
    return after ? after : p;
  }
  if (c == CLOSE_BRACKET) {
    state = inObject ? MEMBERS : DONE;
    needComma = true;
    return p + 1;
  }
  let after: usize;
  if (c == OPEN_BRACKET) after = nestedEnd(p, end);
  else if (c == QUOTE) {
    after = stringEnd(p + 1, end);
    if (after) after++;
  } else {
    after = literalEnd(p, end);
    if (after == p) return broken(p);
  }
  if (!after) return p;
  strangers++;
  needComma = true;
  return after;
}

/** White space may follow the end. */
function eatRest(p: usize, end: usize): usize {
  p = skipSpace(p, end);
  return p < end ? broken(p) : end;
}
