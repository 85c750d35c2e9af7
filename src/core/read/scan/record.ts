/** One record: its members into a row of a block. The same as wasm/record.as.ts. */
import { ARGS_BYTES, BLOCK_ROWS, type Block, HAS, makeColumns } from '../blocks.js';
import { CLOSE_BRACE, COLON, COMMA, literalEnd, nestedEnd, OPEN_BRACE, OPEN_BRACKET, QUOTE, skipSpace, stringEnd } from './bytes.js';
import { KEY, keyOf } from './keys.js';
import { nanosecondsSince, readTime, readWhole, startsNumber, type Time } from './numbers.js';
import type { ByteStrings } from './strings.js';

const ARGS_FLAGS = HAS.correlation | HAS.external | HAS.grid | HAS.bytes | HAS.device | HAS.stream;
const N = 0x6e;
const ZERO = { us: 0, ns: 0 };

export function createRecordScanner(strings: ByteStrings) {
  const columns = makeColumns(BLOCK_ROWS);
  const block: Block = { ...columns, rows: 0, args: new Uint8Array(ARGS_BYTES) };
  const time: Time = { us: 0, ns: 0, usable: false, end: 0 };
  const python = strings.intern(new TextEncoder().encode('python_function'), 0, 15);
  let base: { us: number; ns: number } | undefined;
  let argsUsed = 0;
  let argsFull = false;
  let broken = false;
  let scratch = new Uint8Array(256);

  // The state of the record that is being read.
  let b: Uint8Array = new Uint8Array(0);
  let end = 0;
  let row = 0;
  let flags = 0;
  let textFrom = 0;
  let textTo = 0;

  const fail = (): number => {
    broken = true;
    return -1;
  };

  /** Key at `at`, where a quote must be: what it is; `textTo` is its closing quote, −1 when incomplete. */
  const readKey = (at: number): number => {
    textTo = stringEnd(b, at + 1, end);
    return textTo < 0 ? KEY.other : keyOf(b, at + 1, textTo);
  };

  /** From the end of a key to its value. */
  const valueAfter = (keyEnd: number): number => {
    let at = skipSpace(b, keyEnd + 1, end);
    if (at >= end) return -1;
    if (b[at] !== COLON) return fail();
    at = skipSpace(b, at + 1, end);
    return at < end ? at : -1;
  };

  /** After a member: its comma is eaten; at `}` it stays. */
  const nextMember = (after: number): number => {
    let at = skipSpace(b, after, end);
    if (at >= end) return -1;
    if (b[at] === CLOSE_BRACE) return at;
    if (b[at] !== COMMA) return fail();
    at = skipSpace(b, at + 1, end);
    return at < end ? at : -1;
  };

  /** Reads any value: its text without quotes into textFrom … textTo − 1. Returns one past it. */
  const readValue = (at: number): number => {
    if (b[at] === QUOTE) {
      textFrom = at + 1;
      textTo = stringEnd(b, at + 1, end);
      return textTo < 0 ? -1 : textTo + 1;
    }
    textFrom = at;
    textTo = b[at] === OPEN_BRACE || b[at] === OPEN_BRACKET ? nestedEnd(b, at, end) : literalEnd(b, at, end);
    return textTo === at ? fail() : textTo;
  };

  /** Whether the value that was read is text or a number: not null, an object or an array. */
  const isText = (first: number): boolean => {
    if (first === QUOTE) return true;
    const isNull = first === N && textTo - textFrom === 4 && b[textFrom + 1] === 0x75 && b[textFrom + 2] === 0x6c && b[textFrom + 3] === 0x6c;
    return first !== OPEN_BRACE && first !== OPEN_BRACKET && !isNull;
  };

  const intern = (): number => strings.intern(b, textFrom, textTo);

  /** A number for an id: whole ones as they are, every other text as −1 − its string id. */
  const idNumber = (): number => {
    const whole = readWhole(b, textFrom, textTo);
    return whole >= 0 ? whole : -1 - intern();
  };

  /** Reads the time at `at`, a number or a string with a number in it, into `time`. */
  const readTimeValue = (at: number): number => {
    if (startsNumber(b[at])) {
      readTime(b, at, time);
      if (time.usable) return time.end;
    }
    const after = readValue(at);
    if (after < 0) return after;
    time.usable = false;
    if (textFrom < textTo && startsNumber(b[textFrom])) {
      readTime(b, textFrom, time);
      time.usable &&= time.end === textTo;
    }
    return after;
  };

  const setTime = (key: number): void => {
    const isTs = key === KEY.ts;
    flags &= isTs ? ~(HAS.ts | HAS.badTs) : ~(HAS.dur | HAS.badDur);
    if (!time.usable) flags |= isTs ? HAS.badTs : HAS.badDur;
    else if (isTs) flags |= HAS.ts;
    else {
      flags |= HAS.dur;
      block.dur[row] = nanosecondsSince(ZERO, time.us, time.ns);
    }
  };

  const setFlag = (flag: number, on: boolean): boolean => {
    flags = on ? flags | flag : flags & ~flag;
    return on;
  };

  /** Takes a member of args that the columns hold. */
  const takeArg = (key: number, first: number): void => {
    switch (key) {
      case KEY.correlation:
        if (setFlag(HAS.correlation, isText(first))) block.correlation[row] = idNumber();
        break;
      case KEY.external:
        if (setFlag(HAS.external, isText(first))) block.external[row] = idNumber();
        break;
      case KEY.device:
        if (setFlag(HAS.device, isText(first))) block.device[row] = intern();
        break;
      case KEY.stream:
        if (setFlag(HAS.stream, isText(first))) block.stream[row] = intern();
        break;
      case KEY.bytes: {
        const bytes = readWhole(b, textFrom, textTo);
        if (setFlag(HAS.bytes, bytes >= 0)) block.bytes[row] = bytes;
        break;
      }
      case KEY.grid: {
        const from = skipSpace(b, textFrom + 1, textTo);
        const x = first === OPEN_BRACKET ? readWhole(b, from, literalEnd(b, from, textTo)) : -1;
        if (setFlag(HAS.grid, x >= 0 && x <= 0xffffffff)) block.gridX[row] = x;
      }
    }
  };

  /** Reads the args that open at `at`; only the members of args itself count. */
  const readArgs = (open: number): number => {
    let at = skipSpace(b, open + 1, end);
    if (at >= end) return -1;
    while (b[at] !== CLOSE_BRACE) {
      if (b[at] !== QUOTE) return fail();
      const key = readKey(at);
      if (textTo < 0) return -1;
      at = valueAfter(textTo);
      if (at < 0) return at;
      const first = b[at];
      at = readValue(at);
      if (at < 0) return at;
      takeArg(key, first);
      at = nextMember(at);
      if (at < 0) return at;
    }
    return at + 1;
  };

  /** Copies args into the block. False when that must wait for the next block. */
  const keepArgs = (from: number, to: number): boolean => {
    if (to - from > ARGS_BYTES) {
      flags |= HAS.argsTooLong;
      return true;
    }
    if (argsUsed + to - from > ARGS_BYTES) {
      argsFull = true;
      return false;
    }
    block.args.set(b.subarray(from, to), argsUsed);
    block.argsFrom[row] = argsUsed;
    argsUsed += to - from;
    block.argsTo[row] = argsUsed;
    flags |= HAS.args;
    return true;
  };

  /** A track is the string `pid"tid`: a quote can be in neither. */
  const internTrack = (pidFrom: number, pidTo: number, tidFrom: number, tidTo: number): number => {
    const length = pidTo - pidFrom + 1 + tidTo - tidFrom;
    if (length > scratch.length) scratch = new Uint8Array(length * 2);
    scratch.set(b.subarray(pidFrom, pidTo));
    scratch[pidTo - pidFrom] = QUOTE;
    scratch.set(b.subarray(tidFrom, tidTo), pidTo - pidFrom + 1);
    return strings.intern(scratch, 0, length);
  };

  /**
   * Reads the record that opens at `open`. Returns one past it; −1 when it is not complete before `to`, or is no JSON
   * (broken), or its args need the room of a new block.
   */
  const read = (bytes: Uint8Array, open: number, to: number, offset: number): number => {
    b = bytes;
    end = to;
    flags = 0;
    broken = false;
    let phase = 0;
    let [tsUs, tsNs] = [0, 0];
    let [pidFrom, pidTo, tidFrom, tidTo] = [open, open, open, open];
    let [argsFrom, argsTo] = [0, 0];
    let isPython = false;
    let at = skipSpace(b, open + 1, end);
    if (at >= end) return -1;
    while (b[at] !== CLOSE_BRACE) {
      if (b[at] !== QUOTE) return fail();
      const key = readKey(at);
      if (textTo < 0) return -1;
      at = valueAfter(textTo);
      if (at < 0) return at;
      const first = b[at];
      if (key === KEY.ts || key === KEY.dur) {
        at = readTimeValue(at);
        if (at < 0) return at;
        if (key === KEY.ts) [tsUs, tsNs] = [time.us, time.ns];
        setTime(key);
      } else if (key === KEY.args) {
        argsFrom = at;
        flags &= ~ARGS_FLAGS;
        at = first === OPEN_BRACE && !isPython ? readArgs(at) : readValue(at);
        if (at < 0) return at;
        argsTo = first === OPEN_BRACE ? at : argsFrom;
      } else {
        at = readValue(at);
        if (at < 0) return at;
        const text = isText(first);
        if (key === KEY.name) {
          if (setFlag(HAS.name, text)) block.name[row] = intern();
        } else if (key === KEY.cat) {
          if (setFlag(HAS.category, text)) block.category[row] = intern();
          isPython = text && block.category[row] === python;
        } else if (key === KEY.ph) {
          phase = text && textTo - textFrom === 1 ? b[textFrom] : 0;
        } else if (key === KEY.pid) {
          [pidFrom, pidTo] = [textFrom, text ? textTo : textFrom];
        } else if (key === KEY.tid) {
          [tidFrom, tidTo] = [textFrom, text ? textTo : textFrom];
        } else if (key === KEY.id || key === KEY.id2) {
          if (setFlag(HAS.id, text || first === OPEN_BRACE)) block.id[row] = idNumber();
        } else if (key === KEY.bp) {
          setFlag(HAS.bindEnclosing, textTo - textFrom === 1 && b[textFrom] === 0x65);
        }
      }
      at = nextMember(at);
      if (at < 0) return at;
    }
    const letter = String.fromCharCode(phase);
    if (argsTo > argsFrom && (letter === 'M' || letter === 'C') && !keepArgs(argsFrom, argsTo)) return -1;
    if (isPython) flags &= ~ARGS_FLAGS;
    if (flags & HAS.ts) {
      base ??= { us: tsUs, ns: tsNs };
      block.ts[row] = nanosecondsSince(base, tsUs, tsNs);
    }
    block.phase[row] = phase;
    block.flags[row] = flags;
    block.track[row] = internTrack(pidFrom, pidTo, tidFrom, tidTo);
    block.record[row] = offset;
    row++;
    return at + 1;
  };

  return {
    read,
    broken: () => broken,
    blockFull: () => row === BLOCK_ROWS || argsFull,
    baseNs: () => (base ? BigInt(base.us) * 1000n + BigInt(base.ns) : 0n),
    /** The block, to be used before the next record is read. */
    takeBlock(): Block {
      block.rows = row;
      row = 0;
      argsUsed = 0;
      argsFull = false;
      return block;
    },
  };
}
