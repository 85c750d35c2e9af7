/** The only door to the readers. */
import type { Progress } from '../../shared/protocol.js';
import { createBuilder } from '../trace/builder.js';
import type { Trace } from '../trace/trace.js';
import type { ByteFile } from './bytes.js';
import { createChromeReader } from './chrome.js';
import { compressionOf } from './compression.js';
import { damageOf } from './damage.js';
import { fileFacts } from './facts.js';
import { type AskStop, type Platform, type Reading, readBlocks } from './pipeline.js';
import { createRecords, type Records } from './records.js';
import { NO_EVENTS_IN_ARRAY, notATrace, readHead, sniffHead, withoutEvents } from './sniff.js';
import { utf8 } from './text.js';

export type { InflateThread, Platform } from './pipeline.js';
export { openRecords, type Records } from './records.js';
export { NotATrace, type Sniffed, sniff } from './sniff.js';

export interface ReadOptions {
  progress?(progress: Progress): void;
  /** asked at least every 100 ms; true stops reading and keeps what was read */
  cancelled?(): boolean;
  platform?: Platform;
}

/** Reads any trace file. Throws NotATrace; damage inside a trace is reported in its meta. */
export async function readTrace(file: ByteFile, options: ReadOptions = {}): Promise<{ trace: Trace; records: Records }> {
  const head = new Uint8Array(64);
  await file.read(head, 0);
  const compression = compressionOf(head);
  const builder = createBuilder();
  const chrome = createChromeReader(builder);
  await refuseOther(file);
  const reading = await readBlocks(file, compression, chrome.take, stopAsker(file, options, chrome.records), options.platform ?? {});
  refuseEmpty(reading, chrome.records(), chrome.events());
  await tellReadingEnded(options, reading, chrome.records());
  chrome.finish();
  if (reading.strangers > 0) builder.problem('notARecord', `${reading.strangers} elements of traceEvents are no objects. They were left out.`);
  const { epochOffsetNs, ...facts } = fileFacts(reading.members, reading.baseNs, chrome.isKineto());
  const meta = { ...facts, events: chrome.records(), textBytes: reading.textBytes, damage: damageOf(file, compression, reading, chrome.records()) };
  const trace = builder.finish(meta, { baseNs: reading.baseNs, epochOffsetNs });
  return { trace, records: createRecords(file, compression, reading.checkpoints) };
}

/** Refuses what is no JSON before anything else is done. */
async function refuseOther(file: ByteFile): Promise<void> {
  const head = await readHead(file, 4096);
  const text = utf8(head).trimStart();
  if (!/^\ufeff?[{[]/.test(text)) throw notATrace(sniffHead(head).says);
}

/** Refuses JSON in which no trace event was found. */
function refuseEmpty(reading: Reading, records: number, events: number): void {
  if (events > 0 || reading.stopped !== undefined) return;
  if (!reading.sawEvents) throw notATrace(withoutEvents(reading.members.map(({ key }) => key)));
  if (records > 0 || reading.strangers > 0) throw notATrace(NO_EVENTS_IN_ARRAY);
  if (!reading.inObject) throw notATrace('a JSON array with nothing in it');
}

const TURN_MS = 50;
/** Every one of them needs some 80 bytes. */
const MOST_EVENTS = 100_000_000;

/** What is left takes a while and cannot be interrupted, so whoever cancelled learns first that it was heard. */
async function tellReadingEnded({ progress }: ReadOptions, { taken, stopped }: Reading, events: number): Promise<void> {
  if (!progress) return;
  const stage = stopped === undefined ? 'Building the timeline' : 'Stopped. Building the timeline of what was read';
  progress({ readBytes: taken, fileBytes: taken, events, stage });
  await otherTurns();
}

function otherTurns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Reports progress and lets others run every now and then; answers why reading must stop, if it must. */
function stopAsker(file: ByteFile, options: ReadOptions, records: () => number): AskStop {
  let turnEnds = performance.now() + TURN_MS;
  return async (taken) => {
    if (records() > MOST_EVENTS) return 'More than 100 million events were found';
    if (performance.now() < turnEnds) return undefined;
    options.progress?.({ readBytes: taken, fileBytes: file.size, events: records(), stage: 'Reading' });
    await otherTurns();
    turnEnds = performance.now() + TURN_MS;
    return options.cancelled?.() ? 'Reading was cancelled' : undefined;
  };
}
