/**
 * TracePackets (perfetto's trace_packet.proto) pushed into a trace. What a packet says depends on those before it with the
 * same sequence id: they number names, and set what is left out.
 */
import type { TraceBuilder } from '../../trace/builder.js';
import { NONE } from '../../trace/trace.js';
import { INFLATE } from '../input.js';
import { createSmallNumbers } from '../names.js';
import { membersOf, valueText } from '../record.js';
import { unpackBytes } from '../unpack.js';
import type { InternedText } from './annotations.js';
import { readArgs } from './args.js';
import { type Bundles, createBundles } from './bundles.js';
import { CLOCK, type Clocks, createClocks } from './clocks.js';
import { createCollected } from './collected.js';
import { createDictionary, type Dictionary } from './dictionary.js';
import { EVENT, TrackEvent } from './event.js';
import { createFraming, type TakePacket } from './framing.js';
import { createIds } from './ids.js';
import { takeLegacy } from './legacy.js';
import { createPacket, type Part, readPacket } from './packet.js';
import { createSequences, type Sequence } from './sequences.js';
import { createTracks } from './tracks.js';
import { createVocabulary, type Vocabulary } from './vocabulary.js';
import { Cursor, Damaged } from './wire.js';

/** More than this out of one bundle is no recording. */
const LARGEST_BUNDLE = 1 << 30;
const HIGH = 0x1_0000_0000;

/** What the recording service says of itself and of the machine; '' where it does not. */
export interface SystemInfo {
  service: string;
  machine: string;
}

export interface PerfettoReader {
  take: TakePacket;
  /** track events so far */
  events(): number;
  packets(): number;
  /** packets about other things, by the field that holds them */
  others(): Map<number, number>;
  system(): SystemInfo;
  clocks: Clocks;
  dictionary: Dictionary;
  bundles: Bundles;
  vocabulary: Vocabulary;
  /** to be called once, after the last packet */
  finish(): void;
}

export function createPerfettoReader(builder: TraceBuilder): PerfettoReader {
  const cursor = new Cursor();
  const packet = createPacket();
  const clocks = createClocks();
  const dictionary = createDictionary();
  const bundles = createBundles();
  const tracks = createTracks();
  const flows = createIds();
  const legacyFlows = new Map<string, number>();
  const vocabulary = createVocabulary(builder);
  const updateSequence = createSequences(tracks, dictionary, vocabulary);
  const collected = createCollected(builder, vocabulary.categoryText);
  const correlations = createSmallNumbers();
  const event = new TrackEvent({ ...vocabulary, track: tracks.of, flow: flows.of }, cursor);
  const others = new Map<number, number>();
  /** of the event that is read now */
  let sequenceId = 0;
  let place = 0;
  const facts = { correlation: NONE, bytes: 0, record: 0 };
  let events = 0;
  let packets = 0;
  let system: SystemInfo = { service: '', machine: '' };

  const interned: InternedText = (field, iid) => dictionary.text(sequenceId, field, iid, place);
  const at = ({ from }: Part): Cursor => cursor.set(cursor.bytes, from);
  /** Numbers of flows that are named by text are negative, so that they are no others'. */
  const legacyFlow = (id: string): number => {
    const known = legacyFlows.get(id) ?? -1 - legacyFlows.size;
    legacyFlows.set(id, known);
    return known;
  };

  const timeOf = (sequence: Sequence): number => {
    const { deltaUs, absoluteUs } = event;
    if (!Number.isNaN(deltaUs) || !Number.isNaN(absoluteUs)) {
      sequence.timeUs = Number.isNaN(deltaUs) ? absoluteUs : sequence.timeUs + deltaUs;
      const ns = sequence.timeUs * 1000;
      const [lo, hi] = [ns % HIGH, Math.floor(ns / HIGH)];
      const timeNs = clocks.timeNs(sequence.id, CLOCK.monotonic, lo, hi);
      return Number.isNaN(timeNs) ? clocks.timeNs(sequence.id, 0, lo, hi) : timeNs;
    }
    return packet.hasTime ? clocks.timeNs(sequence.id, packet.clock < 0 ? sequence.clock : packet.clock, packet.timeLo, packet.timeHi) : Number.NaN;
  };

  const trackOf = (sequence: Sequence): number => {
    const { track, legacy } = event;
    if (track >= 0) return track;
    if (legacy !== undefined && legacy.tid !== '') return tracks.thread(legacy.pid || sequence.pid, legacy.tid);
    if (sequence.track >= 0) return sequence.track;
    return sequence.thread >= 0 ? sequence.thread : tracks.thread('', `sequence ${sequence.id}`);
  };

  const takeCounters = (own: number[], defaults: number[], values: number[], state: number, timeNs: number): void => {
    const given = own.length > 0 ? own : defaults;
    for (let i = 0; i < values.length; i++) {
      if (given[i] === undefined) builder.problem('counterWithoutTrack', 'A counter value names no track. It was left out.');
      else collected.counter(given[i], '', state, timeNs, values[i]);
    }
  };

  /** Its values are annotations, one for each series. */
  const takeLegacyCounter = (sequence: Sequence, track: number, name: number, timeNs: number, offset: number): void => {
    const args = readArgs(at(packet.trackEvent), packet.trackEvent.to, interned);
    const series = membersOf(args);
    for (const { key, text } of series) {
      const value = Number(valueText(text));
      const label = vocabulary.nameText(name);
      if (Number.isFinite(value)) collected.counter(track, series.length === 1 ? label : `${label} ${key}`, sequence.state, timeNs, value);
      else builder.problem('counterValue', `The counter event at byte ${offset} has a value that is no number. It was left out.`);
    }
  };

  /** Takes an event that begins a slice, is one, or has a letter of the older kind. */
  const takeSlice = (sequence: Sequence, track: number, timeNs: number, offset: number): void => {
    const called = event.name < 0 ? vocabulary.noName : event.name;
    const execution = event.model === '' ? undefined : vocabulary.execution(event.category, called, event.model);
    const name = execution?.name ?? called;
    const category = execution?.category ?? vocabulary.categoryOf(event.category, called);
    facts.correlation = event.correlation === 0 ? NONE : correlations(event.correlation);
    facts.bytes = event.bytes;
    facts.record = offset;
    if (builder.domain(category) !== 'cpu') collected.gpu(track, event.device, event.stream);
    if (event.type === EVENT.begin) collected.begin(track, name, category, timeNs, facts);
    else if (event.type === EVENT.instant) collected.whole(track, name, category, timeNs, 0, facts);
    else if (event.legacy?.phase === 'C') takeLegacyCounter(sequence, track, name, timeNs, offset);
    else if (event.legacy === undefined || !takeLegacy(collected, event.legacy, { track, name, category, timeNs, facts }, legacyFlow))
      builder.problem('otherPhase', `The event at byte ${offset} is of a kind that is not shown.`);
  };

  const takeEvent = (sequence: Sequence, offset: number): void => {
    events++;
    sequenceId = sequence.id;
    place = offset;
    at(packet.trackEvent);
    event.read(packet.trackEvent.to, sequence, interned);
    const timeNs = timeOf(sequence);
    if (Number.isNaN(timeNs)) {
      const what = packet.hasTime
        ? `has a time of clock ${packet.clock < 0 ? sequence.clock : packet.clock}, which nothing relates to the others`
        : 'has no time';
      builder.problem('noTime', `The event at byte ${offset} ${what}. It was left out.`);
      return;
    }
    if (event.lostName >= 0 && event.type !== EVENT.end && event.type !== EVENT.counter)
      builder.problem('lostName', `The event at byte ${offset} has the name ${event.lostName}, which is not in the recording. It is shown without a name.`);
    const track = trackOf(sequence);
    if (event.type === EVENT.end) collected.end(track, timeNs);
    else if (event.type !== EVENT.counter) takeSlice(sequence, track, timeNs, offset);
    else if (!Number.isNaN(event.value)) collected.counter(track, '', sequence.state, timeNs, event.value);
    else builder.problem('counterValue', `The counter event at byte ${offset} has no value. It was left out.`);
    for (const flow of event.flows) collected.flow('step', flow, track, timeNs, 'enclosing');
    for (const flow of event.endingFlows) collected.flow('end', flow, track, timeNs, 'enclosing');
    takeCounters(event.extraTracks, sequence.extraTracks, event.extraValues, sequence.state, timeNs);
    takeCounters(event.extraDoubleTracks, sequence.extraDoubleTracks, event.extraDoubleValues, sequence.state, timeNs);
  };

  const takeBundle = ({ from, to }: Part, kind: 'zlib' | 'zstd', offset: number): void => {
    const start = bundles.next();
    const framing = createFraming((bytes, first, end, place) => takeGuarded(bytes, first, end, start + place, true));
    let length = 0;
    const state = unpackBytes(cursor.bytes.subarray(from, to), kind, (piece) => {
      length += piece.length;
      framing.push(piece);
      return length <= LARGEST_BUNDLE && !framing.broken();
    });
    bundles.add(offset, length);
    if (state !== INFLATE.finished || framing.pending() > 0)
      builder.problem('damagedBundle', `The compressed packets at byte ${offset} are damaged. Those before the damage were read.`);
  };

  const takePacket = (bytes: Uint8Array, from: number, to: number, offset: number, isInside: boolean): void => {
    readPacket(cursor.set(bytes, from), to, packet);
    const { compressed, zstdCompressed, clockSnapshot, trackDescriptor, processDescriptor, processTree, systemInfo, trackEvent } = packet;
    if (compressed.to > 0 || zstdCompressed.to > 0) {
      if (isInside) throw new Damaged('Compressed packets inside of compressed packets');
      if (compressed.to > 0) takeBundle(compressed, 'zlib', offset);
      else takeBundle(zstdCompressed, 'zstd', offset);
      return;
    }
    if (packet.other > 0) others.set(packet.other, (others.get(packet.other) ?? 0) + 1);
    const sequence = updateSequence(cursor, packet, offset);
    if (clockSnapshot.to > 0) clocks.snapshot(at(clockSnapshot), clockSnapshot.to, sequence.id);
    if (trackDescriptor.to > 0) tracks.describe(at(trackDescriptor), trackDescriptor.to);
    if (processDescriptor.to > 0) tracks.describeProcess(at(processDescriptor), processDescriptor.to);
    if (processTree.to > 0) tracks.describeTree(at(processTree), processTree.to);
    if (systemInfo.to > 0) system = readSystemInfo(at(systemInfo), systemInfo.to);
    if (trackEvent.to === 0) return;
    if (packet.needsState && !sequence.valid) builder.problem('lostState', 'The recording buffer had dropped what the event refers to. It was left out.');
    else takeEvent(sequence, offset);
  };

  const takeGuarded = (bytes: Uint8Array, from: number, to: number, offset: number, isInside: boolean): void => {
    packets++;
    try {
      takePacket(bytes, from, to, offset, isInside);
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      builder.problem('damagedPacket', `The packet at byte ${offset} is damaged (${error.message}). It was left out.`);
    }
  };

  return {
    take: (bytes, from, to, offset) => takeGuarded(bytes, from, to, offset, false),
    events: () => events,
    packets: () => packets,
    others: () => others,
    system: () => system,
    clocks,
    dictionary,
    bundles,
    vocabulary,
    finish: () => collected.finish(tracks),
  };
}

function readSystemInfo(cursor: Cursor, end: number): SystemInfo {
  const found: SystemInfo = { service: '', machine: '' };
  while (cursor.next(end)) {
    if (cursor.field === 4) found.service = cursor.text(end);
    else if (cursor.field === 1) found.machine = readUtsname(cursor, cursor.open(end));
    else cursor.skip(end);
  }
  return found;
}

/** "Linux 5.14.0-570 x86_64": system, release and machine, without what the kernel's build says. */
function readUtsname(cursor: Cursor, end: number): string {
  const names = ['', '', '', '', ''];
  while (cursor.next(end)) {
    if (cursor.field < names.length) names[cursor.field] = cursor.text(end);
    else cursor.skip(end);
  }
  const [, sysname, , release, machine] = names;
  return [sysname, release, machine].filter((name) => name !== '').join(' ');
}
