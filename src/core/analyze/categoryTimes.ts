/** Time by what kernels do: as sums, and so that each moment belongs to one category. */
import type { CategoryTime, GpuReport } from '../../shared/analysis.js';
import { KERNEL_CATEGORIES, type Span } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';
import { COMMUNICATION, workByDevice } from './gpuTime.js';
import { eachStretch } from './unions.js';

/** Copies by the copy engines, which are no kernels, come last of all. */
const ENGINE_COPY = KERNEL_CATEGORIES.length;
const COPY = KERNEL_CATEGORIES.indexOf('copy');

/** Who owns a moment in which several run: what computes in the order of KERNEL_CATEGORIES, then communication, then copies. */
const PRECEDENCE = [...KERNEL_CATEGORIES.keys()].filter((category) => category !== COMMUNICATION).concat(COMMUNICATION, ENGINE_COPY);

/**
 * Time by category over some spans, each with the work of one device that belongs to it, in start order. Exclusive times and idle
 * add up to the spans; those of communication are the exposed communication of `GpuTime`.
 */
export function categoryTimes(trace: Trace, gpu: GpuIndex, parts: Iterable<{ span: Span; work: Uint32Array }>): CategoryTime[] {
  const totalNs = new Float64Array(KERNEL_CATEGORIES.length);
  const exclusiveNs = new Float64Array(KERNEL_CATEGORIES.length);
  const count = new Uint32Array(KERNEL_CATEGORIES.length);
  const isCopy = trace.categories.map(({ kind }) => kind === 'memcpy');
  for (const { span, work } of parts) {
    for (const slice of work) {
      totalNs[gpu.category[slice]] += trace.slices.durNs[slice];
      count[gpu.category[slice]]++;
    }
    eachStretch(
      trace,
      work,
      span,
      KERNEL_CATEGORIES.length + 1,
      (slice) => (isCopy[trace.slices.category[slice]] ? ENGINE_COPY : gpu.category[slice]),
      (fromNs, toNs, reachNs) => {
        let ownedNs = fromNs;
        for (const owner of PRECEDENCE) {
          const untilNs = Math.min(reachNs[owner], toNs);
          if (untilNs <= ownedNs) continue;
          exclusiveNs[owner === ENGINE_COPY ? COPY : owner] += untilNs - ownedNs;
          ownedNs = untilNs;
        }
      },
    );
  }
  return KERNEL_CATEGORIES.map(
    (category, index): CategoryTime => ({ category, totalNs: totalNs[index], exclusiveNs: exclusiveNs[index], count: count[index] }),
  ).filter((row) => row.count > 0);
}

/** Time by category over the whole recording: the windows of its devices. */
export function runCategories(trace: Trace, gpu: GpuIndex, { devices }: GpuReport): CategoryTime[] {
  const workOf = workByDevice(trace, gpu);
  return categoryTimes(
    trace,
    gpu,
    devices.map(({ device, window }) => ({ span: window, work: workOf.get(device) ?? new Uint32Array(0) })),
  );
}
