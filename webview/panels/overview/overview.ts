/** The first page: what ran, what bounds each phase, what could be better, and how far all that can be trusted. */

import type { Analysis } from '../../../src/shared/analysis.js';
import { duration, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { button } from '../../ui.js';
import { box, el } from '../dom.js';
import { reportTab } from '../reports/reportTab.js';
import { categoryBars } from './categories.js';
import { keyFigures, trustList } from './figures.js';
import { findingList } from './findings.js';
import { phaseStrip } from './strip.js';
import { verdictCards } from './verdicts.js';

export const overview = reportTab('overview', (app, analysis) => [page(app, analysis)]);

function page(app: App, analysis: Analysis): HTMLElement {
  const { headline, facts, verdict, phases, gpu, findings, health, steps } = analysis;
  const head = box(
    'overview-head',
    box(
      'overview-title',
      el('h1', {}, headline || `${plural(app.info.kernelCount, 'kernel')} in ${duration(app.info.durationNs)}`),
      el('p', { class: 'dim' }, facts),
    ),
    box(
      'actions',
      button('Copy Summary', {
        icon: 'copy',
        onClick: () => void app.host.copySummary().then(() => app.announce('Copied')),
      }),
      button('Open Timeline', { icon: 'timeline', primary: true, onClick: () => app.change({ tab: 'timeline' }) }),
    ),
  );
  const hasPhases = phases.some(({ time }) => time.busyNs > 0);
  return box(
    'overview-page',
    head,
    hasPhases ? verdictCards(verdict, phases) : el('p', { class: 'dim' }, steps.reason),
    phaseStrip(app, steps.steps),
    box(
      'overview-body',
      box('overview-main', findingList(app, findings, gpu.idleWithheld), hasPhases ? categoryBars(phases, gpu.idleWithheld) : undefined),
      box('overview-side', hasPhases ? keyFigures(analysis) : undefined, trustList(app, health)),
    ),
  );
}
