/** Bars above the trace: the file ended early, records could not be used, links are less sure. Closing one is remembered for this trace. */

import { count, plural } from '../../src/shared/format.js';
import type { LinkReport, VersionSkew } from '../../src/shared/model.js';
import type { Problem } from '../../src/shared/protocol.js';
import type { App, Part } from '../app.js';
import { iconButton } from '../ui.js';
import { box, el, textButton } from './dom.js';
import { icon } from './icons.js';
import { isLinked } from './model/tree.js';
import { problemList } from './states.js';

interface Banner {
  /** by which closing it is remembered */
  name: string;
  /** a warning where numbers are not what was recorded */
  kind: 'warning' | 'info';
  title: string;
  text: string;
  links?: readonly HTMLElement[];
  /** shown under it by a button */
  details?: { button: string; element: HTMLElement; lines: readonly string[] };
}

export const showBanners: Part = (root, app) => {
  const aboutModel = box('banners');
  root.append(aboutModel);
  app.onChange((changed) => {
    if (!changed.has('model')) return;
    const { model } = app.state;
    aboutModel.replaceChildren();
    if (isLinked(model)) for (const warning of model.warnings) show(aboutModel, app, modelBanner(app, model, warning));
  });
  const { damage, problems } = app.info;
  const records = problems.reduce((sum, problem) => sum + problem.count, 0);
  const details = records > 0 ? missing(problems) : undefined;
  if (damage) {
    const { title, text } = sentences(damage);
    show(root, app, { name: 'damage', kind: 'warning', title, text: `${text} Totals cover only what was read.`.trim(), details });
  } else if (details) {
    show(root, app, { name: 'problems', kind: 'info', title: `${plural(records, 'record')} could not be used.`, text: 'Everything else is shown.', details });
  }
};

/** The first sentence, and the others. */
function sentences(text: string): { title: string; text: string } {
  const [title = '', ...rest] = text.split(/(?<=\.) /);
  return { title, text: rest.join(' ') };
}

function missing(problems: readonly Problem[]): Banner['details'] {
  const lines = problems.map((problem) => `${count(problem.count)} × ${problem.kind}: ${problem.message}`);
  return { button: 'What Is Missing', element: problemList(problems), lines };
}

/** What the linking says people must see. */
function modelBanner(app: App, { skew }: LinkReport, warning: string): Banner {
  const said = sentences(warning);
  const name = `model:${said.title}`;
  if (warning !== skew?.warning) {
    const model = textButton('link', () => app.change({ tab: 'model' }), undefined, 'Show Model');
    return { ...said, name, kind: 'warning', links: [model] };
  }
  const choose = textButton('link', () => void app.loadModel(() => app.host.chooseSource()), undefined, 'Choose Source Tree…');
  return { ...said, name, kind: 'info', links: [choose], details: lostFunctions(skew) };
}

function lostFunctions({ lost }: VersionSkew): Banner['details'] {
  if (lost.length === 0) return undefined;
  const rows = lost.map(({ file, line, function: name }) =>
    el('tr', {}, el('td', { class: 'mono' }, name), el('td', { class: 'mono dim' }, `${file}:${line}`)),
  );
  const head = el('tr', {}, el('th', { scope: 'col' }, 'Function, not in the source tree'), el('th', { scope: 'col' }, 'Frame in the trace'));
  return {
    button: `Lost Functions (${count(lost.length)})`,
    element: box('lost-functions', el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows))),
    lines: lost.map(({ file, line, function: name }) => `${file}:${line} ${name}`),
  };
}

function show(root: HTMLElement, app: App, { name, kind, title, text, links = [], details }: Banner): void {
  // Kept in the view's saved list of what is folded away.
  const key = `banner:${name}`;
  if (app.state.collapsed.includes(key)) return;
  const copied = [title, text, ...(details?.lines ?? [])].join('\n');
  const element = el(
    'section',
    { class: `banner ${kind}`, 'aria-label': title },
    icon(kind),
    box(
      'banner-body',
      el('strong', {}, title),
      box('dim', text),
      box(
        'banner-links',
        ...links,
        details && opener(details.button, details.element),
        textButton('link', () => app.copy(copied), undefined, 'Copy Details'),
      ),
      details?.element,
    ),
    iconButton('Close', 'close', () => {
      element.remove();
      app.change({ collapsed: [...app.state.collapsed, key] });
    }),
  );
  root.append(element);
}

/** A link that shows and hides an element, which is hidden at first. */
function opener(text: string, element: HTMLElement): HTMLElement {
  const link = textButton(
    'link',
    () => {
      element.hidden = !element.hidden;
      link.setAttribute('aria-expanded', String(!element.hidden));
    },
    undefined,
    text,
  );
  element.hidden = true;
  link.setAttribute('aria-expanded', 'false');
  return link;
}
