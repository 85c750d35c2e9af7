/** One TrackEvent (perfetto's track_event.proto), read into fields that are used again for the next: there are millions. */
import type { InternedText } from './annotations.js';
import { INTERNED } from './dictionary.js';
import { type Role, roleOf } from './roles.js';
import type { Cursor } from './wire.js';

export const EVENT = { begin: 1, end: 2, instant: 3, counter: 4 } as const;

/** What the events of a sequence of packets refer to; the values are ids of the builder. */
export interface EventNames {
  names: Map<number, number>;
  categories: Map<number, number>;
  roles: Map<number, Role>;
}

/** Where texts that are written out go. */
export interface EventTexts {
  name(bytes: Uint8Array, from: number, to: number): number;
  category(text: string): number;
  /** several categories of one event */
  categories(ids: number[]): number;
  track(lo: number, hi: number): number;
  flow(lo: number, hi: number): number;
}

/** The older way to say what an event is: a letter of Chrome's trace format, and its ids. */
export interface Legacy {
  phase: string;
  durUs: number;
  id: string;
  bindId: string;
  bindsEnclosing: boolean;
  /** 1 in, 2 out, 3 both */
  flowDirection: number;
  pid: string;
  tid: string;
}

/** An event. −1 and undefined stand for what it does not say. */
export class TrackEvent {
  type = 0;
  track = -1;
  name = -1;
  /** the number of a name that is not in the recording */
  lostName = -1;
  category = -1;
  deltaUs = Number.NaN;
  absoluteUs = Number.NaN;
  value = Number.NaN;
  correlation = 0;
  bytes = 0;
  device = '';
  stream = '';
  model = '';
  flows: number[] = [];
  endingFlows: number[] = [];
  extraTracks: number[] = [];
  extraValues: number[] = [];
  extraDoubleTracks: number[] = [];
  extraDoubleValues: number[] = [];
  legacy: Legacy | undefined;
  private categories: number[] = [];
  private known: EventNames = { names: new Map(), categories: new Map(), roles: new Map() };
  /** what is done with each number of a repeated field: made once, not for every event */
  private readonly take: Readonly<Record<'category' | 'flows' | 'endingFlows' | 'extraTracks' | 'extraDoubleTracks' | 'extraValue', () => void>>;

  /** `cursor` is the one that all events are read with */
  constructor(
    private readonly texts: EventTexts,
    private readonly cursor: Cursor,
  ) {
    this.take = {
      category: () => {
        const category = this.known.categories.get(cursor.lo);
        if (category !== undefined) this.categories.push(category);
      },
      flows: () => void this.flows.push(texts.flow(cursor.lo, cursor.hi)),
      endingFlows: () => void this.endingFlows.push(texts.flow(cursor.lo, cursor.hi)),
      extraTracks: () => void this.extraTracks.push(texts.track(cursor.lo, cursor.hi)),
      extraDoubleTracks: () => void this.extraDoubleTracks.push(texts.track(cursor.lo, cursor.hi)),
      extraValue: () => void this.extraValues.push((cursor.hi | 0) * 0x1_0000_0000 + cursor.lo),
    };
  }

  /** reads the event at the cursor, which ends at `end` */
  read(end: number, known: EventNames, interned: InternedText): void {
    const { texts, cursor } = this;
    this.known = known;
    this.clear();
    while (cursor.next(end)) {
      switch (cursor.field) {
        case 1:
          this.deltaUs = cursor.int();
          break;
        case 16:
          this.absoluteUs = cursor.int();
          break;
        case 3:
          cursor.repeated(end, this.take.category);
          break;
        case 22:
          this.categories.push(texts.category(cursor.text(end)));
          break;
        case 4:
          this.readAnnotation(cursor, cursor.open(end), known.roles, interned);
          break;
        case 6:
          this.readLegacy(cursor, cursor.open(end), known);
          break;
        case 9:
          this.type = cursor.uint();
          break;
        case 10:
          this.setName(known, cursor.uint());
          break;
        case 23: {
          const to = cursor.open(end);
          this.name = texts.name(cursor.bytes, cursor.at, to);
          cursor.at = to;
          break;
        }
        case 11:
          cursor.varint();
          this.track = texts.track(cursor.lo, cursor.hi);
          break;
        case 30:
          this.value = cursor.int();
          break;
        case 44:
          this.value = cursor.double();
          break;
        case 36:
        case 47:
          cursor.repeated(end, this.take.flows);
          break;
        case 42:
        case 48:
          cursor.repeated(end, this.take.endingFlows);
          break;
        case 31:
          cursor.repeated(end, this.take.extraTracks);
          break;
        case 12:
          cursor.repeated(end, this.take.extraValue);
          break;
        case 45:
          cursor.repeated(end, this.take.extraDoubleTracks);
          break;
        case 46:
          this.extraDoubleValues.push(cursor.double());
          break;
        default:
          cursor.skip(end);
      }
    }
    if (this.categories.length > 0) this.category = this.categories.length === 1 ? this.categories[0] : texts.categories(this.categories);
  }

  private clear(): void {
    this.type = 0;
    this.track = this.name = this.lostName = this.category = -1;
    this.deltaUs = this.absoluteUs = this.value = Number.NaN;
    this.correlation = this.bytes = 0;
    this.device = this.stream = this.model = '';
    this.legacy = undefined;
    empty(this.flows);
    empty(this.endingFlows);
    empty(this.categories);
    empty(this.extraTracks);
    empty(this.extraValues);
    empty(this.extraDoubleTracks);
    empty(this.extraDoubleValues);
  }

  private setName(known: EventNames, iid: number): void {
    const name = known.names.get(iid);
    if (name === undefined) this.lostName = iid;
    else this.name = name;
  }

  /** Looks for the few annotations that have a role; the others are decoded when somebody asks. */
  private readAnnotation(cursor: Cursor, end: number, roles: Map<number, Role>, interned: InternedText): void {
    let role: Role | undefined;
    let number = 0;
    let text: string | undefined;
    while (cursor.next(end)) {
      switch (cursor.field) {
        case 1:
          role = roles.get(cursor.uint());
          // Writers put the name first.
          if (role === undefined) cursor.at = end;
          break;
        case 10: {
          const to = cursor.open(end);
          role = roleOf(cursor.bytes, cursor.at, to);
          cursor.at = to;
          break;
        }
        case 3:
        case 4:
          number = cursor.uint();
          break;
        case 6:
          text = cursor.text(end);
          break;
        case 17:
          text = interned(INTERNED.annotationTexts, cursor.uint());
          break;
        default:
          cursor.skip(end);
      }
    }
    if (role === 'correlation' || role === 'bytes') this[role] = number;
    else if (role !== undefined) this[role] = text ?? String(number);
  }

  private readLegacy(cursor: Cursor, end: number, known: EventNames): void {
    const legacy: Legacy = { phase: '', durUs: Number.NaN, id: '', bindId: '', bindsEnclosing: false, flowDirection: 0, pid: '', tid: '' };
    while (cursor.next(end)) {
      const { field } = cursor;
      if (field === 1) this.setName(known, cursor.uint());
      else if (field === 2) legacy.phase = String.fromCharCode(cursor.uint() & 0x7f);
      else if (field === 3) legacy.durUs = cursor.int();
      else if (field === 6 || field === 10 || field === 11) {
        cursor.varint();
        legacy.id = `${field === 11 ? 'global ' : ''}${cursor.digits(false)}`;
      } else if (field === 8) {
        cursor.varint();
        legacy.bindId = cursor.digits(false);
      } else if (field === 12) legacy.bindsEnclosing = cursor.bool();
      else if (field === 13) legacy.flowDirection = cursor.uint();
      else if (field === 18) legacy.pid = String(cursor.int());
      else if (field === 19) legacy.tid = String(cursor.int());
      else cursor.skip(end);
    }
    this.legacy = legacy;
  }
}

/** Most lists are empty already, and setting a length is slow. */
function empty(list: number[]): void {
  if (list.length > 0) list.length = 0;
}
