/**
 * Texts that a recording writes once and refers to by number afterwards, kept for the args that are decoded on demand.
 * A number means what it meant where the packet lies: its sequence may clear its texts and number others anew.
 */
import type { Cursor, MessageWriter } from './wire.js';

/** Fields of InternedData. */
export const INTERNED = { categories: 1, names: 2, annotationNames: 3, sourceLocations: 4, annotationTexts: 29 } as const;

export interface Dictionary {
  /** `offset` is that of the packet, here and below */
  add(sequence: number, field: number, iid: number, offset: number, text: string): void;
  clear(sequence: number, offset: number): void;
  /** undefined when the recording does not hold the text (any more) */
  text(sequence: number, field: number, iid: number, offset: number): string | undefined;
  save(writer: MessageWriter): void;
}

interface Entries {
  sequence: number;
  field: number;
  iid: number;
  offsets: number[];
  texts: string[];
}

export function createDictionary(): Dictionary {
  const entries = new Map<string, Entries>();
  const clears = new Map<number, number[]>();
  return {
    add(sequence, field, iid, offset, text) {
      const key = `${sequence} ${field} ${iid}`;
      let mine = entries.get(key);
      if (!mine) entries.set(key, (mine = { sequence, field, iid, offsets: [], texts: [] }));
      mine.offsets.push(offset);
      mine.texts.push(text);
    },
    clear(sequence, offset) {
      const mine = clears.get(sequence);
      if (mine) mine.push(offset);
      else clears.set(sequence, [offset]);
    },
    text(sequence, field, iid, offset) {
      const mine = entries.get(`${sequence} ${field} ${iid}`);
      const at = mine === undefined ? -1 : lastUpTo(mine.offsets, offset);
      if (mine === undefined || at < 0) return undefined;
      const cleared = clears.get(sequence) ?? [];
      const clear = lastUpTo(cleared, offset);
      return clear >= 0 && cleared[clear] > mine.offsets[at] ? undefined : mine.texts[at];
    },
    save(writer) {
      for (const { sequence, field, iid, offsets, texts } of entries.values()) {
        for (const [i, offset] of offsets.entries()) {
          writer.message(SAVED.entry, (entry) => {
            entry.number(1, sequence);
            entry.number(2, field);
            entry.number(3, iid);
            entry.number(4, offset);
            entry.text(5, texts[i]);
          });
        }
      }
      for (const [sequence, offsets] of clears) {
        for (const offset of offsets) {
          writer.message(SAVED.clear, (clear) => {
            clear.number(1, sequence);
            clear.number(4, offset);
          });
        }
      }
    },
  };
}

/** Fields of what `save` writes. */
export const SAVED = { entry: 1, clear: 2 } as const;

/** Takes one of the messages that `save` wrote. */
export function restoreInto(dictionary: Dictionary, cursor: Cursor, outer: number): void {
  const isEntry = cursor.field === SAVED.entry;
  const end = cursor.open(outer);
  const numbers = [0, 0, 0, 0, 0];
  let text = '';
  while (cursor.next(end)) {
    if (cursor.field < 5) numbers[cursor.field] = cursor.uint();
    else text = cursor.text(end);
  }
  const [, sequence, field, iid, offset] = numbers;
  if (isEntry) dictionary.add(sequence, field, iid, offset, text);
  else dictionary.clear(sequence, offset);
}

/** Index of the last offset that is not behind `offset`; −1 when all are. */
function lastUpTo(offsets: number[], offset: number): number {
  let from = 0;
  let to = offsets.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (offsets[middle] <= offset) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}
