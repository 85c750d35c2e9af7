/**
 * Reading a Perfetto trace made in memory, as an exporter of system profiles writes it: 16 threads, five args for each slice,
 * interned names, times since 1970. CPU time, because what other processes do hardly changes it; best of five.
 * Run: node --import tsx test/bench/perfetto.ts
 */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type Packet, trace } from '../unit/read/perfetto/encode.js';

/** MB of file for a second of CPU, up to the columns of the builder. */
const GOAL_MB_PER_S = 100;
const SLICES = 200_000;
const REPEATS = 5;
/** As a reader gets it from a file. */
const PIECE_BYTES = 1 << 20;

const START_NS = 1_729_888_371_056_597_613n;
const FIRST_TRACK = 11_400_714_819_323_198_485n;

function head(): Packet[] {
  const texts = (all: string[]): Packet[] => all.map((text, i) => ({ iid: i + 1, text }));
  return [
    {
      clocks: {
        clocks: [
          { id: 6, time: 35_255_823_190n },
          { id: 1, time: START_NS },
        ],
      },
      sequence: 7,
    },
    {
      flags: 1,
      defaults: { clock: 1 },
      interned: {
        names: texts(['nrt_tensor_write', 'cc_running', 'nc_exec_running', 'aten::mm']),
        categories: texts(['neuron_rt']),
        argNames: texts(['instance_id', 'process_id', 'worker_gid', 'size', 'exec_id']),
        argTexts: texts(['i-0f207fb2a99bd2d08']),
      },
      sequence: 7,
    },
    { track: { uuid: 1000, process: { pid: 1_627_711, name: 'worker' } }, sequence: 7 },
    ...Array.from({ length: 16 }, (_, thread) => ({ track: { uuid: FIRST_TRACK + BigInt(thread), parent: 1000, name: `worker_gid ${thread}` }, sequence: 7 })),
  ];
}

/** Begin and end of a slice. */
function slice(index: number): Packet[] {
  const [time, track] = [START_NS + BigInt(index) * 1500n, FIRST_TRACK + BigInt(index & 15)];
  const args: Packet[] = [
    { nameIid: 1, textIid: 1 },
    { nameIid: 2, uint: 1_627_711 },
    { nameIid: 3, int: index & 15 },
    { nameIid: 4, uint: index * 4 },
    { nameIid: 5, uint: index },
  ];
  return [
    { time, event: { type: 1, track, categoryIids: 1, nameIid: (index % 4) + 1, args }, flags: 2, sequence: 7 },
    { time: time + 900n, event: { type: 2, track }, flags: 2, sequence: 7 },
  ];
}

/** Built as it ships: what tsx adds to functions would be measured too. */
const program = fileURLToPath(new URL('../../out/bench-perfetto.mjs', import.meta.url));
buildSync({
  stdin: {
    contents: `
      export { createBuilder } from './src/core/trace/builder.js';
      export { createFraming } from './src/core/read/perfetto/framing.js';
      export { createPerfettoReader } from './src/core/read/perfetto/reader.js';`,
    resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: program,
});
const { createBuilder, createFraming, createPerfettoReader } = await import(program);

const bytes = Buffer.concat([trace(...head()), ...Array.from({ length: SLICES }, (_, index) => trace(...slice(index)))]);
const cpuMs = (): number => process.cpuUsage().user / 1000;
const times = Array.from({ length: REPEATS }, () => {
  globalThis.gc?.();
  const before = cpuMs();
  const reader = createPerfettoReader(createBuilder());
  const framing = createFraming(reader.take);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) framing.push(bytes.subarray(at, at + PIECE_BYTES));
  reader.finish();
  if (reader.events() !== 2 * SLICES) throw new Error(`${reader.events()} events were read`);
  return cpuMs() - before;
});
const bestMs = Math.min(...times);
const rate = bytes.length / 1e3 / bestMs;
console.log(
  `Perfetto, ${(bytes.length / 1e6).toFixed(0)} MB, to the columns | ${bestMs.toFixed(0)} ms CPU | | ${rate.toFixed(0)} MB/s | ≥ ${GOAL_MB_PER_S} MB/s`,
);
