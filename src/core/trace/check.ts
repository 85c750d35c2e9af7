/** Whether a trace keeps the promises of trace.ts. Each broken one is a sentence; a sound trace gives none. */
import { isGpuWork } from './categories.js';
import { NONE, type Trace } from './trace.js';

/** Sentences of one kind beyond this add nothing. */
const FIRST_FEW = 3;

/** The broken promises, a few of each part. */
export function check(trace: Trace): string[] {
  const problems: string[] = [];
  for (const checkPart of [checkStrings, checkColumns, checkRows, checkTracks, checkGpu, checkFlows, checkCounters]) {
    const found: string[] = [];
    checkPart(trace, (problem) => void found.push(problem));
    problems.push(...found.slice(0, FIRST_FEW));
  }
  return problems;
}

type Say = (problem: string) => void;

function checkStrings({ strings }: Trace, say: Say): void {
  const { count, offset, bytes } = strings;
  if (offset.length !== count + 1) say(`${count} strings have ${offset.length} offsets`);
  if (offset[0] !== 0 || offset[count] !== bytes.length) say(`strings do not fill their ${bytes.length} bytes`);
  for (let id = 0; id < count; id++) if (offset[id + 1] < offset[id]) say(`string ${id} ends before it begins`);
}

function checkColumns({ slices, strings, categories, durationNs }: Trace, say: Say): void {
  for (const [name, column] of Object.entries(slices)) {
    if (typeof column !== 'number' && column.length !== slices.count) say(`column ${name} has ${column.length} values for ${slices.count} slices`);
  }
  for (let slice = 0; slice < slices.count; slice++) {
    if (slices.name[slice] >= strings.count) say(`slice ${slice} has name ${slices.name[slice]} of ${strings.count}`);
    if (slices.category[slice] >= categories.length) say(`slice ${slice} has category ${slices.category[slice]} of ${categories.length}`);
    if (!(slices.durNs[slice] >= 0)) say(`slice ${slice} lasts ${slices.durNs[slice]} ns`);
    const outside = slices.startNs[slice] < 0 || slices.startNs[slice] + slices.durNs[slice] > durationNs;
    // PyTorch's span of the whole recording and its marks begin before the first event and end after the last.
    const category = categories[slices.category[slice]]?.text;
    const ofRecorder = category === 'Trace' || (category === '' && slices.durNs[slice] === 0);
    if (outside && !ofRecorder) say(`slice ${slice} lies outside of the trace's ${durationNs} ns`);
  }
}

function checkRows({ slices, rows, tracks }: Trace, say: Say): void {
  if (rows.first.length !== rows.count + 1 || rows.first[0] !== 0 || rows.first[rows.count] !== slices.count) say('rows do not hold every slice once');
  let track = -1;
  for (let row = 0; row < rows.count; row++) {
    if (rows.first[row + 1] <= rows.first[row]) say(`row ${row} is empty`);
    if (rows.track[row] !== track) {
      track = rows.track[row];
      if (tracks[track]?.firstRow !== row) say(`track ${track} begins on row ${row} but says ${tracks[track]?.firstRow}`);
    }
    if (rows.depth[row] !== row - tracks[track].firstRow) say(`row ${row} has depth ${rows.depth[row]}`);
    for (let slice = rows.first[row] + 1; slice < rows.first[row + 1]; slice++) {
      if (slices.startNs[slice] < slices.startNs[slice - 1] + slices.durNs[slice - 1]) say(`slices ${slice - 1} and ${slice} of row ${row} overlap`);
    }
  }
}

function checkTracks({ tracks, groups, order, rows, counters }: Trace, say: Say): void {
  if (new Set(order).size !== tracks.length || order.length !== tracks.length || order.some((track) => track >= tracks.length))
    say('the display order does not name every track once');
  tracks.forEach(({ info, firstRow, firstSample, sampleCount }, id) => {
    if (info.id !== id) say(`track ${id} calls itself ${info.id}`);
    if (!groups[info.group]) say(`track ${id} is in group ${info.group} of ${groups.length}`);
    if (info.kind === 'counter') {
      if (sampleCount === 0 || firstSample + sampleCount > counters.timeNs.length)
        say(`counter ${id} has samples ${firstSample} to ${firstSample + sampleCount}`);
    } else if (rows.first[firstRow + info.rowCount] - rows.first[firstRow] !== info.sliceCount) say(`track ${id} says it has ${info.sliceCount} slices`);
  });
}

function checkGpu({ gpu, slices, rows, tracks, categories }: Trace, say: Say): void {
  const { count, launch, byLaunch, gridX, bytes } = gpu;
  for (const [name, column] of Object.entries({ launch, byLaunch, gridX, bytes }))
    if (column.length !== count) say(`GPU column ${name} has ${column.length} values for ${count} slices`);
  for (let row = 0; row < rows.count; row++) {
    if ((tracks[rows.track[row]].info.kind === 'stream') !== rows.first[row] < count) say(`row ${row} is on the wrong side of the GPU slices' end`);
  }
  const seen = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const slice = byLaunch[i];
    if (slice >= count || seen[slice]++ > 0) say(`the launch order names slice ${slice} wrongly`);
    if (i > 0 && launch[slice] < launch[byLaunch[i - 1]]) say(`the launch order goes backwards at ${i}`);
    if (!isGpuWork(categories[slices.category[i]].kind)) say(`slice ${i} is a ${categories[slices.category[i]].kind} among GPU work`);
    if (launch[i] === NONE) continue;
    if (launch[i] < count || launch[i] >= slices.count) say(`slice ${i} is launched by ${launch[i]}`);
    else if (slices.correlation[launch[i]] !== slices.correlation[i]) say(`slice ${i} and its launch have different correlations`);
    else if (categories[slices.category[launch[i]]].kind !== 'launch') say(`slice ${i} is launched by a ${categories[slices.category[launch[i]]].kind}`);
  }
}

function checkFlows({ flows, slices }: Trace, say: Say): void {
  if (flows.from.length !== flows.to.length) say(`${flows.from.length} flows begin and ${flows.to.length} end`);
  for (let i = 0; i < flows.from.length; i++) {
    if (flows.from[i] >= slices.count || flows.to[i] >= slices.count) say(`flow ${i} leaves the trace`);
    if (i > 0 && flows.from[i] < flows.from[i - 1]) say(`flows go backwards at ${i}`);
  }
}

function checkCounters({ counters, tracks }: Trace, say: Say): void {
  if (counters.timeNs.length !== counters.value.length) say(`${counters.timeNs.length} samples have ${counters.value.length} values`);
  for (const { firstSample, sampleCount } of tracks) {
    for (let sample = firstSample + 1; sample < firstSample + sampleCount; sample++) {
      if (!(counters.timeNs[sample] >= counters.timeNs[sample - 1])) say(`sample ${sample} comes before the one in front of it`);
    }
  }
}
