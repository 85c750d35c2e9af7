/**
 * Decompression in plain JavaScript, and the only file that uses its libraries: gzip with pako where the WASM kernel
 * cannot run, zstd with fzstd.
 */
import { Decompress } from 'fzstd';
import { Inflate } from 'pako';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { INFLATE } from './input.js';

/** Some text, and how far into the file it reaches. */
export interface Piece {
  bytes: Uint8Array;
  taken: number;
  /** one of INFLATE: running, or how it ended; the last piece only */
  state: number;
}

declare module 'pako' {
  interface Inflate {
    /** zlib's stream: what it has put out and pako has not handed over yet, which it drops where the data is damaged */
    strm: { output: Uint8Array; next_out: number; msg: string };
  }
}

/** A small part of the file at a time: a thousand times as much may come out of it. */
const INPUT_BYTES = 1 << 16;
/** Of a file that is no longer than its text. */
const PLAIN_BYTES = 1 << 20;

/** Takes a part of the file, gives the text in it. */
interface Decompressor {
  push(part: Uint8Array, isLast: boolean): Uint8Array[];
  /** one of INFLATE */
  state(): number;
}

/** The text of a file, piece by piece. */
export async function* unpack(file: ByteFile, compression: Compression): AsyncGenerator<Piece> {
  const decompressor = compression === 'gzip' ? gunzip() : compression === 'zstd' ? unzstd() : asIs();
  for (let taken = 0; ; ) {
    const part = new Uint8Array(compression === 'none' ? PLAIN_BYTES : INPUT_BYTES);
    const count = await file.read(part, taken);
    taken += count;
    for (const bytes of decompressor.push(part.subarray(0, count), count === 0)) yield { bytes, taken, state: INFLATE.running };
    const state = decompressor.state();
    if (state !== INFLATE.running) return yield { bytes: new Uint8Array(0), taken, state };
  }
}

/** A part of the text, by decompressing everything before it. */
export async function unpackRange(file: ByteFile, compression: Compression, offset: number, length: number): Promise<Uint8Array> {
  const result = new Uint8Array(length);
  let position = 0;
  let filled = 0;
  for await (const { bytes } of unpack(file, compression)) {
    const skip = Math.max(0, offset - position);
    const part = bytes.subarray(skip, skip + length - filled);
    result.set(part, filled);
    filled += part.length;
    position += bytes.length;
    if (filled === length) break;
  }
  return result.subarray(0, filled);
}

/**
 * The text behind zlib or zstd that is in memory, piece by piece, while `take` wants more. Answers how it ended: one of INFLATE,
 * running when `take` did not want more.
 */
export function unpackBytes(bytes: Uint8Array, kind: 'zlib' | 'zstd', take: (piece: Uint8Array) => boolean): number {
  const decompressor = kind === 'zlib' ? gunzip(ZLIB_WINDOW) : unzstd();
  for (let at = 0; ; at += INPUT_BYTES) {
    const part = bytes.subarray(at, at + INPUT_BYTES);
    for (const piece of decompressor.push(part, part.length === 0)) if (!take(piece)) return INFLATE.running;
    if (decompressor.state() !== INFLATE.running) return decompressor.state();
  }
}

function asIs(): Decompressor {
  let state: number = INFLATE.running;
  return {
    push(part, isLast) {
      if (isLast) state = INFLATE.finished;
      return [part];
    },
    state: () => state,
  };
}

/** zlib's windowBits: which header the data has. */
const GZIP_WINDOW = 31;
const ZLIB_WINDOW = 15;

function gunzip(windowBits = GZIP_WINDOW): Decompressor {
  const Z_BUF_ERROR = -5;
  let state: number = INFLATE.running;
  let out: Uint8Array[] = [];
  let memberEnded = false;
  const begin = (): Inflate => {
    const inflate = new Inflate({ windowBits, chunkSize: INPUT_BYTES });
    inflate.onData = (chunk) => void out.push(new Uint8Array(chunk));
    inflate.onEnd = (status) => {
      memberEnded = status === 0;
      if (status === Z_BUF_ERROR) state = INFLATE.truncated;
      else if (status !== 0) {
        out.push(inflate.strm.output.slice(0, inflate.strm.next_out));
        state = /check/.test(inflate.msg || inflate.strm.msg) ? INFLATE.badChecksum : INFLATE.corrupt;
      }
    };
    return inflate;
  };
  let inflate = begin();
  return {
    push(part, isLast) {
      out = [];
      if (memberEnded) {
        // pako goes on to the next member by itself, except when it begins with a new part.
        if (isLast || part[0] !== 0x1f) state = INFLATE.finished;
        else inflate = begin();
        memberEnded = false;
      }
      if (state === INFLATE.running) inflate.push(part, isLast);
      return out;
    },
    state: () => state,
  };
}

function unzstd(): Decompressor {
  let state: number = INFLATE.running;
  let out: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => void out.push(chunk.slice()));
  return {
    push(part, isLast) {
      out = [];
      try {
        decompress.push(part, isLast);
        if (isLast) state = INFLATE.finished;
      } catch {
        state = isLast ? INFLATE.truncated : INFLATE.corrupt;
      }
      return out;
    },
    state: () => state,
  };
}
