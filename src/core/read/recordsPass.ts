/** The texts of many records in one pass over the file: each seek would decompress some megabytes for one record. */
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { INFLATE, inflater, WINDOW } from './input.js';
import { utf8 } from './text.js';
import { unpack } from './unpack.js';
import { createMemory, HEAP, instantiate, kernelModule } from './wasm/kernel.js';

/** Takes the JSON text of a record, and its place among the offsets asked for. */
export type TakeRecord = (index: number, text: string) => void;

const INPUT_BYTES = 1 << 20;
const OUTPUT_BYTES = 1 << 20;
const SLACK = 1024;
/** Others run every so many milliseconds. */
const TURN_MS = 50;
/** A record that does not end within this is none. */
const LONGEST = 1 << 28;
const OPENING_BRACE = 0x7b;

/**
 * Gives the records that begin at `offsets` (ascending, bytes of text) to `take`, in that order. Where there is no record, because
 * the file has changed or is damaged, none is given.
 */
export async function passRecords(file: ByteFile, compression: Compression, offsets: Float64Array, take: TakeRecord): Promise<void> {
  let turnEnds = performance.now() + TURN_MS;
  let next = 0;
  let position = 0;
  /** the record that the piece before ended in */
  let begun: { parts: Uint8Array[]; length: number; scan: Scan } | undefined;
  if (offsets.length === 0) return;
  for await (const bytes of pieces(file, compression)) {
    while (next < offsets.length && offsets[next] < position + bytes.length) {
      const from = begun ? 0 : offsets[next] - position;
      const scan: Scan = begun?.scan ?? { depth: 0, inString: false, escaped: false };
      const isRecord = begun !== undefined || bytes[from] === OPENING_BRACE;
      const end = isRecord ? scanObject(bytes, from, scan) : from;
      const parts = begun?.parts ?? [];
      const length = (begun?.length ?? 0) + end - from;
      begun = undefined;
      if (isRecord && scan.depth > 0 && length < LONGEST) {
        parts.push(bytes.slice(from, end));
        begun = { parts, length, scan };
        break;
      }
      if (isRecord && scan.depth === 0) take(next, utf8(joined(parts, bytes.subarray(from, end))));
      next++;
    }
    position += bytes.length;
    if (next === offsets.length) return;
    if (performance.now() < turnEnds) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turnEnds = performance.now() + TURN_MS;
  }
}

function joined(parts: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  if (parts.length === 0) return last;
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, last.length));
  let at = 0;
  for (const part of [...parts, last]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How far the end of an object has been looked for. */
interface Scan {
  depth: number;
  inString: boolean;
  escaped: boolean;
}

/** One past the object's end, then the depth is 0; the number of bytes when it goes on behind them. */
function scanObject(bytes: Uint8Array, from: number, scan: Scan): number {
  let { depth, inString, escaped } = scan;
  let at = from;
  do {
    const c = bytes[at++];
    if (inString) {
      if (escaped) escaped = false;
      else if (c === 0x5c) escaped = true;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d || c === 0x5d) depth--;
  } while (depth > 0 && at < bytes.length);
  Object.assign(scan, { depth, inString, escaped });
  return at;
}

/** The text of the file from its beginning; a piece is good until the next is asked for. */
async function* pieces(file: ByteFile, compression: Compression): AsyncGenerator<Uint8Array> {
  const module = compression === 'gzip' ? await kernelModule() : undefined;
  if (compression === 'none') yield* plainPieces(file);
  else if (module) yield* gzipPieces(file, module);
  else for await (const { bytes } of unpack(file, compression)) yield bytes;
}

async function* plainPieces(file: ByteFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(OUTPUT_BYTES);
  for (let position = 0; ; ) {
    const count = await file.read(buffer, position);
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}

async function* gzipPieces(file: ByteFile, module: WebAssembly.Module): AsyncGenerator<Uint8Array> {
  const memory = createMemory(WINDOW + OUTPUT_BYTES + SLACK + INPUT_BYTES + (1 << 19));
  const kernel = instantiate(module, memory);
  const out = HEAP + WINDOW;
  kernel.startInflate(out + OUTPUT_BYTES + SLACK, INPUT_BYTES, 0);
  const inflateTo = inflater(kernel, memory, file.read.bind(file), 0);
  for (;;) {
    const end = await inflateTo(out, out + OUTPUT_BYTES);
    yield new Uint8Array(memory.buffer, out, end - out);
    const state = kernel.inflateState();
    if (state !== INFLATE.running && state !== INFLATE.memberEnd) return;
    kernel.copy(out - WINDOW, end - WINDOW, WINDOW);
  }
}
