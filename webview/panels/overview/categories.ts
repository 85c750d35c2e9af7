/** Where GPU time goes: a bar a phase, each moment given to one category, idle included; the same as a table. */
import type { PhaseReport } from '../../../src/shared/analysis.js';
import { fixed, percent } from '../../../src/shared/format.js';
import { KERNEL_CATEGORIES, type KernelCategory } from '../../../src/shared/protocol.js';
import { colourLabel } from '../../theme.js';
import { box, el, sectionHead, span, swatch } from '../dom.js';

/** A part narrower than this has no room for its name; the table has its number. */
const NAMED_PERCENT = 9;

export function categoryBars(phases: readonly PhaseReport[]): HTMLElement {
  const shown = KERNEL_CATEGORIES.filter((category) => phases.some((phase) => exclusiveNs(phase, category) > 0)).sort(
    (a, b) => totalNs(phases, b) - totalNs(phases, a),
  );
  return el(
    'section',
    { class: 'categories', 'aria-label': 'Where GPU time goes' },
    sectionHead('Where GPU time goes', span('dim', 'share of step time, idle included')),
    ...phases.map((phase) => bar(phase, shown)),
    categoryTable(phases, shown),
  );
}

function exclusiveNs({ categories }: PhaseReport, wanted: KernelCategory): number {
  return categories.find(({ category }) => category === wanted)?.exclusiveNs ?? 0;
}

function totalNs(phases: readonly PhaseReport[], category: KernelCategory): number {
  return phases.reduce((sum, phase) => sum + exclusiveNs(phase, category), 0);
}

/** Hidden from screen readers: the table below says the same. */
function bar(phase: PhaseReport, shown: readonly KernelCategory[]): HTMLElement {
  const { spanNs, idleNs } = phase.time;
  const part = (className: string, ns: number, name: string): HTMLElement => {
    const share = (100 * ns) / spanNs;
    const element = el('span', { class: className, title: `${name} ${percent(share)}` }, share >= NAMED_PERCENT ? `${name} ${percent(share)}` : '');
    element.style.width = `${share}%`;
    return element;
  };
  const parts = shown.map((category) => {
    const element = part('category-part', exclusiveNs(phase, category), colourLabel(category));
    element.style.background = `var(--kl-${category}-swatch)`;
    element.style.color = `var(--kl-${category}-text)`;
    return element;
  });
  return box(
    'category-bar',
    span(`category-phase ${phase.phase}`, phase.phase),
    el('span', { class: 'category-parts', 'aria-hidden': 'true' }, ...parts, part('category-idle', idleNs, 'idle')),
  );
}

function categoryTable(phases: readonly PhaseReport[], shown: readonly KernelCategory[]): HTMLElement {
  const cell = (text: string): HTMLElement => el('td', { class: 'numeric' }, text);
  const row = (phase: PhaseReport): HTMLElement =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, `${phase.phase}, ms${phase.steps > 1 ? '/step' : ''}`),
      ...shown.map((category) => cell(fixed(exclusiveNs(phase, category) / phase.steps / 1e6, 2))),
      cell(fixed(phase.time.idleNs / phase.steps / 1e6, 2)),
    );
  const head = (category: KernelCategory): HTMLElement => el('th', { scope: 'col', class: 'numeric' }, swatch(category), ` ${colourLabel(category)}`);
  return box(
    'category-table',
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Category'), ...shown.map(head), el('th', { scope: 'col', class: 'numeric' }, 'Idle'))),
      el('tbody', {}, ...phases.map(row)),
    ),
  );
}
