/** From a file to parsed blocks: which decompressor, which parser, how many threads. */
import type { TakeBlock } from './blocks.js';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { controlBytes, type InflateStart, slotsOfThread } from './inflateThread.js';
import { gzipInput, gzipInputBytes, INFLATE, pieceInput, plainInput, type TextInput } from './input.js';
import { createScanner } from './scanner.js';
import { type SlotSource, slotBytes, slotsOnThisThread } from './slots.js';
import type { Database } from './sqlite/database.js';
import { type Piece, unpack } from './unpack.js';
import { createMemory, HEAP, instantiate, type Kernel, kernelModule } from './wasm/kernel.js';
import { type Parsed, parseSlots } from './wasmParser.js';

/** dist/inflate.js on a thread of its own: already on its way when it is told what to do. */
export interface InflateThread {
  /** sends its start message */
  start(data: unknown): void;
  stop(): void;
  /** rejects when the thread dies */
  failed: Promise<never>;
}

/** What only the platform can do. Everything is optional: without it reading of text is slower, never different. */
export interface Platform {
  /** another file of the same folder; undefined when there is none */
  beside?(name: string): Promise<ByteFile | undefined>;
  /** opens the file as an SQLite database; without it those are refused */
  openDatabase?(): Promise<Database>;
  inflateThread?(): InflateThread;
  /** false: reads with plain TypeScript even where WASM could run */
  wasm?: boolean;
}

export interface Reading extends Parsed {
  /** how the decompression ended, one of INFLATE */
  input: number;
  /** bytes of the file that were read */
  taken: number;
}

/** Asked between two pieces of text, with the bytes of the file that were read: why reading must stop, if it must. */
export type AskStop = (taken: number) => Promise<string | undefined>;

/** A smaller file has been read before a thread has started. */
const WORTH_A_THREAD = 4 << 20;
const THREAD_SLOTS = 8;

/** Reads the text of a file into blocks. */
export async function readBlocks(file: ByteFile, compression: Compression, take: TakeBlock, askStop: AskStop, platform: Platform): Promise<Reading> {
  if (platform.wasm === false) return readWithScanner(file, compression, take, askStop);
  const thread = compression === 'gzip' && file.size >= WORTH_A_THREAD ? platform.inflateThread?.() : undefined;
  try {
    const module = await kernelModule();
    if (!module) return await readWithScanner(file, compression, take, askStop);
    const slots = thread ? THREAD_SLOTS : 2;
    const memory = createMemory(slotBytes(slots));
    const kernel = instantiate(module, memory);
    const ring = HEAP;
    const inflateAt = ring + slotBytes(slots);
    kernel.start(inflateAt + gzipInputBytes(kernel));
    const onThisThread = (): SlotSource => slotsOnThisThread(inputOf(kernel, memory, inflateAt, file, compression), ring);
    if (!thread) return await readWithKernel(kernel, memory, onThisThread(), take, askStop);
    const start: InflateStart = { module, memory, control: new SharedArrayBuffer(controlBytes(slots)), ring, slots, inflateAt };
    thread.start(start);
    return await readWithKernel(kernel, memory, slotsOfThread(start, thread.failed, onThisThread), take, askStop);
  } finally {
    thread?.stop();
  }
}

function inputOf(kernel: Kernel, memory: WebAssembly.Memory, at: number, file: ByteFile, compression: Compression): TextInput {
  const read = file.read.bind(file);
  if (compression === 'gzip') return gzipInput(kernel, memory, at, read);
  return compression === 'none' ? plainInput(memory, read) : pieceInput(memory, unpack(file, compression));
}

async function readWithKernel(kernel: Kernel, memory: WebAssembly.Memory, source: SlotSource, take: TakeBlock, askStop: AskStop): Promise<Reading> {
  const parsed = await parseSlots(kernel, memory, source, take, () => askStop(source.taken()));
  return { ...parsed, input: source.state(), taken: source.taken() };
}

async function readWithScanner(file: ByteFile, compression: Compression, take: TakeBlock, askStop: AskStop): Promise<Reading> {
  const scanner = createScanner(take);
  let textBytes = 0;
  let last: Omit<Piece, 'bytes'> = { taken: 0, state: INFLATE.running };
  let stopped: string | undefined;
  for await (const piece of unpack(file, compression)) {
    last = piece;
    textBytes += piece.bytes.length;
    stopped = scanner.push(piece.bytes) ?? (await askStop(piece.taken));
    if (stopped !== undefined || scanner.broken()) break;
  }
  return { ...scanner.finish(), stopped, textBytes, checkpoints: [], input: last.state, taken: last.taken };
}
