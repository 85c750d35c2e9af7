/** The analyses of one trace: each is made when it is first asked for, and kept. */
import type { CategoryTime, CommunicationReport, GapsReport, GpuReport, LaunchesReport, OperatorsReport, PhaseReport, StepRow } from '../../shared/analysis.js';
import type { FrameCost, KernelReport } from '../../shared/protocol.js';
import type { CallTree } from '../analyze/callTree.js';
import type { CategoryRules } from '../analyze/categories.js';
import { runCategories } from '../analyze/categoryTimes.js';
import { reportCommunication } from '../analyze/communication.js';
import { frameCosts } from '../analyze/frames.js';
import { reportGaps } from '../analyze/gapsReport.js';
import { type GpuIndex, indexGpu } from '../analyze/gpu.js';
import { reportGpu } from '../analyze/gpuTime.js';
import { reportKernels } from '../analyze/kernels.js';
import { reportLaunches } from '../analyze/launches.js';
import { operatorCalls, reportOperators } from '../analyze/operators.js';
import { reportPhases } from '../analyze/phaseReport.js';
import { stepRows } from '../analyze/stepRows.js';
import { findSteps, type Steps } from '../analyze/steps.js';
import type { Trace } from '../trace/trace.js';

export interface Analyses {
  gpu(): GpuIndex;
  steps(): Steps;
  kernels(): KernelReport;
  frames(): FrameCost[];
  stepRows(): StepRow[];
  phases(): PhaseReport[];
  gpuReport(): GpuReport;
  categories(): CategoryTime[];
  gaps(): GapsReport;
  launches(): LaunchesReport;
  communication(): CommunicationReport;
  /** the calls that operators are counted by */
  operatorCalls(): CallTree;
  operators(): OperatorsReport;
}

export function createAnalyses(trace: Trace, ownCategories?: CategoryRules): Analyses {
  const gpu = once(() => indexGpu(trace, ownCategories));
  const steps = once(() => findSteps(trace, gpu()));
  const rows = once(() => stepRows(trace, gpu(), steps()));
  const gpuReport = once(() => reportGpu(trace, gpu()));
  const gaps = once(() => reportGaps(trace, gpu(), steps()));
  const calls = once(() => operatorCalls(trace));
  return {
    gpu,
    steps,
    kernels: once(() => reportKernels(trace, gpu(), steps())),
    frames: once(() => frameCosts(trace, gpu())),
    stepRows: rows,
    phases: once(() => reportPhases(trace, gpu(), steps(), rows())),
    gpuReport,
    categories: once(() => runCategories(trace, gpu(), gpuReport())),
    gaps,
    launches: once(() => reportLaunches(trace, gpu(), steps(), gaps())),
    communication: once(() => reportCommunication(trace, gpu(), steps(), gpuReport())),
    operatorCalls: calls,
    operators: once(() => reportOperators(trace, calls())),
  };
}

/** Calls a function at most once; later calls give its first answer. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
