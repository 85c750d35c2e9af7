/** The analyses of one trace: each is made when it is first asked for, and kept. */
import type { FrameCost, KernelReport } from '../../shared/protocol.js';
import { frameCosts } from '../analyze/frames.js';
import { type GpuIndex, indexGpu } from '../analyze/gpu.js';
import { reportKernels } from '../analyze/kernels.js';
import { findSteps, type Steps } from '../analyze/steps.js';
import type { Trace } from '../trace/trace.js';

export interface Analyses {
  gpu(): GpuIndex;
  steps(): Steps;
  kernels(): KernelReport;
  frames(): FrameCost[];
}

export function createAnalyses(trace: Trace): Analyses {
  const gpu = once(() => indexGpu(trace));
  const steps = once(() => findSteps(trace, gpu()));
  return { gpu, steps, kernels: once(() => reportKernels(trace, gpu(), steps())), frames: once(() => frameCosts(trace, gpu())) };
}

/** Calls a function at most once; later calls give its first answer. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
