/** Which memory file of PyTorch the beginning of a file is of. */

export const MEMORY_FORMATS = { memorySnapshot: 'PyTorch memory snapshot', memoryTimeline: 'PyTorch memory timeline' } as const;
export type MemoryFormat = keyof typeof MEMORY_FORMATS;

/** One change: time, action, bytes, category. */
export const RAW_ROW = /^\[\s*\[\s*-?\d+\s*,\s*[1-4]\s*,\s*-?\d+\s*,\s*[0-7]\s*\]/;
/** A list of times in µs, since 1970 or since the machine started. */
const TIMES = /^\[\s*\[\s*\d{8,}\s*(?:,\s*\d{8,}\s*){0,64}[,\]]/;

/** Whether bytes begin as a Python pickle of today's protocols. */
export function isPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && head[1] >= 2 && head[1] <= 5;
}

/** `text` is the beginning of the file as text. The first key of a snapshot is "segments". */
export function memoryFormat(head: Uint8Array, text: string): MemoryFormat | undefined {
  if (isPickle(head)) return text.includes('segments') ? 'memorySnapshot' : undefined;
  return RAW_ROW.test(text) || TIMES.test(text) ? 'memoryTimeline' : undefined;
}
