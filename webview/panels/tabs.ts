/** A row of tabs: one is in the tab order, arrows go to the others, and what they show is the caller's. */
import { el, span } from './dom.js';

export interface TabList<Name extends string> {
  element: HTMLElement;
  select(name: Name): void;
  /** the dim text after a tab's name, its count */
  setCount(name: Name, text: string): void;
}

export function tabList<Name extends string>(label: string, tabs: readonly { name: Name; title: string }[], onSelect: (name: Name) => void): TabList<Name> {
  const counts = new Map(tabs.map(({ name }) => [name, span('dim')]));
  const buttons = tabs.map(({ name, title }) => {
    const tab = el('button', { type: 'button', role: 'tab', class: 'tab' }, title, counts.get(name));
    tab.addEventListener('click', () => onSelect(name));
    return tab;
  });
  const element = el('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...buttons);
  element.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((tab) => tab.contains(document.activeElement));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const index = (to + buttons.length) % buttons.length;
    buttons[index]!.focus();
    onSelect(tabs[index]!.name);
  });
  return {
    element,
    select: (selected) => {
      for (const [index, { name }] of tabs.entries()) {
        buttons[index]!.setAttribute('aria-selected', String(name === selected));
        buttons[index]!.tabIndex = name === selected ? 0 : -1;
      }
    },
    setCount: (name, text) => {
      counts.get(name)!.textContent = text && ` ${text}`;
    },
  };
}
