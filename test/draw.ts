/**
 * A Trace from a drawing, and a drawing of a Trace.
 *
 *     draw(`
 *       cpu     |AAAAAAAA
 *               | LL LL
 *       stream7 |   KKKK  MM
 *     `)
 *
 * A column is one nanosecond (or `columnNs`), a run of one letter is a slice, a line without a label continues the track above.
 * Labels: "stream7" or "gpu1 stream7", "notes7" (annotations of stream 7), "cpu", "cpu2" (thread 2), "async", "counter queue" (digits are values).
 * Letters on streams are kernels, L is cudaLaunchKernel, G is cudaGraphLaunch, the rest are ops; a legend says otherwise.
 * The first launch launches the first GPU slice in time, and so on, unless `launchedBy` says otherwise.
 */
import { createBuilder, type TrackKey } from '../src/core/trace/builder.js';
import { NONE, type Trace } from '../src/core/trace/trace.js';

interface Meaning {
  name: string;
  category: string;
}

/** What a drawing cannot say. */
export interface DrawOptions {
  /** what letters mean: a name, or a name and its category */
  legend?: Record<string, string | Meaning>;
  columnNs?: number;
  /** for each GPU slice in time order, which launch (in time order) enqueued it; −1 for none */
  launchedBy?: number[];
  rank?: number;
  devices?: { id: string; name: string }[];
}

interface Drawn extends Meaning {
  track: TrackKey;
  startNs: number;
  durNs: number;
}

const EPOCH_NS = 1_700_000_000_000_000_000n;

/** The trace that a drawing shows. */
export function draw(drawing: string, options: DrawOptions = {}): Trace {
  const { columnNs = 1, legend = {} } = options;
  const builder = createBuilder();
  const slices: Drawn[] = [];
  let label = '';
  for (const line of drawing.split('\n')) {
    const bar = line.indexOf('|');
    if (bar < 0) continue;
    label = line.slice(0, bar).trim() || label;
    const cells = line.slice(bar + 1);
    if (label.startsWith('counter ')) {
      for (const { index, 0: digit } of cells.matchAll(/\d/g)) builder.counter('1', label.slice('counter '.length), index * columnNs, Number(digit));
      continue;
    }
    const track = trackFor(label);
    for (const { index, 0: run } of cells.matchAll(/([^\s.])\1*/g)) {
      slices.push({ track, startNs: index * columnNs, durNs: run.length * columnNs, ...meaning(run[0], track, legend) });
    }
  }
  push(builder, slices, options);
  return builder.finish(
    { format: 'drawing', producer: 'a test', rank: options.rank, devices: options.devices ?? [], facts: [], events: slices.length, textBytes: drawing.length },
    { baseNs: 0n, epochOffsetNs: EPOCH_NS },
  );
}

function push(builder: ReturnType<typeof createBuilder>, slices: Drawn[], { launchedBy }: DrawOptions): void {
  const inTime = [...slices].sort((a, b) => a.startNs - b.startNs);
  const launches = inTime.filter(({ category }) => category === 'cuda_runtime');
  const gpu = inTime.filter(({ track }) => track.domain === 'gpu');
  const correlation = new Map(launches.map((launch, index) => [launch, index + 1]));
  gpu.forEach((slice, index) => {
    const launch = launchedBy ? launchedBy[index] : index;
    if (launch >= 0 && launch < launches.length) correlation.set(slice, launch + 1);
  });
  slices.forEach((slice, record) => {
    const { track, name, category, startNs, durNs } = slice;
    builder.slice(builder.track(track), builder.string(name), builder.category(category), startNs, durNs, correlation.get(slice) ?? NONE, NONE, 0, 0, record);
  });
}

function trackFor(label: string): TrackKey {
  const [, device = '0', what, id = '1'] = /^(?:gpu(\d+) )?([a-z]+?)(\d+)?$/.exec(label) ?? [];
  if (what === 'stream') return { process: device, thread: id, domain: 'gpu' };
  if (what === 'notes') return { process: device, thread: id, domain: 'gpuAnnotation' };
  if (what === 'cpu') return { process: '1', thread: id, domain: 'cpu' };
  if (what === 'async') return { process: '1', thread: id, domain: 'async' };
  throw new Error(`"${label}" is no label of a drawing`);
}

function meaning(letter: string, track: TrackKey, legend: NonNullable<DrawOptions['legend']>): Meaning {
  const given = legend[letter];
  if (typeof given === 'object') return given;
  const name = given ?? letter;
  if (track.domain === 'gpu') return { name, category: 'kernel' };
  if (track.domain === 'gpuAnnotation') return { name, category: 'gpu_user_annotation' };
  if (letter === 'L') return { name: given ?? 'cudaLaunchKernel', category: 'cuda_runtime' };
  if (letter === 'G') return { name: given ?? 'cudaGraphLaunch', category: 'cuda_runtime' };
  return { name, category: track.domain === 'cpu' ? 'cpu_op' : 'async' };
}

/** The rows of a trace as drawn: one line a row, in storage order, each slice with the first letter of its name. */
export function picture({ slices, rows, tracks, strings }: Trace, columnNs = 1): string[] {
  return Array.from({ length: rows.count }, (_, row) => {
    let line = '';
    for (let slice = rows.first[row]; slice < rows.first[row + 1]; slice++) {
      line = line.padEnd(slices.startNs[slice] / columnNs) + strings.get(slices.name[slice])[0].repeat(slices.durNs[slice] / columnNs);
    }
    const { info, thread } = tracks[rows.track[row]];
    const label = { stream: 'stream', gpuAnnotation: 'notes', thread: 'cpu', async: 'async', counter: 'counter' }[info.kind];
    return `${label}${thread}|${line}`;
  });
}

/** Slice id of the `nth` slice (in id order) with a name. */
export function sliceNamed({ slices, strings }: Trace, name: string, nth = 0): number {
  for (let slice = 0; slice < slices.count; slice++) if (strings.get(slices.name[slice]) === name && nth-- === 0) return slice;
  throw new Error(`there are not that many slices called "${name}"`);
}
