/** One record: its members into a row of the columns. */
import { ARGS_FLAGS, argsFlags, readArgs } from './args.as';
import * as column from './columns.as';
import * as key from './keys.as';
import { createStretches, firstResult, learn, secondResult, stretchAt, stretchLength } from './layout.as';
import { allocate } from './memory.as';
import { numberEnd, numberUsable, readNs, startsNumber } from './numbers.as';
import { CLOSE_BRACE, OPEN_BRACE, QUOTE, nestedEnd, skipSpace, stringEnd } from './scan.as';
import { equalBytes, intern, stringAt, stringLength } from './strings.as';
import { beginValues, fail, idNumber, isText, nextMember, readTime, readValue, textFrom, textTo, timeNs, timeUsable, valueAfter } from './values.as';

let row: usize = 0; // next row of the block
let flags: u32 = 0;
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
let tails: usize = 0; // from the duration to the args
let scratch: usize = 0; // for the text of a track
let scratchBytes: usize = 0;

export function startRecords(): void {
  openings = createStretches();
  middles = createStretches();
  joints = createStretches();
  tails = createStretches();
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

/** Nanoseconds at which the times of the columns begin. */
export function baseNs(): i64 {
  return base;
}

/**
 * Reads the record that opens at `p`. Returns one past it, 0 when it is not complete before `end`, or when it is no JSON
 * (valuesBroken), or when its args need the room of a new block.
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
  beginValues();
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
  let durEnd: usize = 0;

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
        members = 7;
        durEnd = p;
        const tail = stretchAt(tails, p);
        if (tail) {
          argsFrom = p + stretchLength(tail);
          if (argsFrom >= end) return 0;
          const isPython = category == pythonCategory;
          p = isPython ? nestedEnd(argsFrom, end) : readArgs(argsFrom, end, row);
          if (!p) return 0;
          if (!isPython) flags |= argsFlags;
          argsTo = p;
        }
      }
    }
    p = nextMember(p, end);
  } else p = skipSpace(p + 1, end);
  if (p == 0 || p >= end) return 0;
  while (load<u8>(p) != CLOSE_BRACE) {
    if (load<u8>(p) != QUOTE) return fail();
    p = key.readKey(p + 1, end);
    if (!p) return 0;
    p = valueAfter(p, end);
    if (!p) return 0;
    const member = key.lastKey();
    const first = load<u8>(p);
    const valueFrom = p;
    members++;
    if (member == key.TS || member == key.DUR) {
      p = readTime(p, end);
      if (!p) return 0;
      if (member == key.TS) {
        // name, pid and tid and nothing else since an opening that is known
        const isMiddle = members == 6 && flags == (column.HAS_CATEGORY | column.HAS_NAME) && nameEnd != 0 && pidFrom > nameEnd && tidFrom > nameEnd;
        if (isMiddle && timeUsable && startsNumber(first)) {
          learn(middles, nameEnd, valueFrom, internTrack(pidFrom, pidTo, tidFrom, tidTo), 0);
          tsEnd = p;
        }
        ts = timeNs;
        flags = (flags & ~(column.HAS_TS | column.BAD_TS)) | (timeUsable ? column.HAS_TS : column.BAD_TS);
      } else {
        if (members == 7 && tsEnd != 0 && timeUsable && startsNumber(first)) {
          learn(joints, tsEnd, valueFrom, 0, 0);
          durEnd = p;
        }
        dur = timeNs;
        flags = (flags & ~(column.HAS_DUR | column.BAD_DUR)) | (timeUsable ? column.HAS_DUR : column.BAD_DUR);
      }
    } else if (member == key.ARGS) {
      if (members == 8 && durEnd != 0 && first == OPEN_BRACE) learn(tails, durEnd, p, 0, 0);
      argsFrom = p;
      flags &= ~ARGS_FLAGS;
      const looksInside = first == OPEN_BRACE && !((flags & column.HAS_CATEGORY) != 0 && category == pythonCategory);
      p = looksInside ? readArgs(p, end, row) : readValue(p, end);
      if (!p) return 0;
      if (looksInside) flags |= argsFlags;
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
