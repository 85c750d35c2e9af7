/**
 * Operators as PyTorch's key_averages counts them (torch/autograd/profiler_util.py): CPU self is the duration without the calls
 * right under it, runtime calls included; device time is that of the GPU work launched under it. Calls that nest in calls of the
 * same name count in both totals, as there. Graph replays belong to no operator.
 */
import type { OperatorRow, OperatorsReport } from '../../shared/analysis.js';
import { duration, percent } from '../../shared/format.js';
import { NONE, type Trace } from '../trace/trace.js';
import { addUpwards, type CallTree, callTree, indexIn, selfTimes } from './callTree.js';
import { graphLaunchTest } from './stepRows.js';

/** What PyTorch counts as a call: operators, `record_function`, runtime and driver calls, the profiler's own work. */
const KINDS = new Set(['op', 'annotation', 'launch', 'overhead'] as const);

/** What only the args of the records tell of each call of the tree. */
export interface CallDetails {
  /** index into `shapes` */
  shape: Uint32Array;
  shapes: string[];
  /** 0 when not recorded */
  flops: Float64Array;
  /** allocated minus freed under the call; undefined when the profiler did not record memory */
  memory?: { cpu: Float64Array; device: Float64Array };
}

export function operatorCalls(trace: Trace): CallTree {
  return callTree(trace, KINDS);
}

/** One row a name, or one a name and shapes when the details of the calls are known. Most device time first. */
export function reportOperators(trace: Trace, calls: CallTree, details?: CallDetails): OperatorsReport {
  const { slices, strings, categories } = trace;
  const isOp = categories.map(({ kind }) => kind === 'op');
  const selfNs = selfTimes(trace, calls);
  const { callOfWork, unowned } = ownersOfWork(trace, calls);
  const deviceSelf = new Float64Array(calls.count);
  let deviceSelfNs = 0;
  for (let work = 0; work < trace.gpu.count; work++) {
    deviceSelfNs += slices.durNs[work];
    if (callOfWork[work] !== NONE) deviceSelf[callOfWork[work]] += slices.durNs[work];
  }
  const deviceTotal = addUpwards(calls, deviceSelf.slice());

  const rows = new Map<number, OperatorRow>();
  let cpuSelfNs = 0;
  for (let call = 0; call < calls.count; call++) {
    const slice = calls.slice[call];
    if (!isOp[slices.category[slice]]) continue;
    const key = slices.name[slice] * (details?.shapes.length ?? 1) + (details?.shape[call] ?? 0);
    let row = rows.get(key);
    if (row === undefined) rows.set(key, (row = emptyRow(strings.get(slices.name[slice]), details?.shapes[details.shape[call]] ?? '')));
    row.calls++;
    row.cpuTotalNs += slices.durNs[slice];
    row.cpuSelfNs += selfNs[call];
    row.deviceTotalNs += deviceTotal[call];
    row.deviceSelfNs += deviceSelf[call];
    cpuSelfNs += selfNs[call];
    if (details !== undefined) addDetails(row, details, call);
  }
  for (const row of rows.values()) if (row.deviceTotalNs > 0) row.cpuToGpu = row.cpuTotalNs / row.deviceTotalNs;
  return {
    rows: [...rows.values()].sort((a, b) => b.deviceSelfNs - a.deviceSelfNs || b.cpuSelfNs - a.cpuSelfNs || (a.name < b.name ? -1 : 1)),
    cpuSelfNs,
    deviceSelfNs,
    withheld: withheldOf(rows.size, unowned, deviceSelfNs),
  };
}

function emptyRow(name: string, shapes: string): OperatorRow {
  const search = `name:="${name}"`;
  return { name, shapes, calls: 0, cpuTotalNs: 0, cpuSelfNs: 0, deviceTotalNs: 0, deviceSelfNs: 0, search };
}

function addDetails(row: OperatorRow, { flops, memory }: CallDetails, call: number): void {
  if (flops[call] > 0) row.flops = (row.flops ?? 0) + flops[call];
  if (memory === undefined) return;
  row.cpuMemoryBytes = (row.cpuMemoryBytes ?? 0) + memory.cpu[call];
  row.deviceMemoryBytes = (row.deviceMemoryBytes ?? 0) + memory.device[call];
}

/**
 * The operator of each piece of GPU work: the innermost one around its launch; where no launch was recorded, the one whose
 * external id it carries. NONE for what no operator launched.
 */
export function ownersOfWork(trace: Trace, calls: CallTree): { callOfWork: Uint32Array; unowned: { graphNs: number; otherNs: number } } {
  const { slices, gpu } = trace;
  const isGraphLaunch = graphLaunchTest(trace);
  const operatorOf = enclosingOperator(trace, calls);
  const byExternal = operatorsByExternal(trace, calls);
  const callOfWork = new Uint32Array(gpu.count).fill(NONE);
  const unowned = { graphNs: 0, otherNs: 0 };
  // Launches ascend, so a call's place is looked up once for all its work.
  let launch = NONE;
  let owner = NONE;
  for (const work of gpu.byLaunch) {
    if (gpu.launch[work] !== launch) {
      launch = gpu.launch[work];
      const call = launch === NONE ? NONE : indexIn(calls, launch);
      owner = call === NONE ? NONE : operatorOf[call];
    }
    callOfWork[work] = launch === NONE ? (byExternal.get(slices.external[work]) ?? NONE) : owner;
    if (callOfWork[work] !== NONE) continue;
    if (launch !== NONE && isGraphLaunch(launch)) unowned.graphNs += slices.durNs[work];
    else unowned.otherNs += slices.durNs[work];
  }
  return { callOfWork, unowned };
}

/** For each call, the operator that it is or that is nearest around it. */
function enclosingOperator({ slices, categories }: Trace, { count, slice, parent }: CallTree): Uint32Array {
  const isOp = categories.map(({ kind }) => kind === 'op');
  const operatorOf = new Uint32Array(count);
  for (let call = 0; call < count; call++) {
    if (isOp[slices.category[slice[call]]]) operatorOf[call] = call;
    else operatorOf[call] = parent[call] === NONE ? NONE : operatorOf[parent[call]];
  }
  return operatorOf;
}

/** Of operators that share an external id, the one that began last is the innermost. */
export function operatorsByExternal({ slices, categories }: Trace, { count, slice }: CallTree): Map<number, number> {
  const operators = new Map<number, number>();
  for (let call = 0; call < count; call++) {
    const external = slices.external[slice[call]];
    if (external === NONE || categories[slices.category[slice[call]]].kind !== 'op') continue;
    const known = operators.get(external);
    if (known === undefined || slices.startNs[slice[call]] >= slices.startNs[slice[known]]) operators.set(external, call);
  }
  return operators;
}

function withheldOf(names: number, { graphNs, otherNs }: { graphNs: number; otherNs: number }, deviceNs: number): string[] {
  if (names === 0) return ['The recording has no operators: the profiler did not record CPU activity.'];
  const share = (ns: number): string => `${duration(ns)} of GPU time (${percent((100 * ns) / deviceNs)})`;
  const withheld: string[] = [];
  if (graphNs > 0) withheld.push(`${share(graphNs)} comes from graph replays, which no operator launches.`);
  if (otherNs > 0) withheld.push(`${share(otherNs)} was launched outside of operators.`);
  return withheld;
}
