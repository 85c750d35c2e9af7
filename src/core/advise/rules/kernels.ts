/** Findings about which kernels ran. */
import type { Finding } from '../../../shared/analysis.js';
import { count, plural } from '../../../shared/format.js';
import { shortName } from '../../../shared/names.js';
import type { KernelCategory } from '../../../shared/protocol.js';
import { each, kernelsNamed, percentOf, phaseWord, type RunFacts } from '../facts.js';

const WORTH_PERCENT = 2;

/** Compute capability by the device's name, major × 10; only where kernels of the generation before lose much. */
const CAPABILITY: readonly (readonly [RegExp, number])[] = [
  [/\bG?H(?:100|200|800|20)\b/, 90],
  [/\bG?B(?:100|200|300)\b/, 100],
];

/** Capability that a kernel was written for, where its name says: "cutlass_80_", "sm80_xmma", "ampere_". */
function writtenFor(name: string): number | undefined {
  const digits = /(?:^|_|::)sm_?(\d{2,3})(?=_|x|[^\d]|$)/.exec(name)?.[1] ?? /cutlass_?(\d{2,3})_(?:tensorop|wmma|simt)/.exec(name)?.[1];
  if (digits !== undefined) return Number(digits);
  if (/^ampere_/.test(name)) return 80;
  return /^(?:volta|turing)_/.test(name) ? 70 : undefined;
}

/** Matrix products by kernels of an older GPU generation, which do not use the tensor cores of this one fully. */
export function olderKernels(facts: RunFacts): Finding[] {
  const device = facts.gpu.devices[0]?.name ?? '';
  const capability = CAPABILITY.find(([pattern]) => pattern.test(device))?.[1];
  if (capability === undefined) return [];
  const isOlder = (name: string, category: KernelCategory): boolean => {
    const built = writtenFor(name);
    return built !== undefined && built < capability && ['gemm', 'moe', 'attention'].includes(category);
  };
  return facts.phases.flatMap((phase): Finding[] => {
    const kernels = kernelsNamed(facts, phase.phase, isOlder, `/${OLDER_SEARCH}/`);
    const percentOfPhase = kernels ? percentOf(phase, kernels.totalNs) : 0;
    if (kernels === undefined || percentOfPhase < WORTH_PERCENT) return [];
    return [
      {
        rule: 'olderKernels',
        severity: 'warning',
        title: `Products run sm${writtenFor(kernels.name)} kernels on an sm${capability} GPU in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'kernel')}, mostly ${shortName(kernels.name)}, ${each(kernels.totalNs, kernels.count)}.`,
        advice: 'Tune the library for these shapes or pad them; the gain is not known from this trace.',
        phase: phase.phase,
        atStakeNs: kernels.totalNs / phase.steps,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        confidence: 'low',
        evidence: kernels.evidence,
      },
    ];
  });
}

const OLDER_SEARCH = 'sm_?[78]\\d|cutlass_?[78]\\d_|^(ampere|volta|turing)_';

/** torch fills the random seed and offset of a graph before it replays it, one kernel each, whether the graph draws random numbers or not. */
export function replayFills(facts: RunFacts): Finding[] {
  return facts.phases.flatMap((phase): Finding[] => {
    const graphs = phase.launches.graph;
    const fills = kernelsNamed(facts, phase.phase, (name) => /FillFunctor<long>/.test(name), 'FillFunctor');
    if (fills === undefined || graphs === 0) return [];
    const perReplay = fills.count / graphs;
    const percentOfPhase = percentOf(phase, fills.totalNs);
    if (perReplay < 1.5 || perReplay > 3 || percentOfPhase < 0.5) return [];
    return [
      {
        rule: 'replayFills',
        severity: 'info',
        title: 'Two fills before every graph replay',
        sentence: `${count(fills.count / phase.steps)} × FillFunctor a step under ${count(graphs / phase.steps)} graph replays: the random seed and offset.`,
        advice: 'Replay fewer graphs a step (full graphs), or capture without a random generator.',
        phase: phase.phase,
        atStakeNs: fills.totalNs / phase.steps,
        per: 'step',
        percentOfPhase,
        gainNs: { low: 0, high: fills.totalNs / phase.steps },
        confidence: 'high',
        evidence: fills.evidence,
      },
    ];
  });
}

/** A kernel shorter than this mostly starts and ends. */
const SMALL_NS = 5_000;
const FUSABLE = new Set(['elementwise', 'copy', 'norm', 'activation', 'rope', 'quant']);

/** Many small elementwise kernels: each reads and writes what the one before it wrote. */
export function smallKernels(facts: RunFacts): Finding[] {
  const { slices } = facts.trace;
  const meanNs = new Map<string, number>(facts.kernels.rows.map(({ name, avgNs }) => [name, avgNs]));
  if (slices.count === 0) return [];
  return facts.phases.flatMap((phase): Finding[] => {
    const isSmall = (name: string, category: KernelCategory): boolean => FUSABLE.has(category) && !/fused/i.test(name) && (meanNs.get(name) ?? 0) < SMALL_NS;
    const kernels = kernelsNamed(facts, phase.phase, isSmall, `cat:elementwise dur<${SMALL_NS / 1000}us`);
    const percentOfPhase = kernels ? percentOf(phase, kernels.totalNs) : 0;
    if (kernels === undefined || percentOfPhase < 5 || kernels.count < 0.3 * phase.kernels) return [];
    const atStakeNs = kernels.totalNs / phase.steps;
    return [
      {
        rule: 'smallKernels',
        severity: 'info',
        title: `Many small kernels in ${phaseWord(phase)}`,
        sentence: `${plural(kernels.count, 'elementwise kernel')} under ${SMALL_NS / 1000} µs, ${Math.round((100 * kernels.count) / phase.kernels)} % of all; most is ${shortName(kernels.name)}.`,
        advice: 'Compile the model (torch.compile) or use fused kernels, so that neighbours become one.',
        phase: phase.phase,
        atStakeNs,
        per: phase.steps > 1 ? 'step' : 'once',
        percentOfPhase,
        gainNs: { low: 0, high: atStakeNs },
        confidence: 'medium',
        evidence: kernels.evidence,
      },
    ];
  });
}
