/** One record: its members into a row of the columns. */
import * as column from './columns.as';
import * as key from './keys.as';
import { createStretches, firstResult, learn, secondResult, stretchAt, stretchLength } from './layout.as';
import { allocate } from './memory.as';
import { numberEnd, numberUsable, readNs, readWhole, startsNumber } from './numbers.as';
import {
  CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, literalEnd, nestedEnd, skipSpace, stringEnd,
} from './scan.as';
import { equalBytes, intern, stringAt, stringLength } from './strings.as';

let row: usize = 0; // next row of the block
let flags: u32 = 0;
let broken = false; // the record is no JSON
let base: i64 = 0; // ns of the first time stamp; the columns count from there
let hasBase = false;
let argsUsed: u32 = 0; // of the block's room for args
let argsFull = false;
let pythonCategory: u32 = 0;
let lastCategory: u32 = 0;
let lastTrack: u32 = 0;
let openings: usize = 0; // from the opening brace to the name, with phase and category in it
let middles: usize = 0; // from the name to the time stamp, with the track in it
let joints: usize = 0; // from the time stamp to the duration
let scratch: usize = 0;
let scratchBytes: usize = 0;

export function startRecords(): void {
  openings = createStretches();
  middles = createStretches();
  joints = createStretches();
  reserveScratch(4096);
  const python = scratch; // "python_function"
  store<u64>(python, 0x665f6e6f68747970);
  store<u64>(python, 0x006e6f6974636e75, 8);
  pythonCategory = intern(python, python + 15);
  lastCategory = pythonCategory;
  store<u8>(scratch, QUOTE);
  lastTrack = intern(scratch, scratch + 1);
}

function reserveScratch(bytes: usize): void {
  if (bytes + 64 <= scratchBytes) return;
  scratchBytes = bytes * 2 + 64;
  scratch = allocate(scratchBytes);
}

export function rows(): u32 {
  return <u32>row;
}

/** Whether the rows must be taken before more can be read. */
export function blockFull(): bool {
  return row == <usize>column.BLOCK_ROWS || argsFull;
}

/** The rows have been taken; the next block begins. */
export function nextBlock(): void {
  row = 0;
  argsUsed = 0;
  argsFull = false;
}

export function recordBroken(): bool {
  return broken;
}

/** Nanoseconds at which the times of the columns begin. */
export function baseNs(): i64 {
  return base;
}

// @ts-ignore: decorator
@inline
function fail(): usize {
  broken = true;
  return 0;
}

/** After a member: its comma is eaten; at `}` it stays; 0 when incomplete or broken. */
// @ts-ignore: decorator
@inline
function nextMember(p: usize, end: usize): usize {
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
function valueAfter(keyEnd: usize, end: usize): usize {
  let p = keyEnd + 1;
  if (load<u8>(p) != COLON) {
    p = skipSpace(p, end);
    if (p >= end) return 0;
    if (load<u8>(p) != COLON) return fail();
  }
  p = skipSpace(p + 1, end);
  return p < end ? p : 0;
}

let textFrom: usize = 0;
let textTo: usize = 0;

/** Reads any value: its text without quotes into textFrom … textTo − 1. Returns one past it. */
// @ts-ignore: decorator
@inline
function readValue(p: usize, end: usize): usize {
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
function isText(first: u8): bool {
  if (first == QUOTE) return true;
  return first != OPEN_BRACE && first != OPEN_BRACKET && !(first == 0x6e && textTo - textFrom == 4 && load<u32>(textFrom) == 0x6c6c756e);
}

/** A number for an id: whole ones as they are, every other text as −1 − its string id, so that equal means equal. */
function idNumber(): f64 {
  const whole = readWhole(textFrom, textTo);
  return whole >= 0 ? whole : -1 - <f64>intern(textFrom, textTo);
}

let timeUsable = false;

/** A time that is written as a number or as a string with a number in it. */
function timeOfText(): i64 {
  timeUsable = false;
  if (textFrom == textTo || !startsNumber(load<u8>(textFrom))) return 0;
  const ns = readNs(textFrom);
  timeUsable = numberUsable() && numberEnd() == textTo;
  return ns;
}

/**
 * Reads the record that opens at `p`. Returns one past it, 0 when it is not complete before `end`, or when it is no JSON
 * (recordBroken), or when its args need the room of a new block.
 */
export function readRecord(p: usize, end: usize, recordOffset: i64): usize {
  return read(p, end, recordOffset, true);
}

/** No track yet. */
const UNKNOWN: u32 = 0xffffffff;

/** `guess`: use what was learned of the layout. What it says is never wrong, but it cannot be told twice. */
function read(p: usize, end: usize, recordOffset: i64, guess: bool): usize {
  const open = p;
  flags = 0;
  broken = false;
  let phase: u32 = 0;
  let category: u32 = 0;
  let name: u32 = 0;
  let ts: i64 = 0;
  let dur: i64 = 0;
  let id: f64 = 0;
  let pidFrom: usize = p;
  let pidTo: usize = p;
  let tidFrom: usize = p;
  let tidTo: usize = p;
  let argsFrom: usize = 0;
  let argsTo: usize = 0;
  let track = UNKNOWN;
  let members: u32 = 0; // read so far
  let nameEnd: usize = 0;
  let tsEnd: usize = 0;

  const opening = guess ? stretchAt(openings, p) : 0;
  if (opening) {
    phase = firstResult(opening);
    category = secondResult(opening);
    const nameFrom = p + stretchLength(opening);
    nameEnd = stringEnd(nameFrom, end);
    if (!nameEnd) return 0;
    name = intern(nameFrom, nameEnd);
    flags = column.HAS_CATEGORY | column.HAS_NAME;
    members = 3;
    p = nameEnd + 1;
    const middle = stretchAt(middles, nameEnd);
    if (middle) {
      p = nameEnd + stretchLength(middle);
      if (p >= end) return 0;
      ts = readNs(p);
      if (!numberUsable()) return read(open, end, recordOffset, false);
      p = numberEnd();
      track = firstResult(middle);
      flags |= column.HAS_TS;
      members = 6;
      tsEnd = p;
      const joint = stretchAt(joints, p);
      if (joint) {
        dur = readNs(p + stretchLength(joint));
        if (!numberUsable()) return read(open, end, recordOffset, false);
        p = numberEnd();
        flags |= column.HAS_DUR;
      }
    }
    p = nextMember(p, end);
  } else p = skipSpace(p + 1, end);
  if (p == 0 || p >= end) return 0;
  while (load<u8>(p) != CLOSE_BRACE) {
    if (load<u8>(p) != QUOTE) return fail();
    p = key.readKey(p + 1, end, scratch);
    if (!p) return 0;
    p = valueAfter(p, end);
    if (!p) return 0;
    const member = key.lastKey();
    const first = load<u8>(p);
    const valueFrom = p;
    members++;
    if (member == key.TS || member == key.DUR) {
      let ns = startsNumber(first) ? readNs(p) : 0;
      if (startsNumber(first) && numberUsable()) {
        p = numberEnd();
        timeUsable = true;
        // name, pid and tid and nothing else since the opening that is known
        const isMiddle = members == 6 && member == key.TS && flags == (column.HAS_CATEGORY | column.HAS_NAME);
        if (isMiddle && nameEnd != 0 && pidFrom > nameEnd && tidFrom > nameEnd) {
          learn(middles, nameEnd, valueFrom, internTrack(pidFrom, pidTo, tidFrom, tidTo), 0);
          tsEnd = p;
        } else if (members == 7 && member == key.DUR && tsEnd != 0) learn(joints, tsEnd, valueFrom, 0, 0);
      } else {
        p = readValue(p, end);
        if (!p) return 0;
        ns = timeOfText();
      }
      if (member == key.TS) {
        ts = ns;
        flags = (flags & ~(column.HAS_TS | column.BAD_TS)) | (timeUsable ? column.HAS_TS : column.BAD_TS);
      } else {
        dur = ns;
        flags = (flags & ~(column.HAS_DUR | column.BAD_DUR)) | (timeUsable ? column.HAS_DUR : column.BAD_DUR);
      }
    } else if (member == key.ARGS) {
      argsFrom = p;
      flags &= ~ARGS_FLAGS;
      const looksInside = first == OPEN_BRACE && !((flags & column.HAS_CATEGORY) != 0 && category == pythonCategory);
      p = looksInside ? readArgs(p, end) : readValue(p, end);
      if (!p) return 0;
      argsTo = first == OPEN_BRACE ? p : argsFrom;
    } else {
      p = readValue(p, end);
      if (!p) return 0;
      const text = isText(first);
      if (member == key.NAME) {
        flags &= ~column.HAS_NAME;
        if (text) {
          if (members == 3 && phase != 0 && flags == column.HAS_CATEGORY && first == QUOTE) {
            learn(openings, open, textFrom, phase, category);
            nameEnd = textTo;
          }
          name = intern(textFrom, textTo);
          flags |= column.HAS_NAME;
        }
      } else if (member == key.CAT) {
        flags &= ~column.HAS_CATEGORY;
        if (text) {
          category = internCategory();
          flags |= column.HAS_CATEGORY;
        }
      } else if (member == key.PH) {
        phase = text && textTo - textFrom == 1 ? load<u8>(textFrom) : 0;
      } else if (track != UNKNOWN && (member == key.PID || member == key.TID)) {
        return read(open, end, recordOffset, false); // a second one
      } else if (member == key.PID) {
        pidFrom = textFrom;
        pidTo = text ? textTo : textFrom;
      } else if (member == key.TID) {
        tidFrom = textFrom;
        tidTo = text ? textTo : textFrom;
      } else if (member == key.ID || member == key.ID2) {
        flags &= ~column.HAS_ID;
        if (text || first == OPEN_BRACE) {
          id = idNumber();
          flags |= column.HAS_ID;
        }
      } else if (member == key.BP) {
        flags &= ~column.BIND_ENCLOSING;
        if (textTo - textFrom == 1 && load<u8>(textFrom) == 0x65) flags |= column.BIND_ENCLOSING;
      }
    }
    p = nextMember(p, end);
    if (!p) return 0;
  }
  if (p >= end) return 0;

  if (argsTo > argsFrom && (phase == 0x4d || phase == 0x43) && !keepArgs(argsFrom, argsTo)) return 0; // M, C
  if ((flags & column.HAS_CATEGORY) != 0 && category == pythonCategory) flags &= ~ARGS_FLAGS;
  if (flags & column.HAS_TS) {
    if (!hasBase) base = ts;
    hasBase = true;
    store<f64>(column.ts + (row << 3), <f64>(ts - base));
  }
  store<u8>(column.phase + row, <u8>phase);
  store<u16>(column.flags + (row << 1), <u16>flags);
  store<u32>(column.category + (row << 2), category);
  store<u32>(column.name + (row << 2), name);
  store<u32>(column.track + (row << 2), track != UNKNOWN ? track : internTrack(pidFrom, pidTo, tidFrom, tidTo));
  store<f64>(column.dur + (row << 3), <f64>dur);
  if (flags & column.HAS_ID) store<f64>(column.id + (row << 3), id);
  store<f64>(column.record + (row << 3), <f64>recordOffset);
  row++;
  return p + 1;
}

/** Most records have the category of the one before. */
function internCategory(): u32 {
  const length = textTo - textFrom;
  if (<usize>stringLength(lastCategory) != length || !equalBytes(stringAt(lastCategory), textFrom, length)) lastCategory = intern(textFrom, textTo);
  return lastCategory;
}

/** A track is the string `pid"tid`: a quote can be in neither. Most records are on the track of the one before. */
function internTrack(pidFrom: usize, pidTo: usize, tidFrom: usize, tidTo: usize): u32 {
  const pid = pidTo - pidFrom;
  const tid = tidTo - tidFrom;
  const last = stringAt(lastTrack);
  const same = <usize>stringLength(lastTrack) == pid + 1 + tid && load<u8>(last + pid) == QUOTE;
  if (same && equalBytes(last, pidFrom, pid) && equalBytes(last + pid + 1, tidFrom, tid)) return lastTrack;
  reserveScratch(pid + 1 + tid);
  memory.copy(scratch, pidFrom, pid);
  store<u8>(scratch + pid, QUOTE);
  memory.copy(scratch + pid + 1, tidFrom, tid);
  lastTrack = intern(scratch, scratch + pid + 1 + tid);
  return lastTrack;
}

const ARGS_FLAGS: u32 = column.HAS_CORRELATION | column.HAS_EXTERNAL | column.HAS_GRID | column.HAS_BYTES | column.HAS_DEVICE | column.HAS_STREAM;

/** Reads the args that open at `p` for what the columns hold; only the members of args itself count. */
function readArgs(p: usize, end: usize): usize {
  p = skipSpace(p + 1, end);
  if (p >= end) return 0;
  while (load<u8>(p) != CLOSE_BRACE) {
    if (load<u8>(p) != QUOTE) return fail();
    p = key.readKey(p + 1, end, scratch);
    if (!p) return 0;
    p = valueAfter(p, end);
    if (!p) return 0;
    const member = key.lastKey();
    const first = load<u8>(p);
    p = readValue(p, end);
    if (!p) return 0;
    if (member == key.CORRELATION) {
      flags &= ~column.HAS_CORRELATION;
      if (isText(first)) {
        store<f64>(column.correlation + (row << 3), idNumber());
        flags |= column.HAS_CORRELATION;
      }
    } else if (member == key.EXTERNAL) {
      flags &= ~column.HAS_EXTERNAL;
      if (isText(first)) {
        store<f64>(column.external + (row << 3), idNumber());
        flags |= column.HAS_EXTERNAL;
      }
    } else if (member == key.GRID) {
      flags &= ~column.HAS_GRID;
      if (first == OPEN_BRACKET) {
        const from = skipSpace(textFrom + 1, end);
        const x = readWhole(from, from < textTo ? literalEnd(from, textTo) : from);
        if (x >= 0 && x <= 0xffffffff) {
          store<u32>(column.gridX + (row << 2), <u32>x);
          flags |= column.HAS_GRID;
        }
      }
    } else if (member == key.BYTES) {
      flags &= ~column.HAS_BYTES;
      const bytes = readWhole(textFrom, textTo);
      if (bytes >= 0) {
        store<f64>(column.bytes + (row << 3), bytes);
        flags |= column.HAS_BYTES;
      }
    } else if (member == key.DEVICE || member == key.STREAM) {
      const isDevice = member == key.DEVICE;
      const bit = isDevice ? column.HAS_DEVICE : column.HAS_STREAM;
      flags &= ~bit;
      if (isText(first)) {
        store<u32>((isDevice ? column.device : column.stream) + (row << 2), intern(textFrom, textTo));
        flags |= bit;
      }
    }
    p = nextMember(p, end);
    if (!p) return 0;
  }
  return p < end ? p + 1 : 0;
}

/** Copies args into the block. False when that must wait for the next block. */
function keepArgs(from: usize, to: usize): bool {
  const length = <u32>min<usize>(to - from, column.ARGS_BYTES + 1);
  if (length > column.ARGS_BYTES) {
    flags |= column.ARGS_TOO_LONG;
    return true;
  }
  if (argsUsed + length > column.ARGS_BYTES) {
    argsFull = true;
    return false;
  }
  memory.copy(column.args + argsUsed, from, length);
  store<u32>(column.argsFrom + (row << 2), argsUsed);
  argsUsed += length;
  store<u32>(column.argsTo + (row << 2), argsUsed);
  flags |= column.HAS_ARGS;
  return true;
}
