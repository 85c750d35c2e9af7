/** How a link to model code is known, in words. */
import { duration } from '../../src/shared/format.js';
import { EVIDENCE, EVIDENCE_TEXT, type Evidence, type ModuleCost } from '../../src/shared/model.js';
import { span } from './dom.js';

/** "graph alignment", "launch stack". */
export function evidenceWords(evidence: Evidence): string {
  return EVIDENCE_TEXT[evidence].replace('≈ ', '');
}

/** "≈ 0.85", "0.95": a tilde says that it is inferred. */
export function confidenceText(evidence: Evidence, confidence: number): string {
  return `${EVIDENCE_TEXT[evidence].startsWith('≈') ? '≈ ' : ''}${confidence.toFixed(2)}`;
}

/** "≈ 0.85 graph alignment" in a frame. */
export function evidenceChip(evidence: Evidence, confidence: number): HTMLElement {
  return span('evidence', evidence === 'none' ? evidenceWords(evidence) : `${confidenceText(evidence, confidence)} ${evidenceWords(evidence)}`);
}

/** The evidence of most of the time; undefined when there is none. */
export function mainEvidence(byTime: Partial<Record<Evidence, number>>): Evidence | undefined {
  let main: Evidence | undefined;
  for (const evidence of EVIDENCE) {
    if ((byTime[evidence] ?? 0) > (main ? byTime[main]! : 0)) main = evidence;
  }
  return main;
}

/** "≈ 0.85": how sure the links of a module's kernels are, inferred where most of their time is; "none" without any. */
export function moduleConfidence({ evidence, confidence }: Pick<ModuleCost, 'evidence' | 'confidence'>): string {
  const main = mainEvidence(evidence);
  return main === undefined ? '–' : main === 'none' ? 'none' : confidenceText(main, confidence);
}

/** "graph alignment 12.4 ms, launch stack 3.1 ms", most time first. */
export function evidenceDetail(byTime: Partial<Record<Evidence, number>>): string {
  return EVIDENCE.map((evidence) => ({ evidence, ns: byTime[evidence] ?? 0 }))
    .filter(({ ns }) => ns > 0)
    .sort((a, b) => b.ns - a.ns)
    .map(({ evidence, ns }) => `${evidenceWords(evidence)} ${duration(ns)}`)
    .join(', ');
}
