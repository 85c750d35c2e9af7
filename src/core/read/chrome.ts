/**
 * Chrome trace records, Kineto's above all, pushed into a trace: what their phases mean.
 * The phases are those of "Trace Event Format" (catapult); categories and args those of kineto's output_json.cpp.
 */
import type { TraceBuilder } from '../trace/builder.js';
import { NONE } from '../trace/trace.js';
import { type Block, HAS, type TakeBlock } from './blocks.js';
import { createNames, createSmallNumbers } from './names.js';
import { type Member, membersOf, valueText } from './record.js';
import { createStrayFrames } from './strays.js';
import { utf8 } from './text.js';

const COMPLETE = 0x58; // X
const METADATA = 0x4d; // M

/** Arrows from launches to kernels: correlation ids say the same. */
const LAUNCH_FLOWS = new Set(['ac2g', 'async', 'async_cpu_to_gpu', 'async_gpu']);

export interface ChromeReader {
  take: TakeBlock;
  /** records so far */
  records(): number;
  /** those of them that have a phase: without one they are no trace events */
  events(): number;
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
  const knownGpuTracks = new Set<number>();
  let records = 0;
  let events = 0;

  const takeSlice = (block: Block, row: number, durNs: number): void => {
    const flags = block.flags[row];
    const category = flags & HAS.category ? names.category(block.category[row]) : names.noCategory;
    const track = names.track(block.track[row], category);
    const name = flags & HAS.name ? names.name(block.name[row]) : names.noName;
    if (strays.isStray(block.track[row], category)) {
      return strays.push({ track, name, category, startNs: block.ts[row], durNs, record: block.record[row] });
    }
    const onGpu = builder.domain(category) !== 'cpu';
    if (onGpu && !knownGpuTracks.has(track)) {
      knownGpuTracks.add(track);
      const ids = names.ids(block.track[row]);
      const device = flags & HAS.device ? names.text(block.device[row]) : ids.process;
      builder.gpuTrack(track, device, flags & HAS.stream ? names.text(block.stream[row]) : ids.thread);
    }
    builder.slice(
      track,
      name,
      category,
      block.ts[row],
      durNs,
      flags & HAS.correlation ? correlations(block.correlation[row]) : NONE,
      flags & HAS.external ? externals(block.external[row]) : NONE,
      flags & HAS.grid ? block.gridX[row] : 0,
      flags & HAS.bytes ? block.bytes[row] : 0,
      block.record[row],
    );
  };

  const takeFlow = (block: Block, row: number, phase: 'start' | 'step' | 'end'): void => {
    const flags = block.flags[row];
    const categoryText = flags & HAS.category ? names.text(block.category[row]) : '';
    if (LAUNCH_FLOWS.has(categoryText)) return;
    if (!(flags & HAS.id)) return builder.problem('flowWithoutId', `The flow record at byte ${block.record[row]} has no id. It was left out.`);
    const key = `${categoryText}"${block.id[row]}`;
    const id = flowIds.get(key) ?? flowIds.size;
    flowIds.set(key, id);
    const bind = phase === 'end' && !(flags & HAS.bindEnclosing) ? 'next' : 'enclosing';
    builder.flow(phase, id, names.track(block.track[row], names.noCategory), block.ts[row], bind);
  };

  const takeAsync = (block: Block, row: number, begins: boolean, ends: boolean): void => {
    const flags = block.flags[row];
    if (!(flags & HAS.id)) return builder.problem('asyncWithoutId', `The async record at byte ${block.record[row]} has no id. It was left out.`);
    const { process } = names.ids(block.track[row]);
    const category = flags & HAS.category ? names.category(block.category[row]) : names.noCategory;
    const name = flags & HAS.name ? names.name(block.name[row]) : names.noName;
    if (begins) builder.asyncBegin(process, category, block.id[row], name, block.ts[row], block.record[row]);
    if (ends) builder.asyncEnd(process, category, block.id[row], block.ts[row]);
  };

  const argsOf = (block: Block, row: number): Member[] =>
    block.flags[row] & HAS.args ? membersOf(utf8(block.args.subarray(block.argsFrom[row], block.argsTo[row]))) : [];

  const takeCounter = (block: Block, row: number): void => {
    const { process } = names.ids(block.track[row]);
    const name = block.flags[row] & HAS.name ? names.text(block.name[row]) : '';
    const series = argsOf(block, row);
    for (const { key, text } of series) {
      const value = Number(valueText(text));
      const label = series.length === 1 && (key === '' || key === 'value' || key === name) ? name : `${name} ${key}`.trim();
      if (Number.isFinite(value)) builder.counter(process, label, block.ts[row], value);
      else
        builder.problem(
          'counterValue',
          `The counter record at byte ${block.record[row]} has the value ${text.slice(0, 40)}, which is no number. It was left out.`,
        );
    }
  };

  const takeMetadata = (block: Block, row: number): void => {
    const { process, thread } = names.ids(block.track[row]);
    const args = argsOf(block, row);
    const arg = (key: string): string | undefined => {
      const json = args.find((member) => member.key === key)?.text;
      return json === undefined ? undefined : valueText(json);
    };
    const name = arg('name');
    const sort = Number(arg('sort_index'));
    switch (block.flags[row] & HAS.name ? names.text(block.name[row]) : '') {
      case 'process_name':
        if (name !== undefined) builder.processName(process, name);
        break;
      case 'process_labels':
        builder.processLabel(process, arg('labels') ?? '');
        break;
      case 'process_sort_index':
        if (Number.isFinite(sort)) builder.processSort(process, sort);
        break;
      case 'thread_name':
        if (name !== undefined) builder.threadName(process, thread, name);
        break;
      case 'thread_sort_index':
        if (Number.isFinite(sort)) builder.threadSort(process, thread, sort);
        break;
    }
  };

  /** Says what is wrong with a record that needs a time; false when it cannot be used. */
  const hasTime = (block: Block, row: number): boolean => {
    const flags = block.flags[row];
    if (flags & HAS.ts) return true;
    const where = `The record at byte ${block.record[row]}`;
    if (flags & HAS.badTs) builder.problem('badTs', `${where} has a ts that is no usable number. It was left out.`);
    else builder.problem('missingTs', `${where} has no ts. It was left out.`);
    return false;
  };

  const durationOf = (block: Block, row: number): number => {
    const flags = block.flags[row];
    if (flags & HAS.dur) return block.dur[row];
    const where = `The record at byte ${block.record[row]}`;
    if (flags & HAS.badDur) builder.problem('badDur', `${where} has a dur that is no usable number. It is shown without length.`);
    else builder.problem('missingDur', `${where} has no dur. It is shown without length.`);
    return 0;
  };

  const takeRow = (block: Block, row: number): void => {
    const phase = block.phase[row];
    if (phase === 0) return builder.problem('missingPhase', `The record at byte ${block.record[row]} has no ph. It was left out.`);
    events++;
    if (block.flags[row] & HAS.argsTooLong) {
      builder.problem('argsTooLong', `The args of the record at byte ${block.record[row]} are longer than a megabyte. They were left out.`);
    }
    if (phase === METADATA) return takeMetadata(block, row);
    if (!hasTime(block, row)) return;
    if (phase === COMPLETE) return takeSlice(block, row, durationOf(block, row));
    const letter = String.fromCharCode(phase);
    switch (letter) {
      case 'i':
      case 'I':
      case 'R':
      case 'P':
        return takeSlice(block, row, 0);
      case 'B':
      case 'E': {
        const flags = block.flags[row];
        const category = flags & HAS.category ? names.category(block.category[row]) : names.noCategory;
        const track = names.track(block.track[row], names.noCategory);
        if (letter === 'E') return builder.end(track, block.ts[row]);
        return builder.begin(track, flags & HAS.name ? names.name(block.name[row]) : names.noName, category, block.ts[row], block.record[row]);
      }
      case 'C':
        return takeCounter(block, row);
      case 's':
        return takeFlow(block, row, 'start');
      case 't':
        return takeFlow(block, row, 'step');
      case 'f':
        return takeFlow(block, row, 'end');
      case 'b':
      case 'S':
        return takeAsync(block, row, true, false);
      case 'e':
      case 'F':
        return takeAsync(block, row, false, true);
      case 'n':
        return takeAsync(block, row, true, true);
      default:
        builder.problem('otherPhase', `Records with the phase "${letter}" are not shown; the first is at byte ${block.record[row]}.`);
    }
  };

  return {
    take(block, strings) {
      names.use(strings);
      records += block.rows;
      for (let row = 0; row < block.rows; row++) takeRow(block, row);
    },
    records: () => records,
    events: () => events,
    finish: strays.finish,
  };
}
