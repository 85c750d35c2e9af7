/** A card a phase: what bounds it, and the numbers that decide that. */
import { BOUNDS, isWithheld, type PhaseReport, type Verdict } from '../../../src/shared/analysis.js';
import { duration, plural } from '../../../src/shared/format.js';
import { colourVariable } from '../colours.js';
import { box, el, span } from '../dom.js';
import { phaseName } from '../steps.js';

const CONFIDENCE = { high: '', medium: '≈ ', low: '≈ ' } as const;

export function verdictCards(verdicts: readonly Verdict[], phases: readonly PhaseReport[]): HTMLElement {
  return box(
    'verdicts',
    ...verdicts.map((verdict) =>
      card(
        verdict,
        phases.find(({ phase }) => phase === verdict.phase),
      ),
    ),
  );
}

function card(verdict: Verdict, report: PhaseReport | undefined): HTMLElement {
  const { phase, title, reason, caveat, confidence, figures } = verdict;
  const why = [reason, caveat, thumbText(verdict)].filter(Boolean).join(' ');
  const steps = report ? `${plural(report.steps, 'step')} · ${duration(report.duration.p50Ns)}` : '';
  const element = el(
    'section',
    { class: 'verdict', 'aria-label': `${phaseName(phase)}: ${title}` },
    box(
      'verdict-head',
      span('verdict-phase', phaseName(phase)),
      el('h2', { class: 'verdict-title' }, title),
      el('span', { class: 'dim verdict-note', title: caveat }, `${CONFIDENCE[confidence]}${steps}`),
    ),
    el('dl', { class: 'verdict-figures' }, ...figures.map(({ value, label }) => el('div', {}, el('dd', {}, value), el('dt', { class: 'dim' }, label)))),
    el('p', { class: 'verdict-reason dim', title: why }, why),
  );
  element.style.borderInlineStartColor = colourVariable(phase);
  return element;
}

/** The rule of thumb is only told where it says something else. */
function thumbText({ bound, ruleOfThumb }: Verdict): string {
  if (isWithheld(ruleOfThumb) || ruleOfThumb === bound || !BOUNDS.includes(ruleOfThumb)) return '';
  return `The rule of thumb (CPU over GPU time, communication, products) would say ${ruleOfThumb}: it counts waiting as work.`;
}
