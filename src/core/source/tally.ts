/** What a group of kernels costs: sums that can be added up, so that a module is the sum of its parts and a line that of its kernels. */

import { EVIDENCE, type Evidence, type LineCost, type PhaseCost } from '../../shared/model.js';
import { shortName } from '../../shared/names.js';
import { PHASES } from '../../shared/protocol.js';
import type { Strings } from '../trace/strings.js';

interface Sum {
  ns: number;
  count: number;
}

interface PhaseTally extends Sum {
  /** a 1 for each layer in which something ran */
  layers: Uint8Array;
  /** something ran outside of layers too: then there is no cost per layer */
  beyondLayers: boolean;
}

export interface Tally extends Sum {
  /** by index into PHASES */
  phases: PhaseTally[];
  /** by index into EVIDENCE */
  evidenceNs: Float64Array;
  /** sum of time × confidence */
  sureNs: number;
  reasons: Map<string, { ns: number; evidence: number }>;
  /** by name id × PHASES.length + phase */
  names: Map<number, Sum>;
}

/** One kernel call, as a tally sees it. */
export interface Call {
  ns: number;
  nameId: number;
  /** index into PHASES */
  phase: number;
  /** −1 outside of layers */
  layer: number;
  /** index into EVIDENCE */
  evidence: number;
  confidence: number;
  reason: string;
}

export function emptyTally(layers: number): Tally {
  return {
    ns: 0,
    count: 0,
    phases: PHASES.map(() => ({ ns: 0, count: 0, layers: new Uint8Array(layers), beyondLayers: false })),
    evidenceNs: new Float64Array(EVIDENCE.length),
    sureNs: 0,
    reasons: new Map(),
    names: new Map(),
  };
}

export function addCall(tally: Tally, { ns, nameId, phase, layer, evidence, confidence, reason }: Call): void {
  addSum(tally, { ns, count: 1 });
  addSum(tally.phases[phase], { ns, count: 1 });
  if (layer >= 0) tally.phases[phase].layers[layer] = 1;
  else tally.phases[phase].beyondLayers = true;
  tally.evidenceNs[evidence] += ns;
  tally.sureNs += ns * confidence;
  addReason(tally, reason, ns, evidence);
  addNamed(tally.names, nameId * PHASES.length + phase, { ns, count: 1 });
}

/** Adds another group's sums. */
export function addTally(tally: Tally, other: Tally): void {
  addSum(tally, other);
  for (const [phase, sum] of other.phases.entries()) {
    addSum(tally.phases[phase], sum);
    tally.phases[phase].beyondLayers ||= sum.beyondLayers;
    for (let layer = 0; layer < sum.layers.length; layer++) tally.phases[phase].layers[layer] |= sum.layers[layer];
  }
  for (const [evidence, ns] of other.evidenceNs.entries()) tally.evidenceNs[evidence] += ns;
  tally.sureNs += other.sureNs;
  for (const [reason, { ns, evidence }] of other.reasons) addReason(tally, reason, ns, evidence);
  for (const [key, sum] of other.names) addNamed(tally.names, key, sum);
}

function addSum(sum: Sum, { ns, count }: Sum): void {
  sum.ns += ns;
  sum.count += count;
}

function addReason({ reasons }: Tally, reason: string, ns: number, evidence: number): void {
  const known = reasons.get(reason);
  if (known === undefined) reasons.set(reason, { ns, evidence });
  else known.ns += ns;
}

function addNamed(names: Tally['names'], key: number, sum: Sum): void {
  const known = names.get(key);
  if (known === undefined) names.set(key, { ns: sum.ns, count: sum.count });
  else addSum(known, sum);
}

/** The phases in which something ran. `steps`: how many steps of each phase the trace has, so that costs per step of parts add up. */
export function phaseCosts({ phases }: Tally, steps: readonly number[]): PhaseCost[] {
  return PHASES.flatMap((phase, index): PhaseCost[] => {
    const { ns, count, layers, beyondLayers } = phases[index];
    return count === 0 ? [] : [{ phase, ns, count, steps: steps[index], layers: beyondLayers ? 0 : layers.reduce((sum, one) => sum + one, 0) }];
  });
}

export function evidenceTimes({ evidenceNs }: Tally): Partial<Record<Evidence, number>> {
  return Object.fromEntries(EVIDENCE.map((evidence, index) => [evidence, evidenceNs[index]] as const).filter(([, ns]) => ns > 0));
}

/** Mean by time. */
export function confidenceOf({ ns, sureNs }: Tally): number {
  return ns > 0 ? sureNs / ns : 0;
}

/** The evidence of most of the time, the sentence of most of that, and the mean confidence by time. */
export function mainEvidence(tally: Tally): Pick<LineCost, 'evidence' | 'confidence' | 'reason'> {
  const { evidenceNs, reasons } = tally;
  const best = evidenceNs.indexOf(Math.max(...evidenceNs));
  let reason = '';
  let mostNs = Number.NEGATIVE_INFINITY;
  for (const [text, spent] of reasons) {
    if (spent.evidence !== best || spent.ns <= mostNs) continue;
    reason = text;
    mostNs = spent.ns;
  }
  return { evidence: EVIDENCE[best], confidence: confidenceOf(tally), reason };
}

/** Kernels by name and phase, most time first. */
export function kernelCosts({ names }: Tally, strings: Strings): LineCost['kernels'] {
  return [...names]
    .sort((a, b) => b[1].ns - a[1].ns)
    .map(([key, { ns, count }]) => {
      const name = strings.get(Math.floor(key / PHASES.length));
      return { name, shortName: shortName(name), phase: PHASES[key % PHASES.length], count, totalNs: ns };
    });
}
