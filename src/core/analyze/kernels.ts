/** Time by kernel name. */

import { shortName } from '../../shared/names.js';
import { KERNEL_CATEGORIES, type KernelReport, type KernelRow } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';
import type { Steps } from './steps.js';

/** The kernel table: one row a name, copies and sets included as rows of their own kind; of all GPU work, or of `work`, by start. */
export function reportKernels(trace: Trace, gpu: GpuIndex, { report, stepOf }: Steps, work: Uint32Array = gpu.work): KernelReport {
  const groups = groupByName(trace, gpu, work);
  let kernelCount = 0;
  let kernelTimeNs = 0;
  for (const kernel of work) {
    if (gpu.kind(kernel) !== 'kernel') continue;
    kernelCount++;
    kernelTimeNs += trace.slices.durNs[kernel];
  }
  const phaseOfStep = report.steps.map(({ phase }) => phase);
  const rows = groups.map((members): KernelRow => {
    const first = members[0];
    const nameId = trace.slices.name[first];
    const name = trace.strings.get(nameId);
    const kind = gpu.kind(first) === 'kernel' ? 'kernel' : gpu.kind(first) === 'memcpy' ? 'memcpy' : 'memset';
    const spent = { prefill: 0, decode: 0, mixed: 0, unknown: 0 };
    for (const slice of members) if (stepOf[slice] >= 0) spent[phaseOfStep[stepOf[slice]]] += trace.slices.durNs[slice];
    const stats = durationStats(trace, members);
    return {
      nameId,
      name,
      shortName: shortName(name),
      kind,
      category: KERNEL_CATEGORIES[gpu.category[first]],
      ...stats,
      percent: kind === 'kernel' && kernelTimeNs > 0 ? (100 * stats.totalNs) / kernelTimeNs : 0,
      prefillNs: spent.prefill,
      decodeNs: spent.decode,
      mixedNs: spent.mixed,
    };
  });
  rows.sort((a, b) => b.totalNs - a.totalNs || (a.name < b.name ? -1 : 1));
  nameByPhase(rows);
  const stepsOf = (phase: string): number => phaseOfStep.filter((mine) => mine === phase).length;
  return {
    rows,
    kernelCount,
    kernelTimeNs,
    kernelNames: rows.filter(({ kind }) => kind === 'kernel').length,
    steps: { prefill: stepsOf('prefill'), decode: stepsOf('decode'), mixed: stepsOf('mixed') },
  };
}

/** Kernels with one short name that differ in their template are often one for prefill and one for decode: then that is said. */
function nameByPhase(rows: KernelRow[]): void {
  const times = new Map<string, number>();
  for (const { shortName: short } of rows) times.set(short, (times.get(short) ?? 0) + 1);
  for (const row of rows) {
    if ((times.get(row.shortName) ?? 0) < 2 || row.totalNs === 0) continue;
    if (row.prefillNs === row.totalNs) row.shortName += ' (prefill)';
    else if (row.decodeNs === row.totalNs) row.shortName += ' (decode)';
  }
}

/** GPU slices of each name, by start; one name used for kernels and for copies makes two groups. */
function groupByName(trace: Trace, gpu: GpuIndex, work: Uint32Array): Uint32Array[] {
  const groupOf = new Map<string, number>();
  const counts: number[] = [];
  const group = new Uint32Array(work.length);
  for (const [at, slice] of work.entries()) {
    const key = `${trace.slices.name[slice]} ${gpu.kind(slice)}`;
    let mine = groupOf.get(key);
    if (mine === undefined) {
      mine = counts.length;
      groupOf.set(key, mine);
      counts.push(0);
    }
    group[at] = mine;
    counts[mine]++;
  }
  const groups = counts.map((count) => new Uint32Array(count));
  counts.fill(0);
  for (const [at, slice] of work.entries()) groups[group[at]][counts[group[at]]++] = slice;
  return groups;
}

export interface DurationStats {
  count: number;
  totalNs: number;
  avgNs: number;
  medianNs: number;
  minNs: number;
  maxNs: number;
  stddevNs: number;
}

/** Exact statistics of the durations of some slices (at least one). */
export function durationStats(trace: Trace, slices: ArrayLike<number>): DurationStats {
  const count = slices.length;
  const sorted = Float64Array.from(slices, (slice) => trace.slices.durNs[slice]).sort();
  let totalNs = 0;
  for (const durNs of sorted) totalNs += durNs;
  const avgNs = totalNs / count;
  let squares = 0;
  for (const durNs of sorted) squares += (durNs - avgNs) ** 2;
  return {
    count,
    totalNs,
    avgNs,
    medianNs: (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2,
    minNs: sorted[0],
    maxNs: sorted[count - 1],
    stddevNs: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
  };
}
