/**
 * Guessing how a record is laid out. A profiler writes all its records alike: between the values that change from record
 * to record stands the same text again and again. Such a stretch is remembered together with what reading it gave; where
 * the next record has the same bytes, reading them would give the same, so it is not done.
 */
import { allocate } from './memory.as';

const STRETCHES: u32 = 8;
const TEXT: usize = 128;
/** text, then a mask of its bytes, then its length and two results */
const SIZE: usize = 2 * TEXT + 16;
const LENGTH: usize = 2 * TEXT;

/** A table of stretches: the number learned, the one that fitted last, then the stretches. */
const LEARNED: usize = 0;
const LAST: usize = 4;
const FIRST: usize = 16;

export function createStretches(): usize {
  const table = allocate(FIRST + SIZE * STRETCHES);
  memory.fill(table, 0, FIRST + SIZE * STRETCHES);
  store<u32>(table, <u32>(table + FIRST), LAST);
  return table;
}

// @ts-ignore: decorator
@inline
function fits(stretch: usize, p: usize): bool {
  const length = load<u32>(stretch, LENGTH);
  if (length == 0) return false;
  for (let i: usize = 0; i < length; i += 16) {
    const different = v128.and(v128.xor(v128.load(stretch + i), v128.load(p + i)), v128.load(stretch + i, TEXT));
    if (v128.any_true(different)) return false;
  }
  return true;
}

/** The stretch that stands at `p`, or 0. */
// @ts-ignore: decorator
@inline
export function stretchAt(table: usize, p: usize): usize {
  const last = load<u32>(table, LAST);
  return fits(last, p) ? last : otherStretchAt(table, p);
}

function otherStretchAt(table: usize, p: usize): usize {
  for (let i: u32 = 0; i < STRETCHES; i++) {
    const stretch = table + FIRST + SIZE * i;
    if (fits(stretch, p)) {
      store<u32>(table, <u32>stretch, LAST);
      return stretch;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
export function stretchLength(stretch: usize): usize {
  return load<u32>(stretch, LENGTH);
}

// @ts-ignore: decorator
@inline
export function firstResult(stretch: usize): u32 {
  return load<u32>(stretch, LENGTH + 4);
}

// @ts-ignore: decorator
@inline
export function secondResult(stretch: usize): u32 {
  return load<u32>(stretch, LENGTH + 8);
}

/** Remembers a stretch, in place of the one that was learned longest ago. */
export function learn(table: usize, from: usize, to: usize, first: u32, second: u32): void {
  const length = to - from;
  if (length > TEXT) return;
  const learned = load<u32>(table, LEARNED);
  store<u32>(table, learned + 1, LEARNED);
  const stretch = table + FIRST + SIZE * (learned % STRETCHES);
  memory.fill(stretch, 0, SIZE);
  memory.copy(stretch, from, length);
  memory.fill(stretch + TEXT, 0xff, length);
  store<u32>(stretch, <u32>length, LENGTH);
  store<u32>(stretch, first, LENGTH + 4);
  store<u32>(stretch, second, LENGTH + 8);
}
