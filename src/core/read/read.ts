/** The only door to the readers. */
import type { Progress } from '../../shared/protocol.js';
import { createBuilder } from '../trace/builder.js';
import type { Trace } from '../trace/trace.js';
import type { ByteFile } from './bytes.js';
import { createChromeReader } from './chrome.js';
import { type Compression, compressionOf } from './compression.js';
import { damageOf, type Ending } from './damage.js';
import { fileFacts } from './facts.js';
import { isMemoryIndex, memoryRecords, readMemoryFile } from './memory/read.js';
import { readNeuron } from './neuron/read.js';
import { isNeuronJson, rawCapture } from './neuron/sniff.js';
import { readPerfetto } from './perfetto/read.js';
import { isPerfettoIndex, openPerfettoRecords } from './perfetto/records.js';
import { type AskStop, type Platform, type Reading, readBlocks } from './pipeline.js';
import { createRecords, openTextRecords, type Records } from './records.js';
import { jsonRecords, openRocprofRecords, readRocprof } from './rocprof/read.js';
import { rocprofFormat } from './rocprof/sniff.js';
import { NO_EVENTS_IN_ARRAY, NotATrace, notATrace, readHead, sniffHead, withoutEvents } from './sniff.js';
import { isSqlite } from './sqlite/database.js';
import { openDatabaseRecords, readDatabase } from './sqlite/read.js';
import { utf8 } from './text.js';

export type { InflateThread, Platform } from './pipeline.js';
export type { Records } from './records.js';
export { NotATrace, type Sniffed, sniff } from './sniff.js';
export type { Database, Row } from './sqlite/database.js';

export interface ReadOptions {
  progress?(progress: Progress): void;
  /** asked at least every 100 ms; true stops reading and keeps what was read */
  cancelled?(): boolean;
  platform?: Platform;
}

/** Reads any trace file. Throws NotATrace; damage inside a trace is reported in its meta. */
export async function readTrace(file: ByteFile, options: ReadOptions = {}): Promise<{ trace: Trace; records: Records }> {
  const first = new Uint8Array(64);
  await file.read(first, 0);
  if (isSqlite(first)) return readDatabase(file, options);
  const raw = rawCapture(file.name);
  if (raw !== undefined) throw new NotATrace('A raw capture of AWS Neuron', raw);
  const compression = compressionOf(first);
  const head = await readHead(file, SNIFFED_BYTES);
  const { format, says } = sniffHead(head);
  if (format === 'perfetto') {
    const watch = { askStop: (events: () => number) => stopAsker(file, options, events), ended: tellReadingEnded.bind(undefined, options) };
    return readPerfetto(file, compression, watch, notATrace);
  }
  if (format === 'memorySnapshot' || format === 'memoryTimeline') return readMemoryFile(file, compression, format);
  const rocprof = rocprofFormat(head);
  const watch = { askStop: (records: () => number) => stopAsker(file, options, records) };
  if (rocprof) return readRocprof(file, rocprof, compression, watch, options.platform ?? {});
  if (format === 'neuron') return readNeuron(file, compression, watch);
  // Whether JSON is a trace is told when all of it was read: its events may lie behind anything.
  if (!/^\ufeff?[{[]/.test(utf8(head).trimStart())) throw notATrace(says);
  return readChrome(file, compression, options);
}

/** Opens what `Records.save` gave, whichever reader made it. */
export async function openRecords(file: ByteFile, saved: Uint8Array, platform: Platform = {}): Promise<Records> {
  const first = new Uint8Array(64);
  await file.read(first, 0);
  if (isSqlite(first)) return openDatabaseRecords(file, { platform });
  const head = await readHead(file, SNIFFED_BYTES);
  const rocprof = rocprofFormat(head);
  if (rocprof) return openRocprofRecords(file, rocprof, compressionOf(first), platform);
  if (isNeuronJson(head)) return jsonRecords(file, compressionOf(first));
  if (isMemoryIndex(saved)) return memoryRecords();
  return isPerfettoIndex(saved) ? openPerfettoRecords(file, saved) : openTextRecords(file, saved);
}

/** Enough to tell text from what is none, and one binary format from another. */
const SNIFFED_BYTES = 4096;

async function readChrome(file: ByteFile, compression: Compression, options: ReadOptions): Promise<{ trace: Trace; records: Records }> {
  const builder = createBuilder();
  const chrome = createChromeReader(builder);
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
async function tellReadingEnded({ progress }: ReadOptions, { taken, stopped }: Ending, events: number): Promise<void> {
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
