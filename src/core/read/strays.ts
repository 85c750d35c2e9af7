/**
 * Python frames that were already running when the recording began. Kineto logs them on thread 0 of the process, or of
 * process 0, because it does not know their thread any more. They enclose what the main thread did, so they belong to it.
 */
import type { TraceBuilder } from '../trace/builder.js';
import { NONE } from '../trace/trace.js';
import type { Names } from './names.js';

interface Stray {
  track: number;
  name: number;
  category: number;
  startNs: number;
  durNs: number;
  record: number;
}

/** More than this on thread 0 are not what was left over when the recording began. */
const MOST = 10_000;

export function createStrayFrames(builder: TraceBuilder, names: Names) {
  const python = builder.category('python_function');
  const strays: Stray[] = [];
  /** builder's tracks of main threads with Python frames */
  const mainTracks = new Set<number>();

  const push = ({ track, name, category, startNs, durNs, record }: Stray): void =>
    builder.slice(track, name, category, startNs, durNs, NONE, NONE, 0, 0, record);

  return {
    /** Whether records of a thread and category wait for the end of the file. `track` is the parser's. */
    isStray(track: number, category: number): boolean {
      if (category !== python) return false;
      const { process, thread } = names.ids(track);
      if (process === thread && thread !== '0') mainTracks.add(names.track(track, category));
      return thread === '0';
    },
    hasRoom: () => strays.length < MOST,
    push(stray: Stray): void {
      strays.push(stray);
    },
    /** Gives the frames to the main thread if there is one and no other. */
    finish(): void {
      const [main] = mainTracks;
      for (const stray of strays) push(mainTracks.size === 1 ? { ...stray, track: main } : stray);
    },
  };
}
