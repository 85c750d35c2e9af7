/** Sorting slices by time: runs that are sorted already are found and merged. */

interface Sorting {
  index: Uint32Array;
  start: Float64Array;
  dur: Float64Array;
}

/**
 * Sorts all three by start, the longer first where starts are equal (only it can hold the other), else as they were.
 * Kineto writes a sorted run per activity type, and a row is a sorted run, so few merges are needed; sorted input costs one look.
 */
export function sortByStart(index: Uint32Array, start: Float64Array, dur: Float64Array): void {
  const runs = [0];
  for (let i = 1; i < start.length; i++) if (start[i] < start[i - 1] || (start[i] === start[i - 1] && dur[i] > dur[i - 1])) runs.push(i);
  if (runs.length === 1) return;
  runs.push(start.length);
  const aside = { index: new Uint32Array(index.length), start: new Float64Array(index.length), dur: new Float64Array(index.length) };
  mergeAll({ index, start, dur }, aside, runs, 0, runs.length - 1);
}

/** Merges runs first … last − 1, split where both halves are about as long: one long run among many short ones is moved once. */
function mergeAll(sorting: Sorting, aside: Sorting, runs: number[], first: number, last: number): void {
  if (last - first < 2) return;
  const half = (runs[first] + runs[last]) / 2;
  let [low, middle] = [first + 1, last - 1];
  while (low < middle) {
    const between = (low + middle) >>> 1;
    if (runs[between] < half) low = between + 1;
    else middle = between;
  }
  mergeAll(sorting, aside, runs, first, middle);
  mergeAll(sorting, aside, runs, middle, last);
  mergeTwo(sorting, aside, runs[first], runs[middle], runs[last]);
}

/** Merges from … middle − 1 with middle … end − 1. What already stands in its place is not touched: of parts in order nothing is. */
function mergeTwo({ index, start, dur }: Sorting, aside: Sorting, from: number, middle: number, end: number): void {
  const begin = firstBehind(start, dur, from, middle);
  const count = middle - begin;
  if (count === 0) return;
  aside.index.set(index.subarray(begin, middle));
  aside.start.set(start.subarray(begin, middle));
  aside.dur.set(dur.subarray(begin, middle));
  const { index: leftIndex, start: leftStart, dur: leftDur } = aside;
  let left = 0;
  let right = middle;
  let at = begin;
  while (left < count) {
    if (right === end || leftStart[left] < start[right] || (leftStart[left] === start[right] && leftDur[left] >= dur[right])) {
      index[at] = leftIndex[left];
      start[at] = leftStart[left];
      dur[at++] = leftDur[left++];
    } else {
      index[at] = index[right];
      start[at] = start[right];
      dur[at++] = dur[right++];
    }
  }
}

/** First of from … to − 1 that belongs behind what stands at `to`. */
function firstBehind(start: Float64Array, dur: Float64Array, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[middle] < start[to] || (start[middle] === start[to] && dur[middle] >= dur[to])) low = middle + 1;
    else high = middle;
  }
  return low;
}
