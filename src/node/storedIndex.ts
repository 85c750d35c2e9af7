/** The stored index of a trace file: its columns, its levels and what finds its records, so that the second open reads nothing anew. */
import { openRecords, type Platform, type Records } from '../core/read/read.js';
import type { Levels } from '../core/trace/levels.js';
import { restoreTrace, saveTrace } from '../core/trace/store.js';
import type { Trace } from '../core/trace/trace.js';
import type { OpenFile } from './files.js';
import { readStored, storageKey, writeStored } from './storage.js';

/** Where indexes are kept. */
export interface IndexStore {
  folder: string;
  limitBytes: number;
  /** of the program: another one reads every file anew */
  version: string;
}

export interface Indexed {
  trace: Trace;
  records: Records;
  levels: Levels;
}

/** Bytes in front of the records: their length. Eight keep the columns aligned. */
const HEAD_BYTES = 8;
const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The index of the file at `path`; undefined when there is none, or none that can be trusted. Its records are read from `file`. */
export async function loadIndex({ folder, version }: IndexStore, path: string, file: OpenFile, platform: Platform): Promise<Indexed | undefined> {
  const stored = await readStored(folder, await storageKey(path, version));
  if (!stored || stored.length < HEAD_BYTES) return undefined;
  const recordBytes = new DataView(stored.buffer, stored.byteOffset).getUint32(0, true);
  const restored = restoreTrace(stored.subarray(HEAD_BYTES + aligned(recordBytes)));
  if (!restored) return undefined;
  return { ...restored, records: await openRecords(file, stored.subarray(HEAD_BYTES, HEAD_BYTES + recordBytes), platform) };
}

/** Stores the index of a file that was read to its end. */
export async function keepIndex({ folder, version, limitBytes }: IndexStore, path: string, { trace, records, levels }: Indexed): Promise<void> {
  const saved = records.save();
  const head = new Uint8Array(HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, saved.length, true);
  const padding = new Uint8Array(aligned(saved.length) - saved.length);
  await writeStored(folder, await storageKey(path, version), [head, saved, padding, ...saveTrace(trace, levels)], limitBytes);
}
