/** How a link to model code is known, in words. */
import { EVIDENCE, EVIDENCE_TEXT, type Evidence } from '../../src/shared/model.js';
import { span } from './dom.js';

/** For a narrow column. */
const SHORT_WORDS: Record<Evidence, string> = {
  launchStack: 'stack',
  capture: 'capture',
  graphNode: 'node',
  compileArtifact: 'compiler',
  compiledAlignment: '≈ stack',
  graphAlignment: '≈ order',
  frameworkFrame: 'frame',
  op: 'op',
  none: 'none',
};

/** "graph alignment", "launch stack". */
export function evidenceWords(evidence: Evidence): string {
  return EVIDENCE_TEXT[evidence].replace('≈ ', '');
}

export function shortEvidence(evidence: Evidence): string {
  return SHORT_WORDS[evidence];
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
