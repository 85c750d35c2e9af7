/** The one sink that readers push into. Readers know bytes; the builder knows traces: it sorts, nests, pairs and links. */
import type { Problem, SliceKind, TrackId } from '../../shared/protocol.js';
import { assemble, type PushedTrack } from './assemble.js';
import { SliceBuffer, type SliceColumns, sliceColumns } from './buffer.js';
import { domainOf, isGpuWork, kindOf } from './categories.js';
import { growing } from './columns.js';
import { createCounterSamples } from './counters.js';
import { createFlowRecords } from './flows.js';
import { createPairs, type Paired } from './pair.js';
import { createInterner } from './strings.js';
import { type Category, NONE, type Trace, type TraceMeta } from './trace.js';
import { type Naming, threadKey } from './tracks.js';

/** What makes a track one track. */
export interface TrackKey {
  /** process id as text; for GPU work the device's */
  process: string;
  /** thread id as text; for GPU work the stream */
  thread: string;
  /** keeps GPU work apart from a thread with the same ids; 'async' slices may overlap and get lanes */
  domain: 'gpu' | 'gpuAnnotation' | 'cpu' | 'async';
}

/** Many spans at once: the columns of `slice`, with `record` in two halves. */
export interface SliceBatch extends SliceColumns {
  gridX: Uint32Array;
  bytes: Float64Array;
}

/** A batch with room for `size` spans. */
export function sliceBatch(size: number): SliceBatch {
  return { ...sliceColumns(size), gridX: new Uint32Array(size), bytes: new Float64Array(size) };
}

/** What readers may say, in any order, `finish` last. */
export interface TraceBuilder {
  /** id of a text; the same text gives the same id */
  string(text: string): number;
  /** id of the UTF-8 bytes from … to − 1 */
  stringBytes(bytes: Uint8Array, from: number, to: number): number;
  /** index of a recorded category ("cuda_runtime", "Kernel", ""); `kind` where the reader knows better than its text */
  category(text: string, kind?: SliceKind): number;
  /** whether a category is GPU work or a GPU annotation, which decides the domain of its track */
  domain(category: number): 'gpu' | 'gpuAnnotation' | 'cpu';
  track(key: TrackKey): TrackId;
  /** device and stream of a GPU track where the records say more than its ids do */
  gpuTrack(track: TrackId, device: string, stream: string): void;
  /**
   * One span. Times are ns from any one base, the same for all calls, in any order; they may be negative.
   * correlation and external: NONE where absent. gridX, bytes: 0 where absent. record: offset in the decompressed file.
   */
  slice(
    track: TrackId,
    name: number,
    category: number,
    startNs: number,
    durNs: number,
    correlation: number,
    external: number,
    gridX: number,
    bytes: number,
    record: number,
  ): void;
  /** the first `count` spans of a batch, which may be used again afterwards */
  slices(batch: SliceBatch, count: number): void;
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

/** What PyTorch calls the span of the whole recording; it reaches beyond what was recorded. */
const WHOLE_RECORDING = 'Trace';

/** Beyond this a double no longer tells one nanosecond from the next. */
function isTime(ns: number): boolean {
  return Math.abs(ns) <= Number.MAX_SAFE_INTEGER;
}

function isSpan(startNs: number, durNs: number): boolean {
  return durNs >= 0 && isTime(startNs) && isTime(startNs + durNs);
}

function areSpans({ start, dur }: SliceBatch, count: number): boolean {
  for (let row = 0; row < count; row++) if (!isSpan(start[row], dur[row])) return false;
  return true;
}

/** An empty builder; it makes one trace. */
export function createBuilder(): TraceBuilder {
  const strings = createInterner();
  const categories: Category[] = [];
  const categoryIds = new Map<string, number>();
  const domains: ReturnType<typeof domainOf>[] = [];
  const tracks: PushedTrack[] = [];
  const trackIds = new Map<string, TrackId>();
  const buffer = new SliceBuffer();
  const gpuIndex = growing(Uint32Array);
  const gridX = growing(Uint32Array);
  const bytes = growing(Float64Array);
  const pairs = createPairs();
  const asyncPairs = createPairs();
  const asyncKeys = new Map<string, number>();
  const asyncTracks: TrackId[] = [];
  const flows = createFlowRecords();
  const counters = createCounterSamples();
  const problems = new Map<string, Problem>();
  const naming: Omit<Naming, 'devices'> = {
    processName: new Map(),
    processLabel: new Map(),
    processSort: new Map(),
    threadName: new Map(),
    threadSort: new Map(),
  };

  const problem = (kind: string, message: string): void => {
    const known = problems.get(kind);
    if (known) known.count++;
    else problems.set(kind, { kind, count: 1, message });
  };
  const problemTimes = (kind: string, count: number, message: string): void => {
    if (count > 0) problems.set(kind, { kind, count, message });
  };

  const track = (key: TrackKey): TrackId => {
    const text = `${key.domain}\0${key.process}\0${key.thread}`;
    let id = trackIds.get(text);
    if (id === undefined) {
      id = tracks.push({ key, device: key.process, stream: key.thread, used: false }) - 1;
      trackIds.set(text, id);
    }
    return id;
  };

  const asyncKey = (process: string, category: number, id: number): number => {
    const text = `${process}\0${category}\0${id}`;
    let key = asyncKeys.get(text);
    if (key === undefined) {
      key = asyncTracks.push(track({ process, thread: categories[category].text, domain: 'async' })) - 1;
      asyncKeys.set(text, key);
    }
    return key;
  };

  const slice: TraceBuilder['slice'] = (trackId, name, category, startNs, durNs, correlation, external, gridSize, byteCount, record) => {
    if (!isSpan(startNs, durNs)) {
      return problem('badTime', `"${strings.get(name)}" has an impossible time: it begins at ${startNs} ns and lasts ${durNs} ns. It was left out.`);
    }
    if (tracks[trackId].key.domain === 'gpu') {
      gpuIndex.push(buffer.count);
      gridX.push(gridSize);
      bytes.push(byteCount);
    }
    tracks[trackId].used = true;
    buffer.push(trackId, name, category, startNs, durNs, correlation, external, record);
  };

  const slices: TraceBuilder['slices'] = (batch, count) => {
    const { track, name, category, start, dur, correlation, external, recordLow, recordHigh } = batch;
    if (!areSpans(batch, count)) {
      for (let row = 0; row < count; row++) {
        const record = recordLow[row] + recordHigh[row] * 0x1_0000_0000;
        slice(track[row], name[row], category[row], start[row], dur[row], correlation[row], external[row], batch.gridX[row], batch.bytes[row], record);
      }
      return;
    }
    let trackId = -1;
    let isGpu = false;
    for (let row = 0; row < count; row++) {
      if (track[row] !== trackId) {
        trackId = track[row];
        tracks[trackId].used = true;
        isGpu = tracks[trackId].key.domain === 'gpu';
      }
      if (isGpu) {
        gpuIndex.push(buffer.count + row);
        gridX.push(batch.gridX[row]);
        bytes.push(batch.bytes[row]);
      }
    }
    buffer.append(batch, count);
  };

  /** For records that are only a point in time. */
  const usable = (what: string, timeNs: number): boolean => {
    if (isTime(timeNs)) return true;
    problem('badTime', `${what} has an impossible time: ${timeNs} ns. It was left out.`);
    return false;
  };

  const addPairs = (): void => {
    const add = (track: TrackId, { name, category, startNs, endNs, record }: Paired) =>
      slice(track, name, category, startNs, endNs - startNs, NONE, NONE, 0, 0, record);
    const threads = pairs.pair((paired) => add(paired.key, paired));
    const async = asyncPairs.pair((paired) => add(asyncTracks[paired.key], paired));
    problemTimes('endWithoutBegin', threads.withoutBegin + async.withoutBegin, 'End records without a begin record were left out.');
    problemTimes(
      'beginWithoutEnd',
      threads.withoutEnd + async.withoutEnd,
      'Begin records without an end record are shown up to the last record of their track.',
    );
  };

  return {
    string: strings.string,
    stringBytes: strings.stringBytes,
    category(text, kind = kindOf(text)) {
      const key = kind === kindOf(text) ? text : `${kind}\0${text}`;
      let id = categoryIds.get(key);
      if (id === undefined) {
        id = categories.push({ text, kind }) - 1;
        categoryIds.set(key, id);
        domains.push(key === text ? domainOf(text) : isGpuWork(kind) ? 'gpu' : 'cpu');
      }
      return id;
    },
    domain: (category) => domains[category],
    track,
    gpuTrack(trackId, device, stream) {
      tracks[trackId].device = device;
      tracks[trackId].stream = stream;
    },
    slice,
    slices,
    begin(trackId, name, category, timeNs, record) {
      if (usable('A begin record', timeNs)) pairs.begin(trackId, name, category, timeNs, record);
    },
    end(trackId, timeNs) {
      if (usable('An end record', timeNs)) pairs.end(trackId, timeNs);
    },
    asyncBegin(process, category, id, name, timeNs, record) {
      if (usable('An async begin record', timeNs)) asyncPairs.begin(asyncKey(process, category, id), name, category, timeNs, record);
    },
    asyncEnd(process, category, id, timeNs) {
      if (usable('An async end record', timeNs)) asyncPairs.end(asyncKey(process, category, id), timeNs);
    },
    flow(phase, id, trackId, timeNs, bind) {
      if (usable('A flow record', timeNs)) flows.push(phase, id, trackId, timeNs, bind === 'next');
    },
    counter(process, name, timeNs, value) {
      if (!Number.isFinite(value)) problem('badValue', `Counter "${name}" has the value ${value}. It was left out.`);
      else if (usable(`Counter "${name}"`, timeNs)) counters.push(process, name, timeNs, value);
    },
    processName: (process, name) => void naming.processName.set(process, name),
    processLabel: (process, label) => void naming.processLabel.set(process, label),
    processSort: (process, index) => void naming.processSort.set(process, index),
    threadName: (process, thread, name) => void naming.threadName.set(threadKey(process, thread), name),
    threadSort: (process, thread, index) => void naming.threadSort.set(threadKey(process, thread), index),
    problem,
    finish(meta, clock) {
      addPairs();
      const recorder = { wholeRecording: categoryIds.get(WHOLE_RECORDING), noCategory: categoryIds.get('') };
      const pushed = { buffer, tracks, gpuIndex, gridX, bytes, flows, counters, strings, categories, recorder, naming };
      return assemble({ ...pushed, problem: problemTimes, problems: () => [...problems.values()] }, meta, clock);
    },
  };
}
