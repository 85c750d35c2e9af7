/** Gives back the text of a record: neither text nor args are kept, so it is read, and decompressed, once more. */
import type { ByteFile } from './bytes.js';
import { COMPRESSIONS, type Compression } from './compression.js';
import { INFLATE, inflater, WINDOW } from './input.js';
import { passRecords, type TakeRecord } from './recordsPass.js';
import { utf8 } from './text.js';
import { unpackRange } from './unpack.js';
import { createMemory, HEAP, instantiate, kernelModule } from './wasm/kernel.js';

export interface Records {
  /** the JSON text of the record that begins at `offset`: an object whose member `args` holds its args */
  text(offset: number): Promise<string>;
  /** gives the records at ascending offsets to `take`, in one pass over the file */
  pass(offsets: Float64Array, take: TakeRecord): Promise<void>;
  /** what must be kept to make `text` work again after a restart (inflate checkpoints); empty for plain files */
  save(): Uint8Array;
}

/** A place from which gzip can be inflated again. */
export interface Checkpoint {
  /** of the compressed file */
  bit: number;
  /** bytes of text before it */
  offset: number;
  /** the last 32 KB before it */
  window: Uint8Array;
}

/** Bytes of text from `offset` on; fewer than `length` only at the end. */
type ReadText = (offset: number, length: number) => Promise<Uint8Array>;

/** Nearly every record is shorter. */
const FIRST_TRY = 1 << 14;
const LONGEST = 1 << 28;

export function createRecords(file: ByteFile, compression: Compression, checkpoints: Checkpoint[]): Records {
  const readText = textReader(file, compression, checkpoints);
  return {
    async text(offset) {
      for (let length = FIRST_TRY; ; length *= 8) {
        const bytes = await readText(offset, length);
        const end = objectEnd(bytes);
        if (end > 0) return utf8(bytes.subarray(0, end));
        if (bytes.length < length || length > LONGEST) throw new Error(`There is no record at byte ${offset} of ${file.name}: the file has changed.`);
      }
    },
    pass: (offsets, take) => passRecords(file, compression, offsets, take),
    save: () => saveRecords(compression, checkpoints),
  };
}

/** The text of a file at any place; from its beginning where there is no checkpoint. */
export function textReader(file: ByteFile, compression: Compression, checkpoints: Checkpoint[]): ReadText {
  if (compression === 'none') return (offset, length) => readRange(file, offset, length);
  const fromStart: ReadText = (offset, length) => unpackRange(file, compression, offset, length);
  if (compression === 'zstd') return fromStart;
  let reader: Promise<ReadText> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (offset, length) => {
    reader ??= gzipReader(file, checkpoints).then((random) => random ?? fromStart);
    // One after the other: they share the decompressor.
    const result = last.then(async () => (await reader!)(offset, length));
    last = result.catch(() => undefined);
    return result;
  };
}

async function readRange(file: ByteFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled), offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

const INPUT_BYTES = 1 << 17;
const OUTPUT_BYTES = 1 << 18;
const SLACK = 1024;

/** Inflates from the last checkpoint before what is wanted; undefined where the kernel cannot run. */
async function gzipReader(file: ByteFile, checkpoints: Checkpoint[]): Promise<ReadText | undefined> {
  const module = await kernelModule();
  if (!module) return undefined;
  const memory = createMemory(WINDOW + OUTPUT_BYTES + SLACK + (1 << 19));
  const kernel = instantiate(module, memory);
  const out = HEAP + WINDOW;
  const inflateAt = out + OUTPUT_BYTES + SLACK;
  return async (offset, length) => {
    const from = checkpoints.findLast((checkpoint) => checkpoint.offset <= offset);
    kernel.startInflate(inflateAt, INPUT_BYTES, 0);
    if (from) {
      kernel.resumeInflate(from.bit);
      new Uint8Array(memory.buffer, out - WINDOW, WINDOW).set(from.window);
    }
    const inflateTo = inflater(kernel, memory, file.read.bind(file), from ? Math.floor(from.bit / 8) : 0);
    const result = new Uint8Array(length);
    let filled = 0;
    for (let position = from?.offset ?? 0; filled < length; ) {
      const end = await inflateTo(out, out + OUTPUT_BYTES);
      const skip = Math.max(0, offset - position);
      const part = new Uint8Array(memory.buffer, out, end - out).subarray(skip, skip + length - filled);
      result.set(part, filled);
      filled += part.length;
      position += end - out;
      const state = kernel.inflateState();
      if (state !== INFLATE.running && state !== INFLATE.memberEnd) break;
      kernel.copy(out - WINDOW, end - WINDOW, WINDOW);
    }
    return result.subarray(0, filled);
  };
}

/** One past the object that opens at the beginning; 0 when it is not complete. */
function objectEnd(bytes: Uint8Array): number {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const c = bytes[at];
    if (inString) {
      if (c === 0x5c) at++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return at + 1;
    if (depth === 0) return 0;
  }
  return 0;
}

const VERSION = 1;

/** Doubles first (version, compression, count, then bit and offset of each checkpoint), then the windows. */
function saveRecords(compression: Compression, checkpoints: Checkpoint[]): Uint8Array {
  if (compression === 'none') return new Uint8Array(0);
  const numbers = new Float64Array([
    VERSION,
    COMPRESSIONS.indexOf(compression),
    checkpoints.length,
    ...checkpoints.flatMap(({ bit, offset }) => [bit, offset]),
  ]);
  const saved = new Uint8Array(numbers.byteLength + checkpoints.length * WINDOW);
  saved.set(new Uint8Array(numbers.buffer));
  for (const [i, { window }] of checkpoints.entries()) saved.set(window, numbers.byteLength + i * WINDOW);
  return saved;
}

/** Makes `Records` for a file again from what `save` gave. */
export async function openTextRecords(file: ByteFile, saved: Uint8Array): Promise<Records> {
  if (saved.length === 0) return createRecords(file, 'none', []);
  const bytes = saved.slice();
  const numberAt = (index: number): number => new DataView(bytes.buffer).getFloat64(index * 8, true);
  const count = bytes.length >= 24 ? numberAt(2) : Number.NaN;
  const windows = 24 + count * 16;
  if (numberAt(0) !== VERSION || bytes.length !== windows + count * WINDOW) throw new Error(`The stored index of ${file.name} is not of this version.`);
  const checkpoints = Array.from({ length: count }, (_, i) => ({
    bit: numberAt(3 + i * 2),
    offset: numberAt(4 + i * 2),
    window: bytes.subarray(windows + i * WINDOW, windows + (i + 1) * WINDOW),
  }));
  return createRecords(file, COMPRESSIONS[numberAt(1)], checkpoints);
}
