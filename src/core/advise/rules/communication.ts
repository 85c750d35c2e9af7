/** Findings about communication between ranks. */
import type { CollectiveRow, Finding, PhaseReport } from '../../../shared/analysis.js';
import { duration, plural } from '../../../shared/format.js';
import { shortName } from '../../../shared/names.js';
import { atStake, each, kernelsFound, percentOf, phaseWord, type RunFacts } from '../facts.js';

const WORTH_PERCENT = 3;
/** Above this share of a phase it is a warning. */
const WARN_PERCENT = 10;

/** While ranks exchange data and nothing computes, the GPU does no work of its own. */
export function exposedCommunication(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const { exposedCommunicationNs, communicationNs } = phase.time;
    const stake = atStake(phase, exposedCommunicationNs);
    const kernels = kernelsFound(facts, phase.phase, 'cat:communication');
    if (stake.percentOfPhase < WORTH_PERCENT || kernels === undefined) return [];
    const overlapped = Math.round((100 * (communicationNs - exposedCommunicationNs)) / communicationNs);
    const faster = fasterInThisRun(facts, phase);
    return [
      {
        rule: 'exposedCommunication',
        severity: stake.percentOfPhase > WARN_PERCENT ? 'warning' : 'info',
        title: `Communication is exposed in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'collective')}, mostly ${shortName(kernels.name)}, ${each(kernels.totalNs, kernels.count)}, ${overlapped} % overlapped${faster?.clause ?? ''}; waiting for other ranks counts as communication.`,
        advice: faster?.advice ?? (phase.phase === 'prefill' ? OVERLAP : SMALLER),
        ...stake,
        // Overlap can hide all of it and no more.
        gainNs: { low: 0, high: Math.min(stake.atStakeNs, faster?.savedNs ?? stake.atStakeNs) },
        confidence: 'high',
        evidence: kernels.evidence,
      },
    ];
  });
}

const OVERLAP = 'Overlap it with products (async tensor parallelism, sequence parallelism), or use fewer ranks a model.';
const SMALLER = 'Use one-shot or fused all-reduce for these small messages, or fewer ranks a model.';
const OFF_LIBRARY =
  'Find what keeps these off the custom all-reduce: sequence-parallel MoE, message sizes, or an all-gather and reduce-scatter pair where one all-reduce would do.';

/** Below this the time of a collective is latency, which the rings of a general library have most of. */
const SMALL_NS = 60_000;

/** In decode: a custom all-reduce of the same run that takes less than the collectives of NCCL or RCCL, and what it would save a step. */
function fasterInThisRun(facts: RunFacts, phase: PhaseReport): { clause: string; advice: string; savedNs: number } | undefined {
  if (phase.phase !== 'decode') return undefined;
  const isGeneral = ({ library }: CollectiveRow): boolean => library === 'NCCL' || library === 'RCCL';
  const inDecode = facts.communication.rows.filter((row) => row.phase.decodeNs > 0);
  const [fastest] = inDecode.filter((row) => !isGeneral(row)).sort((a, b) => a.duration.p50Ns - b.duration.p50Ns);
  const slow = inDecode.filter((row) => isGeneral(row) && row.duration.p50Ns < SMALL_NS && row.duration.p50Ns > fastest?.duration.p50Ns);
  let [savedNs, totalNs, calls] = [0, 0, 0];
  for (const { name } of slow) {
    const kernels = kernelsFound(facts, 'decode', `name:="${name}"`);
    if (kernels === undefined) continue;
    calls += kernels.count;
    totalNs += kernels.totalNs;
    savedNs += kernels.totalNs - kernels.count * fastest.duration.p50Ns;
  }
  if (percentOf(phase, totalNs) < WORTH_PERCENT) return undefined;
  const clause = `; ${plural(calls, 'small one')} went through ${slow[0].library}, where ${fastest.library} takes ${duration(fastest.duration.p50Ns)} in the same run`;
  return { clause, advice: OFF_LIBRARY, savedNs: Math.max(0, savedNs) / phase.steps };
}
