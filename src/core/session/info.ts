/** What a trace is, for people and for the command line. */
import type { TraceInfo } from '../../shared/protocol.js';
import { emptyReason } from '../analyze/empty.js';
import { stepsHeadline } from '../analyze/steps.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';
import type { SessionFile } from './session.js';

export function infoOf(trace: Trace, analyses: Analyses, file: SessionFile): TraceInfo {
  const { meta } = trace;
  const { kernelCount, kernelNames, kernelTimeNs } = analyses.kernels();
  return {
    fileName: file.fileName,
    format: meta.format,
    producer: meta.producer,
    fileBytes: file.fileBytes,
    textBytes: meta.textBytes,
    events: meta.events,
    sliceCount: trace.slices.count,
    durationNs: trace.durationNs,
    epochNs: meta.epochNs,
    rank: meta.rank,
    worldSize: meta.worldSize,
    devices: meta.devices,
    facts: meta.facts,
    kernelCount,
    kernelNames,
    kernelTimeNs,
    tracks: Array.from(trace.order, (track) => trace.tracks[track].info),
    groups: trace.groups,
    problems: meta.problems,
    emptyReason: emptyReason(trace, file.fileName),
    ...(meta.memory && { isMemory: true }),
    damage: meta.damage,
    stepsHeadline: stepsHeadline(analyses.steps().report),
  };
}
