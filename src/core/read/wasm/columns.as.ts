/** The block of columns that the parser fills and blocks.ts describes: one row per record, written left to right. */
import { allocate } from './memory.as';

/** Rows of a block: few enough to stay in the cache, many enough that handing a block over costs nothing. */
export const BLOCK_ROWS: u32 = 4096;
/** Room for the args of metadata and counter records of one block. */
export const ARGS_BYTES: u32 = 1 << 20;

export let phase: usize = 0;
export let flags: usize = 0;
export let category: usize = 0;
export let name: usize = 0;
export let track: usize = 0;
export let ts: usize = 0;
export let dur: usize = 0;
export let id: usize = 0;
export let correlation: usize = 0;
export let external: usize = 0;
export let gridX: usize = 0;
export let bytes: usize = 0;
export let device: usize = 0;
export let stream: usize = 0;
export let record: usize = 0;
export let argsFrom: usize = 0;
export let argsTo: usize = 0;
export let args: usize = 0;

export function startColumns(): void {
  phase = allocate(BLOCK_ROWS);
  flags = allocate(BLOCK_ROWS * 2);
  category = allocate(BLOCK_ROWS * 4);
  name = allocate(BLOCK_ROWS * 4);
  track = allocate(BLOCK_ROWS * 4);
  ts = allocate(BLOCK_ROWS * 8);
  dur = allocate(BLOCK_ROWS * 8);
  id = allocate(BLOCK_ROWS * 8);
  correlation = allocate(BLOCK_ROWS * 8);
  external = allocate(BLOCK_ROWS * 8);
  gridX = allocate(BLOCK_ROWS * 4);
  bytes = allocate(BLOCK_ROWS * 8);
  device = allocate(BLOCK_ROWS * 4);
  stream = allocate(BLOCK_ROWS * 4);
  record = allocate(BLOCK_ROWS * 8);
  argsFrom = allocate(BLOCK_ROWS * 4);
  argsTo = allocate(BLOCK_ROWS * 4);
  args = allocate(ARGS_BYTES);
}

/** Where a column lies; the order is that of makeColumns in blocks.ts. */
export function columnAt(index: i32): usize {
  if (index == 0) return phase;
  if (index == 1) return flags;
  if (index == 2) return category;
  if (index == 3) return name;
  if (index == 4) return track;
  if (index == 5) return ts;
  if (index == 6) return dur;
  if (index == 7) return id;
  if (index == 8) return correlation;
  if (index == 9) return external;
  if (index == 10) return gridX;
  if (index == 11) return bytes;
  if (index == 12) return device;
  if (index == 13) return stream;
  if (index == 14) return record;
  if (index == 15) return argsFrom;
  return argsTo;
}

export function argsAt(): usize {
  return args;
}

/** Bits of the flags column: which other columns of the row mean something. The same in blocks.ts. */
export const HAS_NAME: u32 = 1;
export const HAS_CATEGORY: u32 = 2;
export const HAS_TS: u32 = 4;
export const HAS_DUR: u32 = 8;
export const HAS_ID: u32 = 16;
export const HAS_CORRELATION: u32 = 32;
export const HAS_EXTERNAL: u32 = 64;
export const HAS_GRID: u32 = 128;
export const HAS_BYTES: u32 = 256;
export const HAS_DEVICE: u32 = 512;
export const HAS_STREAM: u32 = 1024;
export const HAS_ARGS: u32 = 2048;
/** "bp": "e": the flow is bound to the slice around it */
export const BIND_ENCLOSING: u32 = 4096;
/** ts or dur is there but is no usable number */
export const BAD_TS: u32 = 8192;
export const BAD_DUR: u32 = 16384;
/** the args did not fit into a block and were left out */
export const ARGS_TOO_LONG: u32 = 32768;
