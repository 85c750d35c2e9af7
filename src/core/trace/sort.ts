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
  let to: Sorting = { index: index.slice(), start: start.slice(), dur: dur.slice() };
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

function mergeRuns(from: Sorting, to: Sorting, begin: number, middle: number, end: number): void {
  const { index, start, dur } = from;
  let a = begin;
  let b = middle;
  for (let at = begin; at < end; at++) {
    const takeA = b === end || (a < middle && (start[a] < start[b] || (start[a] === start[b] && dur[a] >= dur[b])));
    const take = takeA ? a++ : b++;
    to.index[at] = index[take];
    to.start[at] = start[take];
    to.dur[at] = dur[take];
  }
}
