/** The only door to the readers. */
import type { Progress } from '../../shared/protocol.js';
import { createBuilder } from '../trace/builder.js';
import type { Trace } from '../trace/trace.js';
import type { ByteFile } from './bytes.js';
import { createChromeReader } from './chrome.js';
import { compressionOf } from './compression.js';
import { damageOf } from './damage.js';
import { fileFacts } from './facts.js';
import { readBlocks } from './pipeline.js';

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
export async function readTrace(file: ByteFile, options: ReadOptions = {}): Promise<{ trace: Trace; records: Records }> {
  const head = new Uint8Array(64);
  await file.read(head, 0);
  const compression = compressionOf(head);
  const builder = createBuilder();
  const chrome = createChromeReader(builder);
  const reading = await readBlocks(file, compression, chrome.take, keepGoing(file, options, chrome.events));
  chrome.finish();
  const { epochOffsetNs, ...facts } = fileFacts(reading.members, reading.baseNs);
  const meta = { ...facts, events: chrome.records(), textBytes: reading.textBytes, damage: damageOf(reading, compression, chrome.records()) };
  const trace = builder.finish(meta, { baseNs: reading.baseNs, epochOffsetNs });
  return { trace, records: { text: async () => '', save: () => new Uint8Array(0) } };
}

const TURN_MS = 50;

/** Reports progress and lets others run every now and then; answers false when reading was cancelled. */
function keepGoing(file: ByteFile, options: ReadOptions, events: () => number): (taken: number) => Promise<boolean> {
  let turnEnds = performance.now() + TURN_MS;
  return async (taken) => {
    if (performance.now() < turnEnds) return true;
    options.progress?.({ readBytes: taken, fileBytes: file.size, events: events(), stage: 'Reading' });
    await new Promise((resolve) => setTimeout(resolve));
    turnEnds = performance.now() + TURN_MS;
    return !options.cancelled?.();
  };
}
