/** Kernels by what they are linked to: one row for each name and each part of the model that it works for. */
import { EVIDENCE, type Evidence, type ModelLink, type SourcePlace } from '../../shared/model.js';
import type { NameId } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { Placement, Target } from './placement.js';

export interface KernelPlace {
  nameId: NameId;
  target: Target;
  /** the line that called it; undefined when nothing is known */
  calledFrom?: SourcePlace;
  evidence: Evidence;
  /** mean by time */
  confidence: number;
  totalNs: number;
  count: number;
}

/** Rows by time, descending. The evidence is that of most of the time. */
export function kernelPlaces({ slices }: Trace, kernels: Uint32Array, { targets, targetOf }: Placement, linkOf: (slice: number) => ModelLink): KernelPlace[] {
  const rows = new Map<number, KernelPlace & { evidenceNs: Float64Array; sureNs: number }>();
  for (const slice of kernels) {
    const nameId = slices.name[slice];
    const key = nameId * targets.length + targetOf[slice];
    const { calledFrom, evidence, confidence } = linkOf(slice);
    let row = rows.get(key);
    if (row === undefined) {
      row = {
        nameId,
        target: targets[targetOf[slice]],
        calledFrom,
        evidence,
        confidence,
        totalNs: 0,
        count: 0,
        evidenceNs: new Float64Array(EVIDENCE.length),
        sureNs: 0,
      };
      rows.set(key, row);
    }
    row.totalNs += slices.durNs[slice];
    row.count++;
    row.evidenceNs[EVIDENCE.indexOf(evidence)] += slices.durNs[slice];
    row.sureNs += slices.durNs[slice] * confidence;
  }
  return [...rows.values()]
    .map(({ evidenceNs, sureNs, ...row }) => ({
      ...row,
      evidence: EVIDENCE[evidenceNs.indexOf(Math.max(...evidenceNs))],
      confidence: row.totalNs > 0 ? sureNs / row.totalNs : row.confidence,
    }))
    .sort((a, b) => b.totalNs - a.totalNs);
}
