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
  let runs = [0];
  for (let i = 1; i < start.length; i++) if (start[i] < start[i - 1] || (start[i] === start[i - 1] && dur[i] > dur[i - 1])) runs.push(i);
  if (runs.length === 1) return;
  runs.push(start.length);
  let from: Sorting = { index, start, dur };
  let to: Sorting = { index: new Uint32Array(index.length), start: new Float64Array(index.length), dur: new Float64Array(index.length) };
  while (runs.length > 2) {
    const merged = [0];
    for (let r = 0; r + 1 < runs.length; r += 2) {
      const end = runs[Math.min(r + 2, runs.length - 1)];
      mergeRuns(from, to, runs[r], runs[r + 1], end);
      merged.push(end);
    }
    runs = merged;
    [from, to] = [to, from];
  }
  if (from.index === index) return;
  index.set(from.index);
  start.set(from.start);
  dur.set(from.dur);
}

/** Merges begin … middle − 1 with middle … end − 1; what needs no merging (the second lies behind the first, or one is used up) is copied whole. */
function mergeRuns(from: Sorting, to: Sorting, begin: number, middle: number, end: number): void {
  const { index, start, dur } = from;
  const { index: toIndex, start: toStart, dur: toDur } = to;
  const inOrder = middle === end || start[middle - 1] < start[middle] || (start[middle - 1] === start[middle] && dur[middle - 1] >= dur[middle]);
  let a = begin;
  let b = middle;
  let at = begin;
  while (!inOrder && a < middle && b < end) {
    const take = start[a] < start[b] || (start[a] === start[b] && dur[a] >= dur[b]) ? a++ : b++;
    toIndex[at] = index[take];
    toStart[at] = start[take];
    toDur[at++] = dur[take];
  }
  copyRun(from, to, a, middle, at);
  copyRun(from, to, b, end, at);
}

function copyRun(from: Sorting, to: Sorting, begin: number, end: number, at: number): void {
  if (begin === end) return;
  to.index.set(from.index.subarray(begin, end), at);
  to.start.set(from.start.subarray(begin, end), at);
  to.dur.set(from.dur.subarray(begin, end), at);
}
