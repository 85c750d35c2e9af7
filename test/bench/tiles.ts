/** Timeline index and tiles over ten million synthetic slices, against the same without levels. An argument says how many million. */
import { createBuilder, type TraceBuilder } from '../../src/core/trace/builder.js';
import { buildLevels, type Levels } from '../../src/core/trace/levels.js';
import { restoreTrace, saveTrace } from '../../src/core/trace/store.js';
import { type Look, tiles } from '../../src/core/trace/tile.js';
import { NONE, type Trace } from '../../src/core/trace/trace.js';

const SLICES = Number(process.argv[2] ?? 10) * 1e6;
const THREADS = 120;
const STREAMS = 40;
const WIDTH_PX = 2000;
const WARM_UP = 5;
const REPEATS = 40;
const ROUNDS = 5;
const GAP_NS = 45e6;
const ZOOMS = [1, 0.3, 0.1, 0.01, 0.001, 0.0001];

const LOOK: Look = {
  colourOfCategory: new Uint8Array(16),
  colourOfName: new Uint8Array(4096),
  label: (name) => String(name),
  folds: () => ({ around: new Uint8Array(0), isWrapper: new Uint8Array(0), tracks: [] }),
};

/** Small and reproducible: numerical recipes' generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 0x1_0000_0000;
}

/** Threads of frames up to 60 deep that come in bursts, and streams of kernels: the shape of a Python-stack trace. */
function synthesize(count: number): TraceBuilder {
  const builder = createBuilder();
  const next = random(7);
  const names = Array.from({ length: 2000 }, (_, i) => builder.string(`name_${i}`));
  const python = builder.category('python_function');
  const kernel = builder.category('kernel');
  const kernels = Math.floor(count * 0.05);
  for (let stream = 0; stream < STREAMS; stream++) {
    const track = builder.track({ process: String(stream), thread: '7', domain: 'gpu' });
    let timeNs = 0;
    for (let i = 0; i < kernels / STREAMS; i++) {
      const durNs = 1000 + Math.floor(next() * 80_000);
      builder.slice(track, names[Math.floor(next() * 100)], kernel, timeNs, durNs, NONE, NONE, 0, 0, i);
      timeNs += durNs + (next() < 0.01 ? 3e6 : 800);
    }
  }
  const perThread = Math.floor((count - kernels) / THREADS);
  const start = new Float64Array(perThread);
  const dur = new Float64Array(perThread);
  for (let thread = 0; thread < THREADS; thread++) {
    let used = 0;
    const frame = (startNs: number, depth: number): number => {
      const slice = used++;
      let timeNs = startNs + 100 + Math.floor(next() * 400);
      const children = depth > 60 ? 0 : depth < 6 ? 3 : Math.floor(next() * 2.05);
      for (let child = 0; child < children && used < perThread; child++) timeNs = frame(timeNs, depth + 1) + Math.floor(next() * 300);
      start[slice] = startNs;
      dur[slice] = timeNs - startNs;
      return timeNs;
    };
    for (let timeNs = 0; used < perThread; ) timeNs = frame(timeNs, 0) + Math.floor(next() * GAP_NS);
    const track = builder.track({ process: '1', thread: String(thread), domain: 'cpu' });
    for (let slice = 0; slice < perThread; slice++)
      builder.slice(track, names[Math.floor(next() * names.length)], python, start[slice], dur[slice], NONE, NONE, 0, 0, slice);
  }
  return builder;
}

function quantile(values: number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)];
}

function measure(trace: Trace, levels: Levels, tracks: number[], zoom: number): { p50: number; p95: number; cells: number } {
  const next = random(3);
  const times: number[] = [];
  let cells = 0;
  for (let i = -WARM_UP; i < REPEATS; i++) {
    const width = trace.durationNs * zoom;
    const startNs = next() * (trace.durationNs - width);
    const before = performance.now();
    const answer = tiles(trace, levels, { tracks, startNs, endNs: startNs + width, widthPx: WIDTH_PX, search: '' }, new Uint32Array(0), LOOK);
    if (i >= 0) times.push(performance.now() - before);
    cells = Math.max(
      cells,
      answer.reduce((sum, { count }) => sum + count, 0),
    );
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), cells };
}

/** The least of several rounds: what other processes do falls on some of them. */
function bestOf(rounds: number, trace: Trace, levels: Levels, tracks: number[], zoom: number): { p50: number; p95: number; cells: number } {
  const results = Array.from({ length: rounds }, () => measure(trace, levels, tracks, zoom));
  return { p50: Math.min(...results.map(({ p50 }) => p50)), p95: Math.min(...results.map(({ p95 }) => p95)), cells: results[0].cells };
}

/** The busiest tracks that together have about `rows` rows. */
function busiest(trace: Trace, rows: number): number[] {
  const byCount = trace.tracks.map((_, track) => track).sort((a, b) => trace.tracks[b].info.sliceCount - trace.tracks[a].info.sliceCount);
  let left = rows;
  return byCount.filter((track) => left > 0 && (left -= trace.tracks[track].info.rowCount) > -trace.tracks[track].info.rowCount);
}

/** CPU time of the process in ms: what other processes do hardly changes it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function row(what: string, measured: string, against = '', ratio = '', goal = ''): void {
  console.log([what, measured, against, ratio, goal].join(' | '));
}

const millions = SLICES / 1e6;
const perMillion = (ms: number): string => `${(ms / millions).toFixed(0)} ms CPU per M slices`;
const builder = synthesize(SLICES);
let before = cpuMs();
const trace = builder.finish({ format: 'synthetic', producer: '', devices: [], facts: [], events: SLICES, textBytes: 0 }, { baseNs: 0n });
const finishMs = cpuMs() - before;
before = cpuMs();
const levels = buildLevels(trace);
const levelsMs = cpuMs() - before;
const bytesOf = (kept: Levels): number => saveTrace(trace, kept).reduce((sum, { length }) => sum + length, 0) / SLICES;
row(
  `timeline index of ${millions} M slices on ${trace.rows.count} rows`,
  perMillion(finishMs + levelsMs),
  `sort and nest ${perMillion(finishMs)}`,
  '',
  '120 ms',
);
row('columns', `${bytesOf([levels[0]]).toFixed(1)} B per slice`, '', '', '40 B');
row('columns with levels in memory', `${bytesOf(levels).toFixed(1)} B per slice`, '', '', '80 B');
const blob = Buffer.concat(saveTrace(trace, levels));
before = cpuMs();
const restored = restoreTrace(blob);
const restoreMs = cpuMs() - before;
if (!restored) throw new Error('the stored trace could not be restored');
row('restore from bytes', perMillion(restoreMs), 'index built anew', `${(restoreMs / (finishMs + levelsMs)).toFixed(2)}x`, '0.15x');
const views: [string, number[], string][] = [
  ['200 rows', busiest(trace, 200), '1 ms'],
  ['all rows', trace.tracks.map((_, track) => track), '10 ms'],
];
for (const [what, tracks, goal] of views) {
  for (const zoom of ZOOMS) {
    const indexed = bestOf(ROUNDS, trace, levels, tracks, zoom);
    const plain = measure(trace, [levels[0]], tracks, zoom);
    const measured = `p95 ${indexed.p95.toFixed(2)} ms, median ${indexed.p50.toFixed(2)} ms, ${indexed.cells} cells`;
    row(
      `tiles of ${what}, ${zoom * 100} % of the time`,
      measured,
      `without levels ${plain.p50.toFixed(2)} ms`,
      `${(indexed.p50 / plain.p50).toFixed(2)}x`,
      goal,
    );
  }
}
