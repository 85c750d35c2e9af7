/** Runs text through the two parsers, and turns their columns into rows that a test can compare. */
import { type Block, HAS, type ParsedEnd, type TakeBlock } from '../../../src/core/read/blocks.js';
import { INFLATE } from '../../../src/core/read/input.js';
import { createScanner } from '../../../src/core/read/scanner.js';
import { CHUNK, type SlotSource, slotAt, slotBytes } from '../../../src/core/read/slots.js';
import { decodeRaw, unescapeJson, utf8 } from '../../../src/core/read/text.js';
import { createMemory, HEAP, instantiate, kernelModule } from '../../../src/core/read/wasm/kernel.js';
import { parseSlots } from '../../../src/core/read/wasmParser.js';

/** A record as the columns hold it; what is absent is undefined. Times are ns, `ts` counts from the first one. */
export interface Row {
  record: number;
  ph: string | undefined;
  cat: string | undefined;
  name: string | undefined;
  pid: string;
  tid: string;
  ts: number | 'bad' | undefined;
  dur: number | 'bad' | undefined;
  id: number | string | undefined;
  correlation: number | string | undefined;
  external: number | string | undefined;
  gridX: number | undefined;
  bytes: number | undefined;
  device: string | undefined;
  stream: string | undefined;
  bind: 'e' | undefined;
  args: string | undefined;
}

/** Parses text that comes in chunks; `each` gets every record, in order. */
export type Parser = (chunks: Iterable<Uint8Array>, each: (row: Row) => void) => Promise<ParsedEnd>;

/** One for all, because it takes longer to make than a small test takes. */
let memory: WebAssembly.Memory | undefined;

export const kernelParser: Parser = (chunks, each) => parseWithKernel(chunks, eachRow(each));

/** The kernel, its blocks as they are. */
export async function parseWithKernel(chunks: Iterable<Uint8Array>, take: TakeBlock): Promise<ParsedEnd> {
  const module = await kernelModule();
  if (!module) throw new Error('The tests need a Node whose WASM has SIMD.');
  memory ??= createMemory(slotBytes(2));
  const shared = memory;
  const kernel = instantiate(module, shared);
  kernel.start(HEAP + slotBytes(2));
  const pieces = pieces512K(chunks);
  let sequence = 0;
  const source: SlotSource = {
    async next() {
      const { done, value } = pieces.next();
      if (done) return undefined;
      const at = slotAt(HEAP, 2, sequence++);
      new Uint8Array(shared.buffer, at, value.length).set(value);
      return { at, end: at + value.length, checkpoint: -1 };
    },
    release() {},
    taken: () => 0,
    state: () => INFLATE.finished,
  };
  const { checkpoints: _, textBytes: __, stopped: ___, ...end } = await parseSlots(kernel, shared, source, take, async () => undefined);
  return end;
}

export const scannerParser: Parser = async (chunks, each) => {
  const scanner = createScanner(eachRow(each));
  for (const chunk of chunks) {
    scanner.push(chunk);
    if (scanner.broken()) break;
  }
  return scanner.finish();
};

export const parsers: [string, Parser][] = [
  ['kernel', kernelParser],
  ['scanner', scannerParser],
];

export async function parseAll(parser: Parser, chunks: Iterable<Uint8Array>): Promise<{ rows: Row[]; end: ParsedEnd }> {
  const rows: Row[] = [];
  const end = await parser(chunks, (row) => void rows.push(row));
  return { rows, end };
}

function* pieces512K(chunks: Iterable<Uint8Array>): Generator<Uint8Array, undefined> {
  for (const chunk of chunks) for (let at = 0; at < chunk.length; at += CHUNK) yield chunk.subarray(at, at + CHUNK);
}

/** Text cut into pieces of `size` bytes. */
export function* inPieces(text: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

function eachRow(each: (row: Row) => void): TakeBlock {
  const texts: string[] = [];
  const tracks: [string, string][] = [];
  return (block, strings) => {
    const text = (id: number) => (texts[id] ??= decodeRaw(strings.bytes(id)));
    const track = (id: number) => (tracks[id] ??= trackOf(utf8(strings.bytes(id))));
    for (let row = 0; row < block.rows; row++) each(rowOf(block, row, text, track));
  };
}

function trackOf(track: string): [string, string] {
  const pid = /^(?:[^"\\]|\\[\s\S])*/.exec(track)![0];
  return [unescapeJson(pid), unescapeJson(track.slice(pid.length + 1))];
}

function rowOf(block: Block, row: number, text: (id: number) => string, track: (id: number) => [string, string]): Row {
  const flags = block.flags[row];
  const column = (flag: number, values: ArrayLike<number>): number | undefined => (flags & flag ? values[row] : undefined);
  const string = (flag: number, ids: Uint32Array): string | undefined => (flags & flag ? text(ids[row]) : undefined);
  const id = (flag: number, values: Float64Array): number | string | undefined =>
    (flags & flag) === 0 ? undefined : values[row] >= 0 ? values[row] : text(-1 - values[row]);
  const [pid, tid] = track(block.track[row]);
  return {
    record: block.record[row],
    ph: block.phase[row] ? String.fromCharCode(block.phase[row]) : undefined,
    cat: string(HAS.category, block.category),
    name: string(HAS.name, block.name),
    pid,
    tid,
    ts: flags & HAS.badTs ? 'bad' : column(HAS.ts, block.ts),
    dur: flags & HAS.badDur ? 'bad' : column(HAS.dur, block.dur),
    id: id(HAS.id, block.id),
    correlation: id(HAS.correlation, block.correlation),
    external: id(HAS.external, block.external),
    gridX: column(HAS.grid, block.gridX),
    bytes: column(HAS.bytes, block.bytes),
    device: string(HAS.device, block.device),
    stream: string(HAS.stream, block.stream),
    bind: flags & HAS.bindEnclosing ? 'e' : undefined,
    args: flags & HAS.args ? utf8(block.args.subarray(block.argsFrom[row], block.argsTo[row])) : undefined,
  };
}
