/** What claims are made from: the reports of one run, and the few questions that rules ask of them. */

import type {
  CommunicationReport,
  EvidenceRange,
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
import { duration } from '../../shared/format.js';
import { KERNEL_CATEGORIES, type KernelCategory, type KernelReport, type Phase, type Span } from '../../shared/protocol.js';
import type { GpuIndex } from '../analyze/gpu.js';
import type { Steps } from '../analyze/steps.js';
import type { Trace } from '../trace/trace.js';

export interface RunFacts {
  trace: Trace;
  index: GpuIndex;
  steps: Steps;
  rows: StepRow[];
  phases: PhaseReport[];
  gpu: GpuReport;
  kernels: KernelReport;
  gaps: GapsReport;
  launches: LaunchesReport;
  communication: CommunicationReport;
  memory: MemoryReport;
  operators: OperatorsReport;
  roofline: RooflineReport;
  /** marks of steps in the recording, also of those without GPU work */
  markedSteps: number;
  peak?: GpuPeak;
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

/** Whether Python frames were recorded, which takes the CPU's time but not the GPU's. */
export function recordsFrames({ trace: { slices, categories, gpu } }: RunFacts): boolean {
  const isFrame = categories.map(({ kind }) => kind === 'python');
  for (let slice = gpu.count; slice < slices.count; slice++) if (isFrame[slices.category[slice]]) return true;
  return false;
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

/** Some kernels of a phase. */
export interface KernelSum {
  count: number;
  totalNs: number;
  /** the name that took most of the time */
  name: string;
  evidence: EvidenceRange;
}

/** Kernels of a phase whose name and category pass; undefined when there are none. `search` finds them. */
export function kernelsNamed(
  facts: RunFacts,
  phase: Phase,
  passes: (name: string, category: KernelCategory) => boolean,
  search: string,
): KernelSum | undefined {
  const { trace, index, steps } = facts;
  const { slices, strings } = trace;
  const known = new Map<number, boolean>();
  const byName = new Map<number, number>();
  let count = 0;
  let totalNs = 0;
  for (const kernel of index.kernels) {
    const step = steps.stepOf[kernel];
    if (step < 0 || steps.report.steps[step].phase !== phase) continue;
    const name = slices.name[kernel];
    let passing = known.get(name);
    if (passing === undefined) known.set(name, (passing = passes(strings.get(name), KERNEL_CATEGORIES[index.category[kernel]])));
    if (!passing) continue;
    count++;
    totalNs += slices.durNs[kernel];
    byName.set(name, (byName.get(name) ?? 0) + slices.durNs[kernel]);
  }
  if (count === 0) return undefined;
  const [[main]] = [...byName].sort((a, b) => b[1] - a[1]);
  const { startNs, endNs } = typicalStep(facts, phase);
  return { count, totalNs, name: strings.get(main), evidence: { label: `${count.toLocaleString()} slices`, search, span: { startNs, endNs } } };
}

/** "102.5 µs each". */
export function each(ns: number, count: number): string {
  return `${duration(ns / count)} each`;
}
