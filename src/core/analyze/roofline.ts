/** How near products and attention come to what the GPU can do, for the operators whose shapes were recorded. */
import { type GpuPeak, isWithheld, type Known, type RooflineReport, type RooflineRow } from '../../shared/analysis.js';
import { NONE, type Trace } from '../trace/trace.js';
import type { CallTree } from './callTree.js';
import type { Cost } from './costModel.js';
import { distribution } from './distribution.js';
import type { GpuIndex } from './gpu.js';
import { ownersOfWork } from './operators.js';
import type { Steps } from './steps.js';

/** What the args of the records tell of the modelled operators. */
export interface ModelledCalls {
  /** by index of a call: shapes as text, and what they cost */
  costs: ReadonlyMap<number, { shapes: string; cost: Cost }>;
  /** whether any operator has shapes at all */
  shapesRecorded: boolean;
}

/** Rows by operator, shapes and type, most wasted time first. */
export function rooflineRows(
  trace: Trace,
  gpu: GpuIndex,
  calls: CallTree,
  { costs, shapesRecorded }: ModelledCalls,
  peak: GpuPeak | undefined,
): Known<RooflineRow[]> {
  if (!shapesRecorded) return { withheld: 'The profiler did not record the shapes of inputs (record_shapes), so products and attention cannot be counted.' };
  if (peak === undefined) return { withheld: 'The peak of this GPU is not known: state it in the settings.' };
  const busy = busyOfCalls(trace, gpu, calls, costs);
  const rows = new Map<string, RooflineRow>();
  for (const [call, busyNs] of busy) {
    const known = costs.get(call);
    const roofFlops = known && peak.flops[known.cost.type.name];
    if (known === undefined || roofFlops === undefined) continue;
    const name = trace.strings.get(trace.slices.name[calls.slice[call]]);
    const { shapes, cost } = known;
    const key = `${name} ${shapes} ${cost.type.name}`;
    const row = rows.get(key) ?? emptyRow(name, shapes, cost.type.name);
    rows.set(key, row);
    row.count++;
    row.busyNs += busyNs;
    row.flops += cost.flops;
    row.bytes += cost.bytes;
  }
  if (rows.size === 0) return { withheld: 'No product or attention has both shapes and kernels of its own: graph replays belong to no operator.' };
  for (const row of rows.values()) measure(row, peak);
  return [...rows.values()].sort((a, b) => b.wastedNs - a.wastedNs);
}

function emptyRow(name: string, shapes: string, dtype: string): RooflineRow {
  const search = `name:="${name}"`;
  const zero = { count: 0, busyNs: 0, flops: 0, bytes: 0, flopsPerSecond: 0, bytesPerSecond: 0, roofNs: 0, percentOfRoof: 0, wastedNs: 0 };
  return { name, shapes, dtype, bound: 'memory', search, ...zero };
}

function measure(row: RooflineRow, peak: GpuPeak): void {
  const computeNs = (row.flops / peak.flops[row.dtype]) * 1e9;
  const memoryNs = (row.bytes / peak.bytesPerSecond) * 1e9;
  row.bound = computeNs > memoryNs ? 'compute' : 'memory';
  row.roofNs = Math.max(computeNs, memoryNs);
  row.flopsPerSecond = row.flops / (row.busyNs / 1e9);
  row.bytesPerSecond = row.bytes / (row.busyNs / 1e9);
  row.percentOfRoof = (100 * row.roofNs) / row.busyNs;
  row.wastedNs = row.busyNs - row.roofNs;
}

/** For each modelled call that has kernels of its own (no modelled call inside it does): the union of their times. */
function busyOfCalls(trace: Trace, gpu: GpuIndex, calls: CallTree, costs: ModelledCalls['costs']): Map<number, number> {
  const { startNs, durNs } = trace.slices;
  const { callOfWork } = ownersOfWork(trace, calls);
  const modelled = new Uint32Array(calls.count);
  for (let call = 0; call < calls.count; call++) {
    if (costs.has(call)) modelled[call] = call;
    else modelled[call] = calls.parent[call] === NONE ? NONE : modelled[calls.parent[call]];
  }
  const busy = new Map<number, number>();
  const reach = new Map<number, number>();
  for (const kernel of gpu.kernels) {
    const call = callOfWork[kernel] === NONE ? NONE : modelled[callOfWork[kernel]];
    if (call === NONE) continue;
    const endNs = startNs[kernel] + durNs[kernel];
    const reachedNs = reach.get(call) ?? Number.NEGATIVE_INFINITY;
    busy.set(call, (busy.get(call) ?? 0) + Math.max(0, endNs - Math.max(startNs[kernel], reachedNs)));
    reach.set(call, Math.max(endNs, reachedNs));
  }
  for (const [call, ns] of busy) if (ns === 0) busy.delete(call);
  return busy;
}

/** The weights that one device reads in a decode step. */
export interface ModelWeights {
  /** of one rank */
  bytes: number;
  /** where that is known from: "config.json, 2 bytes a weight, over 4 ranks" */
  source: string;
}

/** The time that reading the weights once takes at the stated bandwidth, against the median decode step. */
export function weightRead({ report }: Steps, peak: GpuPeak | undefined, weights: Known<ModelWeights>): RooflineReport['weightRead'] {
  const decode = report.steps.filter(({ phase }) => phase === 'decode').map(({ startNs, endNs }) => endNs - startNs);
  if (decode.length === 0) return { withheld: 'The recording has no decode steps.' };
  if (isWithheld(weights)) return weights;
  if (peak === undefined) return { withheld: 'The memory bandwidth of this GPU is not known: state it in the settings.' };
  const idealNs = (weights.bytes / peak.bytesPerSecond) * 1e9;
  const stepNs = distribution(decode).p50Ns;
  return { weightBytes: weights.bytes, idealNs, stepNs, percent: (100 * idealNs) / stepNs, source: `${weights.source}; ${peak.source}` };
}
