/** Makes elements. Trace strings are untrusted: a text only ever becomes a text node or an attribute of a fixed name. */
import type { ColourClass, Phase } from '../../src/shared/protocol.js';
import { colourVariable } from './colours.js';
import { icon } from './icons.js';

export type Child = Node | string | undefined;

/** An element with attributes (undefined ones are left out) and children. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number | undefined>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, String(value));
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A `div` with a class. */
export function box(className: string, ...children: Child[]): HTMLDivElement {
  return el('div', { class: className }, ...children);
}

/** A `span` with a class. */
export function span(className: string, ...children: Child[]): HTMLSpanElement {
  return el('span', { class: className }, ...children);
}

/** A text that acts: looks like a link, is a button. `title` explains it on hover. */
export function textButton(className: string, onClick: () => void, title: string | undefined, ...children: Child[]): HTMLButtonElement {
  const element = el('button', { type: 'button', class: className, title }, ...children);
  element.addEventListener('click', onClick);
  return element;
}

/** The square that tells a category or phase; what stands beside it tells the same as text. */
export function swatch(colour: ColourClass | Phase): HTMLSpanElement {
  const element = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.background = `var(--kl-${colour}-swatch)`;
  element.style.border = `var(--kl-${colour}-border)`;
  return element;
}

/** A word on its category's colour. */
export function colourChip(colour: ColourClass, text: string): HTMLSpanElement {
  const element = span('colour-chip', text);
  element.style.backgroundColor = colourVariable(colour);
  element.style.color = `var(--kl-${colour}-text)`;
  return element;
}

/** A small copy button. */
export function copyButton(label: string, onClick: () => void): HTMLButtonElement {
  const element = textButton('copy', onClick, label, icon('copy'));
  element.setAttribute('aria-label', label);
  return element;
}

/** "name  value" lines. A title on a value gives what the value rounds off or means. */
export function factList(facts: readonly (readonly [name: string, value: Child, title?: string])[]): HTMLElement {
  const list = el('dl', { class: 'facts' });
  for (const [name, value, title] of facts) if (value !== undefined && value !== '') list.append(el('dt', {}, name), el('dd', { title }, value));
  return list;
}

/** An uppercase section head. */
export function sectionHead(text: string, ...children: Child[]): HTMLElement {
  return box('section-head', el('h2', {}, text), ...children);
}
