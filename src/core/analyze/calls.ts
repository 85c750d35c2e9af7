/** Every kernel call, in time order, with what is known of it. */
import type { Phase } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type GpuIndex, launchStart } from './gpu.js';
import type { Steps } from './steps.js';

export interface KernelCall {
  startNs: number;
  durationNs: number;
  name: string;
  device: string;
  stream: string;
  correlation?: number;
  /** start of the kernel − start of the call that launched it */
  launchDelayNs?: number;
  step?: number;
  phase?: Phase;
  layer?: number;
}

export function* kernelCalls(trace: Trace, gpu: GpuIndex, { report, stepOf, layerOf }: Steps): Generator<KernelCall> {
  const { slices, strings, tracks } = trace;
  for (const kernel of gpu.kernels) {
    const startNs = slices.startNs[kernel];
    const { device = '', stream = '' } = tracks[gpu.track[kernel]].info;
    const launchNs = launchStart(trace, kernel);
    const step = stepOf[kernel];
    yield {
      startNs,
      durationNs: slices.durNs[kernel],
      name: strings.get(slices.name[kernel]),
      device,
      stream,
      correlation: slices.correlation[kernel] === NONE ? undefined : slices.correlation[kernel],
      launchDelayNs: launchNs === undefined ? undefined : startNs - launchNs,
      step: step < 0 ? undefined : step,
      phase: step < 0 ? undefined : report.steps[step].phase,
      layer: layerOf[kernel] < 0 ? undefined : layerOf[kernel],
    };
  }
}
