/** How many launches wait in the queue of each stream. */
import type { TrackId } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';

/** A counter: from each time on, so many launches have begun whose work has not. */
export interface QueueDepth {
  /** the stream's */
  track: TrackId;
  timeNs: Float64Array;
  depth: Uint32Array;
}

/**
 * One more when a call begins, one less when its first work on the stream starts, as HTA counts (trace_counters.py). A graph is one
 * entry in each of its streams: counting its kernels one by one would end below zero, since it has one call.
 */
export function queueDepth(trace: Trace, gpu: GpuIndex): QueueDepth[] {
  const entries = queueEntries(trace, gpu);
  const { startNs } = trace.slices;
  return [...entries].map(([track, slices]): QueueDepth => {
    const leaves = Float64Array.from(slices, (slice) => startNs[slice]).sort();
    // Work that starts before its call is an error of the clocks: it never waited.
    const enters = Float64Array.from(slices, (slice) => Math.min(startNs[trace.gpu.launch[slice]], startNs[slice])).sort();
    const timeNs = new Float64Array(2 * slices.length);
    const depth = new Uint32Array(2 * slices.length);
    let [samples, entered, left] = [0, 0, 0];
    while (left < leaves.length) {
      const atNs = entered < enters.length ? Math.min(enters[entered], leaves[left]) : leaves[left];
      while (entered < enters.length && enters[entered] <= atNs) entered++;
      while (left < leaves.length && leaves[left] <= atNs) left++;
      timeNs[samples] = atNs;
      depth[samples++] = entered - left;
    }
    return { track, timeNs: timeNs.subarray(0, samples), depth: depth.subarray(0, samples) };
  });
}

/** For each stream, the first work of every launch on it. */
function queueEntries({ gpu: { launch, byLaunch }, tracks }: Trace, { track }: GpuIndex): Map<TrackId, number[]> {
  const entries = new Map<TrackId, number[]>();
  const lastCall = new Uint32Array(tracks.length).fill(NONE);
  for (const slice of byLaunch) {
    if (launch[slice] === NONE) break;
    if (lastCall[track[slice]] === launch[slice]) continue;
    lastCall[track[slice]] = launch[slice];
    const known = entries.get(track[slice]);
    if (known === undefined) entries.set(track[slice], [slice]);
    else known.push(slice);
  }
  return entries;
}
