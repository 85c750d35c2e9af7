/** How devices and steps spent their time: computing, communicating, copying, idle. */
import type { DeviceTime, GpuReport, GpuTime } from '../../shared/analysis.js';
import { KERNEL_CATEGORIES, type Span } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';
import { eachStretch } from './unions.js';

export const COMMUNICATION = KERNEL_CATEGORIES.indexOf('communication');

/** What GPU work is for `GpuTime`. */
const ROLE = { compute: 0, set: 1, communication: 2, copy: 3 } as const;

/**
 * Time of one device in a span, by one sweep over its work, which is in start order. The identity of TraceLens's GPU timeline
 * (gpu_event_analyser.py): compute, what communication adds to it, and what copies add to both are together what is busy.
 */
export function gpuTime(trace: Trace, gpu: GpuIndex, work: Uint32Array, span: Span): GpuTime {
  const roles = trace.categories.map(({ kind }) => (kind === 'kernel' ? ROLE.compute : kind === 'memset' ? ROLE.set : ROLE.copy));
  const { category } = trace.slices;
  let [computeNs, exposedCommunicationNs, exposedCopyNs, activeNs, communicationNs] = [0, 0, 0, 0, 0];
  eachStretch(
    trace,
    work,
    span,
    4,
    (slice) => (gpu.category[slice] === COMMUNICATION ? ROLE.communication : roles[category[slice]]),
    (fromNs, toNs, reachNs) => {
      const until = (reach: number): number => Math.min(Math.max(reach, fromNs), toNs);
      const computed = until(Math.max(reachNs[ROLE.compute], reachNs[ROLE.set]));
      const communicated = until(reachNs[ROLE.communication]);
      const worked = Math.max(computed, communicated);
      computeNs += computed - fromNs;
      exposedCommunicationNs += worked - computed;
      exposedCopyNs += Math.max(until(reachNs[ROLE.copy]) - worked, 0);
      communicationNs += communicated - fromNs;
      activeNs += until(Math.max(reachNs[ROLE.compute], reachNs[ROLE.communication])) - fromNs;
    },
  );
  const spanNs = Math.max(span.endNs - span.startNs, 0);
  const busyNs = computeNs + exposedCommunicationNs + exposedCopyNs;
  return { spanNs, computeNs, exposedCommunicationNs, exposedCopyNs, idleNs: spanNs - busyNs, activeNs, busyNs, communicationNs };
}

/** The sum of the times of several spans; of none, zeros. */
export function sumOfTimes(times: GpuTime[]): GpuTime {
  const sum: GpuTime = {
    spanNs: 0,
    computeNs: 0,
    exposedCommunicationNs: 0,
    exposedCopyNs: 0,
    idleNs: 0,
    activeNs: 0,
    busyNs: 0,
    communicationNs: 0,
  };
  for (const time of times) {
    sum.spanNs += time.spanNs;
    sum.computeNs += time.computeNs;
    sum.exposedCommunicationNs += time.exposedCommunicationNs;
    sum.exposedCopyNs += time.exposedCopyNs;
    sum.idleNs += time.idleNs;
    sum.activeNs += time.activeNs;
    sum.busyNs += time.busyNs;
    sum.communicationNs += time.communicationNs;
  }
  return sum;
}

/** GPU work of each device in start order; devices in the order of their tracks. */
export function workByDevice(trace: Trace, { work, track }: GpuIndex): Map<string, Uint32Array> {
  const used = new Uint8Array(trace.tracks.length);
  for (let i = 0; i < work.length; i++) used[track[work[i]]] = 1;
  const deviceOf = trace.tracks.map(({ info }) => info.device ?? '');
  const devices = new Set(deviceOf.filter((_, index) => used[index] === 1));
  if (devices.size === 1) return new Map([...devices].map((device) => [device, work]));
  return new Map([...devices].map((device) => [device, work.filter((slice) => deviceOf[track[slice]] === device)]));
}

/** Every device over its own window. */
export function reportGpu(trace: Trace, gpu: GpuIndex): GpuReport {
  const { startNs, durNs } = trace.slices;
  const devices = [...workByDevice(trace, gpu)].map(([device, work]): DeviceTime => {
    let endNs = Number.NEGATIVE_INFINITY;
    let kernelCount = 0;
    for (const slice of work) {
      endNs = Math.max(endNs, startNs[slice] + durNs[slice]);
      if (gpu.kind(slice) === 'kernel') kernelCount++;
    }
    const window = { startNs: startNs[work[0]], endNs };
    return { device, name: deviceName(trace, device), kernelCount, window, time: gpuTime(trace, gpu, work, window) };
  });
  return { devices };
}

/** Ids of records and of the device list need not agree (ROCm counts agents): where all devices have one name, it is that. */
export function deviceName({ meta: { devices } }: Trace, device: string): string {
  const known = devices.find(({ id }) => id === device)?.name;
  if (known !== undefined) return known;
  return new Set(devices.map(({ name }) => name)).size === 1 ? devices[0].name : '';
}

/** Work of the device that has most of it, in start order. */
export function mainDeviceWork(trace: Trace, gpu: GpuIndex): Uint32Array {
  let main: Uint32Array = new Uint32Array(0);
  for (const work of workByDevice(trace, gpu).values()) if (work.length > main.length) main = work;
  return main;
}
