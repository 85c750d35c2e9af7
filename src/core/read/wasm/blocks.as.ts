/** Headers of deflate blocks: what kind of block follows, and the tables that decode it. */
import { alignToByte, at, beyond, bitCount, bits, inputEnd, moveTo, refill, take } from './bits.as';
import {
  DISTANCES, DISTANCE_BITS, DISTANCE_TABLE_BYTES, LENGTHS, LENGTH_BITS, LITERALS, LITERAL_BITS, LITERAL_TABLE_BYTES, SPECIAL, buildTable,
} from './huffman.as';

export const BAD_BLOCK = 0;
export const SHORT_BLOCK = 1; // the input ends inside the header
export const STORED_BLOCK = 2;
export const CODED_BLOCK = 3;

/** Tables of the block that was begun last. */
export let literalTable: usize = 0;
export let distanceTable: usize = 0;
/** Whether it is the last one of its member, and its length if it is stored. */
export let lastBlock = false;
export let storedLength: usize = 0;

const LENGTHS_BYTES: usize = 512;
const SCRATCH_BYTES: usize = 128;
export const BLOCK_BYTES: usize = LITERAL_TABLE_BYTES + DISTANCE_TABLE_BYTES + LENGTHS_BYTES + SCRATCH_BYTES;
let lengths: usize = 0; // of the codes
let scratch: usize = 0;

export function startBlocks(memory: usize): void {
  literalTable = memory;
  distanceTable = literalTable + LITERAL_TABLE_BYTES;
  lengths = distanceTable + DISTANCE_TABLE_BYTES;
  scratch = lengths + LENGTHS_BYTES;
  lastBlock = false;
}

/** Reads the header that begins at the next bit. Returns what it is. */
export function readBlockHeader(): i32 {
  refill();
  lastBlock = take(1) == 1;
  const type = take(2);
  let kind = BAD_BLOCK;
  if (type == 0) kind = readStoredHeader();
  else if (type == 1) kind = useFixedCodes();
  else if (type == 2) kind = readCodes() ? CODED_BLOCK : BAD_BLOCK;
  return beyond(at, bitCount) ? SHORT_BLOCK : kind;
}

function readStoredHeader(): i32 {
  if (beyond(at, bitCount)) return SHORT_BLOCK;
  take(bitCount & 7);
  alignToByte();
  if (at + 4 > inputEnd) return SHORT_BLOCK;
  storedLength = load<u16>(at);
  if ((storedLength ^ load<u16>(at, 2)) != 0xffff) return BAD_BLOCK;
  moveTo(at + 4);
  return STORED_BLOCK;
}

function useFixedCodes(): i32 {
  for (let i: usize = 0; i < 288; i++) store<u8>(lengths + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  for (let i: usize = 0; i < 32; i++) store<u8>(lengths + 288 + i, 5);
  buildTable(literalTable, lengths, 288, LITERAL_BITS, LITERALS, scratch);
  buildTable(distanceTable, lengths + 288, 32, DISTANCE_BITS, DISTANCES, scratch);
  return CODED_BLOCK;
}

/** The order in which a block gives the lengths of the codes for code lengths. */
const LENGTH_ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Reads the codes of a block; false when they are none. */
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
  return buildTable(distanceTable, lengths + literalCount, distanceCount, DISTANCE_BITS, DISTANCES, scratch);
}
