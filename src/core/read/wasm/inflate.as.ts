/**
 * gzip decompression, after libdeflate's method: a 64-bit bit buffer, tables that decode a symbol and its extra bits in
 * one step, several literals a turn, copies of 16 bytes.
 *
 * Input comes in pieces through a buffer; output goes to wherever the caller wants it, as long as the 32 KB that were
 * put out before lie right in front of it. Nothing in the input can make it touch other memory: table sizes are bounded,
 * distances are checked against what this member has put out, and the input buffer ends in zeros.
 */
import { LONGEST_HEADER, alignToByte, at, inputBytes, inputEnd, inputFinal, moveTo, refill, startInput, take } from './bits.as';
import { BLOCK_BYTES, CODED_BLOCK, SHORT_BLOCK, STORED_BLOCK, lastBlock, readBlockHeader, startBlocks, storedLength } from './blocks.as';
import { CRC_BYTES, startCrc } from './crc.as';
import { BAD_CODE, BLOCK_END, INPUT_ENDED, INPUT_USED, decode, decoded } from './decode.as';

// Why inflate() returned. The numbers are known to input.ts.
const RUNNING = 0; // the output is full
const NEED_INPUT = 1;
const CHECKPOINT = 2; // at a block border: reading can be resumed from here with the last 32 KB
const MEMBER_END = 3; // memberIntact() tells whether its output is what was compressed
const FINISHED = 4;
const TRUNCATED = 5; // the input ended inside a member
const CORRUPT = 6;

// What comes next in the input.
const HEADER = 0;
const BLOCK = 1;
const STORED = 2;
const CODES = 3;
const TRAILER = 4;
const NEXT_MEMBER = 5;

const WINDOW: usize = 32768;

let state: i32 = RUNNING;
let mode: i32 = HEADER;
let storedLeft: usize = 0;

let total: i64 = 0; // bytes put out
let memberTotal: u32 = 0; // by this member, modulo 2^32, as the trailer counts
let history: usize = 0; // bytes in front of the output that this member may refer to
let trailerChecksum: u32 = 0; // of the member that ended last
let trailerLength: u32 = 0;
let checkpointStep: i64 = 0;
let nextCheckpoint: i64 = 0;
let inputMemory: usize = 0;
let inputCapacity: usize = 0;
let skipBits: u32 = 0; // of the first byte, when reading began in the middle

/**
 * Begins a file. `memory` is what inflateBytes() says: tables, then the input buffer. A checkpoint is announced at the
 * first block border after every `step` bytes of output; 0 for none.
 */
export function startInflate(memory: usize, capacity: usize, step: u32): void {
  startBlocks(memory);
  startCrc(memory + BLOCK_BYTES);
  inputMemory = memory + BLOCK_BYTES + CRC_BYTES;
  inputCapacity = capacity;
  checkpointStep = step;
  nextCheckpoint = step;
  begin(HEADER, 0);
  total = 0;
}

/** Bytes that startInflate needs for an input buffer of `capacity` bytes. */
export function inflateBytes(capacity: usize): usize {
  return BLOCK_BYTES + CRC_BYTES + inputBytes(capacity);
}

/**
 * Goes on from a checkpoint: input will come from byte `bit / 8` of the file. The 32 KB that were put out before must lie
 * in front of the first output.
 */
export function resumeInflate(bit: f64): void {
  const position = <i64>bit;
  begin(BLOCK, position >> 3);
  skipBits = <u32>(position & 7);
  history = WINDOW;
}

function begin(first: i32, position: i64): void {
  mode = first;
  state = NEED_INPUT;
  startInput(inputMemory, inputCapacity, position);
  skipBits = 0;
  startMember();
}

function startMember(): void {
  memberTotal = 0;
  history = 0;
}

export function inflateState(): i32 {
  return state;
}

/** Whether `count` more bytes are there; otherwise says why it stops. */
function has(count: usize): bool {
  if (at + count <= inputEnd) return true;
  state = inputFinal ? TRUNCATED : NEED_INPUT;
  return false;
}

/** Puts out up to `limit`, and 320 bytes more may be overwritten. Returns where the output ends; inflateState() says why. */
export function inflate(from: usize, limit: usize): usize {
  if (state >= FINISHED) return from;
  state = RUNNING;
  let out = from;
  let floor = out - history; // nothing before it may be copied
  while (state == RUNNING) {
    if (mode == CODES) {
      out = decode(out, limit, floor);
      if (decoded == BLOCK_END) mode = lastBlock ? TRAILER : BLOCK;
      else if (decoded == INPUT_USED) state = NEED_INPUT;
      else if (decoded == INPUT_ENDED) state = TRUNCATED;
      else if (decoded == BAD_CODE) state = CORRUPT;
      else break;
    } else if (mode == BLOCK) {
      const here = total + <i64>(out - from);
      if (checkpointStep > 0 && here >= nextCheckpoint) {
        nextCheckpoint = here + checkpointStep;
        state = CHECKPOINT;
        break;
      }
      if (!inputFinal && at + LONGEST_HEADER > inputEnd) {
        state = NEED_INPUT;
        break;
      }
      beginBlock();
    } else if (mode == STORED) {
      if (out >= limit) break;
      const count = min(min(storedLeft, limit - out), inputEnd - at);
      memory.copy(out, at, count);
      out += count;
      moveTo(at + count);
      storedLeft -= count;
      if (storedLeft == 0) mode = lastBlock ? TRAILER : BLOCK;
      else if (out < limit) state = inputFinal ? TRUNCATED : NEED_INPUT;
    } else if (mode == TRAILER) {
      alignToByte();
      if (!has(8)) break;
      trailerChecksum = load<u32>(at);
      trailerLength = load<u32>(at, 4);
      moveTo(at + 8);
      mode = NEXT_MEMBER;
      state = MEMBER_END;
    } else if (mode == NEXT_MEMBER) {
      if (at + 2 > inputEnd && !inputFinal) {
        state = NEED_INPUT;
        break;
      }
      // Like gzip, what follows the last member is not looked at.
      if (at + 2 > inputEnd || load<u16>(at) != 0x8b1f) {
        state = FINISHED;
        break;
      }
      mode = HEADER;
    } else {
      const after = headerEnd();
      if (after == 0) break;
      moveTo(after);
      startMember();
      floor = out;
      mode = BLOCK;
    }
  }
  memberTotal += <u32>(out - from); // a call never goes on into the next member
  history = min(WINDOW, out - floor);
  total += <i64>(out - from);
  return out;
}

/** Whether the member that ended has the checksum and the length that its trailer says. */
export function memberIntact(checksum: u32): bool {
  return checksum == trailerChecksum && memberTotal == trailerLength;
}

/** One past the header of a member, or 0 after saying why not. */
function headerEnd(): usize {
  if (!has(10)) return 0;
  const flags = load<u8>(at, 3);
  if (load<u16>(at) != 0x8b1f || load<u8>(at, 2) != 8 || flags > 31) {
    state = CORRUPT;
    return 0;
  }
  let p = at + 10;
  if (flags & 4) {
    if (!has(p + 2 - at)) return 0;
    p += 2 + <usize>load<u16>(p);
  }
  for (let text = (flags >> 3) & 3; text != 0; text &= text - 1) {
    // file name, comment
    while (true) {
      if (!has(p + 1 - at)) return 0;
      if (load<u8>(p++) == 0) break;
    }
  }
  if (flags & 2) p += 2;
  return has(p - at) ? p : 0;
}

function beginBlock(): void {
  if (skipBits) {
    refill();
    take(skipBits);
    skipBits = 0;
  }
  const kind = readBlockHeader();
  if (kind == CODED_BLOCK) mode = CODES;
  else if (kind == STORED_BLOCK) {
    mode = STORED;
    storedLeft = storedLength;
  } else state = kind == SHORT_BLOCK ? TRUNCATED : CORRUPT;
}
