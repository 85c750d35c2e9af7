/** CRC-32 as gzip uses it, sixteen bytes a turn ("slicing by 16"). */

const TABLES: usize = 16;
/** Bytes of memory for the tables. */
export const CRC_BYTES: usize = TABLES * 1024;
let tables: usize = 0;

export function startCrc(at: usize): void {
  tables = at;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    store<u32>(tables + <usize>byte * 4, c);
  }
  for (let i: usize = 256; i < TABLES * 256; i++) {
    const before = load<u32>(tables + (i - 256) * 4);
    store<u32>(tables + i * 4, (before >>> 8) ^ load<u32>(tables + <usize>(before & 0xff) * 4));
  }
}

// @ts-ignore: decorator
@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(tables + (table << 10) + (<usize>(byte & 0xff) << 2));
}

// @ts-ignore: decorator
@inline
function fold(word: u32, table: usize): u32 {
  return entry(table + 3, word) ^ entry(table + 2, word >>> 8) ^ entry(table + 1, word >>> 16) ^ entry(table, word >>> 24);
}

/** Goes on from `crc`, which is 0 at the start. */
export function crc32(crc: u32, p: usize, length: usize): u32 {
  const end = p + length;
  let c = ~crc;
  for (; p + 16 <= end; p += 16) {
    c = fold(c ^ load<u32>(p), 12) ^ fold(load<u32>(p, 4), 8) ^ fold(load<u32>(p, 8), 4) ^ fold(load<u32>(p, 12), 0);
  }
  for (; p < end; p++) c = (c >>> 8) ^ entry(0, c ^ <u32>load<u8>(p));
  return ~c;
}
