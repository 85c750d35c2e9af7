/** What could be better in this run, most time at stake first. */
import type { Finding } from '../../../src/shared/analysis.js';
import { duration, percent } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { box, el, sectionHead, span } from '../dom.js';
import { icon } from '../icons.js';
import { evidenceLink } from './evidence.js';

export function findingList(app: App, findings: readonly Finding[], withheld: string | undefined): HTMLElement {
  const head = sectionHead('Findings', span('dim', 'ranked by time at stake × confidence'));
  const rows = findings.map((finding) => findingRow(app, finding));
  const none = withheld ?? 'Nothing in this recording stands out.';
  return el('section', { class: 'findings', 'aria-label': 'Findings' }, head, rows.length > 0 ? el('ul', {}, ...rows) : el('p', { class: 'dim' }, none));
}

function findingRow(app: App, finding: Finding): HTMLElement {
  const { severity, title, sentence, advice, atStakeNs, per, percentOfPhase, gainNs, confidence, evidence, phase } = finding;
  const gain =
    gainNs && gainNs.high > 0
      ? `can gain ${gainNs.low > 0 ? `${duration(gainNs.low)} – ` : 'up to '}${duration(gainNs.high)}${per === 'step' ? '/step' : ''}`
      : 'gain unknown';
  return el(
    'li',
    { class: 'finding' },
    box(`finding-icon ${severity}`, icon(severity === 'warning' ? 'warning' : 'info'), span('visually-hidden', severity === 'warning' ? 'Warning:' : 'Note:')),
    box(
      'finding-text',
      el('strong', {}, title),
      el('span', { class: 'dim', title: sentence }, sentence),
      advice === undefined ? undefined : span('finding-advice', advice),
    ),
    box('finding-number', el('strong', {}, `${duration(atStakeNs)}${per === 'step' ? '/step' : ''}`), span('dim', 'at stake')),
    box('finding-number', el('strong', {}, percent(percentOfPhase)), span('dim', phase ? `of ${phase}` : 'of the trace')),
    box('finding-number wide', evidenceLink(app, evidence, title), el('span', { class: 'dim', title: `confidence ${confidence}` }, `${gain}`)),
  );
}
