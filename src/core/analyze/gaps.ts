/** Why a stream had nothing to do before a piece of work: the first cause of GAP_CAUSES that the recording shows. */
import type { GapCause } from '../../shared/analysis.js';
import { duration } from '../../shared/format.js';
import type { SliceId, Span, StreamGap } from '../../shared/protocol.js';
import { trackOf } from '../trace/rows.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type GpuIndex, upperBound } from './gpu.js';
import type { Steps } from './steps.js';

/** Calls that return when the GPU has finished something, in CUDA and HIP. The copies without "Async" do so too, also HIP's on a stream. */
const BLOCKING = /^(?:cuda|hip|cu)(?:(?:Stream|Device|Event|Ctx)Synchronize|Memcpy(?:2D|3D|WithStream)?|Memcpy(?:DtoH|HtoD)(?:_v2)?)$/;
/** What covers this share of a gap is its cause. */
const COVERS = 0.5;

export interface GapEvidence {
  trace: Trace;
  gpu: Pick<GpuIndex, 'work' | 'reachNs' | 'track' | 'kind'>;
  stepOf: Steps['stepOf'];
  /** whether a name is that of a call that waits for the GPU */
  isBlocking(name: number): boolean;
}

/** GPU work around a gap. */
export interface Neighbours {
  before: SliceId;
  next: SliceId;
}

export function gapEvidence(trace: Trace, gpu: GpuIndex, { stepOf }: Steps): GapEvidence {
  const known = new Map<number, boolean>();
  const isBlocking = (name: number): boolean => {
    const blocking = known.get(name) ?? BLOCKING.test(trace.strings.get(name));
    known.set(name, blocking);
    return blocking;
  };
  return { trace, gpu, stepOf, isBlocking };
}

type Cause = Pick<StreamGap, 'cause' | 'by' | 'reason'>;

/** The cause of one gap, with its evidence in a sentence. */
export function causeOf(evidence: GapEvidence, gap: Span, { before, next }: Neighbours): Cause {
  const { trace, stepOf } = evidence;
  const { startNs, durNs } = trace.slices;
  const said = (cause: GapCause, reason: string, by = ''): Cause => ({ cause, by, reason });
  if (stepOf[before] !== stepOf[next]) return said('betweenSteps', 'The next work belongs to another engine step.');
  const launch = trace.gpu.launch[next];
  const sync = launch === NONE ? undefined : blockingCall(evidence, gap, launch);
  if (sync !== undefined) {
    const name = nameOf(trace, sync);
    const afterNs = startNs[launch] - (startNs[sync] + durNs[sync]);
    return said(
      'sync',
      `The launching thread waited in ${name} until the GPU had nothing left; the next launch came ${duration(afterNs)} after it returned.`,
      name,
    );
  }
  const other = otherWork(evidence, gap, next);
  if (other !== undefined) {
    const stream = trace.tracks[evidence.gpu.track[other.slice]].info.name;
    const sentence = `${stream} was busy for ${duration(other.ns)} of it, longest with ${nameOf(trace, other.slice)}.`;
    return evidence.gpu.kind(other.slice) === 'kernel'
      ? said('otherStream', sentence, stream.toLowerCase())
      : said('copy', sentence, nameOf(trace, other.slice));
  }
  if (launch === NONE) return said('unknown', 'The launch of the next work is not in the recording.');
  if (launch === trace.gpu.launch[before]) return said('graphInternal', 'Both sides belong to one launch: the time passed inside a graph.');
  const lateNs = startNs[launch] - gap.startNs;
  if (lateNs >= 0) return said('launchLate', `The next launch began ${duration(lateNs)} after the stream had run out of work.`);
  return said('queue', `The next work was launched ${duration(-lateNs)} before the gap and waited in the queue.`);
}

/** The call that the launching thread waited in when the gap began, and returned from before the next launch. */
function blockingCall({ trace, isBlocking }: GapEvidence, gap: Span, launch: SliceId): SliceId | undefined {
  const { slices, rows } = trace;
  if (slices.startNs[launch] <= gap.startNs) return undefined;
  const track = trackOf(trace, launch);
  const { firstRow, info } = trace.tracks[track];
  for (let row = firstRow; row < firstRow + info.rowCount; row++) {
    // The last slice of the row that began before the gap: those of one row do not overlap.
    const first = rows.first[row];
    const slice = first + upperBound(slices.startNs.subarray(first, rows.first[row + 1]), gap.startNs) - 1;
    if (slice < first || !isBlocking(slices.name[slice])) continue;
    const endNs = slices.startNs[slice] + slices.durNs[slice];
    if (endNs > gap.startNs && endNs <= slices.startNs[launch]) return slice;
  }
  return undefined;
}

/** Work of other streams of the same device that covers most of a gap; of it, the longest. */
function otherWork({ trace, gpu }: GapEvidence, gap: Span, next: SliceId): { slice: SliceId; ns: number } | undefined {
  const { startNs, durNs } = trace.slices;
  const mine = gpu.track[next];
  const device = trace.tracks[mine].info.device;
  let busyUntil = gap.startNs;
  let ns = 0;
  let longest: SliceId | undefined;
  for (let at = upperBound(gpu.reachNs, gap.startNs); at < gpu.work.length; at++) {
    const slice = gpu.work[at];
    if (startNs[slice] >= gap.endNs) break;
    const endNs = Math.min(startNs[slice] + durNs[slice], gap.endNs);
    if (gpu.track[slice] === mine || trace.tracks[gpu.track[slice]].info.device !== device || endNs <= busyUntil) continue;
    ns += endNs - Math.max(startNs[slice], busyUntil);
    busyUntil = endNs;
    if (longest === undefined || durNs[slice] > durNs[longest]) longest = slice;
  }
  return longest !== undefined && ns >= COVERS * (gap.endNs - gap.startNs) ? { slice: longest, ns } : undefined;
}

function nameOf({ slices, strings }: Trace, slice: SliceId): string {
  return strings.get(slices.name[slice]);
}

/** The work of one stream in time order, and how far what began so far reaches. */
export interface StreamOrder {
  work: Uint32Array;
  reachNs: Float64Array;
}

export function streamOrder({ slices }: Trace, gpu: GpuIndex, track: number): StreamOrder {
  const work = gpu.work.filter((slice) => gpu.track[slice] === track);
  const reachNs = new Float64Array(work.length);
  let latestNs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < work.length; i++) reachNs[i] = latestNs = Math.max(latestNs, slices.startNs[work[i]] + slices.durNs[work[i]]);
  return { work, reachNs };
}

/** Gaps of a stream that touch a span, longer than `minNs`; none when they are more than `limit`. */
export function streamGaps(evidence: GapEvidence, { work, reachNs }: StreamOrder, span: Span, minNs: number, limit: number): StreamGap[] {
  const { startNs } = evidence.trace.slices;
  const found: StreamGap[] = [];
  for (let at = Math.max(upperBound(reachNs, span.startNs), 1); at < work.length && reachNs[at - 1] < span.endNs; at++) {
    const gap = { startNs: reachNs[at - 1], endNs: startNs[work[at]] };
    if (gap.endNs <= span.startNs || gap.endNs - gap.startNs < minNs) continue;
    if (found.length === limit) return [];
    found.push({ ...gap, ...causeOf(evidence, gap, { before: work[at - 1], next: work[at] }) });
  }
  return found;
}
