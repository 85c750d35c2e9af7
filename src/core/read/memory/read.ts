/** Opens PyTorch's memory files: allocator snapshots and memory timelines. */
import { createBuilder } from '../../trace/builder.js';
import type { Trace } from '../../trace/trace.js';
import type { ByteFile } from '../bytes.js';
import type { Compression } from '../compression.js';
import type { Records } from '../records.js';
import { readSnapshot } from './snapshotTrace.js';
import { MEMORY_FORMATS, type MemoryFormat } from './sniff.js';
import { readMemoryTimeline } from './timelineTrace.js';
import { wholeFile } from './whole.js';

/** Throws NotATrace: a part of such a file says nothing, so damage is refused. */
export async function readMemoryFile(file: ByteFile, compression: Compression, format: MemoryFormat): Promise<{ trace: Trace; records: Records }> {
  const bytes = await wholeFile(file, compression, MEMORY_FORMATS[format]);
  const read = format === 'memorySnapshot' ? readSnapshot : readMemoryTimeline;
  return { trace: read(bytes, createBuilder()), records: memoryRecords() };
}

const INDEX = new TextEncoder().encode('memory');

/** Whether `Records.save` of a memory file gave this. */
export function isMemoryIndex(saved: Uint8Array): boolean {
  return saved.length === INDEX.length && INDEX.every((byte, at) => saved[at] === byte);
}

/** Spans of a memory file have no arguments. */
export function memoryRecords(): Records {
  return {
    text: () => Promise.reject(new Error('A memory file records no arguments.')),
    pass: () => Promise.resolve(),
    save: () => INDEX,
  };
}
