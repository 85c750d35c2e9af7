/** What a sequence of packets has said so far: numbers for names, and what its packets leave out. */
import { utf8 } from '../text.js';
import { type Dictionary, INTERNED } from './dictionary.js';
import type { EventNames } from './event.js';
import type { Packet } from './packet.js';
import { roleOf } from './roles.js';
import type { Tracks } from './tracks.js';
import type { Vocabulary } from './vocabulary.js';
import type { Cursor } from './wire.js';

export interface Sequence extends EventNames {
  id: number;
  /** nothing was lost since it was cleared */
  valid: boolean;
  /** changes with every clear, and is no other sequence's */
  state: number;
  /** defaults: 0 and −1 for none */
  clock: number;
  track: number;
  extraTracks: number[];
  extraDoubleTracks: number[];
  /** the thread that older recordings describe per sequence, and the time its events count from; −1 for none */
  thread: number;
  pid: string;
  timeUs: number;
}

/** Answers the sequence of a packet once it has taken what the packet says of it, in the order in which that counts. */
export type UpdateSequence = (cursor: Cursor, packet: Packet, offset: number) => Sequence;

export function createSequences(tracks: Tracks, dictionary: Dictionary, vocabulary: Vocabulary): UpdateSequence {
  const sequences = new Map<number, Sequence>();
  let states = 0;

  const of = (id: number): Sequence => {
    let sequence = sequences.get(id);
    if (!sequence) {
      sequence = { id, ...emptyState(++states), valid: false, names: new Map(), categories: new Map(), roles: new Map(), thread: -1, pid: '', timeUs: 0 };
      sequences.set(id, sequence);
    }
    return sequence;
  };

  const takeInterned = (cursor: Cursor, end: number, { id, names, categories, roles }: Sequence, offset: number): void => {
    while (cursor.next(end)) {
      const { field } = cursor;
      if (field !== INTERNED.names && field !== INTERNED.categories && field !== INTERNED.annotationNames && field !== INTERNED.annotationTexts) {
        if (field === INTERNED.sourceLocations) takeSourceLocation(cursor, cursor.open(end), id, offset, dictionary);
        else cursor.skip(end);
        continue;
      }
      const inner = cursor.open(end);
      const { bytes } = cursor;
      let [iid, from, to] = [0, 0, 0];
      while (cursor.next(inner)) {
        if (cursor.field === 1) iid = cursor.uint();
        else if (cursor.field === 2) {
          to = cursor.open(inner);
          from = cursor.at;
          cursor.at = to;
        } else cursor.skip(inner);
      }
      if (field === INTERNED.names) names.set(iid, vocabulary.name(bytes, from, to));
      else if (field === INTERNED.categories) categories.set(iid, vocabulary.category(utf8(bytes.subarray(from, to))));
      else dictionary.add(id, field, iid, offset, utf8(bytes.subarray(from, to)));
      const role = field === INTERNED.annotationNames ? roleOf(bytes, from, to) : undefined;
      if (role) roles.set(iid, role);
    }
  };

  return (cursor, packet, offset) => {
    const sequence = of(packet.sequence);
    if (packet.dropped) sequence.valid = false;
    if (packet.cleared) {
      for (const map of [sequence.names, sequence.categories, sequence.roles]) map.clear();
      Object.assign(sequence, emptyState(++states), { valid: true });
      dictionary.clear(sequence.id, offset);
    }
    const { defaults, internedData, threadDescriptor } = packet;
    if (defaults.to > 0) takeDefaults(cursor.set(cursor.bytes, defaults.from), defaults.to, sequence, tracks);
    if (internedData.to > 0) takeInterned(cursor.set(cursor.bytes, internedData.from), internedData.to, sequence, offset);
    if (threadDescriptor.to > 0) {
      const { pid, tid, referenceUs } = tracks.describeThread(cursor.set(cursor.bytes, threadDescriptor.from), threadDescriptor.to);
      Object.assign(sequence, { thread: tracks.thread(pid, tid), pid, timeUs: referenceUs });
    }
    return sequence;
  };
}

function emptyState(state: number): Pick<Sequence, 'state' | 'clock' | 'track' | 'extraTracks' | 'extraDoubleTracks'> {
  return { state, clock: 0, track: -1, extraTracks: [], extraDoubleTracks: [] };
}

/** TracePacketDefaults, with TrackEventDefaults inside. */
function takeDefaults(cursor: Cursor, end: number, sequence: Sequence, tracks: Tracks): void {
  while (cursor.next(end)) {
    if (cursor.field === 58) sequence.clock = cursor.uint();
    else if (cursor.field === 11) takeEventDefaults(cursor, cursor.open(end), sequence, tracks);
    else cursor.skip(end);
  }
}

function takeEventDefaults(cursor: Cursor, end: number, sequence: Sequence, tracks: Tracks): void {
  while (cursor.next(end)) {
    const track = (): number => tracks.of(cursor.lo, cursor.hi);
    if (cursor.field === 11) {
      cursor.varint();
      sequence.track = track();
    } else if (cursor.field === 31) cursor.repeated(end, () => void sequence.extraTracks.push(track()));
    else if (cursor.field === 45) cursor.repeated(end, () => void sequence.extraDoubleTracks.push(track()));
    else cursor.skip(end);
  }
}

function takeSourceLocation(cursor: Cursor, end: number, sequence: number, offset: number, dictionary: Dictionary): void {
  let iid = 0;
  const readText = readLocation(cursor, end, (value) => {
    iid = value;
  });
  dictionary.add(sequence, INTERNED.sourceLocations, iid, offset, readText);
}

/** "file.cc:12 Function", of a SourceLocation. */
export function readLocation(cursor: Cursor, end: number, takeIid: (iid: number) => void = () => undefined): string {
  let [file, name, line] = ['', '', ''];
  while (cursor.next(end)) {
    if (cursor.field === 1) takeIid(cursor.uint());
    else if (cursor.field === 2) file = cursor.text(end);
    else if (cursor.field === 3) name = cursor.text(end);
    else if (cursor.field === 4) line = `:${cursor.uint()}`;
    else cursor.skip(end);
  }
  return `${file}${line} ${name}`.trim();
}
