/** What we read from real files of the other profilers, against what an independent program computed from them (see oracle.test.ts). */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import * as v from 'valibot';
import { workByDevice } from '../src/core/analyze/gpuTime.js';
import { NotATrace, readTrace } from '../src/core/read/read.js';
import { createAnalyses } from '../src/core/session/analyses.js';
import { check } from '../src/core/trace/check.js';
import { NONE, type Trace } from '../src/core/trace/trace.js';
import { openFile } from '../src/node/files.js';
import { nodePlatform } from '../src/node/platform.js';
import { missingTraces, tracePath } from './traces.js';

const Stats = v.object({
  count: v.number(),
  min: v.optional(v.number()),
  mean: v.optional(v.number()),
  p50: v.optional(v.number()),
  max: v.optional(v.number()),
  negative: v.optional(v.number()),
});

const Table = v.array(v.object({ name: v.string(), count: v.number(), total: v.number(), min: v.number(), max: v.number() }));

/** Times in µs, three decimals; the head of reference.py defines them. */
const Oracle = v.object({
  format: v.string(),
  kernel_count: v.number(),
  kernel_time_sum: v.number(),
  gpu: v.record(
    v.string(),
    v.object({ kernels: v.number(), copies_and_sets: v.number(), kernel_busy: v.number(), gpu_busy: v.number(), gpu_window_len: v.number() }),
  ),
  comm: v.object({ nccl: v.object({ count: v.number(), total: v.number() }) }),
  kernels: Table,
  launch_delay: v.optional(v.object({ direct: Stats, graph: Stats, unlinked_kernels: v.number() })),
  nvtx: v.optional(Table),
  runtime: v.optional(Table),
});

const FORMATS = ['nsys-sqlite', 'rocpd-v3', 'rpd-v2', 'rocprofv3-json', 'csv'];

/** Files with figures of kernels. */
function traces(): string[] {
  const folder = tracePath('reference');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => {
      const { format, kernel_count } = v.parse(
        v.object({ format: v.optional(v.string()), kernel_count: v.optional(v.number()) }),
        JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')),
      );
      return format !== undefined && kernel_count !== undefined && FORMATS.includes(format);
    })
    .map((file) => file.slice(0, -'.json'.length));
}

/** What is told of a file besides its figures. */
const FACTS: Record<string, { producer: string; devices: string[]; linked: number }> = {
  'nvidia-nsys-vllm-cute-harness.sqlite': { producer: 'Nsight Systems 2025.6.3.541', devices: ['NVIDIA GB10'], linked: 164 },
  'nvidia-nsys-llama3-inference.sqlite': { producer: 'Nsight Systems 2024.6.2.225', devices: ['NVIDIA GeForce RTX 4060 Ti'], linked: 2048 },
  'nvidia-nsys-torch-2gpu-before.sqlite': { producer: 'Nsight Systems 2026.2.1.210', devices: [], linked: 5268 },
  'amd-rocpd-bmm-before.db': { producer: 'ROCm profiler (rocprofv3)', devices: new Array<string>(8).fill('AMD Instinct MI300X'), linked: 301 },
  'amd-rpd-matmul.rpd': { producer: 'rocmProfileData', devices: [], linked: 85 },
};

const names = traces();

describe('files of other profilers against the oracle', { skip: missingTraces(names.length) }, () => {
  let compared = 0;
  for (const name of names) {
    test(name, async () => {
      await compare(name);
      compared++;
    });
  }
  after(() => assert.equal(compared, names.length));

  test("Ascend's database is refused by name", async () => {
    const path = tracePath('ascend-torch_npu-level1-rank0.db');
    const file = await openFile(path);
    try {
      await assert.rejects(
        readTrace(file, { platform: nodePlatform(path) }),
        (error) => error instanceof NotATrace && /^A database of Ascend's/.test(error.message),
      );
    } finally {
      await file.close();
    }
  });
});

const ns = (us: number): number => Math.round(us * 1000);

async function compare(name: string): Promise<void> {
  const oracle = v.parse(Oracle, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
  const path = tracePath(name);
  const file = await openFile(path);
  try {
    const { trace, records } = await readTrace(file, { platform: nodePlatform(path) });
    assert.deepEqual(check(trace), []);
    assert.equal(trace.meta.damage, undefined);
    const { gpu, strings, slices } = trace;
    const analyses = createAnalyses(trace);
    const { kernels } = analyses.gpu();
    assert.deepEqual([kernels.length, sum(trace, kernels)], [oracle.kernel_count, ns(oracle.kernel_time_sum)]);
    assert.deepEqual(tableOf(trace, kernels), expected(oracle.kernels));

    const { devices } = analyses.gpuReport();
    assert.deepEqual(devices.map(({ device }) => device).sort(), Object.keys(oracle.gpu).sort());
    const workOf = workByDevice(trace, analyses.gpu());
    for (const { device, kernelCount, time, window } of devices) {
      const theirs = oracle.gpu[device];
      assert.deepEqual([kernelCount, (workOf.get(device)?.length ?? 0) - kernelCount], [theirs.kernels, theirs.copies_and_sets]);
      near(time.busyNs, theirs.gpu_busy, `GPU ${device} busy`);
      near(time.activeNs, theirs.kernel_busy, `GPU ${device} busy with kernels`);
      near(window.endNs - window.startNs, theirs.gpu_window_len, `GPU ${device} window`);
    }
    const communication = analyses.communication().rows.filter(({ name }) => /nccl|rccl/i.test(name));
    assert.equal(
      communication.reduce((total, { totalNs }) => total + totalNs, 0),
      ns(oracle.comm.nccl.total),
    );
    if (oracle.launch_delay) compareLaunches(trace, kernels, oracle.launch_delay);
    if (oracle.nvtx) {
      const ranges: number[] = [];
      for (let slice = gpu.count; slice < slices.count; slice++) if (trace.categories[slices.category[slice]].kind === 'annotation') ranges.push(slice);
      const ours = tableOf(trace, ranges);
      for (const row of expected(oracle.nvtx))
        assert.deepEqual(
          ours.find(([name]) => name === row[0]),
          row,
        );
    }
    if (oracle.runtime) compareCalls(trace, oracle.runtime);
    const known = FACTS[name];
    if (known) {
      const linked = gpu.launch.reduce((count, launch) => count + (launch === NONE ? 0 : 1), 0);
      assert.deepEqual({ producer: trace.meta.producer, devices: trace.meta.devices.map(({ name }) => name), linked }, known);
    }
    // The args of a slice are read again from its row: they name its kernel's grid.
    const text = await records.text(slices.recordHigh[kernels[0]] * 2 ** 32 + slices.recordLow[kernels[0]]);
    assert.ok(text.startsWith('{"args":'), text.slice(0, 40));
    JSON.parse(text);
    for (const secret of ['ENVIRONMENT', 'USER_NAME', 'COMMAND']) assert.ok(!trace.meta.facts.some(({ key, value }) => `${key} ${value}`.includes(secret)));
    assert.ok(strings.get(slices.name[0]).length > 0);
  } finally {
    await file.close();
  }
}

/** Of the 80 calls with most time in all. */
function compareCalls(trace: Trace, theirs: v.InferOutput<typeof Table>): void {
  const calls: number[] = [];
  for (let slice = trace.gpu.count; slice < trace.slices.count; slice++)
    if (trace.categories[trace.slices.category[slice]].kind !== 'annotation') calls.push(slice);
  const ours = new Map(tableOf(trace, calls).map((row) => [row[0], row]));
  // Ours are without the version of the entry point, which may make one of two of theirs.
  const once = new Map<string, number>();
  for (const { name } of theirs) once.set(plain(name), (once.get(plain(name)) ?? 0) + 1);
  for (const row of expected(theirs)) if (once.get(plain(row[0])) === 1) assert.deepEqual(ours.get(plain(row[0])), [plain(row[0]), ...row.slice(1)]);
}

function plain(name: string): string {
  return name.replace(/_v\d+(?=$|_)/, '');
}

function compareLaunches({ gpu, slices, strings }: Trace, kernels: ArrayLike<number>, theirs: NonNullable<v.InferOutput<typeof Oracle>['launch_delay']>): void {
  const delays = { direct: [] as number[], graph: [] as number[] };
  let unlinked = 0;
  for (const kernel of Array.from(kernels)) {
    const launch = gpu.launch[kernel];
    if (launch === NONE) unlinked++;
    else delays[strings.get(slices.name[launch]).includes('GraphLaunch') ? 'graph' : 'direct'].push(slices.startNs[kernel] - slices.startNs[launch]);
  }
  assert.equal(unlinked, theirs.unlinked_kernels);
  for (const kind of ['direct', 'graph'] as const) {
    const sorted = delays[kind].sort((a, b) => a - b);
    assert.equal(sorted.length, theirs[kind].count);
    if (sorted.length === 0) continue;
    near(sorted[0], theirs[kind].min ?? 0, 'least delay');
    near(sorted[sorted.length - 1], theirs[kind].max ?? 0, 'largest delay');
    near((sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2, theirs[kind].p50 ?? 0, 'median delay');
    assert.equal(sorted.filter((delay) => delay < 0).length, theirs[kind].negative ?? 0);
  }
}

/** The oracle adds doubles of µs: a union of times since the start of a machine is off by a part of a ns for each slice. */
function near(actualNs: number, us: number, what: string): void {
  assert.ok(Math.abs(actualNs - us * 1000) <= Math.max(20, actualNs * 1e-6), `${what}: ${actualNs} ns here, ${us} µs there`);
}

function sum({ slices }: Trace, kernels: ArrayLike<number>): number {
  return Array.from(kernels).reduce((total, kernel) => total + slices.durNs[kernel], 0);
}

type TableRow = [name: string, count: number, totalNs: number, minNs: number, maxNs: number];

function tableOf({ slices, strings }: Trace, ids: ArrayLike<number>): TableRow[] {
  const rows = new Map<string, TableRow>();
  for (const id of Array.from(ids)) {
    const name = strings.get(slices.name[id]);
    const dur = slices.durNs[id];
    const row = rows.get(name) ?? [name, 0, 0, dur, dur];
    rows.set(name, [name, row[1] + 1, row[2] + dur, Math.min(row[3], dur), Math.max(row[4], dur)]);
  }
  return byName([...rows.values()]);
}

function expected(rows: v.InferOutput<typeof Table>): TableRow[] {
  return byName(rows.map(({ name, count, total, min, max }) => [name, count, ns(total), ns(min), ns(max)]));
}

function byName(rows: TableRow[]): TableRow[] {
  return rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
