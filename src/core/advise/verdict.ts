/** What bounds each phase: the largest of idle, exposed communication and compute, and for compute what it waits for. */

import { type Bound, type Confidence, type Figure, isWithheld, type Known, type PhaseReport, type Verdict } from '../../shared/analysis.js';
import { count, duration, fixed, percent } from '../../shared/format.js';
import { CATEGORY_TEXT } from '../../shared/names.js';
import { lengthNs, percentOf, type RunFacts, recordsFrames, singleGap } from './facts.js';
import { idleWithheld } from './health.js';

/** A share of a phase that its title mentions although it is not what bounds it, percent. */
const WORTH_SAYING = 10;

/** One verdict a phase that did something. */
export function verdicts(facts: RunFacts): Verdict[] {
  return facts.phases.filter(({ time }) => time.busyNs > 0).map((phase) => verdictOf(facts, phase));
}

function verdictOf(facts: RunFacts, phase: PhaseReport): Verdict {
  const withheld = idleWithheld(facts);
  const figures = figuresOf(phase, withheld);
  const ruleOfThumb = thumb(facts, phase);
  if (withheld !== undefined) {
    return { phase: phase.phase, bound: 'unknown', title: 'Not judged', reason: withheld, confidence: 'low', figures, ruleOfThumb };
  }
  const idle = percentOf(phase, phase.time.idleNs + phase.gapBefore.totalNs);
  const communication = percentOf(phase, phase.time.exposedCommunicationNs);
  const compute = percentOf(phase, phase.time.computeNs);
  const shares = `${percent(compute)} of the time the GPU computes, ${percent(communication)} it only communicates, ${percent(idle)} it is idle`;
  const asides = (bound: Bound): string => {
    const others: string[] = [];
    if (bound !== 'communication' && communication >= WORTH_SAYING) others.push(`${percent(communication)} exposed communication`);
    if (bound !== 'overhead' && idle >= WORTH_SAYING) others.push(`${percent(idle)} idle`);
    return others.length > 0 ? `, ${others.join(', ')}` : tokensAside(phase);
  };
  const made = (bound: Bound, reason: string, confidence: Confidence, caveat?: string): Verdict => {
    return { phase: phase.phase, bound, title: `${TITLE[bound]}${asides(bound)}`, reason, caveat, confidence, figures, ruleOfThumb };
  };
  if (idle > compute && idle > communication) {
    const reason = `${shares}: it waits for the CPU more than it works.`;
    const single = singleGap(facts, phase);
    if (single !== undefined) {
      const share = percent(percentOf(phase, lengthNs(single)));
      const caveat = `One gap of ${duration(lengthNs(single))} is ${share} of it: what happens once, such as the first call after recording starts, says nothing of other steps.`;
      return made('overhead', reason, 'low', caveat);
    }
    const caveat = recordsFrames(facts) ? 'Recording Python frames slows the CPU: without them the GPU waits less.' : undefined;
    return made('overhead', reason, caveat ? 'medium' : 'high', caveat);
  }
  if (communication > compute) return made('communication', `${shares}.`, 'high');
  const { bound, why, confidence, caveat } = computeBound(facts, phase);
  return made(bound, `${shares}; ${why}.`, confidence, caveat);
}

const TITLE: Readonly<Record<Bound, string>> = {
  overhead: 'Overhead-bound',
  communication: 'Communication-bound',
  memory: 'Memory-bound',
  compute: 'Compute-bound',
  unknown: 'Not judged',
};

function tokensAside({ phase, tokens, steps }: PhaseReport): string {
  if (phase !== 'decode' || tokens === undefined) return '';
  const each = tokens / steps;
  return `, ${count(each)} token${Math.round(each) === 1 ? '' : 's'}/step`;
}

interface ComputeBound {
  bound: Bound;
  why: string;
  confidence: Confidence;
  caveat?: string;
}

/**
 * Whether computing waits for memory or for the tensor cores. Recorded shapes decide where they cover most of the work. Else the
 * number of tokens does: a matrix product over T tokens does 2·T operations for each weight it reads, so T operations a byte with
 * 2-byte weights, and it is bound by memory while that is less than the GPU's peak operations over its bandwidth.
 */
function computeBound({ roofline, peak }: RunFacts, phase: PhaseReport): ComputeBound {
  const shaped = isWithheld(roofline.rows) ? [] : roofline.rows;
  const busyNs = shaped.reduce((sum, row) => sum + row.busyNs, 0);
  if (busyNs > phase.time.computeNs / 2) {
    const memoryNs = shaped.filter(({ bound }) => bound === 'memory').reduce((sum, row) => sum + row.busyNs, 0);
    const share = percent((100 * Math.max(memoryNs, busyNs - memoryNs)) / busyNs);
    const bound = memoryNs > busyNs / 2 ? 'memory' : 'compute';
    return { bound, why: `by their recorded shapes ${share} of the products are bound by ${bound}`, confidence: 'high' };
  }
  const flops = peak && (peak.flops.bf16 ?? peak.flops.fp16);
  if (phase.tokens !== undefined && peak !== undefined && flops !== undefined) {
    const tokens = phase.tokens / phase.steps;
    const ridge = flops / peak.bytesPerSecond;
    const bound = tokens < ridge ? 'memory' : 'compute';
    const why = `${count(tokens)} token${Math.round(tokens) === 1 ? '' : 's'} a step is ${bound === 'memory' ? 'below' : 'above'} the ${count(ridge)} from which this GPU computes longer than it reads weights`;
    return {
      bound,
      why,
      confidence: tokens < ridge / 4 || tokens > ridge * 2 ? 'high' : 'medium',
      caveat: 'Shapes were not recorded: told from the number of tokens.',
    };
  }
  const known = busyNs > 0 ? `Recorded shapes cover ${percent((100 * busyNs) / phase.time.computeNs)} of computing` : 'Shapes were not recorded';
  const missing = phase.tokens === undefined ? 'tokens were not recorded' : 'the GPU’s peaks are not known';
  const caveat = `${known} and ${missing}: told from the phase alone.`;
  if (phase.phase === 'decode') return { bound: 'memory', why: 'decoding reads all weights for a few tokens', confidence: 'low', caveat };
  if (phase.phase === 'prefill') return { bound: 'compute', why: 'prefill uses each weight for many tokens', confidence: 'low', caveat };
  return { bound: 'unknown', why: 'what it computes with is not known', confidence: 'low', caveat };
}

/** Exposed communication below this is no number that decides, percent. */
const DECIDES = 5;

/** The numbers that decide, at most four a phase: most of the kernels, what is lost, how busy, how fast. */
function figuresOf(phase: PhaseReport, withheld: string | undefined): Figure[] {
  const figures: Figure[] = [];
  const add = (value: string, label: string): void => void figures.push({ value, label });
  const main = phase.categories.reduce((best, category) => (category.totalNs > best.totalNs ? category : best), phase.categories[0]);
  if (main && phase.kernelTimeNs > 0) add(percent((100 * main.totalNs) / phase.kernelTimeNs), `${CATEGORY_TEXT[main.category]} share of kernels`);
  const { communicationNs, exposedCommunicationNs, idleNs } = phase.time;
  const exposed = percentOf(phase, exposedCommunicationNs);
  if (exposed >= DECIDES) {
    const overlapped = (100 * (communicationNs - exposedCommunicationNs)) / communicationNs;
    add(percent(exposed), `exposed comm., ${Math.round(overlapped)} % overlapped`);
  } else if (withheld === undefined) add(percent(percentOf(phase, idleNs + phase.gapBefore.totalNs)), 'idle, gaps included');
  if (withheld === undefined && phase.time.spanNs > 0) add(percent((100 * phase.time.busyNs) / phase.time.spanNs), 'GPU busy in steps');
  if (!isWithheld(phase.tokensPerSecond)) add(fixed(phase.tokensPerSecond, phase.tokensPerSecond < 100 ? 1 : 0), 'tokens/s');
  return figures;
}

/**
 * The rule of thumb people use, in its order: CPU time of ops over GPU time above 3 is overhead, communication above a fifth of
 * kernel time is communication, products above half of it are compute, all else is memory. Kept for comparison: it counts waiting as work.
 */
function thumb({ operators }: RunFacts, phase: PhaseReport): Known<Bound> {
  if (phase.kernelTimeNs === 0) return { withheld: 'There is no kernel time in this phase.' };
  const share = (...wanted: string[]): number =>
    phase.categories.filter(({ category }) => wanted.includes(category)).reduce((sum, { totalNs }) => sum + totalNs, 0) / phase.kernelTimeNs;
  if (operators.deviceSelfNs > 0 && operators.cpuSelfNs / operators.deviceSelfNs > 3) return 'overhead';
  if (share('communication') > 0.2) return 'communication';
  return share('gemm', 'moe') > 0.5 ? 'compute' : 'memory';
}
