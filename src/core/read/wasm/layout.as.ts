/**
 * Guessing how a record is laid out. A profiler writes all its records alike: between the values that change from record
 * to record stands the same text again and again. Such a stretch is remembered together with what reading it gave; where
 * the next record has the same bytes, reading them would give the same, so it is not done.
 */
import { allocate } from './memory.as';

const STRETCHES: u32 = 8;
const LONGEST: usize = 128;
const SHORTEST: usize = 8;
/** text, then its length and two results */
const SIZE: usize = LONGEST + 16;
const LENGTH: usize = LONGEST;

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
  const length = <usize>load<u32>(stretch, LENGTH);
  if (length < SHORTEST) return false; // nothing was learned here yet
  if (length < 16) {
    const last = length - 8;
    return load<u64>(stretch) == load<u64>(p) && load<u64>(stretch + last) == load<u64>(p + last);
  }
  const last = length - 16;
  for (let i: usize = 0; i < last; i += 16) if (differ(stretch + i, p + i)) return false;
  return !differ(stretch + last, p + last);
}

// @ts-ignore: decorator
@inline
function differ(a: usize, b: usize): bool {
  return v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}

/** The stretch that stands at `p`, or 0. */
// @ts-ignore: decorator
@inline
export function stretchAt(table: usize, p: usize): usize {
  const last = <usize>load<u32>(table, LAST);
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
  if (length < SHORTEST || length > LONGEST) return;
  const learned = load<u32>(table, LEARNED);
  store<u32>(table, learned + 1, LEARNED);
  const stretch = table + FIRST + SIZE * (learned % STRETCHES);
  memory.copy(stretch, from, length);
  store<u32>(stretch, <u32>length, LENGTH);
  store<u32>(stretch, first, LENGTH + 4);
  store<u32>(stretch, second, LENGTH + 8);
}
