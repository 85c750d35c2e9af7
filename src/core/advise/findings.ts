/** Findings: what of this run could be better, each with its evidence, by time at stake and how sure it is. */
import type { Confidence, Finding } from '../../shared/analysis.js';
import type { RunFacts } from './facts.js';
import { idleWithheld } from './health.js';
import { exposedCommunication } from './rules/communication.js';
import { betweenSteps, blockingSyncs, lateLaunches, shortGaps } from './rules/idle.js';
import { olderKernels, replayFills, smallKernels } from './rules/kernels.js';
import { slowAllocations } from './rules/memory.js';
import { slowSteps } from './rules/slowSteps.js';
import { kvCacheTypes, slowWeightReads, weightTypes } from './rules/types.js';

/** Looks for one thing; says nothing where it is not there. */
export type Rule = (facts: RunFacts) => Finding[];

const RULES: readonly Rule[] = [exposedCommunication, slowWeightReads, weightTypes, kvCacheTypes, olderKernels, smallKernels, replayFills, slowAllocations];
/** These need idle time to be what it seems. */
const IDLE_RULES: readonly Rule[] = [betweenSteps, lateLaunches, blockingSyncs, shortGaps];

const WEIGHT: Readonly<Record<Confidence, number>> = { high: 1, medium: 0.6, low: 0.3 };

/** All findings, no time counted by two of them, the one with most time at stake in the whole run first, less sure ones counted for less. */
export function findings(facts: RunFacts): Finding[] {
  const isIdleKnown = idleWithheld(facts) === undefined;
  const told = (isIdleKnown ? [...RULES, ...IDLE_RULES] : RULES).flatMap((rule) => rule(facts));
  const weight = ({ phase, atStakeNs, per, confidence }: Finding): number => {
    const steps = facts.phases.find((report) => report.phase === phase)?.steps ?? 1;
    return atStakeNs * (per === 'step' ? steps : 1) * WEIGHT[confidence];
  };
  return [...told, ...(isIdleKnown ? slowSteps(facts, told) : [])].sort((a, b) => weight(b) - weight(a));
}
