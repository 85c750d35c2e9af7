/** From a file to parsed blocks: which decompressor, which parser, how many threads. */
import type { TakeBlock } from './blocks.js';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { controlBytes, type InflateStart, slotsOfThread } from './inflateThread.js';
import { gzipInput, gzipInputBytes, INFLATE, pieceInput, plainInput, type TextInput } from './input.js';
import { createScanner } from './scanner.js';
import { type SlotSource, slotBytes, slotsOnThisThread } from './slots.js';
import { unpack } from './unpack.js';
import { createMemory, HEAP, instantiate, type Kernel, kernelModule } from './wasm/kernel.js';
import { type Parsed, parseSlots } from './wasmParser.js';

/** What only the platform can do. Everything is optional: without it reading is slower, never different. */
export interface Platform {
  /** starts dist/inflate.js on another thread, with `data` as its start message */
  startInflate?(data: unknown): { stop(): void; failed: Promise<never> };
  /** false: reads with plain TypeScript even where WASM could run */
  wasm?: boolean;
}

export interface Reading extends Parsed {
  /** how the decompression ended, one of INFLATE */
  input: number;
  /** bytes of the file that were read */
  taken: number;
  /** `goOn` said no */
  stopped: boolean;
}

/** Asked between two pieces of text; false stops reading. */
export type GoOn = (taken: number) => Promise<boolean>;

/** A smaller file has been read before a thread has started. */
const WORTH_A_THREAD = 4 << 20;
const THREAD_SLOTS = 8;

/** Reads the text of a file into blocks. */
export async function readBlocks(file: ByteFile, compression: Compression, take: TakeBlock, goOn: GoOn, platform: Platform): Promise<Reading> {
  const module = platform.wasm === false ? undefined : await kernelModule();
  if (!module) return readWithScanner(file, compression, take, goOn);
  const startInflate = compression === 'gzip' && file.size >= WORTH_A_THREAD ? platform.startInflate : undefined;
  const slots = startInflate ? THREAD_SLOTS : 2;
  const memory = createMemory(slotBytes(slots));
  const kernel = instantiate(module, memory);
  const ring = HEAP;
  const inflateAt = ring + slotBytes(slots);
  kernel.start(inflateAt + gzipInputBytes(kernel));
  const onThisThread = (): SlotSource => slotsOnThisThread(inputOf(kernel, memory, inflateAt, file, compression), ring);
  if (!startInflate) return readWithKernel(kernel, memory, onThisThread(), take, goOn);

  const start: InflateStart = { module, memory, control: new SharedArrayBuffer(controlBytes(slots)), ring, slots, inflateAt };
  const thread = startInflate(start);
  try {
    return await readWithKernel(kernel, memory, slotsOfThread(start, thread.failed, onThisThread), take, goOn);
  } finally {
    thread.stop();
  }
}

function inputOf(kernel: Kernel, memory: WebAssembly.Memory, at: number, file: ByteFile, compression: Compression): TextInput {
  const read = file.read.bind(file);
  if (compression === 'gzip') return gzipInput(kernel, memory, at, read);
  return compression === 'none' ? plainInput(memory, read) : pieceInput(memory, unpack(file, compression));
}

async function readWithKernel(kernel: Kernel, memory: WebAssembly.Memory, source: SlotSource, take: TakeBlock, goOn: GoOn): Promise<Reading> {
  let stopped = false;
  const parsed = await parseSlots(kernel, memory, source, take, async () => {
    stopped = !(await goOn(source.taken()));
    return !stopped;
  });
  return { ...parsed, input: source.state(), taken: source.taken(), stopped };
}

async function readWithScanner(file: ByteFile, compression: Compression, take: TakeBlock, goOn: GoOn): Promise<Reading> {
  const scanner = createScanner(take);
  const reading = { input: INFLATE.running as number, taken: 0, stopped: false, textBytes: 0, checkpoints: [] };
  for await (const { bytes, taken, state } of unpack(file, compression)) {
    reading.textBytes += bytes.length;
    reading.taken = taken;
    reading.input = state;
    if (!scanner.push(bytes)) break;
    reading.stopped = !(await goOn(taken));
    if (reading.stopped) break;
  }
  return { ...scanner.finish(), ...reading };
}
