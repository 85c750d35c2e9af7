/** The chain from the Python frames over op and launch to the slice, each element a way there. */

import { duration, plural } from '../../src/shared/format.js';
import type { ChainLink, SliceDetail } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { type ChainItem, foldChain, wholeChain } from './chain.js';
import { box, el, sectionHead, swatch, textButton } from './dom.js';
import { type IconName, icon } from './icons.js';

const ROLE_ICONS: Partial<Record<ChainLink['role'], IconName>> = { frame: 'frame', module: 'module', annotation: 'annotation' };

/** Fills `root` with the chain of a slice. */
export function showChain(root: HTMLElement, app: App, detail: SliceDetail): void {
  const { chain } = detail;
  const { items, outer, folded } = foldChain(chain);
  const list = el('ol', { class: 'chain' });
  const toggle = textButton('link', () => show(toggle.getAttribute('aria-expanded') === 'false'), undefined);
  const show = (all: boolean): void => {
    const outerLine = all || outer.length === 0 ? [] : [foldedLine(outer, () => show(true))];
    list.replaceChildren(...outerLine, ...(all ? wholeChain(chain) : items).map((item) => line(app, detail, item)));
    toggle.textContent = all ? 'Fold' : `${plural(folded, 'frame')} folded`;
    toggle.setAttribute('aria-expanded', String(all));
  };
  show(false);
  root.replaceChildren(sectionHead('Why it ran', folded > 0 ? toggle : undefined), list);
  root.scrollTop = root.scrollHeight;
}

function foldedLine(outer: readonly ChainLink[], unfold: () => void): HTMLElement {
  const names = outer.map(({ ref }) => ref.name).join('\n');
  return el('li', {}, textButton('chain-name dim', unfold, names, icon('ellipsis'), plural(outer.length, 'outer frame')));
}

function line(app: App, detail: SliceDetail, { link, index, label, source }: ChainItem): HTMLElement {
  const { ref, role } = link;
  const current = ref.slice === detail.ref.slice;
  const image = ROLE_ICONS[role];
  const name = textButton(
    `chain-name ${role}`,
    () => void app.select(ref.slice, { show: true }),
    ref.name,
    image ? icon(image) : swatch(ref.colour),
    el('span', { class: 'ellipsis' }, label),
  );
  const note = el('span', { class: 'dim' }, noteOf(detail, link));
  const open = source
    ? textButton('link mono', () => void app.host.openSource(detail.ref.slice, index), `Open ${link.frame!.file}`, source)
    : textButton('link', () => void app.select(ref.slice, { show: true, zoom: true }), 'Zoom to it in the timeline', duration(ref.startNs));
  return el('li', { class: current ? 'current' : undefined, 'aria-current': current ? 'true' : undefined }, name, note, box('chain-end', open));
}

function noteOf({ launchCount, launchIndex }: SliceDetail, { role, ref }: ChainLink): string {
  if (role === 'launch') return `${duration(ref.endNs - ref.startNs)}${launchCount && launchCount > 1 ? ` · ${launchCount} kernels` : ''}`;
  if (role === 'kernel' && launchIndex && launchCount && launchCount > 1) return `kernel ${launchIndex} of ${launchCount}`;
  return '';
}
