/** A trace's report in a few lines, as the view "Traces" has them below the trace; and how it says a finding. */
import { type Analysis, type Bound, type Finding, isWithheld, type PhaseReport } from '../shared/analysis.js';
import { duration, fixed, percent, plural } from '../shared/format.js';
import type { LinkReport } from '../shared/model.js';
import { type SummaryLine, shortHeadline } from './facts.js';

const BOUND_TEXT: Readonly<Record<Bound, string>> = {
  overhead: 'overhead-bound',
  communication: 'communication-bound',
  memory: 'memory-bound',
  compute: 'compute-bound',
  unknown: 'not judged',
};

/** What ran and how fast, what bounds each phase, how much was found. */
export function summaryLines({ headline, facts, phases, verdict, findings }: Analysis): SummaryLine[] {
  const lines: SummaryLine[] = [];
  if (headline !== '') lines.push({ about: 'steps', label: shortHeadline(headline), description: speed(phases), tooltip: `${headline}\n${facts}` });
  for (const { phase, bound, title, reason, caveat } of verdict) {
    const nsPerToken = phases.find((report) => report.phase === phase)?.nsPerToken;
    lines.push({
      about: 'verdict',
      label: phase === 'unknown' ? BOUND_TEXT[bound] : `${phase} ${BOUND_TEXT[bound]}`,
      description: nsPerToken === undefined || isWithheld(nsPerToken) ? '' : `${duration(nsPerToken)}/token`,
      tooltip: [title, reason, caveat].filter(Boolean).join('\n'),
    });
  }
  if (phases.length > 0) {
    const label = findings.length === 0 ? 'no findings' : plural(findings.length, 'finding');
    lines.push({ about: 'findings', label, description: mostAtStake(findings), tooltip: findings.map(({ title }) => title).join('\n') });
  }
  return lines;
}

/** Which model ran, as its kernels are linked to it. */
export function modelLine({ architecture, layersPerStep, root, version }: LinkReport): SummaryLine {
  const layers = Math.max(0, ...layersPerStep);
  return {
    about: 'model',
    label: architecture,
    description: layers > 0 ? plural(layers, 'layer') : '',
    tooltip: [architecture, `${root} ${version}`.trim()].join('\n'),
  };
}

/** Of decoding, else of what there is. */
function speed(phases: readonly PhaseReport[]): string {
  for (const { tokensPerSecond } of phases.toSorted((a, b) => Number(b.phase === 'decode') - Number(a.phase === 'decode'))) {
    if (!isWithheld(tokensPerSecond)) return `${fixed(tokensPerSecond, tokensPerSecond < 100 ? 1 : 0)} tok/s`;
  }
  return '';
}

/** The largest stake of one finding: stakes overlap, so their sum says nothing. */
function mostAtStake(findings: readonly Finding[]): string {
  const perStep = findings.filter(({ per }) => per === 'step');
  const counted = perStep.length > 0 ? perStep : findings;
  if (counted.length === 0) return '';
  return `≤ ${stakeText(counted.reduce((most, finding) => (finding.atStakeNs > most.atStakeNs ? finding : most)))}`;
}

/** "1.10 ms/step", "16.5 ms once". */
export function stakeText({ atStakeNs, per }: Pick<Finding, 'atStakeNs' | 'per'>): string {
  return duration(atStakeNs) + (per === 'step' ? '/step' : ' once');
}

/** A finding for a narrow place: its phase goes from the title to the number, "prefill 16.53 ms". */
export function findingLine(finding: Finding): { label: string; description: string } {
  const { title, phase, atStakeNs, per } = finding;
  const label = title.replace(` in ${phase}`, '');
  if (label === title) return { label, description: stakeText(finding) };
  return { label, description: per === 'step' ? `${phase} ${stakeText(finding)}` : `${phase} ${duration(atStakeNs)}` };
}

/** All that is known of a finding, for a tooltip. */
export function findingText(finding: Finding): string {
  const { title, sentence, advice, phase, percentOfPhase, gainNs, confidence, evidence } = finding;
  const where = phase === undefined || phase === 'unknown' ? 'the steps' : phase;
  return [
    title,
    sentence,
    advice,
    `${stakeText(finding)} at stake, ${percent(percentOfPhase)} of ${where}; confidence ${confidence}${gainNs ? '' : '; gain unknown'}`,
    evidence.label,
  ]
    .filter(Boolean)
    .join('\n');
}
