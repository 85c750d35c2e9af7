/** Tracks as a recording describes them, in any order, before or after their events. */
import { createIds } from './ids.js';
import type { Cursor } from './wire.js';

export interface Described {
  /** index of the track it belongs to; −1 for none */
  parent: number;
  name: string;
  pid: string;
  tid: string;
  processName: string;
  threadName: string;
  isCounter: boolean;
  /** values count up from the one before */
  incremental: boolean;
  multiplier: number;
  unit: string;
}

/** What a track is called, and where it belongs. */
export interface Place {
  process: string;
  /** thread id; for other tracks their name, with the names of all they are in where several are called the same */
  thread: string;
  name: string;
  isThread: boolean;
}

export interface Tracks {
  /** index of the track with a uuid */
  of(lo: number, hi: number): number;
  /** index of a thread's own track, for recordings that name threads without tracks */
  thread(pid: string, tid: string): number;
  /** takes a TrackDescriptor */
  describe(cursor: Cursor, end: number): void;
  /** takes the older ThreadDescriptor or ProcessDescriptor of a packet; answers the ids in it */
  describeThread(cursor: Cursor, end: number): { pid: string; tid: string; referenceUs: number };
  describeProcess(cursor: Cursor, end: number): void;
  /** takes a ProcessTree */
  describeTree(cursor: Cursor, end: number): void;
  get(track: number): Described;
  /** of every track, when all were described */
  places(): Place[];
  /** indexes such that what is in a track follows it */
  inOrder(): number[];
  processNames: ReadonlyMap<string, string>;
}

/** Parents of hostile files may lead in a circle. */
const DEEPEST = 64;
const SEPARATOR = ' › ';
const COUNTER_UNITS = ['', 'ns', '', 'bytes'];

export function createTracks(): Tracks {
  const ids = createIds();
  const byUuid: number[] = [];
  const described: Described[] = [];
  const uuids: string[] = [];
  const threads = new Map<string, number>();
  const processNames = new Map<string, string>();
  const threadNames = new Map<string, string>();

  const add = (uuid: string): number => {
    uuids.push(uuid);
    return (
      described.push({
        parent: -1,
        name: '',
        pid: '',
        tid: '',
        processName: '',
        threadName: '',
        isCounter: false,
        incremental: false,
        multiplier: 1,
        unit: '',
      }) - 1
    );
  };
  const of = (lo: number, hi: number): number => {
    const id = ids.of(lo, hi);
    return (byUuid[id] ??= add(ids.digits(id)));
  };
  const thread = (pid: string, tid: string): number => {
    const key = `${pid}/${tid}`;
    let track = threads.get(key);
    if (track === undefined) {
      threads.set(key, (track = add('')));
      Object.assign(described[track], { pid, tid });
    }
    return track;
  };
  const nameThread = (pid: string, tid: string, name: string): void => {
    if (name !== '') threadNames.set(`${pid}/${tid}`, name);
  };
  const nameProcess = (pid: string, name: string): void => {
    if (name !== '') processNames.set(pid, name);
  };

  const describeProcess = (cursor: Cursor, end: number): string => {
    let pid = '';
    let name = '';
    while (cursor.next(end)) {
      if (cursor.field === 1) pid = String(cursor.int());
      else if (cursor.field === 6) name = cursor.text(end);
      else cursor.skip(end);
    }
    nameProcess(pid, name);
    return pid;
  };

  const describeThread = (cursor: Cursor, end: number): { pid: string; tid: string; referenceUs: number } => {
    const found = { pid: '', tid: '', referenceUs: 0 };
    let name = '';
    while (cursor.next(end)) {
      if (cursor.field === 1) found.pid = String(cursor.int());
      else if (cursor.field === 2) found.tid = String(cursor.int());
      else if (cursor.field === 5) name = cursor.text(end);
      else if (cursor.field === 6) found.referenceUs = cursor.int();
      else cursor.skip(end);
    }
    nameThread(found.pid, found.tid, name);
    return found;
  };

  const describeCounter = (cursor: Cursor, end: number, track: Partial<Described>): void => {
    track.isCounter = true;
    while (cursor.next(end)) {
      if (cursor.field === 3) track.unit ||= COUNTER_UNITS[cursor.uint()] ?? '';
      else if (cursor.field === 4) track.multiplier = cursor.int() || 1;
      else if (cursor.field === 5) track.incremental = cursor.bool();
      else if (cursor.field === 6) track.unit = cursor.text(end);
      else cursor.skip(end);
    }
  };

  const describeTree = (cursor: Cursor, end: number): void => {
    while (cursor.next(end)) {
      const { field } = cursor;
      if (field !== 1 && field !== 2) {
        cursor.skip(end);
        continue;
      }
      const inner = cursor.open(end);
      let [id, pid, text] = ['', '', ''];
      while (cursor.next(inner)) {
        if (cursor.field === 1) id = String(cursor.int());
        else if (cursor.field === 3 && field === 2) pid = String(cursor.int());
        else if (cursor.field === 3 && text === '') text = cursor.text(inner);
        else if (cursor.field === 2 && field === 2) text = cursor.text(inner);
        else cursor.skip(inner);
      }
      // The command line of a process: its first word is the program.
      if (field === 1 && !processNames.has(id)) nameProcess(id, text.slice(text.lastIndexOf('/') + 1));
      else if (field === 2 && !threadNames.has(`${pid}/${id}`)) nameThread(pid, id, text);
    }
  };

  /** from the track up to its thread, its process or its outermost parent */
  const chainOf = (track: number): number[] => {
    const chain = [track];
    for (let at = track; described[at].pid === '' && described[at].parent >= 0 && chain.length < DEEPEST; ) {
      at = described[at].parent;
      if (chain.includes(at)) break;
      chain.push(at);
    }
    return chain;
  };

  const nameOf = (track: number): string => {
    const { name, pid, tid, isCounter } = described[track];
    if (tid !== '') return threadNames.get(`${pid}/${tid}`) ?? name;
    if (name !== '') return name;
    return pid !== '' ? 'Process' : `${isCounter ? 'Counter' : 'Track'} ${uuids[track]}`.trim();
  };

  const placeOf = (track: number): Place => {
    const { pid, tid } = described[track];
    if (tid !== '') return { process: pid, thread: tid, name: nameOf(track), isThread: true };
    const chain = chainOf(track);
    const top = described[chain[chain.length - 1]];
    // The process is a group already; a thread around the track is part of its name.
    const named = chain.length > 1 && top.pid !== '' && top.tid === '' ? chain.slice(0, -1) : chain;
    const names = named.map((index) => nameOf(index) || described[index].tid).reverse();
    return { process: top.pid, thread: names.join(SEPARATOR), name: names[names.length - 1], isThread: false };
  };

  return {
    of,
    thread,
    describe(cursor, end) {
      const found: Partial<Described> = {};
      let track = -1;
      while (cursor.next(end)) {
        const { field } = cursor;
        if (field === 1 || field === 5) {
          cursor.varint();
          const index = of(cursor.lo, cursor.hi);
          if (field === 1) track = index;
          else if (cursor.lo !== 0 || cursor.hi !== 0) found.parent = index;
        } else if (field === 2 || field === 10 || field === 13) found.name = cursor.text(end);
        else if (field === 3) found.pid ||= describeProcess(cursor, cursor.open(end));
        else if (field === 4) {
          const { pid, tid } = describeThread(cursor, cursor.open(end));
          Object.assign(found, { pid, tid });
        } else if (field === 8) describeCounter(cursor, cursor.open(end), found);
        else cursor.skip(end);
      }
      // A track may be described again with less than before.
      if (track >= 0) Object.assign(described[track], found);
    },
    describeThread,
    describeProcess: (cursor, end) => void describeProcess(cursor, end),
    describeTree,
    get: (track) => described[track],
    places() {
      const places = described.map((_, track) => placeOf(track));
      const namesakes = new Map<string, number>();
      const key = ({ process, name }: Place): string => `${process}\0${name}`;
      for (const place of places) namesakes.set(key(place), (namesakes.get(key(place)) ?? 0) + 1);
      return places.map((place) => (!place.isThread && namesakes.get(key(place)) === 1 ? { ...place, thread: place.name } : place));
    },
    inOrder() {
      const children: number[][] = described.map(() => []);
      const order: number[] = [];
      const seen = new Set<number>();
      described.forEach(({ parent }, track) => void children[parent]?.push(track));
      // Those in a circle are reached from no root, and come last.
      const starts = [...described.keys()].sort((a, b) => Number(described[a].parent >= 0) - Number(described[b].parent >= 0));
      for (const start of starts) {
        for (const stack = [start]; stack.length > 0; ) {
          const track = stack.pop() ?? start;
          if (seen.has(track)) continue;
          seen.add(track);
          order.push(track);
          for (let i = children[track].length - 1; i >= 0; i--) stack.push(children[track][i]);
        }
      }
      return order;
    },
    processNames,
  };
}
