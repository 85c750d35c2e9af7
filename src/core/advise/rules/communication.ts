/** Findings about communication between ranks. */
import type { CollectiveRow, Finding } from '../../../shared/analysis.js';
import { duration, plural } from '../../../shared/format.js';
import { shortName } from '../../../shared/names.js';
import { each, kernelsNamed, percentOf, phaseWord, type RunFacts } from '../facts.js';

const WORTH_PERCENT = 3;

/** While ranks exchange data and nothing computes, the GPU does no work of its own. */
export function exposedCommunication(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const { exposedCommunicationNs, communicationNs } = phase.time;
    const percentOfPhase = percentOf(phase, exposedCommunicationNs);
    const kernels = kernelsNamed(facts, phase.phase, (_, category) => category === 'communication', 'cat:communication');
    if (percentOfPhase < WORTH_PERCENT || kernels === undefined) return [];
    const overlapped = Math.round((100 * (communicationNs - exposedCommunicationNs)) / communicationNs);
    const atStakeNs = exposedCommunicationNs / phase.steps;
    return [
      {
        rule: 'exposedCommunication',
        severity: percentOfPhase > 10 ? 'warning' : 'info',
        title: `Communication is exposed in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'collective')}, mostly ${shortName(kernels.name)}, ${each(kernels.totalNs, kernels.count)}, ${overlapped} % overlapped; waiting for other ranks counts as communication.`,
        advice:
          phase.phase === 'prefill'
            ? 'Overlap it with products (async tensor parallelism, sequence parallelism), or use fewer ranks a model.'
            : 'Use one-shot or fused all-reduce for these small messages, or fewer ranks a model.',
        phase: phase.phase,
        atStakeNs,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        // Overlap can hide all of it and no more.
        gainNs: { low: 0, high: atStakeNs },
        confidence: 'high',
        evidence: kernels.evidence,
      },
    ];
  });
}

/** Below this the time of a collective is latency, which rings of a general library have most of. */
const SMALL_NS = 60_000;

/** A run that has a custom all-reduce for small messages and still sends most of them through NCCL or RCCL. */
export function libraryForSmallMessages(facts: RunFacts): Finding[] {
  const isGeneral = ({ library }: CollectiveRow): boolean => library === 'NCCL' || library === 'RCCL';
  const custom = facts.communication.rows.filter((row) => !isGeneral(row));
  const decode = facts.phases.find(({ phase }) => phase === 'decode');
  if (custom.length === 0 || decode === undefined) return [];
  const fastest = custom.reduce((best, row) => (row.duration.p50Ns < best.duration.p50Ns ? row : best));
  const slow = facts.communication.rows.filter(
    (row) => isGeneral(row) && row.phase.decodeNs > 0 && row.duration.p50Ns < SMALL_NS && row.duration.p50Ns > fastest.duration.p50Ns,
  );
  const totalNs = slow.reduce((sum, row) => sum + row.phase.decodeNs, 0);
  const percentOfPhase = percentOf(decode, totalNs);
  if (percentOfPhase < WORTH_PERCENT) return [];
  const names = new Set(slow.map(({ name }) => name));
  const kernels = kernelsNamed(facts, 'decode', (name) => names.has(name), 'nccl');
  if (kernels === undefined) return [];
  const atStakeNs = totalNs / decode.steps;
  const leftNs = (fastest.duration.p50Ns * kernels.count) / decode.steps;
  return [
    {
      rule: 'libraryForSmallMessages',
      severity: 'warning',
      title: `${slow[0].library} carries small messages in decode`,
      sentence: `${plural(kernels.count, 'collective')}, ${each(kernels.totalNs, kernels.count)}; ${fastest.library} takes ${duration(fastest.duration.p50Ns)} in the same run.`,
      advice:
        'Find what keeps these off the custom all-reduce: sequence-parallel MoE, message sizes, or an all-gather and reduce-scatter pair where one all-reduce would do.',
      phase: 'decode',
      atStakeNs,
      per: 'step',
      percentOfPhase,
      gainNs: { low: 0, high: Math.max(0, atStakeNs - leftNs) },
      confidence: 'medium',
      evidence: kernels.evidence,
    },
  ];
}
