/** Idle of whole devices: the stretches in which no stream of a device had work, with cause and what the CPU did meanwhile. */
import type { Gap, GapCause, GapsReport } from '../../shared/analysis.js';
import { parseFrame } from '../../shared/names.js';
import type { Phase, SliceId, Span } from '../../shared/protocol.js';
import { firstAfter, firstEndingAfter, trackOf } from '../trace/rows.js';
import { NONE, type Trace } from '../trace/trace.js';
import { causeOf, gapEvidence } from './gaps.js';
import type { GpuIndex } from './gpu.js';
import type { Steps } from './steps.js';

/** Gaps told one by one. */
const LISTED = 300;
/** Shorter ones are the end of one kernel and the start of the next. */
export const SHORT_GAP_NS = 10_000;

interface Idle extends Span {
  device: string;
  before: SliceId;
  next: SliceId;
  phase?: Phase;
  cause: GapCause;
  reason: string;
}

/** Every gap of every device, never united over devices: all of them summed by cause and phase, the longest told. */
export function reportGaps(trace: Trace, gpu: GpuIndex, steps: Steps): GapsReport {
  const evidence = gapEvidence(trace, gpu, steps);
  const sums = new Map<string, GapsReport['byCause'][number]>();
  const longest: Idle[] = [];
  let idleNs = 0;
  let count = 0;
  let worthNs = 0;
  for (const { device, before, next, startNs, endNs } of deviceGaps(trace, gpu)) {
    const gap = { startNs, endNs };
    const lengthNs = endNs - startNs;
    const { cause, reason } = causeOf(evidence, gap, { before, next });
    const step = steps.stepOf[next];
    const phase = step < 0 ? undefined : steps.report.steps[step].phase;
    add(sums, cause, phase, lengthNs);
    idleNs += lengthNs;
    count++;
    if (lengthNs <= worthNs) continue;
    longest.push({ ...gap, device, before, next, phase, cause, reason });
    if (longest.length > 2 * LISTED) worthNs = keepLongest(longest);
  }
  keepLongest(longest);
  const gaps = longest.map(({ before, next, ...gap }): Gap => {
    const step = steps.stepOf[next];
    return { ...gap, after: before, before: next, step: step < 0 ? undefined : step, meanwhile: meanwhile(trace, gap, trace.gpu.launch[next]) };
  });
  return { gaps, byCause: [...sums.values()].sort((a, b) => b.totalNs - a.totalNs), count, idleNs };
}

/** Sorts by length, cuts, and answers how long the shortest that stays is. */
function keepLongest(gaps: Idle[]): number {
  gaps.sort((a, b) => b.endNs - b.startNs - (a.endNs - a.startNs));
  gaps.length = Math.min(gaps.length, LISTED);
  const last = gaps.at(-1);
  return gaps.length < LISTED || last === undefined ? 0 : last.endNs - last.startNs;
}

function add(sums: Map<string, GapsReport['byCause'][number]>, cause: GapCause, phase: Phase | undefined, lengthNs: number): void {
  const key = `${cause} ${phase}`;
  let sum = sums.get(key);
  if (sum === undefined) sums.set(key, (sum = { cause, phase, count: 0, totalNs: 0, short: { count: 0, totalNs: 0 } }));
  sum.count++;
  sum.totalNs += lengthNs;
  if (lengthNs >= SHORT_GAP_NS) return;
  sum.short.count++;
  sum.short.totalNs += lengthNs;
}

/** Stretches between the first and the last work of a device that nothing of it covers, with the work on both sides. */
function* deviceGaps(trace: Trace, gpu: GpuIndex): Generator<Span & { device: string; before: SliceId; next: SliceId }> {
  const { startNs, durNs } = trace.slices;
  /** of each device: how far its work reached so far, and which slice did */
  const reached = new Map<string, { endNs: number; slice: SliceId }>();
  for (const slice of gpu.work) {
    const device = trace.tracks[gpu.track[slice]].info.device ?? '';
    const endNs = startNs[slice] + durNs[slice];
    const known = reached.get(device);
    if (known === undefined) {
      reached.set(device, { endNs, slice });
      continue;
    }
    if (startNs[slice] > known.endNs) yield { device, startNs: known.endNs, endNs: startNs[slice], before: known.slice, next: slice };
    if (endNs >= known.endNs) {
      known.endNs = endNs;
      known.slice = slice;
    }
  }
}

/** One thing that lasts nearly the whole gap tells less than what it consists of. */
const WHOLE = 0.9;
const TOLD = 3;

/** What the launching thread did: the outermost row on which it did more than one thing, longest first. */
function meanwhile(trace: Trace, gap: Span, launch: SliceId): Gap['meanwhile'] {
  if (launch === NONE) return [];
  const { slices, rows, tracks, strings } = trace;
  const { firstRow, info } = tracks[trackOf(trace, launch)];
  const lengthNs = gap.endNs - gap.startNs;
  let told: Gap['meanwhile'] = [];
  for (let row = firstRow; row < firstRow + info.rowCount; row++) {
    const from = firstEndingAfter(slices, rows.first[row], rows.first[row + 1], gap.startNs);
    const to = firstAfter(slices, from, rows.first[row + 1], gap.endNs);
    const here: Gap['meanwhile'] = [];
    let coveredNs = 0;
    for (let slice = from; slice < to; slice++) {
      const ns = Math.min(slices.startNs[slice] + slices.durNs[slice], gap.endNs) - Math.max(slices.startNs[slice], gap.startNs);
      if (ns <= 0) continue;
      const name = strings.get(slices.name[slice]);
      here.push({ name, slice, ns, frame: parseFrame(name) });
      coveredNs += ns;
    }
    // Where this row tells of less than half of the gap, the one above says more.
    if (coveredNs < lengthNs / 2) break;
    told = here.sort((a, b) => b.ns - a.ns).slice(0, TOLD);
    if (told[0].ns < WHOLE * lengthNs) break;
  }
  return told;
}
