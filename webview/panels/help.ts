/** The sheet of keys and gestures, made from the table of actions. */
import type { Part } from '../app.js';
import { ACTIONS, GESTURES } from '../keys.js';
import { button, iconButton } from '../ui.js';
import { box, el } from './dom.js';
import { keycaps } from './keycaps.js';

const TABLE_KEYS = [
  { title: 'Move through rows and cells', keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] },
  { title: 'First or last row', keys: ['Home', 'End'] },
  { title: 'Select several rows', keys: ['Shift+ArrowDown', 'Shift+Click'] },
  { title: 'Show the row in the timeline', keys: ['Enter'] },
  { title: 'Copy the selected rows', keys: ['Ctrl+C'] },
  { title: 'Sort by a second column', keys: ['Shift+Click on its head'] },
];

export const helpSheet: Part = (root, app) => {
  const close = (): void => app.change({ helpOpen: false });
  const dialog = el('dialog', { class: 'help-sheet', 'aria-labelledby': 'help-title' });
  const groups = [...new Set(ACTIONS.map(({ group }) => group))].map((group) =>
    section(
      group,
      ACTIONS.filter((action) => action.group === group),
    ),
  );
  dialog.append(
    box(
      'help-head',
      el('h1', { id: 'help-title' }, 'Keyboard Shortcuts'),
      button('Documentation', { onClick: () => void app.host.showHelp() }),
      iconButton('Close', 'close', close),
    ),
    box('help-groups', ...groups, section('Mouse in the timeline', GESTURES), section('Tables', TABLE_KEYS)),
  );
  root.append(dialog);

  dialog.addEventListener('close', close);
  // The sheet is modal: keys of the timeline do nothing while it is open. Chords belong to the editor and pass.
  dialog.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    if (event.key === '?') close();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close();
  });
  app.handle({ help: () => app.change({ helpOpen: !app.state.helpOpen }) });
  app.onChange((changed) => {
    if (!changed.has('helpOpen') || app.state.helpOpen === dialog.open) return;
    if (app.state.helpOpen) dialog.showModal();
    else dialog.close();
  });
};

function section(title: string, actions: readonly { title: string; keys: readonly string[] }[]): HTMLElement {
  const list = el('dl', { class: 'shortcuts' });
  for (const action of actions) list.append(el('dt', {}, action.title), el('dd', {}, ...action.keys.map(keycaps)));
  return el('section', {}, el('h2', {}, title), list);
}
