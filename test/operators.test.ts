/** Operators of every real trace against an independent program's figures, and against the tables that vLLM itself wrote. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import * as v from 'valibot';
import type { CallTree } from '../src/core/analyze/callTree.js';
import { insideNs } from '../src/core/analyze/callTree.js';
import { operatorCalls, operatorsByExternal, ownersOfWork, reportOperators } from '../src/core/analyze/operators.js';
import { readTrace } from '../src/core/read/read.js';
import { NONE, type Trace } from '../src/core/trace/trace.js';
import { openFile } from '../src/node/files.js';
import { chromeTraces, missingTraces, tracePath } from './traces.js';

const DeviceTime = v.array(v.object({ name: v.string(), self_device: v.number(), device_events: v.number() }));
const Oracle = v.object({
  trace_window: v.nullable(v.tuple([v.number(), v.number()])),
  cpu_ops: v.array(v.object({ name: v.string(), count: v.number(), total: v.number(), self: v.number() })),
  ops_stack: DeviceTime,
  ops_extid: v.object({ unlinked_device_time: v.number(), rows: DeviceTime }),
});

const traces = chromeTraces();

describe('operators of real traces against the oracle', { skip: missingTraces(traces.length) }, () => {
  let compared = 0;
  for (const { name, path } of traces) {
    test(name, async () => {
      const oracle = v.parse(Oracle, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
      const trace = await readFrom(path);
      const calls = operatorCalls(trace);
      // The oracle keeps its times in doubles of µs since 1970 or boot: their last digit, at both ends of a slice.
      const stepNs = doubleStepNs(oracle.trace_window?.[1] ?? 0);

      const { rows } = reportOperators(trace, calls);
      const callNs = timeInCalls(trace, calls);
      assert.equal(rows.length, oracle.cpu_ops.length);
      for (const theirs of oracle.cpu_ops) {
        const row = rows.find((mine) => mine.name === theirs.name);
        assert.ok(row, theirs.name);
        assert.equal(row.calls, theirs.count, theirs.name);
        near(row.cpuTotalNs, theirs.total, 0, `${theirs.name}, total`);
        // There, self is without operators only; as PyTorch counts it, it is without runtime calls as well.
        near(row.cpuSelfNs + (callNs.get(theirs.name) ?? 0), theirs.self, stepNs * theirs.count, `${theirs.name}, self`);
      }

      const { callOfWork } = ownersOfWork(trace, calls);
      const byStack = (work: number): number => (trace.gpu.launch[work] === NONE ? NONE : callOfWork[work]);
      assert.deepEqual(deviceTimes(trace, calls, byStack), expected(oracle.ops_stack));
      const external = operatorsByExternal(trace, calls);
      const byExternal = (work: number): number => external.get(trace.slices.external[work]) ?? NONE;
      assert.deepEqual(
        deviceTimes(trace, calls, byExternal).filter(([owner]) => owner !== '(none)'),
        expected(oracle.ops_extid.rows),
      );
      compared++;
    });
  }
  after(() => assert.equal(compared, traces.length));
});

/** PyTorch nests the profiler's own "Activity Buffer Request", which began on another thread, into this operator: it loses a copy of 3.2 µs to it. */
const LOST_COPY = { name: 'nvidia-vllm-glm52moe-tp4ep4-decode-rank0.pt.trace.json.gz', operator: 'aten::to', ns: 3200 };

const tables = traces
  .map(({ name, path }) => ({ name, path, table: path.replace(/\.pt\.trace\.json\.gz$/, '.profiler_out.txt') }))
  .filter(({ path, table }) => table !== path && existsSync(table));

describe("operators against vLLM's own tables", { skip: missingTraces(4) }, () => {
  for (const { name, path, table } of tables) {
    test(name, async () => {
      const trace = await readFrom(path);
      const { rows, deviceSelfNs } = reportOperators(trace, operatorCalls(trace));
      const text = readFileSync(table, 'utf8');
      const theirs = text.split('\n').flatMap((line) => tableRow(line) ?? []);
      assert.ok(theirs.length >= 15);
      for (const { operator, digits } of theirs) {
        const row = rows.find((mine) => mine.name === operator);
        assert.ok(row, operator);
        const lostNs = name === LOST_COPY.name && operator === LOST_COPY.operator ? LOST_COPY.ns : 0;
        const { cpuSelfNs, cpuTotalNs, deviceSelfNs: selfNs, deviceTotalNs, calls } = row;
        assert.deepEqual([cpuSelfNs, cpuTotalNs, selfNs, deviceTotalNs - lostNs].map(inTable).concat(String(calls)), digits, operator);
      }
      assert.match(text, new RegExp(`Self CUDA time total: ${inTable(deviceSelfNs)}`));
    });
  }
  test('there are four', () => assert.equal(tables.length, 4));
});

/** Self CPU, CPU total, self CUDA, CUDA total, calls of an operator of the table. */
function tableRow(line: string): { operator: string; digits: string[] }[] | undefined {
  const cells = line.trim().split(/ {2,}/);
  if (!/^(aten|vllm)::/.test(cells[0])) return undefined;
  return [{ operator: cells[0], digits: [cells[2], cells[4], cells[6], cells[8], cells[10]] }];
}

/** As PyTorch writes times: three decimals of the largest unit that is not below 1. */
function inTable(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(3)}s`;
  return ns >= 1e6 ? `${(ns / 1e6).toFixed(3)}ms` : `${(ns / 1e3).toFixed(3)}us`;
}

async function readFrom(path: string): Promise<Trace> {
  const file = await openFile(path);
  try {
    return (await readTrace(file)).trace;
  } finally {
    await file.close();
  }
}

/** By operator name: time of what is right under it and is no operator, without the operators inside that. */
function timeInCalls({ slices, strings, categories }: Trace, { count, slice, parent }: CallTree): Map<string, number> {
  const isOp = (call: number): boolean => categories[slices.category[slice[call]]].kind === 'op';
  const times = new Map<string, number>();
  for (let call = 0; call < count; call++) {
    let around = parent[call];
    if (around === NONE || (isOp(call) && isOp(around))) continue;
    const direct = around;
    while (around !== NONE && !isOp(around)) around = parent[around];
    if (around === NONE) continue;
    const ns = insideNs(slices.startNs, slices.durNs, slice[call], slice[direct]);
    const owner = strings.get(slices.name[slice[around]]);
    if (isOp(call)) times.set(owner, (times.get(owner) ?? 0) - ns);
    else if (direct === around) times.set(owner, (times.get(owner) ?? 0) + ns);
  }
  return times;
}

type Row = [name: string, ns: number, events: number];

function deviceTimes({ slices, strings, gpu }: Trace, calls: CallTree, ownerOf: (work: number) => number): Row[] {
  const rows = new Map<string, Row>();
  for (let work = 0; work < gpu.count; work++) {
    const owner = ownerOf(work);
    const name = owner === NONE ? '(none)' : strings.get(slices.name[calls.slice[owner]]);
    const row = rows.get(name) ?? [name, 0, 0];
    rows.set(name, [name, row[1] + slices.durNs[work], row[2] + 1]);
  }
  return sorted([...rows.values()]);
}

function expected(rows: v.InferOutput<typeof DeviceTime>): Row[] {
  return sorted(rows.map(({ name, self_device, device_events }) => [name, Math.round(self_device * 1000), device_events]));
}

function sorted(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

function near(ns: number, us: number, toleranceNs: number, what: string): void {
  assert.ok(Math.abs(ns - us * 1000) <= toleranceNs + 0.501, `${what}: ${ns} ns here, ${us} µs there`);
}

/** Distance between neighbouring doubles of µs near a time, in nanoseconds. */
function doubleStepNs(us: number): number {
  return 2 ** (Math.floor(Math.log2(Math.max(us, 1))) - 52) * 1000;
}
