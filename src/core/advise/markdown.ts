/** The report of a run as Markdown, to paste into an issue, a chat or a pull request. */
import { type Analysis, type DeviceSnapshot, type Finding, isWithheld, type PhaseReport, type Verdict } from '../../shared/analysis.js';
import { bytes, count, duration, fixed, NO_VALUE, percent } from '../../shared/format.js';
import { markdownText as text } from '../../shared/markdown.js';
import { CATEGORY_TEXT } from '../../shared/names.js';

/** Categories named one by one; the rest is a row of its own. */
const CATEGORIES = 8;
const FINDINGS = 10;
const SITES = 10;

/** A page: what ran, verdicts, phases, where GPU time goes, findings, how far to trust it. */
export function analysisMarkdown(fileName: string, { headline, facts, verdict, phases, gpu, findings, health, memory }: Analysis): string {
  const parts = [
    `## ${text(headline || fileName)}`,
    text(`${fileName} · ${facts}`),
    ...verdict.map(verdictLine),
    ...(memory.recorded?.devices ?? []).map(peakTable),
    phases.length > 0 ? phaseTable(phases, gpu.idleWithheld === undefined) : '',
    phases.length > 0 ? categoryTable(phases, gpu.idleWithheld === undefined) : '',
    findings.length > 0 ? `### Findings\n\n${findings.slice(0, FINDINGS).map(findingLine).join('\n')}` : '',
    `### Trust\n\n${health.map(({ state, title, detail }) => `- ${state}: ${text(title)}: ${text(detail)}`).join('\n')}`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function verdictLine({ phase, title, reason, caveat, confidence }: Verdict): string {
  return `**${phase}: ${text(title)}** (confidence ${confidence}). ${text(reason)}${caveat ? ` ${text(caveat)}` : ''}`;
}

function phaseTable(phases: readonly PhaseReport[], isIdleKnown: boolean): string {
  const rows = phases.map((phase) => [
    phase.phase,
    String(phase.steps),
    duration(phase.duration.p50Ns),
    percent(isIdleKnown ? (100 * phase.time.busyNs) / phase.time.spanNs : undefined),
    duration(phase.time.exposedCommunicationNs / phase.steps),
    duration(isIdleKnown ? phase.gapBefore.totalNs / phase.steps : undefined),
    isWithheld(phase.tokensPerSecond) ? NO_VALUE : fixed(phase.tokensPerSecond, 1),
  ]);
  return table(['Phase', 'Steps', 'Median step', 'GPU busy', 'Exposed comm./step', 'Idle before/step', 'Tokens/s'], rows);
}

/** Milliseconds a step, each moment counted for one category. */
function categoryTable(phases: readonly PhaseReport[], isIdleKnown: boolean): string {
  const totals = new Map<string, number>();
  for (const { categories } of phases) for (const { category, exclusiveNs } of categories) totals.set(category, (totals.get(category) ?? 0) + exclusiveNs);
  const shown = [...totals].sort((a, b) => b[1] - a[1]).slice(0, CATEGORIES);
  const perStep = (phase: PhaseReport, ns: number): string => fixed(ns / phase.steps / 1e6, 2);
  const rows = phases.map((phase) => [
    phase.phase,
    ...shown.map(([name]) => perStep(phase, phase.categories.find(({ category }) => category === name)?.exclusiveNs ?? 0)),
    isIdleKnown ? perStep(phase, phase.time.idleNs) : NO_VALUE,
  ]);
  const names: Readonly<Record<string, string>> = CATEGORY_TEXT;
  return table(['ms/step', ...shown.map(([category]) => names[category]), 'Idle'], rows);
}

/** What held the peak of a device's memory. */
function peakTable({ device, peak }: DeviceSnapshot): string {
  const rows = peak.sites.slice(0, SITES).map(({ frame, why, count: times, bytes: size, percent: share }) => {
    const name = frame ? `${frame.file}:${frame.line} ${frame.function}` : (why ?? '');
    return [name, count(times), bytes(size), percent(share)];
  });
  const head = `### ${device} at its peak: ${bytes(peak.allocatedBytes)} allocated of ${bytes(peak.reservedBytes)} reserved`;
  return `${head}\n\n${table(['Allocated by', 'Allocations', 'Bytes', 'Of the peak'], rows)}`;
}

function findingLine({ title, sentence, advice, atStakeNs, per, percentOfPhase, confidence }: Finding): string {
  const stake = `${duration(atStakeNs)}${per === 'step' ? '/step' : ''}, ${percent(percentOfPhase)}`;
  return `- **${text(title)}** (${stake}, confidence ${confidence}): ${text(sentence)}${advice ? ` ${text(advice)}` : ''}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`;
  return [line(head), `|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}
