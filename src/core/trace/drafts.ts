/** Tracks with what their slices tell: when, how many, what for. */
import type { PushedTrack } from './assemble.js';
import type { SampledTrack } from './counters.js';
import { rowOf } from './rows.js';
import { type Category, type Counters, NONE, type Rows, type Slices } from './trace.js';
import type { Draft } from './tracks.js';

/** A track of slices. */
export function draftOf({ key, device, stream }: PushedTrack, firstRow: number, endRow: number, slices: Slices, rows: Rows): Draft {
  let firstNs = Number.POSITIVE_INFINITY;
  let lastNs = Number.NEGATIVE_INFINITY;
  for (let row = firstRow; row < endRow; row++) {
    const last = rows.first[row + 1] - 1;
    firstNs = Math.min(firstNs, slices.startNs[rows.first[row]]);
    lastNs = Math.max(lastNs, slices.startNs[last] + slices.durNs[last]);
  }
  const sliceCount = rows.first[endRow] - rows.first[firstRow];
  const samples = { firstSample: 0, sampleCount: 0 };
  return { ...key, device, stream, firstRow, rowCount: endRow - firstRow, sliceCount, firstNs, lastNs, ...samples, computeNs: 0, onlyFor: '', launched: 0 };
}

/** A track of samples. */
export function counterDraft({ process, name, firstSample, sampleCount }: SampledTrack, { timeNs }: Counters, firstRow: number): Draft {
  const times = { firstNs: timeNs[firstSample], lastNs: timeNs[firstSample + sampleCount - 1] };
  return {
    process,
    thread: name,
    domain: 'counter',
    device: '',
    stream: '',
    firstRow,
    rowCount: 1,
    sliceCount: 0,
    ...times,
    firstSample,
    sampleCount,
    computeNs: 0,
    onlyFor: '',
    launched: 0,
  };
}

const COMMUNICATES = /nccl|rccl/i;

interface Work {
  slices: Slices;
  rows: Rows;
  launch: Uint32Array;
  categories: Category[];
  name(id: number): string;
}

/** What each stream is for, and how much GPU work each thread launched. */
export function addWork(drafts: Draft[], { slices, rows, launch, categories, name }: Work): void {
  const isKernel = categories.map(({ kind }) => kind === 'kernel');
  const communicates: boolean[] = [];
  const callerOf = callers(drafts, rows);
  for (const draft of drafts) {
    if (draft.domain !== 'gpu') continue;
    let kernels = 0;
    let communicating = 0;
    let computeNs = 0;
    const first = rows.first[draft.firstRow];
    for (let slice = first; slice < first + draft.sliceCount; slice++) {
      if (launch[slice] !== NONE) callerOf(launch[slice]).launched++;
      if (!isKernel[slices.category[slice]]) continue;
      kernels++;
      if ((communicates[slices.name[slice]] ??= COMMUNICATES.test(name(slices.name[slice])))) communicating++;
      else computeNs += slices.durNs[slice];
    }
    draft.computeNs = computeNs;
    if (kernels === 0) draft.onlyFor = 'copies';
    else if (communicating === kernels) draft.onlyFor = 'NCCL';
  }
}

/** Tells the track of a call. Most calls are made by the same thread as the one before. */
function callers(drafts: Draft[], rows: Rows): (call: number) => Draft {
  let [caller, first, end] = [drafts[0], 0, 0];
  return (call) => {
    if (call < first || call >= end) {
      caller = drafts[rows.track[rowOf(rows, call)]];
      first = rows.first[caller.firstRow];
      end = first + caller.sliceCount;
    }
    return caller;
  };
}
