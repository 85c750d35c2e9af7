/** How a link to model code is known, in words. */
import type { Evidence } from '../../src/shared/model.js';
import { span } from './dom.js';

const WORDS: Record<Evidence, string> = {
  launchStack: 'launch stack',
  capture: 'capture trace',
  graphNode: 'graph node',
  compileArtifact: 'compiler output',
  compiledAlignment: 'compiled stack + alignment',
  graphAlignment: 'graph alignment',
  frameworkFrame: 'framework frame',
  op: 'op',
  none: 'none',
};

/** Told from the order of kernels, not recorded. */
const INFERRED: ReadonlySet<Evidence> = new Set(['compiledAlignment', 'graphAlignment']);

export function evidenceWords(evidence: Evidence): string {
  return WORDS[evidence];
}

/** "≈ 0.85", "0.95": a tilde says that it is inferred. */
export function confidenceText(evidence: Evidence, confidence: number): string {
  return `${INFERRED.has(evidence) ? '≈ ' : ''}${confidence.toFixed(2)}`;
}

/** "≈ 0.85 graph alignment" in a frame. */
export function evidenceChip(evidence: Evidence, confidence: number): HTMLElement {
  return span('evidence', evidence === 'none' ? WORDS.none : `${confidenceText(evidence, confidence)} ${WORDS[evidence]}`);
}

/** The evidence of most of the time; undefined when there is none. */
export function mainEvidence(byTime: Partial<Record<Evidence, number>>): Evidence | undefined {
  let main: Evidence | undefined;
  for (const evidence of Object.keys(WORDS) as Evidence[]) {
    if ((byTime[evidence] ?? 0) > (main ? byTime[main]! : 0)) main = evidence;
  }
  return main;
}
