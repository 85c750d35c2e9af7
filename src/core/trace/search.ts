/** Finding slices: names are tested once each, then slices by looking up what their name, category and track answered. */
import type { Span } from '../../shared/protocol.js';
import { PLACE_FIELDS, type PlaceField, parseQuery, type Term } from './query.js';
import { sortByStart } from './sort.js';
import type { Trace } from './trace.js';

/** What a search found. */
export interface Hits {
  /** slice ids, ascending */
  slices: Uint32Array;
  /** the same in time order, made when first asked for */
  byTime(): Uint32Array;
  /** distinct names among them */
  names: number;
  totalNs: number;
}

/** Names are tested for no longer than this. */
const MAX_MS = 2000;

/** What a search asks those who know more than names. */
export interface SearchFacts {
  /** what a kernel does, by its name */
  kernelCategory(name: number): string;
  /** whether GPU work is where a term says; one sentence when that cannot be told */
  placeTest(field: PlaceField, value: string): ((slice: number) => boolean) | string;
}

/** The slices that a query (see query.ts) finds, or one sentence that says why it cannot be used. */
export function search(trace: Trace, query: string, { kernelCategory, placeTest }: SearchFacts): Hits | string {
  const terms = parseQuery(query);
  if (typeof terms === 'string') return terms;
  if (terms.length === 0) return hitsOf(trace, new Uint32Array(0));
  // Where work belongs is known of GPU work only, which has the first ids.
  const end = terms.some((term) => isPlace(term) && !term.not) ? trace.gpu.count : trace.slices.count;
  const names = testNames(trace, terms, end);
  if (!names) return 'This search takes too long: use a simpler expression.';
  const categories = terms.filter((term) => term.field === 'category');
  const trackTerms = terms.filter((term): term is TrackTerm => term.field === 'stream' || term.field === 'device' || term.field === 'thread');
  const tracks = trace.tracks.map((_, track) => trackTerms.every((term) => matchesTrack(trace, track, term) !== term.not));
  const durations = terms.filter((term) => term.field === 'dur');
  const places: { test: (slice: number) => boolean; not: boolean }[] = [];
  for (const { field, value, not } of terms.filter(isPlace)) {
    const test = placeTest(field, value);
    if (typeof test === 'string') return test;
    places.push({ test, not });
  }
  const { slices, rows } = trace;
  const found = new Uint32Array(end);
  let count = 0;
  const inCategories = categoryTest(trace, categories, kernelCategory);
  for (let row = 0; row < rows.count; row++) {
    if (!tracks[rows.track[row]] || rows.first[row] >= end) continue;
    for (let slice = rows.first[row]; slice < rows.first[row + 1]; slice++) {
      if (names[slices.name[slice]] === 0) continue;
      if (categories.length > 0 && !inCategories(slices.category[slice], slices.name[slice])) continue;
      if (durations.length > 0 && !durations.every(({ test, not }) => test(slices.durNs[slice]) !== not)) continue;
      if (places.length > 0 && !places.every(({ test, not }) => (slice < trace.gpu.count && test(slice)) !== not)) continue;
      found[count++] = slice;
    }
  }
  return hitsOf(trace, found.slice(0, count));
}

/** Index in time order of the first hit that starts at or after a time; the number of hits when none does. */
export function hitAt({ slices }: Trace, hits: Hits, timeNs: number): number {
  const byTime = hits.byTime();
  let low = 0;
  let high = byTime.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slices.startNs[byTime[middle]] < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of hits that start in each of `bins` equal parts of a span. */
export function hitTicks({ slices }: Trace, hits: Hits, { startNs, endNs }: Span, bins: number): Uint32Array {
  const ticks = new Uint32Array(bins);
  const scale = bins / (endNs - startNs);
  for (const slice of hits.slices) {
    const bin = Math.floor((slices.startNs[slice] - startNs) * scale);
    if (bin >= 0 && bin < bins) ticks[bin]++;
  }
  return ticks;
}

/** 1 for each name among the first slices that passes all terms about names; undefined when testing takes too long. */
function testNames({ slices, strings }: Trace, terms: Term[], end: number): Uint8Array | undefined {
  const passes = new Uint8Array(strings.count);
  const tests = terms.filter((term) => term.field === 'name');
  if (tests.length === 0) return passes.fill(1);
  const isUsed = new Uint8Array(strings.count);
  for (let slice = 0; slice < end; slice++) isUsed[slices.name[slice]] = 1;
  const before = performance.now();
  for (let name = 0; name < strings.count; name++) {
    if (isUsed[name] === 0) continue;
    const text = strings.get(name);
    if (tests.every(({ test, not }) => test(text) !== not)) passes[name] = 1;
    if (name % 64 === 0 && performance.now() - before > MAX_MS) return undefined;
  }
  return passes;
}

type CategoryTerm = Extract<Term, { field: 'category' }>;
type PlaceTerm = Extract<Term, { field: PlaceField }>;
type TrackTerm = Extract<Term, { field: 'stream' | 'device' | 'thread' }>;

/** Whether a slice of a category and name passes; answers are kept, because both are few. */
function categoryTest({ categories }: Trace, terms: CategoryTerm[], kernelCategory: (name: number) => string): (category: number, name: number) => boolean {
  const wanted = terms.map(({ value, not }) => ({ values: value.toLowerCase().split(','), not }));
  const byName = new Map<number, boolean>();
  const test = (category: number, kernelName: number | undefined): boolean => {
    const { kind, text } = categories[category];
    const answers = [kind.toLowerCase(), text.toLowerCase(), ...(kernelName === undefined ? [] : [kernelCategory(kernelName).toLowerCase()])];
    return wanted.every(({ values, not }) => values.some((value) => answers.includes(value)) !== not);
  };
  const byCategory = categories.map(({ kind }, category) => kind !== 'kernel' && test(category, undefined));
  return (category, name) => {
    if (categories[category].kind !== 'kernel') return byCategory[category];
    const key = name * categories.length + category;
    let answer = byName.get(key);
    if (answer === undefined) byName.set(key, (answer = test(category, name)));
    return answer;
  };
}

function isPlace(term: Term): term is PlaceTerm {
  return PLACE_FIELDS.some((field) => field === term.field);
}

function matchesTrack({ tracks }: Trace, track: number, { field, value }: TrackTerm): boolean {
  const { info, thread } = tracks[track];
  if (field === 'stream') return info.kind === 'stream' && info.stream === value;
  if (field === 'device') return info.device === value;
  return info.kind !== 'stream' && (thread === value || info.name.toLowerCase().includes(value.toLowerCase()));
}

function hitsOf({ slices, strings }: Trace, found: Uint32Array): Hits {
  const seen = new Uint8Array(strings.count);
  let names = 0;
  let totalNs = 0;
  for (const slice of found) {
    totalNs += slices.durNs[slice];
    names += 1 - seen[slices.name[slice]];
    seen[slices.name[slice]] = 1;
  }
  let byTime: Uint32Array | undefined;
  return { slices: found, names, totalNs, byTime: () => (byTime ??= inTimeOrder(slices, found)) };
}

/** Slice ids in time order. */
export function inTimeOrder({ startNs, durNs }: Trace['slices'], ids: Uint32Array): Uint32Array {
  const sorted = ids.slice();
  const start = new Float64Array(ids.length);
  const dur = new Float64Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    start[i] = startNs[ids[i]];
    dur[i] = durNs[ids[i]];
  }
  sortByStart(sorted, start, dur);
  return sorted;
}
