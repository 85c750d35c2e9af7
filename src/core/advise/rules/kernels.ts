/** Findings about which kernels ran. */
import type { Finding } from '../../../shared/analysis.js';
import { count, plural } from '../../../shared/format.js';
import { shortName } from '../../../shared/names.js';
import { atStake, each, kernelsFound, phaseWord, type RunFacts } from '../facts.js';
import { verdicts } from '../verdict.js';

const WORTH_PERCENT = 2;

/** Where kernels of the generation before lose much: compute capability × 10 by the device's name, and what older kernels are called. */
const GENERATIONS: readonly { device: RegExp; capability: number; older: string }[] = [
  { device: /\bG?H(?:100|200|800|20)\b/, capability: 90, older: '/sm_?[78]\\d|cutlass_?[78]\\d_|^(ampere|volta|turing)_/' },
  { device: /\bG?B(?:100|200|300)\b/, capability: 100, older: '/sm_?[789]\\d|cutlass_?[789]\\d_|^(ampere|volta|turing)_/' },
];

/** Capability that a kernel was written for, where its name says: "cutlass_80_", "sm80_xmma", "ampere_". */
function writtenFor(name: string): number {
  const digits = /(?:sm|cutlass)_?([789]\d)/.exec(name)?.[1];
  return digits === undefined ? (name.startsWith('ampere_') ? 80 : 70) : Number(digits);
}

/** Products by kernels of an older GPU generation, which do not use the tensor cores of this one fully: it matters where those are the bound. */
export function olderKernels(facts: RunFacts): Finding[] {
  const device = facts.gpu.devices[0]?.name ?? '';
  const generation = GENERATIONS.find((known) => known.device.test(device));
  if (generation === undefined) return [];
  const bounds = new Map(verdicts(facts).map(({ phase, bound }) => [phase, bound]));
  return facts.phases.flatMap((phase): Finding[] => {
    if (bounds.get(phase.phase) === 'memory') return [];
    const kernels = kernelsFound(facts, phase.phase, `cat:gemm,moe,attention ${generation.older}`);
    const stake = atStake(phase, kernels?.totalNs ?? 0);
    if (kernels === undefined || stake.percentOfPhase < WORTH_PERCENT) return [];
    return [
      {
        rule: 'olderKernels',
        severity: 'warning',
        title: `Products run sm${writtenFor(kernels.name)} kernels on an sm${generation.capability} GPU in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'kernel')}, mostly ${shortName(kernels.name)}, ${each(kernels.totalNs, kernels.count)}.`,
        advice: 'Tune the library for these shapes or pad them; the gain is not known from this trace.',
        ...stake,
        confidence: 'low',
        evidence: kernels.evidence,
      },
    ];
  });
}

const FILL = 'FillFunctor<long>';

/** torch fills the random seed and offset of a graph before it replays it, one kernel each, whether the graph draws random numbers or not. */
export function replayFills(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const graphs = phase.launches.graph;
    const fills = kernelsFound(facts, phase.phase, FILL);
    if (fills === undefined || graphs === 0) return [];
    const perReplay = fills.count / graphs;
    const stake = atStake(phase, fills.totalNs);
    if (perReplay < 1.5 || perReplay > 3 || stake.percentOfPhase < 0.5) return [];
    return [
      {
        rule: 'replayFills',
        severity: 'info',
        title: 'Two fills before every graph replay',
        sentence: `${count(fills.count / phase.steps)} × FillFunctor a step under ${plural(Math.round(graphs / phase.steps), 'graph replay')}: the random seed and offset.`,
        advice: 'Replay fewer graphs a step (full graphs), or capture without a random generator.',
        ...stake,
        gainNs: { low: 0, high: stake.atStakeNs },
        confidence: 'high',
        evidence: fills.evidence,
      },
    ];
  });
}

/** A kernel shorter than this mostly starts and ends. */
const SMALL = '5us';
const FUSABLE = 'cat:elementwise,copy,norm,activation,rope,quant';

/** Many small elementwise kernels: each reads and writes what the one before it wrote. */
export function smallKernels(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const kernels = kernelsFound(facts, phase.phase, `${FUSABLE} dur<${SMALL} -/fused/i -${FILL}`);
    const stake = atStake(phase, kernels?.totalNs ?? 0);
    if (kernels === undefined || stake.percentOfPhase < 5 || kernels.count < 0.3 * phase.kernels) return [];
    return [
      {
        rule: 'smallKernels',
        severity: 'info',
        title: `Many small kernels in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'elementwise kernel')} under 5 µs, ${Math.round((100 * kernels.count) / phase.kernels)} % of all; most is ${shortName(kernels.name)}.`,
        advice: 'Compile the model (torch.compile) or use fused kernels, so that neighbours become one.',
        ...stake,
        gainNs: { low: 0, high: stake.atStakeNs },
        confidence: 'medium',
        evidence: kernels.evidence,
      },
    ];
  });
}
