/**
 * Reading a trace: from gzip to columns and kernel times against Node's own gunzip, parsing against JSON.parse, memory,
 * the args of a record, and how soon a cancelled reading ends. Measurements take turns, so that each ratio is from one moment of the machine; best of five.
 * Run: node --import tsx test/bench/read.ts [--all]   (--all: also 1 GB)
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { buildSync } from 'esbuild';
import { type Block, HAS, type RawStrings } from '../../src/core/read/blocks.js';
import type { ByteFile } from '../../src/core/read/bytes.js';
import { createChromeReader } from '../../src/core/read/chrome.js';
import { type Platform, readBlocks } from '../../src/core/read/pipeline.js';
import { readTrace } from '../../src/core/read/read.js';
import { createBuilder } from '../../src/core/trace/builder.js';
import { nodePlatform, startInflateThread } from '../../src/node/platform.js';
import { parseWithKernel } from '../unit/read/parsers.js';
import { scaled } from './scale.js';

const REPEATS = 5;
/** Peak memory of Perfetto's trace processor on a trace of 300 MB. */
const PERFETTO_MB = 526;

const inflateThread = new URL('../../out/bench-inflate.mjs', import.meta.url);
const peakProgram = new URL('../../out/bench-peak.mjs', import.meta.url);

async function fileAt(path: string): Promise<ByteFile & { close(): Promise<void> }> {
  const handle = await open(path);
  const { size } = await handle.stat();
  return {
    name: path,
    size,
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    close: () => handle.close(),
  };
}

/** Columns in the builder and kernel time by name; what the timeline needs beyond that is measured apart. */
async function columns(path: string, platform: Platform) {
  const file = await fileAt(path);
  const builder = createBuilder();
  const chrome = createChromeReader(builder);
  const kernelNs = new Map<number, number>();
  const take = (block: Block, strings: RawStrings): void => {
    chrome.take(block, strings);
    for (let row = 0; row < block.rows; row++) {
      if (block.flags[row] & HAS.grid) kernelNs.set(block.name[row], (kernelNs.get(block.name[row]) ?? 0) + block.dur[row]);
    }
  };
  const reading = await readBlocks(file, 'gzip', take, async () => undefined, platform);
  chrome.finish();
  await file.close();
  return { builder, reading, events: chrome.records() };
}

/** Only what the reader does: nobody takes the blocks. */
async function blocks(path: string, platform: Platform): Promise<void> {
  const file = await fileAt(path);
  await readBlocks(
    file,
    'gzip',
    () => {},
    async () => undefined,
    platform,
  );
  await file.close();
}

function gunzip(path: string): Promise<void> {
  return new Promise((done, fail) => {
    const stream = createGunzip({ chunkSize: 1 << 20 });
    stream.on('data', () => {});
    stream.on('end', done);
    stream.on('error', fail);
    stream.end(readFileSync(path));
  });
}

interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** What is measured; where it has to be prepared first, that gives what is measured. */
type Task = { run(): Promise<unknown> } | { prepare(): Promise<() => Promise<unknown>> };

/** Reading with a thread that has started already. */
function warm(path: string, read: (path: string, platform: Platform) => Promise<unknown>): Task {
  return {
    async prepare() {
      const thread = startInflateThread(path, inflateThread);
      await once(thread.worker, 'online');
      await sleep(100); // it loads its program
      return () => read(path, { inflateThread: () => thread });
    },
  };
}

/** Runs all in turn, five times, and keeps the least of each. */
async function best(tasks: Record<string, Task>): Promise<Record<string, Cost>> {
  const least: Record<string, Cost> = {};
  const kept: Record<string, unknown> = {}; // results: with them, the code that was compiled for them would be collected
  for (let i = 0; i < REPEATS; i++) {
    for (const [name, task] of Object.entries(tasks)) {
      global.gc?.();
      const run = 'prepare' in task ? await task.prepare() : task.run;
      const cpu = process.cpuUsage();
      const from = performance.now();
      kept[name] = await run();
      const wallMs = performance.now() - from;
      const { user, system } = process.cpuUsage(cpu);
      const before = least[name] ?? { wallMs: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
      least[name] = { wallMs: Math.min(before.wallMs, wallMs), cpuMs: Math.min(before.cpuMs, (user + system) / 1000) };
    }
  }
  return least;
}

const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const row = (...cells: string[]) => console.log(cells.join(' | '));
const ratio = (value: number, goal: number, more: boolean) => [`${value.toFixed(2)}x`, `${more ? '>=' : '<='} ${goal}x`];

async function speed(megabytes: number, path: string): Promise<void> {
  const label = `${megabytes} MB`;
  const costs = await best({
    gunzip: { run: () => gunzip(path) },
    blocks: warm(path, blocks),
    two: warm(path, columns),
    cold: { run: () => columns(path, nodePlatform(path, inflateThread)) },
    one: { run: () => columns(path, {}) },
  });
  const { gunzip: plain, blocks: parsed, two, cold, one } = costs;
  const against = `gunzip ${ms(plain.wallMs)}`;
  row(`${label} gz to blocks of columns, two threads, wall`, ms(parsed.wallMs), against, ...ratio(parsed.wallMs / plain.wallMs, 0.75, false));
  row(`${label} the same into the builder, with kernel times`, ms(two.wallMs), against, ...ratio(two.wallMs / plain.wallMs, 0.75, false));
  row(`${label} that with the start of the thread`, ms(cold.wallMs), against, `${(cold.wallMs / plain.wallMs).toFixed(2)}x`, '');
  row(`${label} that on one thread, cpu`, ms(one.cpuMs), `gunzip ${ms(plain.cpuMs)}`, ...ratio(one.cpuMs / plain.cpuMs, 1.15, false));
}

async function parseAlone(megabytes: number, path: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(path));
  const text = new TextDecoder().decode(bytes);
  const { parse, native } = await best({
    native: { run: async () => JSON.parse(text) },
    parse: { run: () => parseWithKernel([bytes], () => {}) },
  });
  row(`${megabytes} MB parse alone, cpu`, ms(parse.cpuMs), `JSON.parse ${ms(native.cpuMs)}`, ...ratio(native.cpuMs / parse.cpuMs, 6, true));
}

/** Everything that readTrace does, and what comes out of it. */
async function whole(megabytes: number, path: string): Promise<void> {
  const file = await fileAt(path);
  const { builder, reading } = await columns(path, {});
  const from = performance.now();
  const meta = { format: '', producer: '', devices: [], facts: [], events: 0, textBytes: 0 };
  const { slices } = builder.finish(meta, { baseNs: reading.baseNs });
  const finishMs = performance.now() - from;
  row(`${megabytes} MB sort, nest and link, of a million slices`, ms((finishMs / slices.count) * 1e6), `${slices.count} slices`, '', '<= 120 ms');

  const { trace, records } = await readTrace(file, { platform: nodePlatform(path, inflateThread) });
  const { recordLow, recordHigh, count } = trace.slices;
  const times: number[] = [];
  for (let i = 0; i < 300; i++) {
    const slice = (i * 7919 * 131) % count;
    const begun = performance.now();
    await records.text(recordLow[slice] + recordHigh[slice] * 2 ** 32);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  row(`${megabytes} MB args of a record, p95`, ms(times[285]), `median ${ms(times[150])}`, '', '<= 5 ms');
  const columnBytes = Object.values(trace.slices).reduce((sum, column) => sum + (typeof column === 'number' ? 0 : column.byteLength), 0);
  row(`${megabytes} MB slice columns`, `${(columnBytes / trace.meta.events).toFixed(1)} B/event`, `${trace.meta.events} events`, '', '<= 40 B/event');
  await file.close();
}

/** How long it takes until someone who cancels is told so, and sees what was read. */
async function cancel(megabytes: number, path: string): Promise<void> {
  const told: number[] = [];
  const shown: number[] = [];
  for (let i = 0; i < REPEATS * 2; i++) {
    const file = await fileAt(path);
    const cancelAt = performance.now() + 60 + i * 11; // at any moment between two turns
    await readTrace(file, {
      platform: nodePlatform(path, inflateThread),
      cancelled: () => performance.now() >= cancelAt,
      progress: ({ stage }) => void (stage.startsWith('Stopped') && told.push(performance.now() - cancelAt)),
    });
    shown.push(performance.now() - cancelAt);
    await file.close();
  }
  row(`${megabytes} MB cancelled: told so, longest`, ms(Math.max(...told)), `what was read is built after ${ms(Math.max(...shown))}`, '', '<= 200 ms');
}

function peak(megabytes: number, path: string): void {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(peakProgram), path, inflateThread.href], { encoding: 'utf8' });
  const peakMB = Number(stdout) / 1024;
  const goal = 0.35 * PERFETTO_MB * (megabytes / 300);
  row(
    `${megabytes} MB peak memory of a process that reads it`,
    `${peakMB.toFixed(0)} MB`,
    `Perfetto ${((PERFETTO_MB * megabytes) / 300).toFixed(0)} MB`,
    `${((peakMB / goal) * 0.35).toFixed(2)}x`,
    '<= 0.35x',
  );
}

const all = process.argv.includes('--all');
for (const [entry, outfile] of [
  ['src/node/inflateWorker.ts', inflateThread],
  ['test/bench/peak.ts', peakProgram],
] as const) {
  buildSync({ entryPoints: [entry], outfile: fileURLToPath(outfile), bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
}
for (const megabytes of all ? [100, 300, 1000] : [100, 300]) {
  const { json, gz } = await scaled(megabytes);
  console.log(`${statSync(json).size} bytes of JSON, ${statSync(gz).size} compressed`);
  await speed(megabytes, gz);
  if (megabytes === 100) await parseAlone(megabytes, json);
  await whole(megabytes, gz);
  if (megabytes >= 300) await cancel(megabytes, gz);
  peak(megabytes, gz);
}
