/**
 * Makes the sample workspace: the traces of a small vLLM run and the model source its frames point to.
 * Usage: node --import tsx test/sample/make.ts <folder>
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createIds, createThread, type Gpu } from './machine.js';
import { createRandom } from './random.js';
import { type LineOf, MAIN_STREAM, NCCL_STREAM, runWorker, type Shape } from './run.js';
import { type Args, createTraceWriter, type TraceWriter } from './trace.js';

const sourceFolder = fileURLToPath(new URL('source', import.meta.url));
const BASE_TIME_NS = 1764000000000000000n;
const START_NS = 3_676_599_907_409_475;
export const SAMPLE_SHAPE: Shape = { layers: 12, promptTokens: 512, decodeSteps: 6 };

/** Looks up first lines in the sample's own source, so that frames and files cannot disagree. */
function createLineOf(): LineOf {
  const texts = new Map<string, string[]>();
  return (file, name) => {
    const lines = texts.get(file) ?? readFileSync(path.join(sourceFolder, file), 'utf8').split('\n');
    texts.set(file, lines);
    const [owner, method] = name.includes('.') ? name.split('.') : ['', name];
    const from = owner === '' ? 0 : lines.findIndex((line) => new RegExp(`^(class|def) ${owner}\\b`).test(line));
    let at = lines.findIndex((line, index) => index >= from && new RegExp(`^ *def ${method}\\(`).test(line));
    if (from < 0 || at < 0) throw new Error(`${file} has no ${name}`);
    while (/^ *@/.test(lines[at - 1])) at--;
    return at + 1;
  };
}

function device(id: number): Args {
  return {
    id,
    name: 'NVIDIA H100 80GB HBM3',
    totalGlobalMem: 85018279936,
    computeMajor: 9,
    computeMinor: 0,
    maxThreadsPerBlock: 1024,
    maxThreadsPerMultiprocessor: 2048,
    regsPerBlock: 65536,
    warpSize: 32,
    sharedMemPerBlock: 49152,
    numSms: 132,
    regsPerMultiprocessor: 65536,
    sharedMemPerBlockOptin: 232448,
    sharedMemPerMultiprocessor: 233472,
  };
}

function head(extra: Args): Args {
  return {
    deviceProperties: [device(0), device(1)],
    cupti_version: 130001,
    cuda_runtime_version: 12080,
    cuda_driver_version: 12090,
    ...extra,
    baseTimeNanoseconds: '@base@',
  };
}

function nameProcess(out: TraceWriter, pid: number | string, label: string, sortIndex: number): void {
  out.metadata('process_name', pid, 0, { name: 'python3' });
  out.metadata('process_labels', pid, 0, { labels: label });
  out.metadata('process_sort_index', pid, 0, { sort_index: sortIndex });
}

function nameThread(out: TraceWriter, pid: number, tid: number, name: string): void {
  out.metadata('thread_name', pid, tid, { name });
  out.metadata('thread_sort_index', pid, tid, { sort_index: tid });
}

function finish(out: TraceWriter, extra: Args, endNs: number): string {
  // The base time does not fit a double, so it is not an ordinary JSON value of ours.
  return out.finish(head(extra), { startNs: START_NS, endNs }).replace('"@base@"', String(BASE_TIME_NS));
}

/** The text of one worker's trace. The same arguments give the same text. */
export function workerTrace(rank: number, worldSize = 2, shape = SAMPLE_SHAPE): string {
  const out = createTraceWriter();
  const random = createRandom(20260 + rank);
  const pid = 8013 + rank;
  const gpu: Gpu = { device: rank, freeNs: new Map() };
  const thread = createThread(out, gpu, createIds(), random, { pid, tid: pid, startNs: START_NS + 210_000 + rank * 37_000 });
  const lineOf = createLineOf();
  thread.frame('multiprocessing/process.py(108): run', () => runWorker(thread, lineOf, shape));
  nameProcess(out, pid, 'CPU', pid);
  for (let id = 0; id < 8; id++) nameProcess(out, id, `GPU ${id}`, 5_000_000 + id);
  nameThread(out, pid, pid, `thread ${pid} (VLLM::Worker_TP)`);
  for (const stream of [MAIN_STREAM, NCCL_STREAM]) nameThread(out, rank, stream, `stream ${stream} `);
  const ranks = Array.from({ length: worldSize }, (_, index) => index);
  const groups = [
    { pg_name: '0', pg_desc: 'default_pg', backend_config: 'cuda:nccl', pg_size: worldSize, ranks },
    { pg_name: '3', pg_desc: 'undefined', backend_config: 'cuda:nccl', pg_size: worldSize, ranks },
  ];
  const distributedInfo = { backend: 'nccl', rank, world_size: worldSize, pg_count: groups.length, pg_config: groups, nccl_version: '2.27.3' };
  return finish(out, { distributedInfo, with_stack: 1, profile_memory: 1, trace_id: `5A3B1E0000000000000000000000000${rank}` }, thread.nowNs + 400_000);
}

/** The front end's trace, which has no GPU work: vLLM writes one beside the workers'. */
export function frontEndTrace(): string {
  const out = createTraceWriter();
  nameProcess(out, 7801, 'CPU', 7801);
  for (let id = 0; id < 8; id++) nameProcess(out, id, `GPU ${id}`, 5_000_000 + id);
  return finish(out, { with_stack: 1, trace_id: '5A3B1E000000000000000000000000FE' }, START_NS + 41_000_000);
}

/** Writes the workspace and returns the path of rank 0's trace. */
export function makeSample(folder: string): string {
  cpSync(sourceFolder, folder, { recursive: true });
  const runs = path.join(folder, 'runs');
  mkdirSync(runs, { recursive: true });
  const write = (name: string, text: string) => {
    const file = path.join(runs, name);
    writeFileSync(file, gzipSync(text));
    return file;
  };
  const main = write('dp0_pp0_tp0_dcp0_ep0_rank0.1764003676610000000.pt.trace.json.gz', workerTrace(0));
  write('dp0_pp0_tp1_dcp0_ep1_rank1.1764003676611000000.pt.trace.json.gz', workerTrace(1));
  write('sample-host_1.async_llm.1764003676612000000.pt.trace.json.gz', frontEndTrace());
  return main;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = process.argv[2];
  if (!folder) throw new Error('Usage: node --import tsx test/sample/make.ts <folder>');
  console.log(makeSample(path.resolve(folder)));
}
