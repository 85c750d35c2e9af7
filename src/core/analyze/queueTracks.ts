/** The queue of each stream as a track of the timeline: computed from the trace, so it is in no file and in no stored index. */
import type { Trace, Track } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';
import { queueDepth } from './queueDepth.js';

/** The trace with a counter under each stream that ever had launches wait; all else is shared with the trace given. */
export function withQueueTracks(trace: Trace, gpu: GpuIndex): Trace {
  const queues = queueDepth(trace, gpu).filter(({ depth }) => depth.some((waiting) => waiting > 0));
  if (queues.length === 0) return trace;
  const tracks = [...trace.tracks];
  const order = [...trace.order];
  let samples = trace.counters.timeNs.length;
  for (const { track, timeNs } of queues) {
    const stream = trace.tracks[track];
    const id = tracks.length;
    tracks.push(queueTrack(id, stream, samples, timeNs));
    order.splice(order.indexOf(track) + 1, 0, id);
    samples += timeNs.length;
  }
  const joined = (own: Float64Array, further: ArrayLike<number>[]): Float64Array => {
    const all = new Float64Array(samples);
    let at = 0;
    for (const part of [own, ...further]) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  const counters = {
    timeNs: joined(
      trace.counters.timeNs,
      queues.map(({ timeNs }) => timeNs),
    ),
    value: joined(
      trace.counters.value,
      queues.map(({ depth }) => depth),
    ),
  };
  return { ...trace, tracks, order: Uint32Array.from(order), counters };
}

function queueTrack(id: number, { info, firstRow, process, thread }: Track, firstSample: number, timeNs: Float64Array): Track {
  const { group, stream, device } = info;
  const detail = info.name.replace(/^Stream/, 'stream');
  const [firstNs, lastNs] = [timeNs[0], timeNs[timeNs.length - 1]];
  return {
    info: { id, group, kind: 'counter', name: 'Queue depth', detail, rowCount: 1, sliceCount: 0, firstNs, lastNs, stream, device },
    firstRow,
    process,
    thread,
    firstSample,
    sampleCount: timeNs.length,
  };
}
