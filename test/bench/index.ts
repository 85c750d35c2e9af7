/**
 * The source of vLLM: its symbols found, reloaded and updated, against reading the same files, which is as fast as it can be;
 * ranking the models for a recording that names none; linking the kernels of a long one. Best of five, in turns.
 * Run: node --expose-gc --import tsx test/bench/index.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexGpu } from '../../src/core/analyze/gpu.js';
import { findSteps } from '../../src/core/analyze/steps.js';
import { readTrace } from '../../src/core/read/read.js';
import { layerProfiles } from '../../src/core/session/layerProfiles.js';
import { linkKernels } from '../../src/core/source/link.js';
import { sourceSymbols } from '../../src/core/source/sourceSymbols.js';
import { indexSymbols, type SymbolIndex } from '../../src/core/source/symbols.js';
import { openFile } from '../../src/node/files.js';
import { sourceFiles } from '../../src/node/sourceFiles.js';
import { treeStore } from '../../src/node/treeStore.js';
import { LLAMA } from '../models.js';
import { missingVllm, vllmRoot } from '../vllm.js';
import { scaled } from './scale.js';

const VERSIONS = ['0.8.5', '0.33.0'];
const REPEATS = 5;
const AT_ONCE = 32;
const CHANGED = 'vllm/model_executor/models/qwen2.py';
/** JSON of this size has about as many kernels. */
const [LINKED_MB, LINKED] = [300, 50_000];

const ms = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;
const row = (...cells: [what: string, measured: string, against: string, ratio: string, goal: string]): void => console.log(cells.join(' | '));

function fail(error: unknown): never {
  throw error;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  global.gc?.();
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Runs all in turn and keeps the least time of each. */
async function best(tasks: (() => Promise<unknown>)[]): Promise<number[]> {
  const least = tasks.map(() => Number.POSITIVE_INFINITY);
  for (let i = 0; i < REPEATS; i++) for (const [at, task] of tasks.entries()) least[at] = Math.min(least[at], await timed(task));
  return least;
}

async function readAll(root: string, paths: Iterable<string>): Promise<void> {
  const waiting = [...paths].values();
  const readOn = async (): Promise<void> => {
    for (const path of waiting) await sourceFiles.read(root, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
}

async function measureTree(version: string): Promise<SymbolIndex> {
  const root = vllmRoot(version);
  const folder = await mkdtemp(join(tmpdir(), 'kernel-lens-bench-'));
  const store = treeStore({ folder, limitBytes: 1e9, version: '1' }, fail);
  let index!: SymbolIndex;
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const first = await timed(async () => (index = await indexSymbols(sourceFiles, root, store)));
  global.gc?.();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  const title = `vLLM ${version}, ${index.files.size} files`;
  const [reading, cold, reload, update] = await best([
    () => readAll(root, index.files),
    () => indexSymbols(sourceFiles, root),
    () => indexSymbols(sourceFiles, root, store),
    () => index.update([CHANGED]),
  ]);
  const against = (time: number, goal: string, what: string): void =>
    row(`${title}: ${what}`, ms(time), `reading them ${ms(reading)}`, `${(time / reading).toFixed(2)}×`, goal);
  against(first, '3000 ms', 'index, first of this process, stored');
  against(cold, '1000 ms', 'index');
  against(reload, '1×', 'stored index');
  against(update, '50 ms', 'one file changed');
  row(`${title}: memory of the index`, `${megabytes.toFixed(0)} MB`, '', '', '50 MB');
  const ranking = await timed(() => layerProfiles(sourceFiles, index, 'nvidia', store));
  const [again] = await best([() => layerProfiles(sourceFiles, index, 'nvidia', store)]);
  row(`${title}: layers of ${index.registry.size} models`, ms(ranking), '', '', '');
  row(`${title}: stored layers`, ms(again), `mapping them ${ms(ranking)}`, `${(again / ranking).toFixed(3)}×`, '0.01×');
  await rm(folder, { recursive: true });
  return index;
}

async function measureLinks(index: SymbolIndex): Promise<void> {
  const file = await openFile((await scaled(LINKED_MB)).gz);
  const { trace } = await readTrace(file);
  const gpu = indexGpu(trace);
  const { stepOf, layerOf } = findSteps(trace, gpu);
  const symbols = sourceSymbols(index);
  const link = () => linkKernels(trace, { work: gpu.work, stepOf, layerOf }, { model: LLAMA, symbols });
  global.gc?.();
  const before = process.memoryUsage.rss();
  // With what is garbage by now: the process had room for all of it.
  const links = link();
  const megabytes = (process.memoryUsage.rss() - before) / 1e6;
  const [time] = await best([async () => link()]);
  const scale = LINKED / trace.gpu.count;
  row(`${trace.gpu.count} kernels linked`, ms(time), `${links.places.length} places`, `${ms(time * scale)} for ${LINKED}`, '1000 ms');
  row(`${trace.gpu.count} kernels linked, memory`, `${megabytes.toFixed(0)} MB`, '', `${(megabytes * scale).toFixed(0)} MB for ${LINKED}`, '150 MB');
  await file.close();
}

let newest: SymbolIndex | undefined;
for (const version of VERSIONS) {
  const missing = missingVllm(version);
  if (missing) console.warn(`not measured: ${missing}`);
  else newest = await measureTree(version);
}
if (newest) await measureLinks(newest);
