/** The WASM kernel: loading it, and its functions with proper types. Addresses above 2 GB come out of WASM negative. */
import { kernelBase64 } from './kernel.gen.js';

/** What kernel.as.ts exports. Addresses and counts are i32 in WASM: use `>>> 0`. */
export interface Kernel {
  start(heap: number): void;
  allocate(bytes: number): number;
  columnAt(index: number): number;
  argsAt(): number;
  copy(to: number, from: number, bytes: number): void;

  parse(from: number, end: number): number;
  parserState(): number;
  parserOffset(): number;
  sawEvents(): number;
  eventsInObject(): number;
  strangerCount(): number;
  membersAt(): number;
  membersCount(): number;
  baseNs(): bigint;
  rows(): number;
  blockFull(): number;
  nextBlock(): void;
  stringAt(id: number): number;
  stringLength(id: number): number;

  inflateBytes(capacity: number): number;
  startInflate(memory: number, capacity: number, step: number): void;
  resumeInflate(bit: number): void;
  inflate(out: number, limit: number): number;
  inflateState(): number;
  memberIntact(checksum: number): number;
  crc32(checksum: number, at: number, length: number): number;
  inputAt(): number;
  inputRoom(): number;
  addInput(length: number, isLast: number): void;
  takenBytes(): number;
  bitPosition(): number;
}

/** Where the static data of the kernel ends; everything above is ours. */
export const HEAP = 1 << 16;
const PAGE = 1 << 16;

let compiled: Promise<WebAssembly.Module | undefined> | undefined;

/** The compiled kernel; undefined where WASM, its SIMD or its shared memory is missing. */
export function kernelModule(): Promise<WebAssembly.Module | undefined> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module | undefined> {
  try {
    createMemory(1);
    return await WebAssembly.compile(Uint8Array.from(atob(kernelBase64), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** Memory of at least `bytes`, which several threads may share. */
export function createMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil((HEAP + bytes) / PAGE), maximum: 65536, shared: true });
}

/** One thread's kernel over a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernel; // the module is ours
}
