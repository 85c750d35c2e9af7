/** What the parser calls a thing, and what the builder calls the same. */
import type { TraceBuilder, TrackKey } from '../trace/builder.js';
import { NONE } from '../trace/trace.js';
import type { RawStrings } from './blocks.js';
import { decodeRaw, hasEscapes, unescapeJson, utf8 } from './text.js';

export interface ThreadIds {
  process: string;
  thread: string;
}

export type Names = ReturnType<typeof createNames>;

/** Turns string ids of the parser into ids of the builder, each once. */
export function createNames(builder: TraceBuilder) {
  let strings: RawStrings = { bytes: () => new Uint8Array(0) };
  let names = new Uint32Array(1 << 12).fill(NONE);
  const categories: number[] = [];
  const threads: ThreadIds[] = [];
  const tracks: Record<TrackKey['domain'], number[]> = { gpu: [], gpuAnnotation: [], cpu: [], async: [] };
  const text = (id: number): string => decodeRaw(strings.bytes(id));

  const addName = (id: number): number => {
    if (id >= names.length) {
      const larger = new Uint32Array(2 * id).fill(NONE);
      larger.set(names);
      names = larger;
    }
    const bytes = strings.bytes(id);
    names[id] = hasEscapes(bytes) ? builder.string(text(id)) : builder.stringBytes(bytes, 0, bytes.length);
    return names[id];
  };

  /** A track is `pid"tid`: a quote inside of either has a backslash before it. */
  const threadOf = (track: number): ThreadIds => {
    const raw = utf8(strings.bytes(track));
    const process = /^(?:[^"\\]|\\[\s\S])*/.exec(raw)?.[0] ?? '';
    return { process: unescapeJson(process), thread: unescapeJson(raw.slice(process.length + 1)) };
  };

  const ids = (track: number): ThreadIds => (threads[track] ??= threadOf(track));

  return {
    noName: builder.string(''),
    noCategory: builder.category(''),
    /** The strings of the block that is read now. */
    use(source: RawStrings): void {
      strings = source;
    },
    text,
    ids,
    name(id: number): number {
      const known = id < names.length ? names[id] : NONE;
      return known === NONE ? addName(id) : known;
    },
    category: (id: number): number => (categories[id] ??= builder.category(text(id))),
    /** The track of a record of a category: GPU work is kept apart from a thread with the same ids. */
    track(track: number, category: number): number {
      const domain = builder.domain(category);
      return (tracks[domain][track] ??= builder.track({ ...ids(track), domain }));
    },
  };
}

/**
 * Numbers that fit into 32 bits, for ids that nearly always do: those that do not get free numbers from the upper end,
 * the same for the same id.
 */
export function createSmallNumbers(): (id: number) => number {
  const large = new Map<number, number>();
  return (id) => {
    if (id >= 0 && id < NONE) return id;
    const known = large.get(id) ?? NONE - 1 - large.size;
    large.set(id, known);
    return known;
  };
}
