/** One sentence on what is wrong with a file, when something is. */
import { STATE } from './blocks.js';
import type { ByteFile } from './bytes.js';
import type { Compression } from './compression.js';
import { INFLATE } from './input.js';
import type { Reading } from './pipeline.js';

const NUMBER = new Intl.NumberFormat('en-US');

/** How reading a file ended, whatever is in it. */
export interface Ending extends Pick<Reading, 'taken' | 'input' | 'stopped'> {
  /** what is wrong with the text itself: "The JSON is damaged at byte 12" */
  broken?: string;
}

/** "1 event was", "1,200 events were" */
export function countedEvents(events: number): [count: string, were: string] {
  return [`${NUMBER.format(events)} ${events === 1 ? 'event' : 'events'}`, events === 1 ? 'was' : 'were'];
}

/** undefined when all text was read that the file should have. */
export function damageOfFile(file: ByteFile, compression: Compression, { taken, input, stopped, broken }: Ending, events: number): string | undefined {
  const [count, were] = countedEvents(events);
  const inFile = NUMBER.format(taken);
  if (stopped) return `${stopped} at byte ${inFile} of ${NUMBER.format(file.size)}; ${count} ${were} read.`;
  if (broken) return `${broken}; the ${count} before it ${were} read.`;
  if (input === INFLATE.corrupt) return `The ${compression} data is damaged at byte ${inFile}; the ${count} before it ${were} read.`;
  if (input === INFLATE.truncated) return `The file ends early, at byte ${NUMBER.format(file.size)} of the ${compression} stream; ${count} ${were} read.`;
  if (input === INFLATE.badChecksum) return `The checksum at byte ${inFile} of the gzip stream is wrong: some of the ${count} may have changed.`;
  return undefined;
}

/** undefined when the JSON was read to its proper end. */
export function damageOf(file: ByteFile, compression: Compression, reading: Reading, events: number): string | undefined {
  const inText = NUMBER.format(reading.offset);
  const broken = reading.state === STATE.broken ? `The JSON is damaged at byte ${inText}` : undefined;
  const damage = damageOfFile(file, compression, { ...reading, broken }, events);
  if (damage !== undefined) return damage;
  // An array may end without its bracket: Chrome's writers leave it out when they are stopped.
  const openArray = reading.state === STATE.events && !reading.inObject && reading.offset === reading.textBytes;
  if (reading.state === STATE.done || openArray) return undefined;
  const [count, were] = countedEvents(events);
  return `The file ends early, at byte ${inText} of the JSON; ${count} ${were} read.`;
}
