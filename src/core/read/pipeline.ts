/** From a file to parsed blocks: which decompressor, which parser, how many threads. */
import type { TakeBlock } from './blocks.js';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { gzipInput, gzipInputBytes, plainInput, type TextInput } from './input.js';
import { slotBytes, slotsOnThisThread } from './slots.js';
import { createMemory, HEAP, instantiate, type Kernel, kernelModule } from './wasm/kernel.js';
import { type Parsed, parseSlots } from './wasmParser.js';

export interface Reading extends Parsed {
  /** how the decompression ended, one of INFLATE */
  input: number;
  /** bytes of the file that were read */
  taken: number;
  /** goOn said no */
  stopped: boolean;
}

/** Asked between two pieces of text; false stops reading. */
export type GoOn = (taken: number) => Promise<boolean>;

/** Reads the text of a file into blocks. */
export async function readBlocks(file: ByteFile, compression: Compression, take: TakeBlock, goOn: GoOn): Promise<Reading> {
  const module = await kernelModule();
  if (!module) throw new Error('not yet');
  return readWithKernel(module, file, compression, take, goOn);
}

async function readWithKernel(module: WebAssembly.Module, file: ByteFile, compression: Compression, take: TakeBlock, goOn: GoOn): Promise<Reading> {
  const memory = createMemory(slotBytes(2) + (4 << 20));
  const kernel = instantiate(module, memory);
  const ring = HEAP;
  const inflateAt = ring + slotBytes(2);
  kernel.start(inflateAt + gzipInputBytes(kernel));
  const source = slotsOnThisThread(inputOf(kernel, memory, inflateAt, file, compression), ring);
  let stopped = false;
  const parsed = await parseSlots(kernel, memory, source, take, async () => {
    stopped = !(await goOn(source.taken()));
    return !stopped;
  });
  return { ...parsed, input: source.state(), taken: source.taken(), stopped };
}

function inputOf(kernel: Kernel, memory: WebAssembly.Memory, at: number, file: ByteFile, compression: Compression): TextInput {
  const read = file.read.bind(file);
  if (compression === 'gzip') return gzipInput(kernel, memory, at, read);
  return plainInput(memory, read);
}
