/** Inflates with the kernel, as the reader does, and says how it ended. */
import { memoryFile } from '../../../src/core/read/bytes.js';
import { gzipInput, gzipInputBytes, INFLATE, WINDOW } from '../../../src/core/read/input.js';
import { slotAt, slotBytes } from '../../../src/core/read/slots.js';
import { createMemory, HEAP, instantiate, type Kernel, kernelModule } from '../../../src/core/read/wasm/kernel.js';

export interface Gunzipped {
  text: Buffer;
  /** how it ended */
  state: keyof typeof INFLATE;
}

const NAMES = Object.keys(INFLATE) as (keyof typeof INFLATE)[];
const MEMORY = slotBytes(2) + (2 << 20);
/** Outputs up to this many bytes are looked at; more is a bomb. */
const MOST = 64 << 20;

let shared: { kernel: Kernel; memory: WebAssembly.Memory } | undefined;

/** `pieces` is how much the file gives at once, `chunk` how much is inflated at once. */
export async function gunzip(file: Uint8Array, pieces = 1 << 20, chunk = 1 << 19): Promise<Gunzipped> {
  if (!shared) {
    const memory = createMemory(MEMORY);
    shared = { memory, kernel: instantiate((await kernelModule())!, memory) };
  }
  const { kernel, memory } = shared;
  const before = Buffer.from(new Uint8Array(memory.buffer, HEAP + slotBytes(2) + gzipInputBytes(kernel), 4096));
  const { read } = memoryFile('test.gz', file);
  const input = gzipInput(kernel, memory, HEAP + slotBytes(2), (into, position) => read(into.subarray(0, pieces), position));
  const parts: Buffer[] = [];
  let total = 0;
  for (let i = 0; ; i++) {
    const at = slotAt(HEAP, 2, i);
    const { length, state } = await input.fill(at, chunk);
    parts.push(Buffer.from(new Uint8Array(memory.buffer, at, length).slice()));
    total += length;
    // What the parser does with the room in front of a slot.
    new Uint8Array(memory.buffer, at - WINDOW, WINDOW).fill(0xaa);
    if (state !== INFLATE.running || total > MOST) {
      const after = Buffer.from(new Uint8Array(memory.buffer, HEAP + slotBytes(2) + gzipInputBytes(kernel), 4096));
      if (!before.equals(after)) throw new Error('inflate wrote behind its memory');
      return { text: Buffer.concat(parts), state: NAMES.find((name) => INFLATE[name] === state)! };
    }
  }
}
