/** The string table: equal bytes give equal ids, and ids count up from 0. Escapes stay as they are in the file. */
import { allocate } from './memory.as';

const ENTRY = 8; // hash table entry: hash u32, id + 1 u32 (0: free)
const RECORD = 8; // by id: where its bytes are u32, how many u32

let table: usize = 0;
let tableMask: u32 = 0;
let records: usize = 0;
let capacity: u32 = 0;
let count: u32 = 0;
let room: usize = 0; // bytes of strings are laid one after another in pieces of this memory
let roomEnd: usize = 0;
const PIECE: usize = 1 << 20;

export function startStrings(): void {
  count = 0;
  room = 0;
  roomEnd = 0;
  resize(1 << 14);
}

export function stringAt(id: u32): usize {
  return load<u32>(records + <usize>id * RECORD);
}

export function stringLength(id: u32): u32 {
  return load<u32>(records + <usize>id * RECORD, 4);
}

const K0: u64 = 0x9e3779b97f4a7c15;
const K1: u64 = 0xd6e8feb86659fd93;

/** The 1 … 8 bytes at `p`, zero filled. */
// @ts-ignore: decorator
@inline
export function upTo8(p: usize, length: usize): u64 {
  return load<u64>(p) & (~(<u64>0) >> <u64>(64 - (length << 3)));
}

function hash(from: usize, length: usize): u32 {
  let h: u64 = <u64>length * K1;
  let p = from;
  const end = from + length;
  for (; p + 16 <= end; p += 16) {
    h = ((h ^ load<u64>(p)) * K0) ^ rotl<u64>(load<u64>(p, 8) * K1, 29);
    h ^= h >> 32;
  }
  const rest = end - p;
  if (rest >= 8) {
    h = (h ^ load<u64>(p)) * K0;
    h ^= h >> 29;
    if (rest > 8) h = (h ^ upTo8(p + 8, rest - 8)) * K1;
  } else if (rest) h = (h ^ upTo8(p, rest)) * K1;
  h ^= h >> 32;
  return <u32>((h * K0) >> 32);
}

/** Whether `length` bytes are equal. May look up to 15 bytes further, but they do not count. */
// @ts-ignore: decorator
@inline
export function equalBytes(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  if (i + 8 <= length) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
    i += 8;
  }
  return i == length || upTo8(a + i, length - i) == upTo8(b + i, length - i);
}

/** Id of the bytes from … to − 1. */
export function intern(from: usize, to: usize): u32 {
  const length = to - from;
  const h = hash(from, length);
  let slot = h & tableMask;
  while (true) {
    const entry = table + <usize>slot * ENTRY;
    const found = load<u32>(entry, 4);
    if (found == 0) break;
    if (load<u32>(entry) == h) {
      const record = records + <usize>(found - 1) * RECORD;
      if (load<u32>(record, 4) == <u32>length && equalBytes(load<u32>(record), from, length)) return found - 1;
    }
    slot = (slot + 1) & tableMask;
  }
  return add(from, length, h);
}

function add(from: usize, length: usize, h: u32): u32 {
  if (count == capacity) resize(capacity * 2);
  const space = ((length + 15) & ~15) + 16; // equalBytes looks a little further
  if (room + space > roomEnd) {
    const bytes = max(space, PIECE);
    room = allocate(bytes);
    roomEnd = room + bytes;
  }
  memory.copy(room, from, length);
  const record = records + <usize>count * RECORD;
  store<u32>(record, <u32>room);
  store<u32>(record, <u32>length, 4);
  room += space - 16;
  put(h, count);
  return count++;
}

function put(h: u32, id: u32): void {
  let slot = h & tableMask;
  while (load<u32>(table + <usize>slot * ENTRY, 4)) slot = (slot + 1) & tableMask;
  const entry = table + <usize>slot * ENTRY;
  store<u32>(entry, h);
  store<u32>(entry, id + 1, 4);
}

/** The table stays at most half full. */
function resize(newCapacity: u32): void {
  const oldTable = table;
  const oldSlots: u32 = count ? tableMask + 1 : 0;
  const newRecords = allocate(<usize>newCapacity * RECORD);
  if (count) memory.copy(newRecords, records, <usize>count * RECORD);
  records = newRecords;
  capacity = newCapacity;
  tableMask = newCapacity * 2 - 1;
  table = allocate(<usize>newCapacity * 2 * ENTRY);
  memory.fill(table, 0, <usize>newCapacity * 2 * ENTRY);
  for (let i: u32 = 0; i < oldSlots; i++) {
    const entry = oldTable + <usize>i * ENTRY;
    if (load<u32>(entry, 4)) put(load<u32>(entry), load<u32>(entry, 4) - 1);
  }
}
