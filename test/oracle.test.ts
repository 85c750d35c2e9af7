/**
 * What we read and compute from every real trace, against what an independent program computed (reference.py, whose head defines each figure).
 * Its figures are µs with three decimals, so they are compared as whole nanoseconds.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import * as v from 'valibot';
import { workByDevice } from '../src/core/analyze/gpuTime.js';
import { readTrace } from '../src/core/read/read.js';
import { createAnalyses } from '../src/core/session/analyses.js';
import { createSession } from '../src/core/session/session.js';
import { check } from '../src/core/trace/check.js';
import { NONE } from '../src/core/trace/trace.js';
import { openFile } from '../src/node/files.js';
import type { KernelRow } from '../src/shared/protocol.js';
import { chromeTraces, missingTraces, tracePath } from './traces.js';

const Stats = v.object({
  count: v.number(),
  min: v.optional(v.number()),
  mean: v.optional(v.number()),
  p50: v.optional(v.number()),
  p95: v.optional(v.number()),
  max: v.optional(v.number()),
  negative: v.optional(v.number()),
});
type Stats = v.InferOutput<typeof Stats>;

const Table = v.array(v.object({ name: v.string(), count: v.number(), total: v.number(), min: v.number(), max: v.number() }));

const Oracle = v.object({
  trace_window: v.nullable(v.tuple([v.number(), v.number()])),
  kernel_count: v.number(),
  kernel_time_sum: v.number(),
  unique_kernel_names: v.number(),
  gpu: v.record(
    v.string(),
    v.object({ kernels: v.number(), copies_and_sets: v.number(), kernel_busy: v.number(), gpu_busy: v.number(), gpu_window_len: v.number() }),
  ),
  comm: v.object({
    nccl: v.object({ count: v.number(), total: v.number() }),
    comm: v.object({ count: v.number(), total: v.number() }),
    exposed_comm: v.nullable(v.record(v.string(), v.object({ comm_busy: v.number(), exposed: v.number() }))),
  }),
  steps: v.object({ cpu: v.array(v.object({ name: v.string() })) }),
  kernels: Table,
  copies: Table,
  launch_delay: v.object({
    direct: Stats,
    graph: Stats,
    unlinked_kernels: v.number(),
    graph_launches_with_kernels: v.number(),
    kernels_per_graph_launch: Stats,
  }),
});

/**
 * The oracle holds times as doubles of µs. Their distance grows with the number: 0.5 ns for µs since the machine started (13 digits),
 * 250 ns for µs since 1970 (16 digits). Durations stand in the file by themselves and are exact; a difference of two times is as far
 * off as this, and we, who read digits, are not.
 */
function doubleStepNs(timeUs: number): number {
  return timeUs === 0 ? 0 : 2 ** (Math.floor(Math.log2(timeUs)) - 52) * 1000;
}

/** Windows that cannot be compared: the oracle looks at complete (X) records only. */
const OTHER_WINDOWS: Record<string, string> = {
  'chrome-catapult-simple_trace.json': 'most of its slices are begin and end records',
};

const ns = (us: number): number => Math.round(us * 1000);

/** What ran, per trace; the ones without an engine's steps are not listed. */
const HEADLINES: Record<string, { headline: string; layers: number }> = {
  'nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz': { headline: '1 prefill of 1049 tokens + 9 decode steps', layers: 80 },
  'amd-vllm-mi300x-tp4-1000isl-10osl-32con.pt.trace.json.gz': { headline: '1 prefill of 1049 tokens + 9 decode steps', layers: 80 },
  'amd-vllm-decode-fullgraph-execution.json.gz': { headline: '1 decode step', layers: 24 },
  'amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz': { headline: '1 prefill of 15360 tokens', layers: 36 },
  'amd-sglang-mi300x-qwen3-8b-decode.json.gz': { headline: '1 decode step', layers: 36 },
  'amd-sglang-mi300-qwen3-30b-a3b-decode.trace.json.gz': { headline: '1 decode step', layers: 48 },
  'nvidia-sglang-b300-qwen3-30b-a3b-decode.trace.json.gz': { headline: '1 decode step', layers: 48 },
  'nvidia-vllm-glm52moe-tp4ep4-decode-rank0.pt.trace.json.gz': { headline: '8 decode steps', layers: 78 },
  'nvidia-vllm-glm52moe-tp4ep4-decode-rank1.pt.trace.json.gz': { headline: '8 decode steps', layers: 78 },
  'nvidia-vllm-glm52moe-tp4ep4-decode-rank2.pt.trace.json.gz': { headline: '8 decode steps', layers: 78 },
  'nvidia-vllm-glm52moe-tp4ep4-decode-rank3.pt.trace.json.gz': { headline: '8 decode steps', layers: 78 },
};

/** Milliseconds a step of a phase by category, as another program of ours found them before this one was written. */
const CATEGORY_MS: Record<string, Record<string, Record<string, number>>> = {
  'nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz': {
    prefill: { gemm: 59, communication: 16.53, attention: 1.96, norm: 4.05, activation: 1.05, rope: 0.68, kvCache: 0.26 },
    decode: { gemm: 13.13, communication: 0.85, norm: 0.7, activation: 0.11, rope: 0.32, kvCache: 0.19 },
  },
};

const traces = chromeTraces();

describe('real traces against the oracle', { skip: missingTraces(traces.length) }, () => {
  let compared = 0;
  for (const { name, path } of traces) {
    test(name, async () => {
      await compare(name, path);
      compared++;
    });
  }
  after(() => assert.equal(compared, traces.length));
});

async function compare(name: string, path: string): Promise<void> {
  const oracle = v.parse(Oracle, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
  const file = await openFile(path);
  const { trace, records } = await readTrace(file);
  const analyses = createAnalyses(trace);
  const session = createSession(trace, records, { fileName: name, fileBytes: file.size }, { analyses });
  try {
    assert.deepEqual(check(trace), []);
    const info = await session.info();
    const report = await session.kernels();
    const stepNs = doubleStepNs(oracle.trace_window?.[1] ?? 0);
    const near = (actualNs: number, us: number, toleranceNs: number, what: string): void => {
      const off = Math.abs(actualNs - us * 1000);
      // Half a nanosecond is the oracle's own rounding.
      assert.ok(off <= toleranceNs + 0.5 + 1e-3, `${what}: ${actualNs} ns here, ${us} µs there`);
    };

    assert.deepEqual([info.kernelCount, info.kernelNames, info.kernelTimeNs], [oracle.kernel_count, oracle.unique_kernel_names, ns(oracle.kernel_time_sum)]);
    assert.deepEqual(tableOf(report.rows.filter(({ kind }) => kind === 'kernel')), expected(oracle.kernels));
    assert.deepEqual(tableOf(report.rows.filter(({ kind }) => kind !== 'kernel')), expected(oracle.copies));
    const totals = report.rows.map(({ totalNs }) => totalNs);
    assert.deepEqual(
      totals,
      [...totals].sort((a, b) => b - a),
    );

    const gpu = analyses.gpu();
    const { devices } = analyses.gpuReport();
    assert.deepEqual(devices.map(({ device }) => device).sort(), Object.keys(oracle.gpu).sort());
    const workOf = workByDevice(trace, gpu);
    for (const { device, kernelCount, window, time } of devices) {
      const theirs = oracle.gpu[device];
      const works = workOf.get(device)?.length ?? 0;
      assert.deepEqual([kernelCount, works - kernelCount], [theirs.kernels, theirs.copies_and_sets]);
      // The start and the end of each slice are off by half a step each.
      near(time.busyNs, theirs.gpu_busy, stepNs * works, `GPU ${device} busy`);
      near(time.activeNs, theirs.kernel_busy, stepNs * works, `GPU ${device} busy with kernels`);
      near(window.endNs - window.startNs, theirs.gpu_window_len, stepNs, `GPU ${device} window`);
      const { computeNs, exposedCommunicationNs, exposedCopyNs, idleNs, spanNs } = time;
      assert.equal(computeNs + exposedCommunicationNs + exposedCopyNs + idleNs, spanNs);
    }
    const sum = (rows: { exclusiveNs: number }[]): number => rows.reduce((total, { exclusiveNs }) => total + exclusiveNs, 0);
    assert.equal(
      sum(analyses.categories()),
      devices.reduce((total, { time }) => total + time.busyNs, 0),
    );
    for (const { phase, steps, categories, time } of analyses.phases()) {
      assert.equal(sum(categories), time.busyNs);
      for (const [category, ms] of Object.entries(CATEGORY_MS[name]?.[phase] ?? {})) {
        const ours = categories.find((row) => row.category === category)?.exclusiveNs ?? 0;
        assert.equal((ours / steps / 1e6).toFixed(2), ms.toFixed(2), `${phase}, ${category}`);
      }
    }

    compareCommunication();
    compareLaunches();
    if (oracle.trace_window && !OTHER_WINDOWS[name]) near(trace.durationNs, oracle.trace_window[1] - oracle.trace_window[0], stepNs, 'trace window');

    const { steps: found } = await session.steps();
    // Of other engines the oracle also counts the profiler's steps around an engine's.
    const marked = oracle.steps.cpu.filter((mark) => mark.name.startsWith('execute_'));
    if (marked.length > 0) assert.equal(found.length, marked.length);
    const known = HEADLINES[name];
    if (known) assert.deepEqual([info.stepsHeadline, [...new Set(found.map(({ layers }) => layers))]], [known.headline, [known.layers]]);

    function compareCommunication(): void {
      const { comm } = oracle;
      const { rows, count, totalNs, communicationNs, exposedNs } = analyses.communication();
      const library = rows.filter(({ name }) => /nccl|rccl/i.test(name));
      assert.deepEqual(
        [library.reduce((sum, row) => sum + row.count, 0), library.reduce((sum, row) => sum + row.totalNs, 0)],
        [comm.nccl.count, ns(comm.nccl.total)],
      );
      // The oracle also counts what Inductor fused with the node of an all-reduce, which adds its result and does not communicate.
      const fused = oracle.kernels.filter(({ name }) => /^triton_.*all_reduce/.test(name));
      const fusedNs = fused.reduce((sum, { total }) => sum + ns(total), 0);
      assert.deepEqual([count, totalNs], [comm.comm.count - fused.reduce((sum, row) => sum + row.count, 0), ns(comm.comm.total) - fusedNs]);
      const theirs = Object.values(comm.exposed_comm ?? {});
      const sumOf = (value: (device: (typeof theirs)[number]) => number): number => theirs.reduce((sum, device) => sum + value(device), 0) - fusedNs / 1000;
      near(
        communicationNs,
        sumOf((device) => device.comm_busy),
        stepNs * 2 * count,
        'communication',
      );
      // The oracle subtracts kernels only, we sets too.
      const sets = oracle.copies.filter(({ name }) => /memset/i.test(name)).reduce((sum, { total }) => sum + ns(total), 0);
      near(
        exposedNs,
        sumOf((device) => device.exposed),
        stepNs * 2 * trace.gpu.count + sets,
        'exposed communication',
      );
      near(
        rows.reduce((sum, row) => sum + row.exposedNs, 0),
        exposedNs / 1000,
        totalNs - communicationNs,
        'exposed communication by kernel',
      );
    }

    function compareLaunches(): void {
      const delays = { direct: [] as number[], graph: [] as number[] };
      const perGraph = new Map<number, number>();
      let unlinked = 0;
      for (const kernel of gpu.kernels) {
        const launch = trace.gpu.launch[kernel];
        if (launch === NONE) {
          unlinked++;
          continue;
        }
        const isGraph = trace.strings.get(trace.slices.name[launch]).includes('GraphLaunch');
        delays[isGraph ? 'graph' : 'direct'].push(trace.slices.startNs[kernel] - trace.slices.startNs[launch]);
        if (isGraph) perGraph.set(launch, (perGraph.get(launch) ?? 0) + 1);
      }
      const { launch_delay } = oracle;
      const launches = analyses.launches();
      assert.deepEqual([launches.graphWithKernels, launches.startedOnEmptyQueue.ofKernels], [perGraph.size, delays.direct.length + delays.graph.length]);
      assert.deepEqual(
        [launches.kernelsPerGraph?.minNs, launches.kernelsPerGraph?.maxNs],
        [launch_delay.kernels_per_graph_launch.min, launch_delay.kernels_per_graph_launch.max],
      );
      // One call may launch several kernels by itself, of which only the first is counted here.
      if (launches.eager === delays.direct.length && launches.eager > 0) {
        const latency = launches.delays.eager?.startLatency;
        near(latency?.meanNs ?? 0, launch_delay.direct.mean ?? 0, stepNs, 'mean start latency');
        near(latency?.p95Ns ?? 0, launch_delay.direct.p95 ?? 0, stepNs, '95th of 100 start latencies');
        near(latency?.maxNs ?? 0, launch_delay.direct.max ?? 0, stepNs, 'largest start latency');
      }
      assert.deepEqual([unlinked, perGraph.size], [launch_delay.unlinked_kernels, launch_delay.graph_launches_with_kernels]);
      compareStats(delays.direct, launch_delay.direct, 'direct launch delay', stepNs);
      compareStats(delays.graph, launch_delay.graph, 'graph launch delay', stepNs);
      compareStats(
        [...perGraph.values()].map((count) => count * 1000),
        launch_delay.kernels_per_graph_launch,
        'kernels of a graph launch',
        0,
      );
    }

    function compareStats(values: number[], stats: Stats, what: string, toleranceNs: number): void {
      assert.equal(values.length, stats.count, what);
      if (values.length === 0) return;
      const sorted = values.sort((a, b) => a - b);
      const at = (index: number): number => sorted[Math.max(0, index)];
      near(at(0), stats.min ?? 0, toleranceNs, `${what}, least`);
      near(at(sorted.length - 1), stats.max ?? 0, toleranceNs, `${what}, most`);
      near((at((sorted.length - 1) >> 1) + at(sorted.length >> 1)) / 2, stats.p50 ?? 0, toleranceNs, `${what}, median`);
      near(at(Math.ceil(0.95 * sorted.length) - 1), stats.p95 ?? 0, toleranceNs, `${what}, 95th of 100`);
      near(sorted.reduce((sum, value) => sum + value, 0) / sorted.length, stats.mean ?? 0, toleranceNs, `${what}, mean`);
      assert.equal(sorted.filter((value) => value < 0).length, stats.negative, `${what}, negative`);
    }
  } finally {
    await file.close();
  }
}

type TableRow = [name: string, count: number, totalNs: number, minNs: number, maxNs: number];

function byName(rows: TableRow[]): TableRow[] {
  return rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

function tableOf(rows: KernelRow[]): TableRow[] {
  return byName(rows.map(({ name, count, totalNs, minNs, maxNs }) => [name, count, totalNs, minNs, maxNs]));
}

function expected(rows: v.InferOutput<typeof Table>): TableRow[] {
  return byName(rows.map(({ name, count, total, min, max }) => [name, count, ns(total), ns(min), ns(max)]));
}
