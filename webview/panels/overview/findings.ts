/** What could be better in this run, most time at stake first. */
import type { Finding } from '../../../src/shared/analysis.js';
import { duration, percent, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { box, el, sectionHead, span, textButton } from '../dom.js';
import { icon } from '../icons.js';
import { evidenceLink } from './evidence.js';

/** The rest comes when it is asked for. */
const SHOWN = 6;

export function findingList(app: App, findings: readonly Finding[], withheld: string | undefined): HTMLElement {
  const head = sectionHead('Findings', span('dim', 'ranked by time at stake × confidence'));
  const rows = findings.map((finding) => findingRow(app, finding));
  const list = el('ul', {}, ...rows.slice(0, SHOWN));
  const more = textButton(
    'link',
    () => {
      list.append(...rows.slice(SHOWN));
      more.remove();
      rows[SHOWN]?.querySelector('summary')?.focus();
    },
    undefined,
    `Show ${plural(rows.length - SHOWN, 'more finding')}`,
  );
  const none = withheld ?? 'Nothing in this recording stands out.';
  return el(
    'section',
    { class: 'findings', 'aria-label': 'Findings' },
    head,
    rows.length > 0 ? list : el('p', { class: 'dim' }, none),
    rows.length > SHOWN ? more : undefined,
  );
}

/** Two lines; opened it says everything. */
function findingRow(app: App, finding: Finding): HTMLElement {
  const { severity, title, sentence, advice, atStakeNs, per, percentOfPhase, confidence, evidence, phase } = finding;
  const summary = el(
    'summary',
    { class: 'finding-line' },
    box(`finding-icon ${severity}`, icon(severity === 'warning' ? 'warning' : 'info'), span('visually-hidden', severity === 'warning' ? 'Warning:' : 'Note:')),
    box('finding-text', el('strong', { class: 'ellipsis', title }, title), el('span', { class: 'dim ellipsis', title: sentence }, sentence)),
    box('finding-number', el('strong', {}, `${duration(atStakeNs)}${per === 'step' ? '/step' : ''}`), span('dim', 'at stake')),
    box('finding-number', el('strong', {}, percent(percentOfPhase)), span('dim', phase && phase !== 'unknown' ? `of ${phase}` : 'of the time')),
  );
  const more = el('p', { class: 'finding-more' }, sentence, advice === undefined ? undefined : el('strong', {}, ` ${advice} `), span('dim', gainText(finding)));
  const link = box('finding-number finding-link', evidenceLink(app, evidence, title), span('dim', `confidence ${confidence}`));
  return el('li', { class: 'finding' }, el('details', {}, summary, more), link);
}

function gainText({ gainNs, per }: Finding): string {
  if (gainNs === undefined || gainNs.high === 0) return 'What that would gain is not known from this trace.';
  const unit = per === 'step' ? ' a step' : '';
  return `That can gain ${gainNs.low > 0 ? `${duration(gainNs.low)} to ` : 'up to '}${duration(gainNs.high)}${unit}.`;
}
