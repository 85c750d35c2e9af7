/**
 * gzip decompression, after libdeflate's method: a 64-bit bit buffer, tables that decode a symbol and its extra bits in
 * one step, several literals a turn, copies of 16 bytes.
 *
 * Input comes in pieces through a buffer; output goes to wherever the caller wants it, as long as the 32 KB that were
 * put out before lie right in front of it. Nothing in the input can make it touch other memory: table sizes are bounded,
 * distances are checked against what this member has put out, and the input buffer ends in zeros.
 */
import { CRC_BYTES, startCrc } from './crc.as';
import {
  DISTANCES, DISTANCE_BITS, DISTANCE_TABLE_BYTES, END_OF_BLOCK, LENGTHS, LENGTH_BITS, LITERALS, LITERAL_BITS, LITERAL_TABLE_BYTES, SPECIAL, SUBTABLE,
  buildTable,
} from './huffman.as';

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

export const WINDOW: usize = 32768;
/** A block header with its code lengths is shorter than this. */
const LONGEST_HEADER: usize = 1024;
/** The bit buffer gives at most this many bytes back to the input. */
const GIVEN_BACK: usize = 8;
/** What one turn of the decoding loop may read. */
const TURN: usize = 16;

let state: i32 = RUNNING;
let mode: i32 = HEADER;
let lastBlock = false;
let storedLeft: usize = 0;

let input: usize = 0;
let inputCapacity: usize = 0;
let inputEnd: usize = 0;
let inputFinal = false;
let taken: i64 = 0; // position in the file of `input`
let at: usize = 0; // next byte to read; the bit buffer holds `bitCount` bits from before it
let bits: u64 = 0;
let bitCount: u32 = 0;

let total: i64 = 0; // bytes put out
let memberTotal: u32 = 0; // by this member, modulo 2^32, as the trailer counts
let history: usize = 0; // bytes in front of the output that this member may refer to
let trailerChecksum: u32 = 0; // of the member that ended last
let trailerLength: u32 = 0;
let checkpointStep: i64 = 0;
let nextCheckpoint: i64 = 0;

let literalTable: usize = 0;
let distanceTable: usize = 0;
let lengths: usize = 0;
let scratch: usize = 0;

/**
 * Begins a file. `memory` is what inflateBytes() says: tables, then the input buffer. A checkpoint is announced at the
 * first block border after every `step` bytes of output; 0 for none.
 */
export function startInflate(memory: usize, capacity: usize, step: u32): void {
  literalTable = memory;
  distanceTable = literalTable + LITERAL_TABLE_BYTES;
  lengths = distanceTable + DISTANCE_TABLE_BYTES;
  scratch = lengths + 512;
  const crcTables = scratch + 128;
  startCrc(crcTables);
  input = crcTables + CRC_BYTES + GIVEN_BACK;
  inputCapacity = capacity;
  checkpointStep = step;
  nextCheckpoint = step;
  begin(HEADER, 0);
  total = 0;
}

/** Bytes that startInflate needs for an input buffer of `capacity` bytes. */
export function inflateBytes(capacity: usize): usize {
  return LITERAL_TABLE_BYTES + DISTANCE_TABLE_BYTES + 512 + 128 + CRC_BYTES + GIVEN_BACK + capacity + LONGEST_HEADER + 64;
}

/**
 * Goes on from a checkpoint: input will come from byte `bit / 8` of the file. The 32 KB that were put out before must lie
 * in front of the first output.
 */
export function resumeInflate(bit: f64, totalOutput: f64): void {
  const position = <i64>bit;
  begin(BLOCK, position >> 3);
  skipBits = <u32>(position & 7);
  total = <i64>totalOutput;
  history = WINDOW;
}

let skipBits: u32 = 0;

function begin(first: i32, position: i64): void {
  mode = first;
  state = NEED_INPUT;
  taken = position;
  inputEnd = input;
  inputFinal = false;
  at = input;
  bits = 0;
  bitCount = 0;
  skipBits = 0;
  startMember();
}

function startMember(): void {
  lastBlock = false;
  memberTotal = 0;
  history = 0;
}

export function inflateState(): i32 {
  return state;
}

/**
 * Where the next bytes of the file must be put; what is not read yet is moved to the front of the buffer, and the bytes
 * that are in the bit buffer to in front of it, because they may be given back.
 */
export function inputAt(): usize {
  if (at > input && at <= inputEnd) {
    memory.copy(input - GIVEN_BACK, at - GIVEN_BACK, inputEnd - at + GIVEN_BACK);
    taken += <i64>(at - input);
    inputEnd -= at - input;
    at = input;
  }
  return inputEnd;
}

/** How many bytes may be put there. */
export function inputRoom(): u32 {
  return <u32>(input + inputCapacity - inputEnd);
}

export function addInput(length: u32, isLast: bool): void {
  inputEnd += length;
  inputFinal = isLast;
  memory.fill(inputEnd, 0, LONGEST_HEADER + 64);
}

/** Bytes of the file that have been read. */
export function takenBytes(): f64 {
  return <f64>(taken + <i64>min(at, inputEnd) - <i64>input - <i64>(bitCount >> 3));
}

/** The bit of the file that is read next. */
export function bitPosition(): f64 {
  return <f64>((taken + <i64>at - <i64>input) * 8 - <i64>bitCount);
}

/** Bytes that have been put out since the beginning of the file. */
export function totalOut(): f64 {
  return <f64>total;
}

// @ts-ignore: decorator
@inline
function refill(): void {
  bits |= load<u64>(at) << bitCount;
  at += (63 - bitCount) >> 3;
  bitCount |= 56;
}

// @ts-ignore: decorator
@inline
function take(count: u32): u32 {
  const value = <u32>(bits & ((<u64>1 << count) - 1));
  bits >>= count;
  bitCount -= count;
  return value;
}

/** Gives whole bytes of the bit buffer back to the input. */
function alignToByte(): void {
  at -= bitCount >> 3;
  bits = 0;
  bitCount = 0;
}

/** Whether bits were used that are not in the file. */
// @ts-ignore: decorator
@inline
function beyond(p: usize, count: u32): bool {
  return p > inputEnd && ((p - inputEnd) << 3) > <usize>count;
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
      const codesEnd = decode(out, limit, floor);
      out = codesEnd;
      if (mode == CODES) {
        if (out >= limit) break;
        continue;
      }
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
      readBlockHeader();
    } else if (mode == STORED) {
      if (out >= limit) break;
      const count = min(min(storedLeft, limit - out), inputEnd - at);
      memory.copy(out, at, count);
      out += count;
      at += count;
      storedLeft -= count;
      if (storedLeft == 0) mode = lastBlock ? TRAILER : BLOCK;
      else if (out < limit) state = inputFinal ? TRUNCATED : NEED_INPUT;
    } else if (mode == TRAILER) {
      alignToByte();
      if (!has(8)) break;
      trailerChecksum = load<u32>(at);
      trailerLength = load<u32>(at, 4);
      at += 8;
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
      at = after;
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

function readBlockHeader(): void {
  refill();
  if (skipBits) {
    take(skipBits);
    skipBits = 0;
  }
  lastBlock = take(1) == 1;
  const type = take(2);
  let good = true;
  if (type == 0) good = readStoredHeader();
  else if (type == 1) useFixedCodes();
  else if (type == 2) good = readCodes();
  else good = false;
  if (beyond(at, bitCount)) state = TRUNCATED;
  else if (!good && state == RUNNING) state = CORRUPT;
}

function readStoredHeader(): bool {
  if (beyond(at, bitCount)) return false;
  take(bitCount & 7);
  alignToByte();
  if (!has(4)) return false;
  storedLeft = load<u16>(at);
  if ((storedLeft ^ load<u16>(at, 2)) != 0xffff) return false;
  at += 4;
  mode = STORED;
  return true;
}

function useFixedCodes(): void {
  for (let i: usize = 0; i < 288; i++) store<u8>(lengths + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  for (let i: usize = 0; i < 32; i++) store<u8>(lengths + 288 + i, 5);
  buildTable(literalTable, lengths, 288, LITERAL_BITS, LITERALS, scratch);
  buildTable(distanceTable, lengths + 288, 32, DISTANCE_BITS, DISTANCES, scratch);
  mode = CODES;
}

/** The order in which a block gives the lengths of the codes for code lengths. */
const LENGTH_ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function readCodes(): bool {
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const lengthCount = take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) return false;
  memory.fill(lengths, 0, 19);
  for (let i: u32 = 0; i < lengthCount; i++) {
    refill();
    store<u8>(lengths + <usize>unchecked(LENGTH_ORDER[i]), <u8>take(3));
  }
  if (!buildTable(distanceTable, lengths, 19, LENGTH_BITS, LENGTHS, scratch)) return false;
  const count = literalCount + distanceCount;
  let i: u32 = 0;
  while (i < count) {
    refill();
    const entry = load<u32>(distanceTable + (<usize>(bits & ((1 << LENGTH_BITS) - 1)) << 2));
    if (entry & SPECIAL) return false;
    take(entry & 0xff);
    let symbol = entry >> 16;
    let repeat: u32 = 1;
    if (symbol == 16) {
      if (i == 0) return false;
      symbol = load<u8>(lengths + i - 1);
      repeat = 3 + take(2);
    } else if (symbol > 16) {
      repeat = symbol == 17 ? 3 + take(3) : 11 + take(7);
      symbol = 0;
    }
    if (i + repeat > count) return false;
    memory.fill(lengths + i, <u8>symbol, repeat);
    i += repeat;
  }
  if (load<u8>(lengths, 256) == 0) return false; // no code for the end of the block
  if (!buildTable(literalTable, lengths, literalCount, LITERAL_BITS, LITERALS, scratch)) return false;
  if (!buildTable(distanceTable, lengths + literalCount, distanceCount, DISTANCE_BITS, DISTANCES, scratch)) return false;
  mode = CODES;
  return true;
}

/** Decodes the symbols of a block: the loop that takes the time. */
function decode(from: usize, limit: usize, floor: usize): usize {
  const literals = literalTable;
  const distances = distanceTable;
  const literalMask: u64 = (1 << LITERAL_BITS) - 1;
  const distanceMask: u64 = (1 << DISTANCE_BITS) - 1;
  const safe = inputEnd - TURN;
  let out = from;
  let turn = out; // where the output of this turn begins
  let p = at;
  let b = bits;
  let n = bitCount;
  while (out < limit) {
    if (p > safe) {
      if (!inputFinal) {
        state = NEED_INPUT;
        break;
      }
      if (beyond(p, n)) break;
    }
    turn = out;
    b |= load<u64>(p) << n;
    p += (63 - n) >> 3;
    n |= 56;
    let entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
    if (<i32>entry < 0) {
      b >>= entry & 0xff;
      n -= entry & 0xff;
      store<u8>(out++, <u8>(entry >> 16));
      entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
      if (<i32>entry < 0) {
        b >>= entry & 0xff;
        n -= entry & 0xff;
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(literals + (<usize>(b & literalMask) << 2));
        if (<i32>entry < 0) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
      }
      // A length with its distance needs up to 48 bits; 34 may be left.
      b |= load<u64>(p) << n;
      p += (63 - n) >> 3;
      n |= 56;
    }
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        b >>= LITERAL_BITS;
        n -= LITERAL_BITS;
        entry = load<u32>(literals + (<usize>((entry >> 16) + <u32>(b & ((<u64>1 << ((entry >> 8) & 15)) - 1))) << 2));
        if (<i32>entry < 0) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
      }
      if (entry & SPECIAL) {
        if (entry & END_OF_BLOCK) {
          b >>= entry & 0xff;
          n -= entry & 0xff;
          mode = lastBlock ? TRAILER : BLOCK;
        } else state = CORRUPT;
        break;
      }
    }
    const lengthBits = entry & 0xff;
    const length = <usize>((entry >> 16) + <u32>((b & ((<u64>1 << lengthBits) - 1)) >> ((entry >> 8) & 15)));
    b >>= lengthBits;
    n -= lengthBits;
    entry = load<u32>(distances + (<usize>(b & distanceMask) << 2));
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        b >>= DISTANCE_BITS;
        n -= DISTANCE_BITS;
        entry = load<u32>(distances + (<usize>((entry >> 16) + <u32>(b & ((<u64>1 << ((entry >> 8) & 15)) - 1))) << 2));
      }
      if (entry & SPECIAL) {
        state = CORRUPT;
        break;
      }
    }
    const distanceBits = entry & 0xff;
    const distance = <usize>((entry >> 16) + <u32>((b & ((<u64>1 << distanceBits) - 1)) >> ((entry >> 8) & 15)));
    b >>= distanceBits;
    n -= distanceBits;
    if (distance > out - floor) {
      state = CORRUPT;
      break;
    }
    copy(out, distance, length);
    out += length;
  }
  at = p;
  bits = b;
  bitCount = n;
  if (inputFinal && beyond(p, n)) {
    // The last turn used bits that are not there.
    mode = CODES;
    state = TRUNCATED;
    return turn;
  }
  return out;
}

/** Repeats what lies `distance` back; may write up to 31 bytes too many. */
// @ts-ignore: decorator
@inline
function copy(out: usize, distance: usize, length: usize): void {
  const end = out + length;
  let from = out - distance;
  if (distance >= 16) {
    do {
      v128.store(out, v128.load(from));
      out += 16;
      from += 16;
    } while (out < end);
  } else if (distance == 1) {
    const byte = i8x16.splat(load<i8>(from));
    do {
      v128.store(out, byte);
      out += 16;
    } while (out < end);
  } else if (distance >= 8) {
    do {
      store<u64>(out, load<u64>(from));
      out += 8;
      from += 8;
    } while (out < end);
  } else {
    do store<u8>(out++, load<u8>(from++));
    while (out < end);
  }
}
