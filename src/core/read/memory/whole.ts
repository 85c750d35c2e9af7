/** The whole text of a file that is small enough to be in memory. */
import type { ByteFile } from '../bytes.js';
import type { Compression } from '../compression.js';
import { INFLATE } from '../input.js';
import { NotATrace } from '../sniff.js';
import { unpack } from '../unpack.js';

/** Larger ones exist only by mistake: a snapshot of 100,000 actions with their stacks has some 30 MB. */
export const MOST_BYTES = 1 << 28;

const DAMAGED: readonly number[] = [INFLATE.truncated, INFLATE.corrupt, INFLATE.badChecksum];

/** Throws NotATrace where the file is too large, or damaged: half of a file like this says nothing. */
export async function wholeFile(file: ByteFile, compression: Compression, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const { bytes, taken, state } of unpack(file, compression)) {
    if (DAMAGED.includes(state)) {
      throw new NotATrace(
        `This ${what} is damaged`,
        `Its ${compression} data is damaged or ends early at byte ${taken.toLocaleString('en-US')}. Copy the file again.`,
      );
    }
    parts.push(bytes.slice());
    length += bytes.length;
    if (length > MOST_BYTES) {
      throw new NotATrace(
        `This ${what} is too large`,
        `It has more than ${MOST_BYTES / 2 ** 20} MiB. Record fewer actions: max_entries of _record_memory_history limits them.`,
      );
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
