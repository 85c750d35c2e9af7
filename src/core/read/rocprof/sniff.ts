/** Tells the text formats of rocprofv3 from the beginning of a text. */
import { utf8 } from '../text.js';
import { isRocprofCsv } from './csv.js';

export type RocprofFormat = 'json' | 'csv';

/** undefined for other texts. */
export function rocprofFormat(head: Uint8Array): RocprofFormat | undefined {
  const text = utf8(head.subarray(0, HEAD_BYTES));
  if (/^\ufeff?\s*\{\s*"rocprofiler-sdk-tool"/.test(text)) return 'json';
  return isRocprofCsv(text) ? 'csv' : undefined;
}

/** A header is not longer. */
const HEAD_BYTES = 2048;
