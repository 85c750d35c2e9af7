/** The first page: what ran, what bounds each phase, what could be better, and how far all that can be trusted. */

import type { Analysis } from '../../../src/shared/analysis.js';
import { duration, plural } from '../../../src/shared/format.js';
import type { App, Part } from '../../app.js';
import { button, progressRing } from '../../ui.js';
import { box, el } from '../dom.js';
import { categoryBars } from './categories.js';
import { keyFigures, trustList } from './figures.js';
import { findingList } from './findings.js';
import { phaseStrip } from './strip.js';
import { verdictCards } from './verdicts.js';

export const overview: Part = (root, app) => {
  root.classList.add('overview');
  root.append(box('loading', progressRing()));
  let redraw = (): void => {};
  const follow = (): void => {
    const { analysis } = app.state;
    if (analysis === undefined) return;
    if ('error' in analysis) {
      root.replaceChildren(box('loading', `The run could not be analysed: ${analysis.error}`));
      return;
    }
    const page = build(app, analysis);
    redraw = page.redraw;
    root.replaceChildren(page.element);
  };
  app.onChange((changed) => {
    if (changed.has('analysis')) follow();
    else if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });
  follow();
};

function build(app: App, analysis: Analysis): { element: HTMLElement; redraw(): void } {
  const { headline, facts, verdict, phases, gpu, findings, health, steps } = analysis;
  const strip = phaseStrip(app, steps.steps);
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
  const element = box(
    'overview-page',
    head,
    hasPhases ? verdictCards(verdict, phases) : el('p', { class: 'dim' }, steps.reason),
    strip.element,
    box(
      'overview-body',
      box('overview-main', findingList(app, findings, gpu.idleWithheld), hasPhases ? categoryBars(phases, gpu.idleWithheld) : undefined),
      box('overview-side', hasPhases ? keyFigures(analysis) : undefined, trustList(app, health)),
    ),
  );
  return { element, redraw: strip.redraw };
}
