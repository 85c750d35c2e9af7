/** Findings about time in which the GPU had nothing to do. */
import type { Finding, Gap, GapCause, PhaseReport } from '../../../shared/analysis.js';
import { count, duration, plural } from '../../../shared/format.js';
import { frameLabel } from '../../../shared/names.js';
import { lengthNs, percentOf, phaseWord, type RunFacts, stepName, stepsOf, typicalStep } from '../facts.js';

const WORTH_PERCENT = 2;
/** Gaps shorter than this are the GPU's own: the end of one kernel and the start of the next. `byCause` counts them apart. */
const SHORT_NS = 10_000;

/** Between two steps the scheduler, the sampler and the next step's inputs take their time. */
export function betweenSteps(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const percentOfPhase = percentOf(phase, phase.gapBefore.totalNs);
    if (percentOfPhase < WORTH_PERCENT) return [];
    const longest = longestGap(facts, phase, 'betweenSteps');
    const doing = longest?.meanwhile[0];
    const atStakeNs = phase.gapBefore.totalNs / phase.steps;
    return [
      {
        rule: 'betweenSteps',
        severity: 'warning',
        title: `Idle between steps of ${phaseWord(phase)}`,
        sentence: doing
          ? `The GPU waits ${duration(phase.gapBefore.p50Ns)} before a step; in the longest wait the CPU was in ${frameLabel(doing.name)} for ${duration(doing.ns)}.`
          : `The GPU waits ${duration(phase.gapBefore.p50Ns)} before a step.`,
        advice: 'Schedule the next step while this one runs (asynchronous scheduling), and keep reading of tokens off the critical path.',
        phase: phase.phase,
        atStakeNs,
        per: 'step',
        percentOfPhase,
        gainNs: { low: 0, high: atStakeNs },
        confidence: 'high',
        evidence: gapEvidence(facts, phase, longest),
      },
    ];
  });
}

const PIECEWISE = 'Use full graphs instead of piecewise ones: fewer launches a step.';
const COMPILE = 'Compile the model (torch.compile), so that fewer kernels are launched, or prefill more tokens at once.';
const CAPTURE = 'Capture the step in CUDA graphs, or compile it (torch.compile), so that one launch starts many kernels.';

/** The GPU waits inside a step because the CPU had not launched yet. */
export function lateLaunches(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const lateNs = causeNs(facts, phase, 'launchLate');
    const percentOfPhase = percentOf(phase, lateNs);
    if (percentOfPhase < WORTH_PERCENT) return [];
    const eager = phase.launches.eager / phase.steps;
    const graph = phase.launches.graph / phase.steps;
    const atStakeNs = lateNs / phase.steps;
    return [
      {
        rule: 'lateLaunches',
        severity: percentOfPhase > 10 ? 'warning' : 'info',
        title: `The CPU launches too late in ${phaseWord(phase)}`,
        sentence: `${count(eager)} launches one by one and ${plural(graph, 'graph launch', 'graph launches')} a step; the GPU had run dry before these.`,
        advice: graph > 0 ? PIECEWISE : phase.phase === 'prefill' ? COMPILE : CAPTURE,
        phase: phase.phase,
        atStakeNs,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        gainNs: { low: atStakeNs / 2, high: atStakeNs },
        confidence: 'high',
        evidence: gapEvidence(facts, phase, longestGap(facts, phase, 'launchLate')),
      },
    ];
  });
}

/** The CPU waited for the GPU, and the GPU then for the CPU. */
export function blockingSyncs(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const waitNs = causeNs(facts, phase, 'sync');
    const percentOfPhase = percentOf(phase, waitNs);
    const longest = longestGap(facts, phase, 'sync');
    if (percentOfPhase < WORTH_PERCENT || longest === undefined) return [];
    const atStakeNs = waitNs / phase.steps;
    return [
      {
        rule: 'blockingSyncs',
        severity: 'warning',
        title: `Synchronization drains the GPU in ${phaseWord(phase)}`,
        sentence: longest.reason,
        advice: 'Avoid .item(), .tolist() and copies to pageable memory inside a step, or move them behind the launches of the next one.',
        phase: phase.phase,
        atStakeNs,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        gainNs: { low: 0, high: atStakeNs },
        confidence: 'medium',
        evidence: gapEvidence(facts, phase, longest),
      },
    ];
  });
}

/** The end of one kernel and the start of the next, thousands of times. */
export function shortGaps(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const causes = facts.gaps.byCause.filter((row) => row.phase === phase.phase);
    const shortNs = causes.reduce((sum, { short }) => sum + short.totalNs, 0);
    const shortCount = causes.reduce((sum, { short }) => sum + short.count, 0);
    const percentOfPhase = percentOf(phase, shortNs);
    if (percentOfPhase < WORTH_PERCENT) return [];
    const step = typicalStep(facts, phase.phase);
    const atStakeNs = shortNs / phase.steps;
    return [
      {
        rule: 'shortGaps',
        severity: 'info',
        title: `Short gaps between kernels in ${phaseWord(phase)}`,
        sentence: `${count(shortCount / phase.steps)} gaps under ${duration(SHORT_NS)} a step, ${duration(shortNs / shortCount)} on average, between ${count(phase.kernels / phase.steps)} kernels.`,
        advice: 'Fuse small kernels, or let the next one start early (programmatic dependent launch).',
        phase: phase.phase,
        atStakeNs,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        confidence: 'medium',
        evidence: { label: stepName(facts, step), span: { startNs: step.startNs, endNs: step.endNs } },
      },
    ];
  });
}

/** A step that took much longer than its like. */
export function slowSteps(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const typical = typicalStep(facts, phase.phase);
    return stepsOf(facts, phase.phase)
      .filter((step) => step.note === 'slow')
      .map((step): Finding => {
        const moreNs = lengthNs(step) - lengthNs(typical);
        const idleNs = step.time.idleNs - typical.time.idleNs;
        const worst = facts.gaps.gaps.find((gap) => gap.step === step.index && gap.cause !== 'betweenSteps');
        const why =
          idleNs > moreNs / 2 ? `${duration(idleNs)} of it the GPU was idle${worst ? `: ${lowerFirst(worst.reason)}` : '.'}` : 'its kernels took longer.';
        return {
          rule: 'slowSteps',
          severity: 'info',
          title: `${capital(stepName(facts, step))} is slow`,
          sentence: `It took ${duration(moreNs)} more than the median step; ${why}`,
          phase: phase.phase,
          atStakeNs: moreNs,
          per: 'once',
          percentOfPhase: percentOf(phase, moreNs),
          confidence: 'high',
          evidence: { label: stepName(facts, step), span: { startNs: step.startNs, endNs: step.endNs } },
        };
      });
  });
}

/** Idle of a phase for one cause. */
function causeNs({ gaps }: RunFacts, { phase }: PhaseReport, cause: GapCause): number {
  return gaps.byCause.filter((row) => row.phase === phase && row.cause === cause).reduce((sum, row) => sum + row.totalNs, 0);
}

function longestGap({ gaps }: RunFacts, { phase }: PhaseReport, cause: GapCause): Gap | undefined {
  return gaps.gaps.find((gap) => gap.phase === phase && gap.cause === cause);
}

/** The gap itself, with a little of what is around it. */
function gapEvidence(facts: RunFacts, phase: PhaseReport, gap: Gap | undefined): Finding['evidence'] {
  if (gap === undefined) {
    const { startNs, endNs } = typicalStep(facts, phase.phase);
    return { label: phase.phase, span: { startNs, endNs } };
  }
  const aroundNs = lengthNs(gap);
  const step = facts.rows.find(({ index }) => index === gap.step);
  return { label: step ? stepName(facts, step) : phase.phase, span: { startNs: gap.startNs - aroundNs, endNs: gap.endNs + aroundNs }, slice: gap.before };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
