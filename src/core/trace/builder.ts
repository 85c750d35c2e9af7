/** CONTRACT (the implementation replaces this comment): the one sink that readers push into. */
import type { TrackId } from '../../shared/protocol.js';
import type { Trace, TraceMeta } from './trace.js';

export interface TrackKey {
  /** process id as text; for GPU work the device's */
  process: string;
  /** thread id as text; for GPU work the stream */
  thread: string;
  /** keeps GPU work apart from a thread with the same ids; 'async' slices may overlap and get lanes */
  domain: 'gpu' | 'gpuAnnotation' | 'cpu' | 'async';
}

export interface TraceBuilder {
  /** id of a text; the same text gives the same id */
  string(text: string): number;
  /** id of the UTF-8 bytes from … to − 1 */
  stringBytes(bytes: Uint8Array, from: number, to: number): number;
  /** index of a recorded category ("cuda_runtime", "Kernel", "") */
  category(text: string): number;
  /** whether a category is GPU work or a GPU annotation, which decides the domain of its track */
  domain(category: number): 'gpu' | 'gpuAnnotation' | 'cpu';
  track(key: TrackKey): TrackId;
  /** device and stream of a GPU track where the records say more than its ids do */
  gpuTrack(track: TrackId, device: string, stream: string): void;
  /**
   * One span. Times are ns from any one base, the same for all calls, in any order; they may be negative.
   * correlation and external: NONE where absent. gridX, bytes: 0 where absent. record: offset in the decompressed file.
   */
  slice(track: TrackId, name: number, category: number, startNs: number, durNs: number, correlation: number, external: number, gridX: number, bytes: number, record: number): void;
  /** begin and end records, paired per track when finished: in time order, and in file order where times are equal */
  begin(track: TrackId, name: number, category: number, timeNs: number, record: number): void;
  end(track: TrackId, timeNs: number): void;
  /** spans paired by (process, category, id), which may overlap; nested ones pair inside out */
  asyncBegin(process: string, category: number, id: number, name: number, timeNs: number, record: number): void;
  asyncEnd(process: string, category: number, id: number, timeNs: number): void;
  /** flow record, bound to the slice that encloses its time on its track (bindEnd: 'e'), or to the next one that starts there ('next') */
  flow(phase: 'start' | 'step' | 'end', id: number, track: TrackId, timeNs: number, bind: 'enclosing' | 'next'): void;
  counter(process: string, name: string, timeNs: number, value: number): void;
  processName(process: string, name: string): void;
  processLabel(process: string, label: string): void;
  processSort(process: string, index: number): void;
  threadName(process: string, thread: string, name: string): void;
  threadSort(process: string, thread: string, index: number): void;
  /** counts a record that cannot be used; the first message of a kind is kept as its example */
  problem(kind: string, message: string): void;
  /** sorts, nests, gives lanes, links launches. `baseNs`: absolute ns of the pushed times' zero, as the file counts */
  finish(meta: Omit<TraceMeta, 'problems' | 'epochNs'>, clock: { baseNs: bigint; epochOffsetNs?: bigint }): Trace;
}

export declare function createBuilder(): TraceBuilder;
