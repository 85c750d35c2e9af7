/** Chips above the kernel table, one a category: they show and hide its kernels. */

import { count } from '../../src/shared/format.js';
import { KERNEL_CATEGORIES, type KernelCategory, type KernelRow } from '../../src/shared/protocol.js';
import { colourLabel } from '../theme.js';
import { el, span, swatch } from './dom.js';

/** Memory copies and sets are no kernels, so they have a chip of their own, apart from kernels that copy. */
export type ChipName = KernelCategory | 'memory';

export function chipOf({ kind, category }: KernelRow): ChipName {
  return kind === 'kernel' ? category : 'memory';
}

/** Builds the chips; `hidden` is changed by them, and `changed` called after it. */
export function categoryChips(rows: readonly KernelRow[], hidden: Set<ChipName>, changed: () => void): HTMLElement {
  const names = new Map<ChipName, number>();
  for (const row of rows) names.set(chipOf(row), (names.get(chipOf(row)) ?? 0) + 1);
  const marks: (() => void)[] = [];
  const mark = (): void => {
    for (const one of marks) one();
  };
  const chip = (isOn: () => boolean, act: () => void, ...content: (Node | string)[]): HTMLElement => {
    const element = el('button', { type: 'button', class: 'chip' }, ...content);
    marks.push(() => element.setAttribute('aria-pressed', String(isOn())));
    element.addEventListener('click', () => {
      act();
      mark();
      changed();
    });
    return element;
  };
  const toggle = (name: ChipName): void => {
    if (!hidden.delete(name)) hidden.add(name);
  };
  const all = chip(
    () => hidden.size === 0,
    () => hidden.clear(),
    'All ',
    span('dim', count(rows.length)),
  );
  const each = ([...KERNEL_CATEGORIES, 'memory'] as const)
    .filter((name) => names.has(name))
    .map((name) =>
      chip(
        () => !hidden.has(name),
        () => toggle(name),
        swatch(name === 'memory' ? 'copy' : name),
        `${name === 'memory' ? 'Copies and sets' : colourLabel(name)} `,
        span('dim', count(names.get(name))),
      ),
    );
  mark();
  return el('div', { class: 'chips', role: 'group', 'aria-label': 'Categories' }, all, ...each);
}
