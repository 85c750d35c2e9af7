/** Samples of counters in file order, then track by track in time order. */
import { counting, growing, reorder } from './columns.js';

export interface SampledTrack {
  process: string;
  name: string;
  firstSample: number;
  sampleCount: number;
}

export interface CounterSamples {
  push(process: string, name: string, timeNs: number, value: number): void;
  take(): { tracks: SampledTrack[]; timeNs: Float64Array; value: Float64Array };
}

/** Collects samples until all are there. */
export function createCounterSamples(): CounterSamples {
  const ids = new Map<string, number>();
  const tracks: SampledTrack[] = [];
  const track = growing(Uint32Array);
  const timeNs = growing(Float64Array);
  const value = growing(Float64Array);
  return {
    push(process, name, time, sample) {
      const key = `${process}\0${name}`;
      let id = ids.get(key);
      if (id === undefined) {
        id = tracks.push({ process, name, firstSample: 0, sampleCount: 0 }) - 1;
        ids.set(key, id);
      }
      track.push(id);
      timeNs.push(time);
      value.push(sample);
    },
    take() {
      const [trackOf, times, values] = [track.take(), timeNs.take(), value.take()];
      const order = counting(times.length).sort((a, b) => trackOf[a] - trackOf[b] || times[a] - times[b] || a - b);
      order.forEach((sample, place) => {
        const mine = tracks[trackOf[sample]];
        if (mine.sampleCount++ === 0) mine.firstSample = place;
      });
      return { tracks, timeNs: reorder(new Float64Array(order.length), times, order), value: reorder(new Float64Array(order.length), values, order) };
    },
  };
}
