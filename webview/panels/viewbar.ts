/** The bar at the top: which view, the search, and help. */

import { count } from '../../src/shared/format.js';
import { TABS, type Tab } from '../../src/shared/view.js';
import type { Part } from '../app.js';
import { dropdown, iconButton } from '../ui.js';
import { setColours } from './colours.js';
import { el } from './dom.js';
import { searchBox } from './search.js';
import { tabList } from './tabs.js';

const TITLES: Record<Tab, string> = {
  overview: 'Overview',
  timeline: 'Timeline',
  kernels: 'Kernels',
  steps: 'Steps',
  operators: 'Operators',
  communication: 'Communication',
  memory: 'Memory',
  model: 'Model',
};

export const viewBar: Part = (root, app) => {
  root.classList.add('viewbar');
  setColours();
  app.onChange((changed) => {
    if (changed.has('themeVersion')) setColours();
  });
  const show = (tab: Tab): void => app.change({ tab });
  const tabs = tabList<Tab>(
    'Views',
    TABS.map((name) => ({ name, title: TITLES[name] })),
    show,
  );
  // Stands for the tabs where the editor is narrow.
  const picker = dropdown<Tab>(
    'View',
    TABS.map((value) => ({ value, text: TITLES[value] })),
    show,
  );
  picker.element.classList.add('view-picker');
  root.append(
    el('h1', { class: 'visually-hidden' }, app.info.fileName),
    tabs.element,
    picker.element,
    searchBox(app),
    iconButton('Keyboard Shortcuts (?)', 'help', () => app.run('help')),
  );

  app.handle(Object.fromEntries(TABS.map((tab) => [tab, () => show(tab)])));
  const follow = (): void => {
    const { tab, steps, analysis } = app.state;
    tabs.select(tab);
    picker.value = tab;
    tabs.setCount('kernels', count(app.info.kernelNames));
    tabs.setCount('steps', steps ? count(steps.steps.length) : '');
    tabs.setCount('operators', analysis && 'operators' in analysis ? count(analysis.operators.rows.length) : '');
  };
  app.onChange(follow);
  follow();
};
