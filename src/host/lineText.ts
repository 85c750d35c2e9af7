/** What a lens and a hover say of a line of model code. */
import { count, duration, percent, plural } from '../shared/format.js';
import { EVIDENCE_TEXT, type LineCost, type PhaseCost } from '../shared/model.js';
import type { Phase } from '../shared/protocol.js';

/** From here on a line is one of the few that decide. */
const FLAME_PERCENT = 15;

/** Decode first: it is where a server spends its time. */
const PHASE_ORDER: readonly Phase[] = ['decode', 'prefill', 'mixed', 'unknown'];

const phaseName = (phase: Phase): string => (phase === 'unknown' ? 'outside of steps' : phase);

/** "decode 6.58 ms/step · 80 layers · 82.20 µs/layer"; one step is not told per step. */
function phaseText({ phase, ns, steps, layers }: PhaseCost): string {
  const perStep = ns / Math.max(1, steps);
  const parts = [`${phaseName(phase)} ${duration(perStep)}${steps > 1 ? '/step' : ''}`];
  if (layers > 1) parts.push(`${count(layers)} layers`, `${duration(perStep / layers)}/layer`);
  return parts.join(' · ');
}

function inOrder(phases: readonly PhaseCost[]): PhaseCost[] {
  return phases.filter(({ ns }) => ns > 0).sort((a, b) => PHASE_ORDER.indexOf(a.phase) - PHASE_ORDER.indexOf(b.phase));
}

/** "decode 6.58 ms/step · 80 layers · 82.20 µs/layer · 39.6 % of GPU · ≈ graph alignment | prefill 32.46 ms". */
export function lineTitle({ phases, percent: share, evidence, place }: LineCost): string {
  const [first, ...others] = inOrder(phases);
  const head = [
    ...(first ? [phaseText(first)] : ['no GPU work']),
    `${percent(share)} of GPU`,
    EVIDENCE_TEXT[evidence],
    ...(place.via ? [`via ${place.via}`] : []),
  ].join(' · ');
  const rest = others.map(({ phase, ns, steps }) => `${phaseName(phase)} ${duration(ns / Math.max(1, steps))}${steps > 1 ? '/step' : ''}`);
  // A plain space after an icon is not drawn.
  return `${share >= FLAME_PERCENT ? '$(flame)\u00a0' : ''}${[head, ...rest].join(' | ')}`;
}

/** Names are code and may hold what Markdown would read: backticks are the only way out of a code span, pipes out of a cell. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
const prose = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~$]/g, '\\$&');

/** Kernels listed in a hover. */
const MOST_KERNELS = 8;

/** The line's kernels, their counts and times, and why they are linked to it, in Markdown. */
export function lineMarkdown({ place, percent: share, totalNs, phases, kernels, reason, confidence }: LineCost): string {
  const via = place.via ? ` via ${code(place.via)}` : '';
  const steps = inOrder(phases).map((phase) => `${phaseText(phase)} (${plural(phase.steps, 'step')}, ${plural(phase.count, 'kernel')})`);
  const stepsOf = (phase: Phase): number => Math.max(1, phases.find((cost) => cost.phase === phase)?.steps ?? 1);
  const rows = kernels.slice(0, MOST_KERNELS).map(({ shortName, phase, count: calls, totalNs: ns }) => {
    const cells = [code(shortName), phaseName(phase), count(calls), duration(ns / Math.max(1, calls)), duration(ns / stepsOf(phase))];
    return `| ${cells.join(' | ')} |`;
  });
  const more = kernels.length > MOST_KERNELS ? [`and ${plural(kernels.length - MOST_KERNELS, 'other')}`] : [];
  return [
    `**${code(place.symbol)}**${via}: ${duration(totalNs)}, ${percent(share)} of GPU time`,
    steps.join('  \n'),
    ...(rows.length > 0 ? [['| Kernel | Phase | Calls | Mean | Per step |', '|:--|:--|--:|--:|--:|', ...rows].join('\n')] : []),
    ...more,
    `${prose(reason)} Confidence ${percent(100 * confidence)}.`,
  ].join('\n\n');
}

/** The places of a file whose kernels' costs are shown, one for each line: a line that several slots call is one line. */
export function linesOf(file: string, lines: readonly LineCost[]): LineCost[] {
  return lines.filter(({ place, totalNs }) => place.file === file && totalNs > 0).sort((a, b) => a.place.line - b.place.line);
}

/** Shares of GPU time, percent, from which a call line is warm: the coolest first. */
export const HEAT_PERCENT = [1, 5, 15, 30] as const;

/** Index into HEAT_PERCENT, −1 for a line that is not worth a mark; only calls are: what holds them is as warm as all of them. */
export function heatOf({ kind, percent: share }: LineCost): number {
  return kind === 'call' ? HEAT_PERCENT.findLastIndex((least) => share > least) : -1;
}
