/** The column that leads to the model code, and below it the record's own arguments. */
import type { Definition, ModelLink, SourcePlace } from '../../src/shared/model.js';
import type { SliceDetail } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { button, textField } from '../ui.js';
import { modelCode, wholeChain } from './chain.js';
import { box, type Child, copyButton, el, sectionHead, span, textButton } from './dom.js';
import { evidenceChip } from './evidence.js';
import { keycaps, keyOf } from './keycaps.js';
import { placeLink, symbolText } from './places.js';
import { snippet } from './snippet.js';

/** So few arguments need no filter. */
const FILTER_FROM = 8;

/** Fills `root` with the way to the code of a slice and with its arguments. Without a link, the frames lead there. */
export function showCode(root: HTMLElement, app: App, detail: SliceDetail): void {
  const { model } = detail;
  const code = model?.calledFrom ? linkedCode(app, model, model.calledFrom) : frameCode(app, detail);
  root.replaceChildren(...code.filter((part) => part !== undefined), ...argsSection(app, detail));
}

function linkedCode(app: App, { definedAt, evidence, confidence, reason }: ModelLink, calledFrom: SourcePlace): Child[] {
  return [
    sectionHead('Model code', evidenceChip(evidence, confidence)),
    box('code-place', span('dim', 'Called from'), placeLink(app, calledFrom), el('span', { class: 'mono ellipsis' }, symbolText(calledFrom))),
    snippet(app, calledFrom),
    box('dim reason', reason),
    box('actions', modelCodeButton(app), kernelSourceButton(app)),
    definedAt && definition(app, definedAt),
  ];
}

function modelCodeButton(app: App): HTMLElement {
  const made = button('Go to Model Code', { icon: 'goToCode', primary: true, onClick: () => app.run('goToModelCode') });
  made.append(keycaps(keyOf('goToModelCode')));
  return made;
}

function kernelSourceButton(app: App): HTMLElement {
  const made = button('Go to Kernel Source', { onClick: () => app.run('goToKernelSource') });
  made.append(keycaps(keyOf('goToKernelSource')));
  return made;
}

/** Where the kernel itself is written, which is not where it is called from. */
function definition(app: App, { place, library }: Definition): HTMLElement | undefined {
  if (place) return box('code-place', span('dim', 'Defined at'), placeLink(app, place), el('span', { class: 'mono ellipsis' }, place.symbol));
  return library ? box('dim reason', `Defined in ${library} (library, no source).`) : undefined;
}

function frameCode(app: App, detail: SliceDetail): Child[] {
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
          box('actions', modelCodeButton(app), detail.ref.kind === 'kernel' ? kernelSourceButton(app) : undefined),
        ]
      : [box('dim reason', reason)];
  return [sectionHead('Model code'), ...where, detail.model?.definedAt && definition(app, detail.model.definedAt)];
}

function argsSection(app: App, { args, argsMissing }: SliceDetail): HTMLElement[] {
  if (argsMissing) return [sectionHead('Args'), box('dim reason', argsMissing)];
  if (args.length === 0) return [];
  const list = el('dl', { class: 'facts args' });
  const copy = copyButton('Copy the arguments', () => app.copy(args.map(({ key, text }) => `${key}: ${text}`).join('\n')));
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
