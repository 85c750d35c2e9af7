/** Every call of one name, for charts over time. */
import type { NameId, Occurrences } from '../../shared/protocol.js';
import type { GpuIndex } from '../analyze/gpu.js';
import type { Steps } from '../analyze/steps.js';
import type { Trace } from '../trace/trace.js';

/** Calls in time order; above `limit` evenly thinned, `count` says how many there are. */
export function occurrencesOf({ slices }: Trace, gpu: GpuIndex, { stepOf }: Steps, name: NameId, limit: number): Occurrences {
  const all = gpu.work.filter((slice) => slices.name[slice] === name);
  const kept = Math.min(all.length, Math.max(0, limit));
  const slice = Uint32Array.from({ length: kept }, (_, at) => all[Math.floor((at * all.length) / kept)]);
  return {
    count: all.length,
    slice,
    startNs: Float64Array.from(slice, (id) => slices.startNs[id]),
    durNs: Float64Array.from(slice, (id) => slices.durNs[id]),
    step: Int32Array.from(slice, (id) => stepOf[id]),
  };
}
