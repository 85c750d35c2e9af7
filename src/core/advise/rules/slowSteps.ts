/** Findings about single steps that took much longer than their like. */
import type { Finding, GapCause, PhaseReport, StepRow } from '../../../shared/analysis.js';
import { count, duration, plural } from '../../../shared/format.js';
import { shortName } from '../../../shared/names.js';
import { KERNEL_CATEGORIES, type KernelCategory } from '../../../shared/protocol.js';
import { lengthNs, percentOf, type RunFacts, stepName, stepsOf, typicalStep } from '../facts.js';

/** What makes a step longer: more idle, with the cause of its longest gap, or kernels of a name that took longer. */
interface Difference {
  what: KernelCategory | GapCause;
  ns: number;
  clause: string;
}

/** Rules that count a kind of time in all steps of a phase, slow ones too: what they tell is not told again. */
const TOLD_BY: Readonly<Partial<Record<Difference['what'], readonly string[]>>> = {
  launchLate: ['lateLaunches'],
  sync: ['blockingSyncs'],
  graphInternal: ['shortGaps'],
  queue: ['shortGaps'],
  communication: ['exposedCommunication'],
  gemm: ['slowWeightReads', 'weightTypes', 'olderKernels'],
  moe: ['slowWeightReads', 'weightTypes', 'olderKernels'],
  attention: ['kvCacheTypes', 'olderKernels'],
  elementwise: ['smallKernels', 'replayFills'],
  copy: ['smallKernels'],
  norm: ['smallKernels'],
  activation: ['smallKernels'],
  rope: ['smallKernels'],
  quant: ['smallKernels'],
};

/** Slow steps, with what differs most from the median step; nothing where that is what another finding of the phase counts. */
export function slowSteps(facts: RunFacts, told: readonly Finding[]): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const rules = told.filter((finding) => finding.phase === phase.phase).map(({ rule }) => rule);
    const typical = typicalStep(facts, phase.phase);
    return stepsOf(facts, phase.phase)
      .filter((step) => step.note === 'slow')
      .flatMap((step): Finding[] => {
        const [main] = [idleDifference(facts, step, typical), ...kernelDifferences(facts, step, typical)].sort((a, b) => b.ns - a.ns);
        return TOLD_BY[main.what]?.some((rule) => rules.includes(rule)) ? [] : [slowStep(facts, phase, step, typical, main)];
      });
  });
}

function slowStep(facts: RunFacts, phase: PhaseReport, step: StepRow, typical: StepRow, { clause }: Difference): Finding {
  const moreNs = lengthNs(step) - lengthNs(typical);
  const name = stepName(facts, step);
  return {
    rule: 'slowSteps',
    severity: 'info',
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} is slow`,
    sentence: `It took ${duration(moreNs)} more than the median step, ${stepName(facts, typical)}: ${clause}.`,
    phase: phase.phase,
    atStakeNs: moreNs,
    per: 'once',
    percentOfPhase: percentOf(phase, moreNs),
    confidence: 'high',
    evidence: { label: name, span: { startNs: step.startNs, endNs: step.endNs } },
  };
}

function idleDifference({ gaps }: RunFacts, step: StepRow, typical: StepRow): Difference {
  const ns = step.time.idleNs - typical.time.idleNs;
  const worst = gaps.gaps.find((gap) => gap.step === step.index && gap.cause !== 'betweenSteps');
  const why = worst
    ? `; its longest gap, ${duration(lengthNs(worst))}: ${worst.reason.charAt(0).toLowerCase()}${worst.reason.slice(1).replace(/\.$/, '')}`
    : '';
  return { what: worst?.cause ?? 'unknown', ns, clause: `the GPU was idle for ${duration(ns)} more${why}` };
}

/** By name, of the kernels of both steps: how much longer they took, and whether they were more or slower. */
function kernelDifferences({ trace, index, steps }: RunFacts, step: StepRow, typical: StepRow): Difference[] {
  const { slices, strings } = trace;
  const sums = new Map<number, { category: number; ns: number; calls: number; usualCalls: number }>();
  for (const kernel of index.kernels) {
    const isSlow = steps.stepOf[kernel] === step.index;
    if (!isSlow && steps.stepOf[kernel] !== typical.index) continue;
    const sum = sums.get(slices.name[kernel]) ?? { category: index.category[kernel], ns: 0, calls: 0, usualCalls: 0 };
    sums.set(slices.name[kernel], sum);
    sum.ns += isSlow ? slices.durNs[kernel] : -slices.durNs[kernel];
    sum[isSlow ? 'calls' : 'usualCalls']++;
  }
  return [...sums].map(([name, { category, ns, calls, usualCalls }]) => {
    const how = calls === usualCalls ? `in ${plural(calls, 'call')} as always` : `in ${plural(calls, 'call')} instead of ${count(usualCalls)}`;
    return { what: KERNEL_CATEGORIES[category], ns, clause: `${shortName(strings.get(name))} took ${duration(ns)} longer ${how}` };
  });
}
