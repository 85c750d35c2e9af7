/**
 * CRC-32 as gzip uses it, without the table look-up for every byte that usually limits it.
 *
 * A checksum is a remainder: blocks of 16 bytes are digits, and a digit may be moved to later places as long as the
 * remainder stays the same. For this polynomial a block may be added, which is xor, to the blocks 145, 183, 211 and 300
 * places later instead, because x^(128·300) = x^(128·155) + x^(128·117) + x^(128·89) + 1 modulo the polynomial (found by
 * trying all sums of four powers). So block after block is moved on until only the last 300 are left for the tables.
 * The idea is that of "Chorba" (Russell, 2024).
 */

const BLOCK: usize = 16;
const FAR: usize = 300 * BLOCK;
const STRIP: usize = 1024 * BLOCK;
const TABLES: usize = 8;
const TABLES_BYTES: usize = TABLES * 1024;
/** Bytes of memory that are needed. */
export const CRC_BYTES: usize = TABLES_BYTES + STRIP + FAR;
const POLYNOMIAL: u32 = 0xedb88320;

let tables: usize = 0;
/** what earlier blocks added to this strip of blocks and the 300 behind it */
let added: usize = 0;

export function startCrc(at: usize): void {
  tables = at;
  added = at + TABLES_BYTES;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
    store<u32>(tables + <usize>byte * 4, c);
  }
  for (let i: usize = 256; i < TABLES * 256; i++) {
    const before = load<u32>(tables + (i - 256) * 4);
    store<u32>(tables + i * 4, (before >>> 8) ^ load<u32>(tables + <usize>(before & 0xff) * 4));
  }
}

/** Goes on from `crc`, which is 0 at the start. */
export function crc32(crc: u32, p: usize, length: usize): u32 {
  let c = ~crc;
  const end = p + length;
  if (length >= 4 * FAR) {
    memory.fill(added, 0, FAR);
    store<u32>(added, c);
    while (end - p >= STRIP + FAR) p = moveOn(p, STRIP);
    p = moveOn(p, (end - p - FAR) & ~(BLOCK - 1));
    for (let i: usize = 0; i < FAR; i += BLOCK) v128.store(added + i, v128.xor(v128.load(added + i), v128.load(p + i)));
    c = byTables(0, added, FAR);
    p += FAR;
  }
  return ~byTables(c, p, end - p);
}

/** Moves a strip of blocks on. Returns where the next one begins. */
function moveOn(p: usize, bytes: usize): usize {
  const start = added;
  for (let i: usize = 0; i < bytes; i += BLOCK) {
    const at = start + i;
    const block = v128.xor(v128.load(p + i), v128.load(at));
    v128.store(at, v128.xor(v128.load(at, 145 * BLOCK), block), 145 * BLOCK);
    v128.store(at, v128.xor(v128.load(at, 183 * BLOCK), block), 183 * BLOCK);
    v128.store(at, v128.xor(v128.load(at, 211 * BLOCK), block), 211 * BLOCK);
    v128.store(at, block, 300 * BLOCK); // nothing was added there yet
  }
  memory.copy(start, start + bytes, FAR);
  return p + bytes;
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u64): u32 {
  return load<u32>(tables + (table << 10) + (<usize>(byte & 0xff) << 2));
}

/** Eight bytes a turn ("slicing by 8"). */
function byTables(c: u32, p: usize, length: usize): u32 {
  const end = p + length;
  for (; p + 8 <= end; p += 8) {
    const word = load<u64>(p) ^ <u64>c;
    const low = entry(7, word) ^ entry(6, word >> 8) ^ entry(5, word >> 16) ^ entry(4, word >> 24);
    c = low ^ entry(3, word >> 32) ^ entry(2, word >> 40) ^ entry(1, word >> 48) ^ entry(0, word >> 56);
  }
  for (; p < end; p++) c = (c >>> 8) ^ entry(0, <u64>(c ^ <u32>load<u8>(p)));
  return c;
}
