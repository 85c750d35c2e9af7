/**
 * Chrome trace records, Kineto's above all, pushed into a trace: what their phases mean.
 * The phases are those of "Trace Event Format" (catapult); categories and args those of kineto's output_json.cpp.
 */
import { sliceBatch, type TraceBuilder } from '../trace/builder.js';
import { NONE } from '../trace/trace.js';
import { BLOCK_ROWS, type Block, HAS, type TakeBlock } from './blocks.js';
import { createNames, createSmallNumbers } from './names.js';
import { type Member, membersOf, valueText } from './record.js';
import { createStrayFrames } from './strays.js';
import { utf8 } from './text.js';

const COMPLETE = 0x58; // X
const METADATA = 0x4d; // M
/** i I R P: a point in time */
const INSTANTS: ReadonlySet<number> = new Set([0x69, 0x49, 0x52, 0x50]);
const ARGS = HAS.correlation | HAS.external | HAS.grid | HAS.bytes;
/** Flags of a slice that nothing is to be said of, among those that matter for that. */
const PLAIN = HAS.ts | HAS.dur;
const JUDGED = PLAIN | HAS.badTs | HAS.badDur | HAS.argsTooLong;

/** Arrows from launches to kernels: correlation ids say the same. */
const LAUNCH_FLOWS = new Set(['ac2g', 'async', 'async_cpu_to_gpu', 'async_gpu']);
/** Kineto's span of the whole recording, also in the files of 2021 that say nothing else of themselves. */
const KINETO_SPAN = /^PyTorch Profiler \(\d+\)$/;

/** Where the slices of one thread and category lie. */
interface Place {
  /** string ids of the parser */
  threadId: number;
  categoryId: number;
  /** ids of the builder */
  track: number;
  category: number;
  /** more is to be done than to push its slices */
  isSpecial: boolean;
}

/** Places that are looked up without a search: a recording has few of them at a time. */
const PLACES = 256;
const NO_ID = -1;
const NO_PLACE: Place = { threadId: NO_ID, categoryId: NO_ID, track: 0, category: 0, isSpecial: false };

export interface ChromeReader {
  take: TakeBlock;
  /** records so far */
  records(): number;
  /** those of them that have a phase: without one they are no trace events */
  events(): number;
  isKineto(): boolean;
  /** to be called once, after the last block */
  finish(): void;
}

/** Pushes blocks of records into a builder. */
export function createChromeReader(builder: TraceBuilder): ChromeReader {
  const names = createNames(builder);
  const strays = createStrayFrames(builder, names);
  const correlations = createSmallNumbers();
  const externals = createSmallNumbers();
  const flowIds = new Map<string, number>();
  const isLaunchFlow: boolean[] = [];
  const knownGpuTracks = new Set<number>();
  const kinetoCategory = builder.category('Trace');
  const places = new Array<Place>(PLACES).fill(NO_PLACE);
  // Slices go to the builder a block at a time.
  const batch = sliceBatch(BLOCK_ROWS);
  let isKineto = false;
  let records = 0;
  let events = 0;

  const has = (block: Block, row: number, flag: number): boolean => (block.flags[row] & flag) !== 0;
  const nameOf = (block: Block, row: number): number => (has(block, row, HAS.name) ? names.name(block.name[row]) : names.noName);
  const nameText = (block: Block, row: number): string => (has(block, row, HAS.name) ? names.text(block.name[row]) : '');
  const categoryOf = (block: Block, row: number): number => (has(block, row, HAS.category) ? names.category(block.category[row]) : names.noCategory);
  const threadOf = (block: Block, row: number): number => names.track(block.track[row], names.noCategory);
  const argsOf = (block: Block, row: number): Member[] =>
    has(block, row, HAS.args) ? membersOf(utf8(block.args.subarray(block.argsFrom[row], block.argsTo[row]))) : [];
  const problem = (kind: string, block: Block, row: number, what: string): void => builder.problem(kind, `The record at byte ${block.record[row]} ${what}.`);

  const findPlace = (block: Block, row: number, categoryId: number): Place => {
    const category = categoryOf(block, row);
    const track = names.track(block.track[row], category);
    if (builder.domain(category) !== 'cpu') describeGpuTrack(block, row, track);
    const isSpecial = strays.isStray(block.track[row], category) || category === kinetoCategory;
    return { threadId: block.track[row], categoryId, track, category, isSpecial };
  };
  const placeOf = (threadId: number, categoryId: number, block: Block, row: number): Place => {
    const at = (threadId + 31 * categoryId) & (PLACES - 1);
    const place = places[at];
    if (place.threadId === threadId && place.categoryId === categoryId) return place;
    places[at] = findPlace(block, row, categoryId);
    return places[at];
  };

  const takeArgs = (block: Block, row: number, slice: number): void => {
    const flags = block.flags[row];
    if (flags & HAS.correlation) batch.correlation[slice] = correlations(block.correlation[row]);
    if (flags & HAS.external) batch.external[slice] = externals(block.external[row]);
    if (flags & HAS.grid) batch.gridX[slice] = block.gridX[row];
    if (flags & HAS.bytes) batch.bytes[slice] = block.bytes[row];
  };

  /** Looks at what tells of the recorder; true when that is all there is to do with it now. */
  const takeSpecial = (block: Block, row: number, { track, category }: Place): boolean => {
    if (category === kinetoCategory) {
      isKineto ||= KINETO_SPAN.test(nameText(block, row));
      return false;
    }
    if (!strays.hasRoom()) return false;
    strays.push({ track, name: nameOf(block, row), category, startNs: block.ts[row], durNs: block.dur[row], record: block.record[row] });
    return true;
  };

  /** The args of the first record of a GPU track say which device and stream it is; pid and tid need not. */
  const describeGpuTrack = (block: Block, row: number, track: number): void => {
    if (knownGpuTracks.has(track)) return;
    knownGpuTracks.add(track);
    const { process, thread } = names.ids(block.track[row]);
    const device = has(block, row, HAS.device) ? names.text(block.device[row]) : process;
    builder.gpuTrack(track, device, has(block, row, HAS.stream) ? names.text(block.stream[row]) : thread);
  };

  const noteMissingDuration = (block: Block, row: number): void => {
    if (has(block, row, HAS.badDur)) problem('badDur', block, row, 'has a dur that is no usable number. It is shown without length');
    else problem('missingDur', block, row, 'has no dur. It is shown without length');
  };

  const takeFlow = (block: Block, row: number, phase: 'start' | 'step' | 'end'): void => {
    const category = categoryOf(block, row);
    isLaunchFlow[category] ??= LAUNCH_FLOWS.has(has(block, row, HAS.category) ? names.text(block.category[row]) : '');
    if (isLaunchFlow[category]) return;
    if (!has(block, row, HAS.id)) {
      problem('flowWithoutId', block, row, 'is a flow without an id. It was left out');
      return;
    }
    const key = `${category}"${block.id[row]}`;
    const id = flowIds.get(key) ?? flowIds.size;
    flowIds.set(key, id);
    const bind = phase === 'end' && !has(block, row, HAS.bindEnclosing) ? 'next' : 'enclosing';
    builder.flow(phase, id, threadOf(block, row), block.ts[row], bind);
  };

  const takeAsync = (block: Block, row: number, letter: string): void => {
    if (!has(block, row, HAS.id)) {
      problem('asyncWithoutId', block, row, 'is an async one without an id. It was left out');
      return;
    }
    const { process } = names.ids(block.track[row]);
    const category = categoryOf(block, row);
    const id = block.id[row];
    if ('bSn'.includes(letter)) builder.asyncBegin(process, category, id, nameOf(block, row), block.ts[row], block.record[row]);
    if ('eFn'.includes(letter)) builder.asyncEnd(process, category, id, block.ts[row]);
  };

  const takeCounter = (block: Block, row: number): void => {
    const { process } = names.ids(block.track[row]);
    const name = nameText(block, row);
    const series = argsOf(block, row);
    for (const { key, text } of series) {
      const value = Number(valueText(text));
      const isOnly = series.length === 1 && (key === '' || key === 'value' || key === name);
      if (Number.isFinite(value)) builder.counter(process, isOnly ? name : `${name} ${key}`.trim(), block.ts[row], value);
      else problem('counterValue', block, row, `has the value ${text.slice(0, 40)}, which is no number. It was left out`);
    }
  };

  const takeMetadata = (block: Block, row: number): void => {
    const { process, thread } = names.ids(block.track[row]);
    const args = argsOf(block, row);
    const arg = (key: string): string => valueText(args.find((member) => member.key === key)?.text ?? '');
    const sort = Number(arg('sort_index') || Number.NaN);
    const what = nameText(block, row);
    if (what === 'process_name') builder.processName(process, arg('name'));
    else if (what === 'process_labels') builder.processLabel(process, arg('labels'));
    else if (what === 'thread_name') builder.threadName(process, thread, arg('name'));
    else if (what === 'process_sort_index' && Number.isFinite(sort)) builder.processSort(process, sort);
    else if (what === 'thread_sort_index' && Number.isFinite(sort)) builder.threadSort(process, thread, sort);
  };

  const takeOther = (block: Block, row: number): void => {
    const letter = String.fromCharCode(block.phase[row]);
    if (letter === 'B') builder.begin(threadOf(block, row), nameOf(block, row), categoryOf(block, row), block.ts[row], block.record[row]);
    else if (letter === 'E') builder.end(threadOf(block, row), block.ts[row]);
    else if (letter === 's') takeFlow(block, row, 'start');
    else if (letter === 't') takeFlow(block, row, 'step');
    else if (letter === 'f') takeFlow(block, row, 'end');
    else if ('bnSeF'.includes(letter)) takeAsync(block, row, letter);
    else if (letter === 'C') takeCounter(block, row);
    else problem('otherPhase', block, row, `has the phase "${letter}", which is not shown`);
  };

  /** Takes a record that is no slice, or not simply one; answers whether its slice is still to be taken. */
  const takeRow = (block: Block, row: number): boolean => {
    const phase = block.phase[row];
    if (has(block, row, HAS.argsTooLong)) problem('argsTooLong', block, row, 'has args of more than a megabyte. They were left out');
    if (phase === 0) problem('missingPhase', block, row, 'has no ph. It was left out');
    else if (phase === METADATA) takeMetadata(block, row);
    else if (has(block, row, HAS.badTs)) problem('badTs', block, row, 'has a ts that is no usable number. It was left out');
    else if (!has(block, row, HAS.ts)) problem('missingTs', block, row, 'has no ts. It was left out');
    else if (phase === COMPLETE || INSTANTS.has(phase)) {
      if (phase === COMPLETE && !has(block, row, HAS.dur)) noteMissingDuration(block, row);
      if (phase !== COMPLETE || !has(block, row, HAS.dur)) block.dur[row] = 0; // where it has no meaning it may hold anything
      return true;
    } else takeOther(block, row);
    return false;
  };

  /** Puts the slices of a block into the batch. One loop over plain arrays, because nearly every row is a slice. */
  const takeRows = (block: Block): number => {
    const { rows, phase, flags, category, name, track, ts, dur, record } = block;
    batch.correlation.fill(NONE, 0, rows);
    batch.external.fill(NONE, 0, rows);
    batch.gridX.fill(0, 0, rows);
    batch.bytes.fill(0, 0, rows);
    let slices = 0;
    for (let row = 0; row < rows; row++) {
      const has = flags[row];
      if (phase[row] !== 0) events++;
      if ((phase[row] !== COMPLETE || (has & JUDGED) !== PLAIN) && !takeRow(block, row)) continue;
      const place = placeOf(track[row], has & HAS.category ? category[row] : NO_ID, block, row);
      if (place.isSpecial && takeSpecial(block, row, place)) continue;
      batch.track[slices] = place.track;
      batch.category[slices] = place.category;
      batch.name[slices] = has & HAS.name ? names.name(name[row]) : names.noName;
      batch.start[slices] = ts[row];
      batch.dur[slices] = dur[row];
      batch.recordLow[slices] = record[row];
      batch.recordHigh[slices] = record[row] / 0x1_0000_0000;
      if (has & ARGS) takeArgs(block, row, slices);
      slices++;
    }
    return slices;
  };

  return {
    take(block, strings) {
      names.use(strings);
      records += block.rows;
      builder.slices(batch, takeRows(block));
    },
    records: () => records,
    events: () => events,
    isKineto: () => isKineto,
    finish: strays.finish,
  };
}
