/**
 * The parser in plain TypeScript, for where WASM SIMD is missing, and to check the WASM kernel against: its blocks and
 * those of wasm/parser.as.ts are the same.
 */
import { LONGEST_RECORD, type ParsedEnd, STATE, type TakeBlock, TOO_LONG } from './blocks.js';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  literalEnd,
  nestedEnd,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  skipSpace,
  stringEnd,
} from './scan/bytes.js';
import { createRecordScanner } from './scan/record.js';
import { createByteStrings } from './scan/strings.js';
import { decodeRaw, utf8 } from './text.js';

/** Of longer top-level values only the key is kept, and of more of them nothing. */
const VALUE_BYTES = 1 << 16;
const MAX_MEMBERS = 1024;

export interface Scanner {
  /** takes the next text; answers why no more must come, if so */
  push(bytes: Uint8Array): string | undefined;
  /** what came is no JSON any more */
  broken(): boolean;
  finish(): ParsedEnd;
}

export function createScanner(take: TakeBlock): Scanner {
  const strings = createByteStrings();
  const records = createRecordScanner(strings);
  const members: ParsedEnd['members'] = [];
  let state: number = STATE.start;
  let inObject = false;
  let needComma = false;
  let sawEvents = false;
  let strangers = 0;
  let offset = 0; // of the text that has been eaten
  let rest = new Uint8Array(0); // what could not be eaten yet
  let waiting: Uint8Array[] = []; // behind it, until there is so much that trying again is worth it
  let waitingBytes = 0;

  // The top-level value that is being skipped.
  let depth = 0;
  let inString = false;
  let escaped = false;
  let valueKey = '';
  const value = new Uint8Array(VALUE_BYTES);
  let valueLength = 0;

  const broken = (at: number): number => {
    state = STATE.broken;
    return at;
  };

  const eatStart = (b: Uint8Array, at: number, end: number): number => {
    if (b[at] === 0xef) {
      if (end - at < 3) return at;
      if (b[at + 1] === 0xbb && b[at + 2] === 0xbf) at += 3; // byte order mark
    }
    at = skipSpace(b, at, end);
    if (at >= end) return end;
    if (b[at] === OPEN_BRACKET) {
      sawEvents = true;
      state = STATE.events;
    } else if (b[at] === OPEN_BRACE) {
      inObject = true;
      state = STATE.members;
    } else return broken(at);
    needComma = false;
    return at + 1;
  };

  /** Eats white space and the comma between two elements. Returns what follows, or `end`. */
  const eatComma = (b: Uint8Array, from: number, end: number, close: number): number => {
    const at = skipSpace(b, from, end);
    if (at >= end || !needComma || b[at] === close) return at;
    if (b[at] !== COMMA) return broken(at);
    needComma = false;
    return skipSpace(b, at + 1, end);
  };

  const eatKey = (b: Uint8Array, from: number, end: number): number => {
    const at = eatComma(b, from, end, CLOSE_BRACE);
    if (state === STATE.broken || at >= end) return at;
    if (b[at] === CLOSE_BRACE) {
      state = STATE.done;
      return at + 1;
    }
    if (b[at] !== QUOTE) return broken(at);
    const keyEnd = stringEnd(b, at + 1, end);
    if (keyEnd < 0) return at;
    let after = skipSpace(b, keyEnd + 1, end);
    if (after >= end) return at;
    if (b[after] !== COLON) return broken(after);
    after = skipSpace(b, after + 1, end);
    if (after >= end) return at;
    needComma = false;
    const rawKey = utf8(b.subarray(at + 1, keyEnd));
    if (rawKey === 'traceEvents' && b[after] === OPEN_BRACKET) {
      sawEvents = true;
      state = STATE.events;
      return after + 1;
    }
    valueKey = decodeRaw(b.subarray(at + 1, keyEnd));
    valueLength = 0;
    depth = 0;
    inString = false;
    escaped = false;
    state = STATE.value;
    return after;
  };

  /** A top-level value of any length. */
  const eatValue = (b: Uint8Array, from: number, end: number): number => {
    let complete = false;
    let at = from;
    for (; at < end && !complete; at++) {
      const c = b[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (c === BACKSLASH) escaped = true;
        else if (c === QUOTE) {
          inString = false;
          complete = depth === 0;
        }
      } else if (c === QUOTE) inString = true;
      else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
      else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
        if (depth === 0) break; // the end of a number, or of nothing
        complete = --depth === 0;
      } else if (depth === 0 && (c === COMMA || c <= SPACE)) break;
    }
    if (valueLength + at - from <= VALUE_BYTES) value.set(b.subarray(from, at), valueLength);
    valueLength += at - from;
    if (complete || at < end) {
      if (valueLength === 0) return broken(at);
      if (members.length < MAX_MEMBERS) members.push({ key: valueKey, text: utf8(value.subarray(0, valueLength <= VALUE_BYTES ? valueLength : 0)) });
      state = STATE.members;
      needComma = true;
    }
    return at;
  };

  const eatElement = (b: Uint8Array, from: number, end: number): number => {
    const at = eatComma(b, from, end, CLOSE_BRACKET);
    if (state === STATE.broken || at >= end) return at;
    if (b[at] === OPEN_BRACE) {
      const after = records.read(b, at, end, offset + at - from);
      if (after >= 0) needComma = true;
      else if (records.broken()) return broken(at);
      return after >= 0 ? after : at;
    }
    if (b[at] === CLOSE_BRACKET) {
      state = inObject ? STATE.members : STATE.done;
      needComma = true;
      return at + 1;
    }
    let after: number;
    if (b[at] === OPEN_BRACKET) after = nestedEnd(b, at, end);
    else if (b[at] === QUOTE) {
      after = stringEnd(b, at + 1, end);
      if (after >= 0) after++;
    } else {
      after = literalEnd(b, at, end);
      if (after === at) return broken(at);
    }
    if (after < 0) return at;
    strangers++;
    needComma = true;
    return after;
  };

  /** White space may follow the end. */
  const eatRest = (b: Uint8Array, from: number, end: number): number => {
    const at = skipSpace(b, from, end);
    return at < end ? broken(at) : end;
  };

  const eat = [eatStart, eatKey, eatValue, eatElement, eatRest, (_: Uint8Array, at: number) => at];

  /** Eats as far as possible. Returns where it stopped. */
  const parse = (b: Uint8Array): number => {
    let at = 0;
    while (at < b.length && state !== STATE.broken) {
      const before = at;
      const stateBefore = state;
      at = eat[state](b, at, b.length);
      offset += at - before;
      if (records.blockFull()) take(records.takeBlock(), strings);
      else if (at === before && state === stateBefore) break;
    }
    return at;
  };

  const parseWaiting = (): void => {
    const text = new Uint8Array(rest.length + waitingBytes);
    text.set(rest);
    let to = rest.length;
    for (const part of waiting) {
      text.set(part, to);
      to += part.length;
    }
    waiting = [];
    waitingBytes = 0;
    rest = text.slice(parse(text));
  };

  return {
    push(bytes) {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes >= rest.length) parseWaiting();
      return rest.length > LONGEST_RECORD ? TOO_LONG : undefined;
    },
    broken: () => state === STATE.broken,
    finish() {
      parseWaiting();
      const block = records.takeBlock();
      if (block.rows > 0) take(block, strings);
      return { state, offset, sawEvents, inObject, strangers, baseNs: records.baseNs(), members };
    },
  };
}
