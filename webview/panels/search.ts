/** The search field: what it finds is counted at once, and stepped through in time order. */

import { count, plural } from '../../src/shared/format.js';
import type { App } from '../app.js';
import { iconButton, textField } from '../ui.js';
import { box, el, span } from './dom.js';

const TYPING_MS = 150;

export function searchBox(app: App): HTMLElement {
  let typing: ReturnType<typeof setTimeout> | undefined;
  const found = el('span', { class: 'found', role: 'status' });
  const clear = (): void => {
    field.value = '';
    commit('');
    field.focus();
  };
  const buttons = span(
    'search-buttons',
    found,
    iconButton('Previous hit', 'up', () => void step(-1)),
    iconButton('Next hit', 'down', () => void step(1)),
    iconButton('Clear search', 'close', clear),
  );
  const field = textField(
    'Search slices',
    'Search slices: dur>100us cat:gemm',
    'search',
    (value) => {
      clearTimeout(typing);
      typing = setTimeout(() => commit(value), TYPING_MS);
    },
    [buttons],
  );
  const error = el('div', { class: 'search-error error', role: 'alert' });

  /** what the field itself said last: the state may lag behind the typing by a frame */
  let committed = app.state.search;
  const commit = (search: string): void => {
    clearTimeout(typing);
    committed = search;
    app.change({ search });
  };

  /** Goes to the next hit, at first to the one after what is on screen; wraps at the ends. */
  const step = async (by: 1 | -1): Promise<void> => {
    const { search, searchIndex, window } = app.state;
    if (search.trim() === '') return;
    const { count: hits } = await app.trace.search(search);
    if (hits === 0 || search !== app.state.search) return;
    const from = searchIndex >= 0 ? searchIndex + by : (await app.trace.searchIndexAt(search, window.startNs)) + (by < 0 ? -1 : 0);
    const index = (from + hits) % hits;
    const hit = await app.trace.searchHit(search, index);
    if (!hit || search !== app.state.search) return;
    app.change({ searchIndex: index, tab: 'timeline' });
    await app.select(hit.slice, { show: true });
  };

  field.element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      if (field.value !== app.state.search) commit(field.value);
      void step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (field.value) clear();
      else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    }
  });
  app.handle({ focusSearch: () => field.focus(), nextHit: () => void step(1), previousHit: () => void step(-1) });

  const show = (): void => {
    const { search, searchCount, searchIndex, searchError } = app.state;
    buttons.hidden = search.trim() === '';
    found.textContent = searchError ? '' : searchIndex >= 0 ? `${count(searchIndex + 1)} of ${count(searchCount)}` : plural(searchCount, 'hit');
    error.textContent = searchError ?? '';
    field.setInvalid(searchError !== undefined);
  };
  app.onChange((changed) => {
    // The text is only replaced from outside, by another part or the host, or typing on would lose what it said last.
    if (changed.has('search') && app.state.search !== committed) committed = field.value = app.state.search;
    show();
  });
  field.value = app.state.search;
  show();
  return box('search', field.element, error);
}
