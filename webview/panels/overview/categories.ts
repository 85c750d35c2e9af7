/** Where GPU time goes: a bar a phase, each moment given to one category, idle included; the same as a table. */
import type { PhaseReport } from '../../../src/shared/analysis.js';
import { fixed, percent } from '../../../src/shared/format.js';
import { KERNEL_CATEGORIES, type KernelCategory } from '../../../src/shared/protocol.js';
import { colourLabel } from '../../theme.js';
import { box, el, sectionHead, span, swatch } from '../dom.js';
import { phaseName } from '../steps.js';

/** What a label needs, at about this many px a letter, in a bar about this wide. */
const LETTER_PX = 6.2;
const PADDING_PX = 16;
const BAR_PX = 580;
/** Categories with a column of their own; the rest is summed up. */
const COLUMNS = 7;

/** `idleWithheld` says why idle is not to be believed: it is then called what it is, time without recorded work. */
export function categoryBars(phases: readonly PhaseReport[], idleWithheld: string | undefined): HTMLElement {
  const idle = idleWithheld === undefined ? 'idle' : 'nothing recorded';
  const shown = KERNEL_CATEGORIES.filter((category) => phases.some((phase) => exclusiveNs(phase, category) > 0)).sort(
    (a, b) => totalNs(phases, b) - totalNs(phases, a),
  );
  return el(
    'section',
    { class: 'categories', 'aria-label': 'Where GPU time goes' },
    sectionHead('Where GPU time goes', span('dim', `share of step time, ${idle} included`)),
    ...phases.map((phase) => bar(phase, shown, idle)),
    categoryTable(phases, shown, idle),
  );
}

/** The longest of name and share that fits whole. */
function labelFor(name: string, share: number): string {
  const room = (share / 100) * BAR_PX - PADDING_PX;
  return [`${name} ${percent(share)}`, name, percent(share)].find((text) => text.length * LETTER_PX <= room) ?? '';
}

function exclusiveNs({ categories }: PhaseReport, wanted: KernelCategory): number {
  return categories.find(({ category }) => category === wanted)?.exclusiveNs ?? 0;
}

function totalNs(phases: readonly PhaseReport[], category: KernelCategory): number {
  return phases.reduce((sum, phase) => sum + exclusiveNs(phase, category), 0);
}

/** Hidden from screen readers: the table below says the same. */
function bar(phase: PhaseReport, shown: readonly KernelCategory[], idleName: string): HTMLElement {
  const { spanNs, idleNs } = phase.time;
  const part = (className: string, ns: number, name: string): { element: HTMLElement; plate: HTMLElement } => {
    const share = (100 * ns) / spanNs;
    const plate = span('category-plate', labelFor(name, share));
    const element = el('span', { class: className, title: `${name} ${percent(share)}` }, plate);
    element.style.width = `${share}%`;
    return { element, plate };
  };
  const parts = shown.map((category) => {
    const { element, plate } = part('category-part', exclusiveNs(phase, category), colourLabel(category));
    element.style.background = `var(--kl-${category}-swatch)`;
    // A pattern would run through the letters.
    plate.style.background = `var(--kl-${category})`;
    plate.style.color = `var(--kl-${category}-text)`;
    return element;
  });
  const idle = part('category-idle', idleNs, idleName).element;
  return box(
    'category-bar',
    span(`category-phase ${phase.phase}`, phaseName(phase.phase)),
    el('span', { class: 'category-parts', 'aria-hidden': 'true' }, ...parts, idle),
  );
}

function categoryTable(phases: readonly PhaseReport[], shown: readonly KernelCategory[], idle: string): HTMLElement {
  const own = shown.slice(0, COLUMNS);
  const rest = shown.slice(COLUMNS);
  const perStep = (phase: PhaseReport, ns: number): HTMLElement => el('td', { class: 'numeric' }, fixed(ns / phase.steps / 1e6, 2));
  const row = (phase: PhaseReport): HTMLElement =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, `${phaseName(phase.phase)}, ms${phase.steps > 1 ? '/step' : ''}`),
      ...own.map((category) => perStep(phase, exclusiveNs(phase, category))),
      rest.length > 0
        ? perStep(
            phase,
            rest.reduce((sum, category) => sum + exclusiveNs(phase, category), 0),
          )
        : undefined,
      perStep(phase, phase.time.idleNs),
    );
  const head = (category: KernelCategory): HTMLElement => el('th', { scope: 'col', class: 'numeric' }, swatch(category), ` ${colourLabel(category)}`);
  // It scrolls sideways where it is narrow, which the keyboard must be able to do too.
  return el(
    'div',
    { class: 'category-table', tabindex: 0, role: 'group', 'aria-label': 'Time by category' },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col' }, 'Category'),
          ...own.map(head),
          rest.length > 0 ? el('th', { scope: 'col', class: 'numeric', title: rest.map(colourLabel).join(', ') }, 'Rest') : undefined,
          el('th', { scope: 'col', class: 'numeric' }, idle.charAt(0).toUpperCase() + idle.slice(1)),
        ),
      ),
      el('tbody', {}, ...phases.map(row)),
    ),
  );
}
