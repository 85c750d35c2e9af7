/**
 * What a parser hands over: blocks of records as columns, and the strings their ids stand for. Two parsers make them,
 * the WASM kernel and the plain TypeScript scanner, and they must not differ.
 */

/** Bits of the flags column: which other columns of a row mean something. The same in wasm/columns.as.ts. */
export const HAS = {
  name: 1,
  category: 2,
  ts: 4,
  dur: 8,
  id: 16,
  correlation: 32,
  external: 64,
  grid: 128,
  bytes: 256,
  device: 512,
  stream: 1024,
  args: 2048,
  /** the flow is bound to the slice around it ("bp": "e") */
  bindEnclosing: 4096,
  /** ts or dur is there but is no usable number */
  badTs: 8192,
  badDur: 16384,
  /** the args did not fit into a block and were left out */
  argsTooLong: 32768,
} as const;

/** Rows of a block, and room for the args in it. */
export const BLOCK_ROWS = 4096;
export const ARGS_BYTES = 1 << 20;

/** Strings are ids. Ids and correlations are whole numbers, or −1 − string id. */
export interface Columns {
  /** ph as a character code, 0 when it is missing or longer */
  phase: Uint8Array;
  flags: Uint16Array;
  category: Uint32Array;
  name: Uint32Array;
  /** string id of `pid"tid` */
  track: Uint32Array;
  /** ns since the first ts of the file */
  ts: Float64Array;
  dur: Float64Array;
  id: Float64Array;
  correlation: Float64Array;
  external: Float64Array;
  gridX: Uint32Array;
  bytes: Float64Array;
  device: Uint32Array;
  stream: Uint32Array;
  /** where the record begins in the text */
  record: Float64Array;
  /** where its args lie in `args`; metadata and counters only */
  argsFrom: Uint32Array;
  argsTo: Uint32Array;
}

/** Valid only while it is being handed over. */
export interface Block extends Columns {
  rows: number;
  args: Uint8Array;
}

/** The strings of a parser. Escapes are still in them. */
export interface RawStrings {
  /** the bytes of a string; valid until more is parsed */
  bytes(id: number): Uint8Array;
}

/** How far a parser got. The numbers are those of wasm/parser.as.ts. */
export const STATE = { start: 0, members: 1, value: 2, events: 3, done: 4, broken: 5 } as const;

export interface ParsedEnd {
  state: number;
  /** where the text that was understood ends */
  offset: number;
  /** the file has a traceEvents array, or is an array */
  sawEvents: boolean;
  /** traceEvents is a member of an object */
  inObject: boolean;
  /** elements of traceEvents that are no objects */
  strangers: number;
  /** where the times of the columns begin */
  baseNs: bigint;
  /** the other members of the file: key and JSON text, which is '' when it is very long */
  members: { key: string; text: string }[];
}

/** A record that is longer is taken for damage. */
export const LONGEST_RECORD = 1 << 28;
export const TOO_LONG = 'A record of more than 256 MB was found';

/** Who takes the blocks. */
export type TakeBlock = (block: Block, strings: RawStrings) => void;

/** The columns, in the order of wasm/columns.as.ts. `place` says where each lies; without it each gets its own memory. */
export function makeColumns(rows: number, place?: (index: number) => { buffer: ArrayBufferLike; at: number }): Columns {
  let index = 0;
  const make = <Column>(type: { new (buffer: ArrayBufferLike, at: number, length: number): Column; BYTES_PER_ELEMENT: number }): Column => {
    const { buffer, at } = place?.(index++) ?? { buffer: new ArrayBuffer(rows * type.BYTES_PER_ELEMENT), at: 0 };
    return new type(buffer, at, rows);
  };
  return {
    phase: make(Uint8Array),
    flags: make(Uint16Array),
    category: make(Uint32Array),
    name: make(Uint32Array),
    track: make(Uint32Array),
    ts: make(Float64Array),
    dur: make(Float64Array),
    id: make(Float64Array),
    correlation: make(Float64Array),
    external: make(Float64Array),
    gridX: make(Uint32Array),
    bytes: make(Float64Array),
    device: make(Uint32Array),
    stream: make(Uint32Array),
    record: make(Float64Array),
    argsFrom: make(Uint32Array),
    argsTo: make(Uint32Array),
  };
}
