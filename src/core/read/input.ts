/** Where text comes from: it is put into the kernel's memory piece by piece, decompressed if need be. */
import type { Piece } from './unpack.js';
import type { Kernel } from './wasm/kernel.js';

/** Why inflating stopped. The numbers are those of wasm/inflate.as.ts, and one more. */
export const INFLATE = { running: 0, needInput: 1, checkpoint: 2, memberEnd: 3, finished: 4, truncated: 5, corrupt: 6, badChecksum: 7 } as const;

export const WINDOW = 32768;
/** A checkpoint for random access every so many bytes of text. */
export const CHECKPOINT_STEP = 4 << 20;
const INPUT_BYTES = 1 << 20;

export interface Filled {
  length: number;
  checkpoint: number;
  /** INFLATE.running: there may be more */
  state: number;
  taken: number;
}

export interface TextInput {
  /** puts up to `length` bytes of text at `at`; less is not the end */
  fill(at: number, length: number): Promise<Filled>;
}

/** Reads a part of the file; 0 at its end. */
export type Read = (into: Uint8Array, position: number) => Promise<number>;

/** Text that is in the file as it is. */
export function plainInput(memory: WebAssembly.Memory, read: Read): TextInput {
  let position = 0;
  return {
    async fill(at, length) {
      const count = await read(new Uint8Array(memory.buffer, at, length), position);
      position += count;
      return { length: count, checkpoint: -1, state: count === 0 ? INFLATE.finished : INFLATE.running, taken: position };
    },
  };
}

/** Text that was decompressed elsewhere. */
export function pieceInput(memory: WebAssembly.Memory, pieces: AsyncGenerator<Piece>): TextInput {
  let piece: Piece = { bytes: new Uint8Array(0), taken: 0, state: INFLATE.running };
  return {
    async fill(at, length) {
      if (piece.bytes.length === 0 && piece.state === INFLATE.running) piece = (await pieces.next()).value;
      const part = piece.bytes.subarray(0, length);
      new Uint8Array(memory.buffer, at, length).set(part);
      piece = { ...piece, bytes: piece.bytes.subarray(part.length) };
      return { length: part.length, checkpoint: -1, state: piece.state, taken: piece.taken };
    },
  };
}

/** Bytes of memory that gzipInput needs. */
export function gzipInputBytes(kernel: Kernel): number {
  return WINDOW + (kernel.inflateBytes(INPUT_BYTES) >>> 0);
}

/** Text behind gzip, from the beginning of the file. The output of one `fill` may lie elsewhere than that of the one before. */
export function gzipInput(kernel: Kernel, memory: WebAssembly.Memory, at: number, read: Read): TextInput {
  const history = at; // the last output, because where it was put may change
  kernel.startInflate(at + WINDOW, INPUT_BYTES, CHECKPOINT_STEP);
  const inflateTo = inflater(kernel, memory, read, 0);
  let checksum = 0;
  return {
    async fill(out, length) {
      kernel.copy(out - WINDOW, history, WINDOW);
      let end = out;
      let state: number;
      do {
        const from = end;
        end = await inflateTo(from, out + length);
        checksum = kernel.crc32(checksum, from, end - from);
        state = kernel.inflateState();
        if (state === INFLATE.memberEnd) {
          if (!kernel.memberIntact(checksum)) state = INFLATE.badChecksum;
          checksum = 0;
        }
      } while (state === INFLATE.memberEnd);
      kernel.copy(history, end - WINDOW, WINDOW);
      const atCheckpoint = state === INFLATE.checkpoint;
      return {
        length: end - out,
        checkpoint: atCheckpoint ? kernel.bitPosition() : -1,
        state: atCheckpoint ? INFLATE.running : state,
        taken: kernel.takenBytes(),
      };
    },
  };
}

/** Inflates from `out` until `limit`, a checkpoint or an end, and reads the file from `position` on as it needs. */
export function inflater(kernel: Kernel, memory: WebAssembly.Memory, read: Read, position: number) {
  return async (out: number, limit: number): Promise<number> => {
    for (;;) {
      out = kernel.inflate(out, limit) >>> 0;
      if (kernel.inflateState() !== INFLATE.needInput) return out;
      const at = kernel.inputAt() >>> 0;
      const room = kernel.inputRoom() >>> 0;
      // A gzip header that does not fit into the input buffer is none: reading ends as if the file did.
      const count = room === 0 ? 0 : await read(new Uint8Array(memory.buffer, at, room), position);
      position += count;
      kernel.addInput(count, count === 0 ? 1 : 0);
    }
  };
}
