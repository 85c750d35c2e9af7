/** Findings about time in which the GPU had nothing to do. */
import type { Finding, Gap, GapCause, PhaseReport } from '../../../shared/analysis.js';
import { count, duration, plural } from '../../../shared/format.js';
import { frameLabel } from '../../../shared/names.js';
import { SHORT_GAP_NS } from '../../analyze/gapsReport.js';
import { atStake, lengthNs, phaseWord, type RunFacts, recordsFrames, singleGap, stepName, typicalStep } from '../facts.js';

const WORTH_PERCENT = 2;

/** Between two steps the scheduler, the sampler and the next step's inputs take their time. */
export function betweenSteps(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const stake = atStake(phase, phase.gapBefore.totalNs);
    if (stake.percentOfPhase < WORTH_PERCENT) return [];
    const longest = longestGap(facts, phase, 'betweenSteps');
    const doing = longest?.meanwhile[0];
    return [
      {
        rule: 'betweenSteps',
        severity: 'warning',
        title: `Idle between steps of ${phaseWord(phase)}`,
        sentence: doing
          ? `The GPU waits ${duration(phase.gapBefore.p50Ns)} before a step; in the longest wait the CPU was in ${frameLabel(doing.name)} for ${duration(doing.ns)}.`
          : `The GPU waits ${duration(phase.gapBefore.p50Ns)} before a step.`,
        advice: 'Schedule the next step while this one runs (asynchronous scheduling), and keep reading of tokens off the critical path.',
        ...stake,
        gainNs: { low: 0, high: stake.atStakeNs },
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
    const stake = atStake(phase, causeNs(facts, phase, 'launchLate'));
    if (stake.percentOfPhase < WORTH_PERCENT) return [];
    const eager = Math.round(phase.launches.eager / phase.steps);
    const graph = Math.round(phase.launches.graph / phase.steps);
    return [
      {
        rule: 'lateLaunches',
        severity: stake.percentOfPhase > 10 ? 'warning' : 'info',
        title: `The CPU launches too late in ${phaseWord(phase)}`,
        sentence: `${plural(eager, 'launch', 'launches')} one by one and ${plural(graph, 'graph launch', 'graph launches')} a step; the GPU had run dry before some of them.`,
        advice: graph > 0 ? PIECEWISE : phase.phase === 'prefill' ? COMPILE : CAPTURE,
        ...stake,
        gainNs: { low: 0, high: stake.atStakeNs },
        // What happened once need not happen again. Recording frames slows the CPU, so that without a profiler less of this may be left.
        confidence: singleGap(facts, phase) ? 'low' : recordsFrames(facts) ? 'medium' : 'high',
        evidence: gapEvidence(facts, phase, longestGap(facts, phase, 'launchLate')),
      },
    ];
  });
}

/** The CPU waited for the GPU, and the GPU then for the CPU. */
export function blockingSyncs(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const stake = atStake(phase, causeNs(facts, phase, 'sync'));
    const longest = longestGap(facts, phase, 'sync');
    if (stake.percentOfPhase < WORTH_PERCENT || longest === undefined) return [];
    return [
      {
        rule: 'blockingSyncs',
        severity: 'warning',
        title: `Synchronization drains the GPU in ${phaseWord(phase)}`,
        sentence: longest.reason,
        advice: 'Avoid .item(), .tolist() and copies to pageable memory inside a step, or move them behind the launches of the next one.',
        ...stake,
        gainNs: { low: 0, high: stake.atStakeNs },
        confidence: 'medium',
        evidence: gapEvidence(facts, phase, longest),
      },
    ];
  });
}

/** Idle that other rules count, however short. */
const COUNTED: readonly GapCause[] = ['betweenSteps', 'sync', 'launchLate'];

/** The end of one kernel and the start of the next, thousands of times. */
export function shortGaps(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const causes = facts.gaps.byCause.filter((row) => row.phase === phase.phase && !COUNTED.includes(row.cause));
    const shortNs = causes.reduce((sum, { short }) => sum + short.totalNs, 0) / facts.gpu.devices.length;
    const shortCount = causes.reduce((sum, { short }) => sum + short.count, 0) / facts.gpu.devices.length;
    const stake = atStake(phase, shortNs);
    if (stake.percentOfPhase < WORTH_PERCENT) return [];
    const step = typicalStep(facts, phase.phase);
    return [
      {
        rule: 'shortGaps',
        severity: 'info',
        title: `Short gaps between kernels in ${phaseWord(phase)}`,
        sentence: `${count(shortCount / phase.steps)} gaps under ${duration(SHORT_GAP_NS)} a step, ${duration(shortNs / shortCount)} on average, between ${count(phase.kernels / phase.steps)} kernels.`,
        advice: 'Fuse small kernels, or let the next one start early (programmatic dependent launch).',
        ...stake,
        confidence: 'medium',
        evidence: { label: stepName(facts, step), span: { startNs: step.startNs, endNs: step.endNs } },
      },
    ];
  });
}

/** Idle of a phase for one cause: of its devices, the mean. */
function causeNs({ gaps, gpu }: RunFacts, { phase }: PhaseReport, cause: GapCause): number {
  return gaps.byCause.filter((row) => row.phase === phase && row.cause === cause).reduce((sum, row) => sum + row.totalNs, 0) / gpu.devices.length;
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
