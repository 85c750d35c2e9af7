/** Timeline index and tiles over ten million synthetic slices, against a walk without an index. Run: node --import tsx test/bench/tiles.ts [millions] */
import { createBuilder } from '../../src/core/trace/builder.js';
import { buildLevels, type Levels } from '../../src/core/trace/levels.js';
import { type Look, tiles } from '../../src/core/trace/tile.js';
import { NONE, type Trace } from '../../src/core/trace/trace.js';

const SLICES = Number(process.argv[2] ?? 10) * 1e6;
const THREADS = 120;
const STREAMS = 40;
const WIDTH_PX = 2000;
const REPEATS = 40;
const GAP_NS = 45e6;
const ZOOMS = [1, 0.3, 0.1, 0.01, 0.001, 0.0001];

const LOOK: Look = { colourOfCategory: new Uint8Array(16), colourOfName: new Uint8Array(4096), label: (name) => String(name) };

/** Small and reproducible: numerical recipes' generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 0x1_0000_0000;
}

/** Threads of frames up to 60 deep that come in bursts, and streams of kernels: the shape of a Python-stack trace. */
function synthesize(count: number): Trace {
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
  for (let thread = 0; thread < THREADS; thread++) {
    const track = builder.track({ process: '1', thread: String(thread), domain: 'cpu' });
    let left = Math.floor((count - kernels) / THREADS);
    const frame = (startNs: number, depth: number): number => {
      left--;
      let timeNs = startNs + 100 + Math.floor(next() * 400);
      const children = depth > 60 ? 0 : depth < 6 ? 3 : Math.floor(next() * 2.05);
      for (let child = 0; child < children && left > 0; child++) timeNs = frame(timeNs, depth + 1) + Math.floor(next() * 300);
      builder.slice(track, names[Math.floor(next() * names.length)], python, startNs, timeNs - startNs, NONE, NONE, 0, 0, left);
      return timeNs;
    };
    for (let timeNs = 0; left > 0; ) timeNs = frame(timeNs, 0) + Math.floor(next() * GAP_NS);
  }
  return builder.finish({ format: 'synthetic', producer: '', devices: [], facts: [], events: count, textBytes: 0 }, { baseNs: 0n });
}

function quantile(values: number[], q: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)];
}

function measure(trace: Trace, levels: Levels, tracks: number[], zoom: number): { p50: number; p95: number; cells: number } {
  const next = random(3);
  const times: number[] = [];
  let cells = 0;
  for (let i = 0; i < REPEATS; i++) {
    const width = trace.durationNs * zoom;
    const startNs = next() * (trace.durationNs - width);
    const before = performance.now();
    const answer = tiles(trace, levels, { tracks, startNs, endNs: startNs + width, widthPx: WIDTH_PX, search: '' }, new Uint32Array(0), LOOK);
    times.push(performance.now() - before);
    cells = Math.max(
      cells,
      answer.reduce((sum, { count }) => sum + count, 0),
    );
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), cells };
}

/** The busiest tracks that together have about `rows` rows. */
function busiest(trace: Trace, rows: number): number[] {
  const byCount = trace.tracks.map((_, track) => track).sort((a, b) => trace.tracks[b].info.sliceCount - trace.tracks[a].info.sliceCount);
  let left = rows;
  return byCount.filter((track) => left > 0 && (left -= trace.tracks[track].info.rowCount) > -trace.tracks[track].info.rowCount);
}

const rssBefore = process.memoryUsage.rss();
let before = performance.now();
const trace = synthesize(SLICES);
console.log(
  `${trace.slices.count} slices, ${trace.rows.count} rows built in ${((performance.now() - before) / (trace.slices.count / 1e6)).toFixed(0)} ms per million (generator included)`,
);
before = performance.now();
const levels = buildLevels(trace);
const entries = levels.slice(1).reduce((sum, { main }) => sum + main.length, 0);
console.log(
  `index: ${((performance.now() - before) / (trace.slices.count / 1e6)).toFixed(0)} ms per million, ${((entries * 32) / trace.slices.count).toFixed(1)} B per slice`,
);
console.log(levels.map(({ widthNs, main }) => `${widthNs} ns: ${main.length}`).join(', '));
console.log(`process memory ${((process.memoryUsage.rss() - rssBefore) / trace.slices.count).toFixed(0)} B per slice`);
const views: [string, number[]][] = [
  ['200 rows', busiest(trace, 200)],
  ['all rows', trace.tracks.map((_, track) => track)],
];
for (const [what, tracks] of views) {
  for (const zoom of ZOOMS) {
    const indexed = measure(trace, levels, tracks, zoom);
    const plain = measure(trace, levels.slice(0, 1), tracks, zoom);
    const ratio = (plain.p50 / indexed.p50).toFixed(1);
    console.log(
      `${what}, ${zoom * 100} % of the time: p50 ${indexed.p50.toFixed(2)} ms, p95 ${indexed.p95.toFixed(2)} ms, ${indexed.cells} cells; without index ${plain.p50.toFixed(2)} ms = ${ratio}x`,
    );
  }
}
