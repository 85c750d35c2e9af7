/** Kernel time of each layer of one step, stacked by category; its table twin is behind a button. */

import { duration, fixed } from '../../../src/shared/format.js';
import { KERNEL_CATEGORIES, type LayerSpan, type Step } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { colourLabel } from '../../theme.js';
import { median } from '../calls.js';
import { figure } from '../figure.js';
import { US } from '../numbers.js';
import { drawStacks, type Stack, stackAt } from '../stacks.js';
import { stepName } from '../steps.js';
import { createTable } from '../table.js';
import type { Weight } from './tree.js';

const LAYER_LIMIT = 400;

interface LayerTime extends Stack {
  span: LayerSpan;
  ns: Float64Array;
}

/** Steps of a phase that have layers. */
export function layeredSteps(steps: readonly Step[], weight: Weight): Step[] {
  return steps.filter(({ phase, layers }) => layers > 0 && (weight === 'all' || phase === weight));
}

async function layerTimes(app: App, step: Step): Promise<LayerTime[]> {
  const spans = (await app.trace.layers(step, LAYER_LIMIT)).filter((span) => span.step === step.index);
  return Promise.all(
    spans.map(async (span) => {
      const { share } = await app.trace.density(span, 1);
      const ns = Float64Array.from(share, (part) => part * (span.endNs - span.startNs));
      return { span, label: String(span.layer), ns, totalNs: ns.reduce((sum, one) => sum + one, 0) };
    }),
  );
}

export interface LayerChart {
  element: HTMLElement;
  /** shows the step in the middle: neither the first, which warms up, nor the last */
  show(steps: readonly Step[]): void;
  redraw(): void;
}

/** The chart. Left and right choose a layer, up and down a step; Enter or a double click shows the layer's kernels in the timeline. */
export function layerChart(app: App): LayerChart {
  let steps: readonly Step[] = [];
  let asked: Step | undefined;
  let shown: { step: Step; layers: LayerTime[]; medianNs: number } | undefined;
  let chosen: number | undefined;

  const reveal = ({ span }: LayerTime): void => {
    app.showHits(`step:${span.step} layer:${span.layer}`).then(
      () => app.run('nextHit'),
      (error: Error) => app.announce(error.message),
    );
  };
  const table = createTable<LayerTime>({
    label: 'Layers',
    sort: [{ key: 'layer', descending: false }],
    onCopy: (text) => app.copy(text),
    onOpen: reveal,
    columns: [
      { key: 'layer', title: 'Layer', width: 80, numeric: true, value: ({ span }) => span.layer },
      { key: 'total', title: 'GPU busy µs', width: 110, numeric: true, value: (layer) => layer.totalNs / US, text: (layer) => fixed(layer.totalNs / US, 2) },
      { key: 'main', title: 'Most of it', width: 'flex', value: (layer) => colourLabel(mainCategory(layer)) },
    ],
  });
  const chart = figure('Layers', table);
  const { canvas, caption, element } = chart;
  element.classList.add('layer-chart');
  element.hidden = true;
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-roledescription', 'chart of the layers of a step');

  const redraw = (): void => {
    if (shown) drawStacks(canvas, shown.layers, chosen);
  };
  const tell = (): void => {
    if (!shown) return;
    const { step, layers, medianNs } = shown;
    const layer = chosen === undefined ? undefined : layers[chosen];
    const what = layer ? `layer ${layer.span.layer} ${duration(layer.totalNs)}, Enter shows its kernels` : `GPU busy per layer, stacked by category`;
    caption.textContent = `of ${stepName(step)} · ${what} · median ${duration(medianNs)}`;
    caption.title = 'Left and right choose a layer, up and down a step, Enter or a double click shows it in the timeline';
    canvas.setAttribute('aria-label', `${layers.length} layers of ${stepName(step)}, median ${duration(medianNs)}`);
    if (layer) app.announce(`layer ${layer.span.layer} of ${stepName(step)}, ${duration(layer.totalNs)}`);
  };
  const choose = (at: number): void => {
    if (!shown) return;
    chosen = Math.max(0, Math.min(shown.layers.length - 1, at));
    tell();
    redraw();
  };
  const revealChosen = (): void => {
    const layer = chosen === undefined ? undefined : shown?.layers[chosen];
    if (layer) reveal(layer);
  };
  const load = (step: Step | undefined): void => {
    if (step === asked) return;
    asked = step;
    element.hidden = !step;
    if (!step) return;
    layerTimes(app, step).then(
      (layers) => {
        if (asked !== step) return;
        element.hidden = layers.length === 0;
        if (layers.length === 0) return;
        shown = { step, layers, medianNs: median(Float64Array.from(layers, ({ totalNs }) => totalNs).sort()) };
        if (chosen !== undefined) chosen = Math.min(chosen, layers.length - 1);
        table.show(layers);
        tell();
        redraw();
      },
      () => {
        element.hidden = true;
      },
    );
  };
  const moveStep = (by: number): void => {
    const next = asked && steps[steps.indexOf(asked) + by];
    if (next) load(next);
  };

  new ResizeObserver(redraw).observe(canvas);
  canvas.addEventListener('click', ({ offsetX }) => {
    const at = stackAt(canvas, shown?.layers.length ?? 0, offsetX);
    if (at !== undefined) choose(at);
  });
  canvas.addEventListener('dblclick', revealChosen);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => choose((chosen ?? 1) - 1),
    ArrowRight: () => choose((chosen ?? -1) + 1),
    Home: () => choose(0),
    End: () => choose(Number.POSITIVE_INFINITY),
    ArrowUp: () => moveStep(-1),
    ArrowDown: () => moveStep(1),
    Enter: revealChosen,
  };
  canvas.addEventListener('keydown', (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  return {
    element,
    redraw,
    show: (next) => {
      steps = next;
      if (!asked || !next.includes(asked)) load(next[next.length >> 1]);
    },
  };
}

function mainCategory({ ns }: LayerTime): (typeof KERNEL_CATEGORIES)[number] {
  return KERNEL_CATEGORIES[ns.indexOf(Math.max(...ns))] ?? 'other';
}
