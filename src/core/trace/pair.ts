/** Begin and end records, paired into slices when everything is known. */
import { counting } from './columns.js';
import { NONE } from './trace.js';

/** A begin record with its end. `key` is what both had in common. */
export interface Paired {
  key: number;
  name: number;
  category: number;
  startNs: number;
  endNs: number;
  record: number;
}

export interface Pairs {
  begin(key: number, name: number, category: number, timeNs: number, record: number): void;
  end(key: number, timeNs: number): void;
  /** gives every pair, those of one key in the order of their beginnings; counts what has no partner */
  pair(emit: (slice: Paired) => void): { withoutBegin: number; withoutEnd: number };
}

/** Beginnings and ends as columns; an end has no name. */
interface Marks {
  key: Uint32Array;
  name: Uint32Array;
  category: Uint16Array;
  timeNs: Float64Array;
  record: Float64Array;
}

function marksOf(size: number): Marks {
  return {
    key: new Uint32Array(size),
    name: new Uint32Array(size),
    category: new Uint16Array(size),
    timeNs: new Float64Array(size),
    record: new Float64Array(size),
  };
}

function enlarged(marks: Marks): Marks {
  const larger = marksOf(2 * marks.key.length);
  larger.key.set(marks.key);
  larger.name.set(marks.name);
  larger.category.set(marks.category);
  larger.timeNs.set(marks.timeNs);
  larger.record.set(marks.record);
  return larger;
}

/**
 * Marks with equal keys nest: an end closes the last open beginning. Time order, file order where times are equal.
 * A beginning without an end lasts as long as its key's last mark, as other viewers show it.
 */
export function createPairs(): Pairs {
  let marks = marksOf(64);
  let count = 0;
  const push = (keyId: number, nameId: number, categoryId: number, time: number, offset: number): void => {
    if (count === marks.key.length) marks = enlarged(marks);
    marks.key[count] = keyId;
    marks.name[count] = nameId;
    marks.category[count] = categoryId;
    marks.timeNs[count] = time;
    marks.record[count++] = offset;
  };
  return {
    begin: push,
    end: (keyId, time) => push(keyId, NONE, 0, time, 0),
    pair(emit) {
      const { name: names, category: categories, record: records } = marks;
      const keys = marks.key.subarray(0, count);
      const times = marks.timeNs.subarray(0, count);
      const order = counting(count);
      const keyCount = keys.reduce((most, mine) => Math.max(most, mine + 1), 0);
      if (!inOrder(keys, keyCount, times)) order.sort((a, b) => times[a] - times[b] || a - b);
      const endNs = new Float64Array(count).fill(Number.NaN);
      const open = Array.from({ length: keyCount }, (): number[] => []);
      const lastNs = new Float64Array(keyCount);
      let withoutBegin = 0;
      for (const mark of order) {
        lastNs[keys[mark]] = times[mark];
        if (names[mark] !== NONE) {
          open[keys[mark]].push(mark);
          continue;
        }
        const begin = open[keys[mark]].pop();
        if (begin === undefined) withoutBegin++;
        else endNs[begin] = times[mark];
      }
      let withoutEnd = 0;
      for (const stack of open) {
        withoutEnd += stack.length;
        for (const begin of stack) endNs[begin] = lastNs[keys[begin]];
      }
      for (const mark of order) {
        if (names[mark] !== NONE)
          emit({ key: keys[mark], name: names[mark], category: categories[mark], startNs: times[mark], endNs: endNs[mark], record: records[mark] });
      }
      return { withoutBegin, withoutEnd };
    },
  };
}

/** Whether the marks of each key come in time order, as they nearly always do: they pair as they lie. */
function inOrder(keys: Uint32Array, keyCount: number, times: Float64Array): boolean {
  const lastNs = new Float64Array(keyCount).fill(Number.NEGATIVE_INFINITY);
  for (let mark = 0; mark < keys.length; mark++) {
    if (times[mark] < lastNs[keys[mark]]) return false;
    lastNs[keys[mark]] = times[mark];
  }
  return true;
}
