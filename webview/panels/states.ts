/** What is shown instead of a trace: loading, refused, empty. Say what, then why, then what to do. */

import { bytes, count, plural } from '../../src/shared/format.js';
import type { Problem, Progress, Refusal } from '../../src/shared/protocol.js';
import type { HostApi } from '../../src/shared/view.js';
import type { Part } from '../app.js';
import { button, divider } from '../ui.js';
import { box, el, span } from './dom.js';
import { keycaps } from './keycaps.js';

/** "Reading 28.4 of 45.7 MB": the second number gives the unit. */
export function progressTitle({ stage, readBytes, fileBytes }: Progress): string {
  const [size = '', unit = ''] = bytes(fileBytes).split(' ');
  const unitBytes = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[unit] ?? 1;
  return readBytes < fileBytes ? `${stage} ${(readBytes / unitBytes).toFixed(unit === 'B' ? 0 : 1)} of ${size} ${unit}` : stage;
}

/** The view while a file is read. */
export function showProgress(root: HTMLElement, host: HostApi): { update(progress: Progress): void } {
  const title = span('progress-title', 'Opening');
  const detail = span('dim');
  const bar = el('progress', { max: 1, 'aria-label': 'Reading the trace' });
  const startedMs = performance.now();
  const cancel = (): void => void host.cancel();
  const cancelButton = button('Cancel', { onClick: cancel });
  cancelButton.append(keycaps('Escape'));
  const panel = box('progress', bar, box('progress-line', box('progress-text', title, detail), cancelButton), box('dim', 'Cancel keeps what was read.'));
  // Heard wherever the focus is, without taking it from the explorer where the file was clicked.
  const cancelOnEscape = ({ key }: KeyboardEvent): void => {
    if (!panel.isConnected) document.removeEventListener('keydown', cancelOnEscape);
    else if (key === 'Escape') cancel();
  };
  document.addEventListener('keydown', cancelOnEscape);
  root.replaceChildren(panel);
  return {
    update: (progress) => {
      const { readBytes, fileBytes, events } = progress;
      const share = readBytes / Math.max(1, fileBytes);
      const leftNs = share > 0.05 && share < 1 ? ((performance.now() - startedMs) * 1e6 * (1 - share)) / share : undefined;
      title.textContent = progressTitle(progress);
      detail.textContent = `${count(events)} events${leftNs === undefined ? '' : ` · ${(leftNs / 1e9).toFixed(1)} s left`}`;
      if (share < 1) bar.value = share;
      else bar.removeAttribute('value');
    },
  };
}

/** A file that is not a trace, or not one we can open. */
export function showRefusal(root: HTMLElement, { title, message }: Refusal, host: HostApi): void {
  root.replaceChildren(
    statePage(title, message, [
      button('Reopen as Text', { primary: true, onClick: () => void host.reopenAsText() }),
      button('Open Another Trace…', { onClick: () => void host.openAnotherTrace() }),
    ]),
  );
}

/** A trace without GPU work: why it is so, and what else is in it. */
export const showEmpty: Part = (root, app) => {
  const { emptyReason, sliceCount, problems } = app.info;
  const actions = [button('Open Another Trace…', { primary: true, onClick: () => void app.host.openAnotherTrace() })];
  if (sliceCount > 0) actions.push(button(`Show the ${plural(sliceCount, 'Slice')}`, { onClick: () => root.replaceChildren() }));
  else actions.push(button('Reopen as Text', { onClick: () => void app.host.reopenAsText() }));
  root.replaceChildren(statePage('No GPU work in this file', emptyReason ?? '', actions, problems.length > 0 ? [divider(), problemList(problems)] : []));
};

function statePage(title: string, message: string, actions: HTMLElement[], more: HTMLElement[] = []): HTMLElement {
  return box('state', box('state-body', el('h1', { class: 'state-title' }, title), el('p', { class: 'dim' }, message), ...more, box('actions', ...actions)));
}

/** What could not be used, by kind. */
export function problemList(problems: readonly Problem[]): HTMLElement {
  return el(
    'ul',
    { class: 'problems' },
    ...problems.map(({ kind, count: times, message }) => el('li', {}, el('strong', {}, `${count(times)} × ${kind}`), ' ', span('dim', message))),
  );
}
