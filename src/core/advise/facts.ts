/** What claims are made from: the reports of one run, and the few questions that rules ask of them. */

import type {
  CommunicationReport,
  EvidenceRange,
  Finding,
  Gap,
  GapsReport,
  GpuPeak,
  GpuReport,
  LaunchesReport,
  MemoryReport,
  OperatorsReport,
  PhaseReport,
  RooflineReport,
  StepRow,
} from '../../shared/analysis.js';
import { duration, plural } from '../../shared/format.js';
import type { Phase, SliceKind, Span } from '../../shared/protocol.js';
import type { GpuIndex } from '../analyze/gpu.js';
import type { Steps } from '../analyze/steps.js';
import type { Hits } from '../trace/search.js';
import type { Trace } from '../trace/trace.js';

export interface RunFacts {
  trace: Trace;
  index: GpuIndex;
  steps: Steps;
  rows: StepRow[];
  phases: PhaseReport[];
  gpu: GpuReport;
  gaps: GapsReport;
  launches: LaunchesReport;
  communication: CommunicationReport;
  memory: MemoryReport;
  operators: OperatorsReport;
  roofline: RooflineReport;
  /** marks of steps in the recording, also of those without GPU work */
  markedSteps: number;
  peak?: GpuPeak;
  /** by `cpuSlices` */
  cpu: ReadonlyMap<SliceKind, { count: number; totalNs: number }>;
  /** what a search finds (core/trace/query.ts): rules count by searching, so that their evidence is exactly what they counted */
  find(query: string): Hits | undefined;
}

/** What a phase took: its steps and the idle before each of them. */
export function phaseNs({ time, gapBefore }: PhaseReport): number {
  return time.spanNs + gapBefore.totalNs;
}

/** "decode", and "these steps" where the phase is not known. */
export function phaseWord({ phase }: PhaseReport): string {
  return phase === 'unknown' ? 'these steps' : phase;
}

/** Of the time of a phase, percent. */
export function percentOf(phase: PhaseReport, ns: number): number {
  const allNs = phaseNs(phase);
  return allNs > 0 ? (100 * ns) / allNs : 0;
}

/** Rows of the steps of a phase. */
export function stepsOf({ rows }: RunFacts, phase: Phase): StepRow[] {
  return rows.filter((row) => row.phase === phase);
}

/** How many slices of the CPU there are of each kind, and how long they last together. */
export function cpuSlices({ slices, categories, gpu }: Trace): Map<SliceKind, { count: number; totalNs: number }> {
  const counts = new Uint32Array(categories.length);
  const totalNs = new Float64Array(categories.length);
  for (let slice = gpu.count; slice < slices.count; slice++) {
    counts[slices.category[slice]]++;
    totalNs[slices.category[slice]] += slices.durNs[slice];
  }
  const sums = new Map<SliceKind, { count: number; totalNs: number }>();
  for (const [category, { kind }] of categories.entries()) {
    const sum = sums.get(kind) ?? { count: 0, totalNs: 0 };
    sums.set(kind, { count: sum.count + counts[category], totalNs: sum.totalNs + totalNs[category] });
  }
  return sums;
}

/** Whether Python frames were recorded, which takes the CPU's time but not the GPU's. */
export function recordsFrames({ cpu }: RunFacts): boolean {
  return (cpu.get('python')?.count ?? 0) > 0;
}

/** The step of a phase that others are like: the one with the median duration, never a first or a slow one if there is another. */
export function typicalStep(facts: RunFacts, phase: Phase): StepRow {
  const all = stepsOf(facts, phase);
  const usual = all.filter(({ note }) => note === undefined);
  const sorted = (usual.length > 0 ? usual : all).toSorted((a, b) => lengthNs(a) - lengthNs(b));
  return sorted[(sorted.length - 1) >> 1];
}

export function lengthNs({ startNs, endNs }: Span): number {
  return endNs - startNs;
}

/** "decode 3": steps of a phase count from 1. */
export function stepName({ rows }: RunFacts, step: StepRow): string {
  const nth = rows.filter(({ phase, index }) => phase === step.phase && index <= step.index).length;
  return rows.filter(({ phase }) => phase === step.phase).length === 1 ? step.phase : `${step.phase} ${nth}`;
}

/** The one gap that is most of the idle time of a phase, where there is such: it happened once, so it says little of other steps. */
export function singleGap({ gaps }: RunFacts, phase: PhaseReport): Gap | undefined {
  const longest = gaps.gaps.find((gap) => gap.phase === phase.phase);
  return longest !== undefined && lengthNs(longest) > (phase.time.idleNs + phase.gapBefore.totalNs) / 2 ? longest : undefined;
}

/** What a finding says of time summed over the steps of its phase. */
export function atStake(phase: PhaseReport, ns: number): Pick<Finding, 'phase' | 'atStakeNs' | 'per' | 'percentOfPhase'> {
  return { phase: phase.phase, atStakeNs: ns / phase.steps, per: phase.steps > 1 ? 'step' : 'once', percentOfPhase: percentOf(phase, ns) };
}

/** Some kernels of a phase. */
export interface KernelSum {
  count: number;
  totalNs: number;
  /** the name that took most of the time */
  name: string;
  /** the search that found them: what people see is what was counted */
  evidence: EvidenceRange;
}

/** Kernels of a phase that the terms of a search for kernels find, on the device that speaks for the phase; undefined when there are none. */
export function kernelsFound(facts: RunFacts, phase: Phase, terms: string): KernelSum | undefined {
  const { trace, gpu, find } = facts;
  const { slices, strings } = trace;
  const [main] = gpu.devices.toSorted((a, b) => b.kernelCount - a.kernelCount);
  const query = `phase:${phase} ${gpu.devices.length > 1 ? `device:${main.device} ` : ''}${terms}`;
  const hits = find(query);
  if (hits === undefined || hits.slices.length === 0) return undefined;
  const byName = new Map<number, number>();
  for (const slice of hits.slices) byName.set(slices.name[slice], (byName.get(slices.name[slice]) ?? 0) + slices.durNs[slice]);
  const [[name]] = [...byName].sort((a, b) => b[1] - a[1]);
  const { startNs, endNs } = typicalStep(facts, phase);
  const evidence = { label: plural(hits.slices.length, 'slice'), search: query, span: { startNs, endNs } };
  return { count: hits.slices.length, totalNs: hits.totalNs, name: strings.get(name), evidence };
}

/** "102.5 µs each". */
export function each(ns: number, count: number): string {
  return `${duration(ns / count)} each`;
}
