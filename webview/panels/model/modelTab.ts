/** The model: its modules by GPU time, as a tree and as a picture, each a way to source and slices. */

import { duration, percent } from '../../../src/shared/format.js';
import type { LinkReport } from '../../../src/shared/model.js';
import type { KernelRow } from '../../../src/shared/protocol.js';
import type { NoModel } from '../../../src/shared/view.js';
import type { App, Part } from '../../app.js';
import { colourLabel } from '../../theme.js';
import { button, iconButton, progressRing } from '../../ui.js';
import { exportRows, visibleColumns } from '../column.js';
import { box, type Child, el, span, swatch, textButton } from '../dom.js';
import { exportName, tsv } from '../export.js';
import { placeLink } from '../places.js';
import { moduleCard, openKernel, openModule, showSlices } from './card.js';
import { moduleColumns, totalTexts, weightsOf } from './columns.js';
import { drawIcicle } from './drawIcicle.js';
import { moduleGrid } from './grid.js';
import { type Box, boxAt } from './icicle.js';
import { layerChart, layeredSteps } from './layers.js';
import { createTip } from './tip.js';
import { isLinked, type ModuleNode, type ModuleTree, moduleTree, total, type Weight, weigh } from './tree.js';

const WEIGHT_TITLES: Record<Weight, string> = { decode: 'Decode /step', prefill: 'Prefill', mixed: 'Mixed', unknown: 'Other', all: 'All' };

export const modelTab: Part = (root, app) => {
  root.classList.add('model');
  let built: LinkReport | NoModel | undefined;
  let parts: Built | undefined;
  const show = async (): Promise<void> => {
    const { model } = app.state;
    if (app.state.tab !== 'model' || (built && built === model)) return;
    built = model;
    parts = undefined;
    if (!model) root.replaceChildren(box('loading', progressRing(), span('dim', 'Linking kernels to model code')));
    else if (!isLinked(model)) root.replaceChildren(noModel(app, model));
    else {
      const { rows } = await app.trace.kernels();
      if (built === model) parts = build(root, app, model, rows);
    }
  };
  app.onChange((changed) => {
    if (changed.has('model') || changed.has('tab')) void show().catch((error: Error) => root.replaceChildren(box('loading', error.message)));
    if (changed.has('themeVersion')) parts?.redraw();
    if (changed.has('steps')) parts?.showLayers();
    if (changed.has('tab') && app.state.tab === 'model' && document.activeElement === document.body) parts?.focus();
  });
  void show();
};

/** Why there is no model, and the button that changes it. */
function noModel(app: App, { reason, fix }: NoModel): HTMLElement {
  const title = fix === 'chooseModel' ? 'Which model ran?' : fix === 'chooseSource' ? 'No source tree found' : 'Kernels are not linked to model code';
  const choose = (ask: () => Promise<LinkReport | NoModel>) => () => void app.loadModel(ask);
  const actions = [
    fix === 'chooseModel' ? button('Choose Model…', { primary: true, onClick: choose(() => app.host.chooseModel()) }) : undefined,
    fix === 'none' ? undefined : button('Choose Source Tree…', { primary: fix === 'chooseSource', onClick: choose(() => app.host.chooseSource()) }),
  ];
  return box(
    'state',
    box('state-body', el('h2', { class: 'state-title' }, title), el('p', { class: 'dim' }, reason.replace(`${title} `, '')), box('actions', ...actions)),
  );
}

interface Built {
  redraw(): void;
  showLayers(): void;
  focus(): void;
}

function build(root: HTMLElement, app: App, report: LinkReport, rows: readonly KernelRow[]): Built {
  const tree = moduleTree(report, rows);
  const weights = weightsOf(tree);
  let weight = weights[0]!;
  let selected: ModuleNode | undefined = heaviest(tree, weight);
  let zoomed: ModuleNode | undefined;
  let boxes: readonly Box[] = [];
  const folded = new Set<number>();

  const chips = weights.map((one) => {
    const chip = el('button', { type: 'button', class: 'chip' }, one === 'all' ? undefined : swatch(one), WEIGHT_TITLES[one]);
    chip.addEventListener('click', () => {
      weight = one;
      refresh();
    });
    return chip;
  });
  const side = box('module-side');
  const card = box('module-card-place');
  const place = box('icicle-place');
  const canvas = el('canvas', { class: 'icicle', tabindex: 0, role: 'application', 'aria-roledescription': 'picture of the module tree' });
  const caption = span('figure-caption dim');
  const layers = layerChart(app);
  const picture = box(
    'module-picture',
    layers.element,
    box('figure icicle-figure', box('figure-head', el('h2', {}, 'Icicle'), caption, span('dim', 'Enter zoom · Backspace out')), place, legend(tree)),
  );
  place.append(canvas);
  const tip = createTip(place);
  const flip = iconButton('Show the picture or the tree', 'chart', () => root.classList.toggle('show-picture'));
  flip.classList.add('narrow-only');
  const copy = iconButton('Copy the tree', 'copy', () => app.copy(tsv(exportRows(exportName(app.info.fileName, 'model'), columns(), tree.all))));
  root.replaceChildren(
    box(
      'toolbar model-head',
      ...headline(app, report, tree),
      el('div', { class: 'chips', role: 'group', 'aria-label': 'Weigh by' }, span('dim', 'Weigh by'), ...chips),
      flip,
      copy,
    ),
    box('model-body', box('module-tree', side, card), picture),
  );

  const columns = () => moduleColumns(tree, weight);
  const gridColumns = () => visibleColumns(columns(), side.clientWidth || Number.POSITIVE_INFINITY);
  let grid = makeGrid();
  function makeGrid() {
    return moduleGrid({
      columns: gridColumns(),
      roots: tree.roots,
      totals: totalTexts(tree, weight),
      selected,
      folded,
      onSelect: (node) => choose(node),
      onOpen: (node) => openModule(app, node),
      onShowSlices: (node) => showSlices(app, node),
      onCopy: (text) => app.copy(text),
    });
  }
  function choose(node: ModuleNode): void {
    selected = node;
    card.replaceChildren(moduleCard(app, node));
    redraw();
  }
  function redraw(): void {
    boxes = drawIcicle(canvas, zoomed ? [zoomed] : tree.roots, tree, weight, selected);
    layers.redraw();
  }
  const showLayers = (): void => layers.show(layeredSteps(app.state.steps?.steps ?? [], weight));
  const zoom = (node: ModuleNode | undefined): void => {
    zoomed = node?.children.length ? node : (node?.parent ?? undefined);
    tell();
    redraw();
  };
  const tell = (): void => {
    const what = zoomed?.cost.label ?? 'everything';
    caption.textContent = `${what}, width = GPU time${weight === 'decode' ? ' per decode step' : ''}`;
    canvas.setAttribute('aria-label', `Modules of ${what} by GPU time; the tree beside it has the same numbers`);
  };
  const refresh = (): void => {
    for (const [at, one] of weights.entries()) chips[at]!.setAttribute('aria-pressed', String(one === weight));
    grid = makeGrid();
    side.replaceChildren(grid.element);
    tell();
    showLayers();
    if (selected) choose(selected);
  };
  app.handle(
    {
      goToModelCode: () => selected && openModule(app, selected),
      goToKernelSource: () => selected && void openKernel(app, selected).catch((error: Error) => app.announce(error.message)),
    },
    'model',
  );
  const pick = (node: ModuleNode): void => {
    grid.select(node);
    choose(node);
    app.announce(`${node.cost.label}, ${duration(weigh(node, weight, tree))}`);
  };

  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const on = boxAt(boxes, offsetX, offsetY);
    if (on) pick(on.node);
  });
  canvas.addEventListener('dblclick', ({ offsetX, offsetY }) => zoom(boxAt(boxes, offsetX, offsetY)?.node));
  canvas.addEventListener('mousemove', ({ offsetX, offsetY }) => {
    tip.point({ x: offsetX, y: offsetY }, boxAt(boxes, offsetX, offsetY), total(tree, weight));
  });
  canvas.addEventListener('mouseleave', tip.hide);
  canvas.addEventListener('keydown', (event) => {
    const siblings = selected?.parent?.children ?? tree.roots;
    const at = selected ? siblings.indexOf(selected) : -1;
    const to = { ArrowLeft: siblings[at - 1], ArrowRight: siblings[at + 1], ArrowUp: selected?.parent, ArrowDown: selected?.children[0] }[event.key];
    if (to) pick(to);
    else if (event.key === 'Enter') zoom(selected);
    else if (event.key === 'Backspace') zoom(zoomed?.parent);
    else if (event.key === 'Escape') tip.hide();
    else return;
    event.preventDefault();
  });
  new ResizeObserver(redraw).observe(canvas);
  let shownColumns = gridColumns().length;
  new ResizeObserver(() => {
    const fitting = gridColumns().length;
    if (fitting === shownColumns) return;
    shownColumns = fitting;
    refresh();
  }).observe(side);
  refresh();
  return { redraw, showLayers, focus: () => grid.focus() };
}

/** The module without children that takes the most: where people look first. */
function heaviest(tree: ModuleTree, weight: Weight): ModuleNode | undefined {
  const leaves = tree.all.filter(({ children }) => children.length === 0);
  return leaves.sort((a, b) => weigh(b, weight, tree) - weigh(a, weight, tree))[0];
}

/** "LlamaForCausalLM  llama.py:549  source: 0.8.5 · 80 % of frame lines match · 99.9 % of GPU time linked". */
function headline(app: App, { architecture, version, root, lineMatch, coverage }: LinkReport, { roots }: ModuleTree): Child[] {
  const place = roots[0]?.cost.place;
  const linked = 100 - (coverage.none ?? 0);
  const facts = [
    `source: ${version || root}`,
    lineMatch === undefined ? '' : `${percent(100 * lineMatch)} of frame lines match`,
    `${percent(linked)} of GPU time linked`,
  ];
  return [
    el('strong', {}, architecture),
    place && placeLink(app, place),
    el('span', { class: 'table-status', title: root }, facts.filter(Boolean).join(' · ')),
    textButton('link', () => void app.loadModel(() => app.host.chooseModel()), undefined, 'Change Model…'),
    textButton('link', () => void app.loadModel(() => app.host.chooseSource()), undefined, 'Choose Source Tree…'),
  ];
}

function legend({ all }: ModuleTree): HTMLElement {
  const categories = [...new Set(all.flatMap(({ category }) => category ?? []))];
  return box('legend dim', ...categories.map((category) => span('legend-entry', swatch(category), colourLabel(category))));
}
