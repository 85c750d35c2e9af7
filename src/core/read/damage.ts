/** One sentence on what is wrong with a file, when something is. */
import { STATE } from './blocks.js';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { INFLATE } from './input.js';
import type { Reading } from './pipeline.js';

const NUMBER = new Intl.NumberFormat('en-US');

/** undefined when the file was read to its proper end. */
export function damageOf(file: ByteFile, compression: Compression, reading: Reading, events: number): string | undefined {
  const count = `${NUMBER.format(events)} ${events === 1 ? 'event' : 'events'}`;
  const were = events === 1 ? 'was' : 'were';
  const inFile = NUMBER.format(reading.taken);
  const inText = NUMBER.format(reading.offset);
  if (reading.stopped) return `${reading.stopped} at byte ${inFile} of ${NUMBER.format(file.size)}; ${count} ${were} read.`;
  if (reading.state === STATE.broken) return `The JSON is damaged at byte ${inText}; the ${count} before it ${were} read.`;
  if (reading.input === INFLATE.corrupt) return `The ${compression} data is damaged at byte ${inFile}; the ${count} before it ${were} read.`;
  if (reading.input === INFLATE.truncated)
    return `The file ends early, at byte ${NUMBER.format(file.size)} of the ${compression} stream; ${count} ${were} read.`;
  if (reading.input === INFLATE.badChecksum) return `The checksum at byte ${inFile} of the gzip stream is wrong: some of the ${count} may have changed.`;
  // An array may end without its bracket: Chrome's writers leave it out when they are stopped.
  const openArray = reading.state === STATE.events && !reading.inObject && reading.offset === reading.textBytes;
  if (reading.state !== STATE.done && !openArray) return `The file ends early, at byte ${inText} of the JSON; ${count} ${were} read.`;
  return undefined;
}
