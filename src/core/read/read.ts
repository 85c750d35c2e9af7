/** CONTRACT (the implementation replaces this comment): the only door to the readers. */
import type { Progress } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { ByteFile } from './bytes.js';

/** Gives back the text of a record from where it lies in the decompressed file. */
export interface Records {
  /** the JSON text of the record that begins at `offset` */
  text(offset: number): Promise<string>;
  /** what must be kept to make `text` work again after a restart (inflate checkpoints); empty for plain files */
  save(): Uint8Array;
}

/** What only the platform can do. Everything is optional: without it reading is slower, never different. */
export interface Platform {
  /** starts dist/inflate.js on another thread, with `data` as its start message */
  startInflate?(data: unknown): { stop(): void; failed: Promise<never> };
  /** inflates gzip by pushing chunks; used where our own inflate cannot run */
  wasm?: boolean;
}

export interface ReadOptions {
  progress?(progress: Progress): void;
  /** asked at least every 100 ms; true stops reading and keeps what was read */
  cancelled?(): boolean;
  platform?: Platform;
}

/** A file that is not a trace. `message` is one sentence that says what it seems to be and what to do. */
export class NotATrace extends Error {
  constructor(
    readonly title: string,
    message: string,
  ) {
    super(message);
  }
}

/** Reads any trace file. Throws NotATrace; damage inside a trace is reported in its meta. */
export declare function readTrace(file: ByteFile, options?: ReadOptions): Promise<{ trace: Trace; records: Records }>;

/** Makes `Records` for a file again from what `save` gave. */
export declare function openRecords(file: ByteFile, saved: Uint8Array): Promise<Records>;

/** What a file is, told from its name and its first bytes (decompressed where needed). */
export interface Sniffed {
  format: 'chrome' | 'none';
  /** for people: "PyTorch profiler trace", "a JSON file with the keys name, version" */
  says: string;
}
export declare function sniff(file: ByteFile): Promise<Sniffed>;
