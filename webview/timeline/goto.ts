/** "Go to": a small list of steps and tracks that typing narrows down. */

import { duration } from '../../src/shared/format.js';
import type { Step, TrackInfo } from '../../src/shared/protocol.js';
import { stepName } from './bands.js';
import { widthNs } from './viewport.js';

const SHOWN = 12;

export interface Place {
  name: string;
  detail: string;
  /** what typing is compared with */
  words: string;
  go(): void;
}

/** Everything there is to go to: `goStep` and `goTrack` do it. */
export function places(steps: readonly Step[], tracks: readonly TrackInfo[], goStep: (step: Step) => void, goTrack: (track: TrackInfo) => void): Place[] {
  return [
    ...steps.map((step) => ({ name: stepName(step), detail: duration(widthNs(step)), words: stepName(step), go: () => goStep(step) })),
    ...tracks.map((track) => ({ name: track.name, detail: track.detail, words: `${track.name} ${track.detail}`, go: () => goTrack(track) })),
  ];
}

/** Places that have every typed word somewhere. */
export function matching(all: readonly Place[], typed: string): Place[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((place) => words.every((word) => place.words.toLowerCase().includes(word)));
}

/** Shows the list over `root` until something is chosen or it is left; the focus goes back to where it was. */
export function openGoTo(root: HTMLElement, all: readonly Place[]): void {
  const before = document.activeElement;
  const dialog = document.createElement('div');
  const field = document.createElement('input');
  const list = document.createElement('div');
  dialog.className = 'goto';
  dialog.setAttribute('role', 'dialog');
  dialog.setAttribute('aria-label', 'Go to step or track');
  field.placeholder = 'Step or track';
  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-expanded', 'true');
  field.setAttribute('aria-controls', 'goto-list');
  field.setAttribute('aria-label', 'Step or track');
  list.id = 'goto-list';
  list.setAttribute('role', 'listbox');
  let shown: Place[] = [];
  let active = 0;

  let open = true;
  const close = (): void => {
    // Removing the field takes its focus, which closes again.
    if (!open) return;
    open = false;
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  };
  const choose = (place: Place | undefined): void => {
    close();
    place?.go();
  };
  const show = (): void => {
    shown = matching(all, field.value).slice(0, SHOWN);
    active = Math.min(active, Math.max(shown.length - 1, 0));
    list.replaceChildren(
      ...shown.map((place, i) => {
        const option = document.createElement('div');
        const detail = document.createElement('span');
        option.id = `goto-${i}`;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', String(i === active));
        option.textContent = place.name;
        detail.textContent = place.detail;
        option.append(detail);
        option.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          choose(place);
        });
        return option;
      }),
    );
    if (shown.length > 0) field.setAttribute('aria-activedescendant', `goto-${active}`);
  };

  field.addEventListener('input', show);
  field.addEventListener('blur', close, { once: true });
  field.addEventListener('keydown', (event) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) {
      active = (active + step + shown.length) % shown.length;
      event.preventDefault();
      show();
    } else if (event.key === 'Enter') choose(shown[active]);
    else if (event.key === 'Escape') close();
  });
  dialog.append(field, list);
  root.append(dialog);
  show();
  field.focus();
}
