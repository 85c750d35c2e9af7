/** The column that leads to the model code, and below it the record's own arguments. */
import type { SliceDetail } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { button, textField } from '../ui.js';
import { modelCode, wholeChain } from './chain.js';
import { box, copyButton, el, sectionHead, span, textButton } from './dom.js';

/** So few arguments need no filter. */
const FILTER_FROM = 8;

/** Fills `root` with the way to the code of a slice and with its arguments. */
export function showCode(root: HTMLElement, app: App, detail: SliceDetail): void {
  const { index, reason } = modelCode(detail);
  const item = index === undefined ? undefined : wholeChain(detail.chain)[index];
  const frame = item?.link.frame;
  const where =
    item && frame
      ? [
          box(
            'code-place',
            textButton('link mono', () => void app.host.openSource(detail.ref.slice, index), `Open ${frame.file}`, item.source),
            el('span', { class: 'mono ellipsis' }, item.label),
          ),
          box('dim reason', reason),
          box('actions', button('Go to Model Code', { icon: 'goToCode', primary: true, onClick: () => app.run('goToModelCode') })),
        ]
      : [box('dim reason', reason)];
  root.replaceChildren(sectionHead('Model code'), ...where, ...argsSection(app, detail));
}

function argsSection(app: App, { args, argsMissing }: SliceDetail): HTMLElement[] {
  if (argsMissing) return [sectionHead('Args'), box('dim reason', argsMissing)];
  if (args.length === 0) return [];
  const list = el('dl', { class: 'facts args' });
  const copy = copyButton('Copy the arguments', () => void app.host.copy(args.map(({ key, text }) => `${key}: ${text}`).join('\n')));
  const show = (words: string): void => {
    const wanted = words.trim().toLowerCase();
    list.replaceChildren(
      ...args
        .filter(({ key, text }) => `${key} ${text}`.toLowerCase().includes(wanted))
        .flatMap(({ key, text }) => [el('dt', { title: key }, key), el('dd', { class: 'mono' }, text)]),
    );
  };
  show('');
  const filter = args.length >= FILTER_FROM ? [textField('Filter arguments', 'Filter', 'filter', show).element] : [];
  return [sectionHead('Args', span('dim', String(args.length)), copy), ...filter, list];
}
