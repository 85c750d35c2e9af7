/** Kernel time of each layer of one step, stacked by category; its table twin is behind a button. */

import { duration, fixed } from '../../../src/shared/format.js';
import { KERNEL_CATEGORIES, type LayerSpan, type Step } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { colourLabel, paintFor, readTheme } from '../../theme.js';
import { around } from '../../timeline/viewport.js';
import { median } from '../calls.js';
import { surface } from '../charts.js';
import { figure } from '../figure.js';
import { US } from '../numbers.js';
import { stepName } from '../steps.js';
import { createTable } from '../table.js';
import type { Weight } from './tree.js';

const LAYER_LIMIT = 400;
const AXIS_PX = 60;
const BOTTOM_PX = 16;
const TOP_PX = 4;

interface LayerTime {
  span: LayerSpan;
  /** by index into KERNEL_CATEGORIES */
  ns: Float64Array;
  totalNs: number;
}

/** The step in the middle of those of a phase: neither the first, which warms up, nor the last. */
export function typicalStep(steps: readonly Step[], weight: Weight): Step | undefined {
  const fitting = steps.filter(({ phase, layers }) => layers > 0 && (weight === 'all' || phase === weight));
  return fitting[fitting.length >> 1];
}

async function layerTimes(app: App, step: Step): Promise<LayerTime[]> {
  const spans = (await app.trace.layers(step, LAYER_LIMIT)).filter((span) => span.step === step.index);
  return Promise.all(
    spans.map(async (span) => {
      const { share } = await app.trace.density(span, 1);
      const ns = Float64Array.from(share, (part) => part * (span.endNs - span.startNs));
      return { span, ns, totalNs: ns.reduce((sum, one) => sum + one, 0) };
    }),
  );
}

export interface LayerChart {
  element: HTMLElement;
  show(step: Step | undefined): void;
  redraw(): void;
}

export function layerChart(app: App): LayerChart {
  const table = createTable<LayerTime>({
    label: 'Layers',
    sort: [{ key: 'layer', descending: false }],
    onCopy: (text) => app.copy(text),
    onOpen: ({ span }) => app.change({ tab: 'timeline', window: around(span, 0.9) }),
    columns: [
      { key: 'layer', title: 'Layer', width: 80, numeric: true, value: ({ span }) => span.layer },
      { key: 'total', title: 'GPU busy µs', width: 110, numeric: true, value: (layer) => layer.totalNs / US, text: (layer) => fixed(layer.totalNs / US, 2) },
      { key: 'main', title: 'Most of it', width: 'flex', value: (layer) => colourLabel(mainCategory(layer)) },
    ],
  });
  const chart = figure('Layers', table);
  chart.element.classList.add('layer-chart');
  let shown: { step: Step; layers: LayerTime[] } | undefined;
  let asked: Step | undefined;

  const redraw = (): void => {
    const theme = readTheme();
    const target = surface(chart.canvas, theme);
    if (!target || !shown) return;
    const { context, width, height } = target;
    const { layers } = shown;
    const most = Math.max(...layers.map(({ totalNs }) => totalNs));
    const fullPx = height - BOTTOM_PX - TOP_PX;
    const barPx = (width - AXIS_PX) / layers.length;
    context.fillStyle = theme.dim;
    context.textAlign = 'right';
    context.fillText(duration(most), AXIS_PX - 6, TOP_PX + 6);
    context.fillText('0', AXIS_PX - 6, height - BOTTOM_PX - 4);
    context.textAlign = 'center';
    const every = Math.ceil(layers.length / 8);
    layers.forEach(({ span, ns }, at) => {
      const left = AXIS_PX + at * barPx;
      let bottom = height - BOTTOM_PX;
      ns.forEach((one, category) => {
        const high = (one / most) * fullPx;
        context.fillStyle = paintFor(theme, KERNEL_CATEGORIES[category]!).fill;
        context.fillRect(left, bottom - high, Math.max(barPx - 1, 1), high);
        bottom -= high;
      });
      context.fillStyle = theme.dim;
      if (at % every === 0) context.fillText(String(span.layer), left + barPx / 2, height - 6);
    });
  };
  new ResizeObserver(redraw).observe(chart.canvas);
  chart.canvas.addEventListener('click', ({ offsetX }) => {
    if (!shown) return;
    const layer = shown.layers[Math.floor(((offsetX - AXIS_PX) / (chart.canvas.clientWidth - AXIS_PX)) * shown.layers.length)];
    if (layer) app.change({ tab: 'timeline', window: around(layer.span, 0.9) });
  });

  chart.element.hidden = true;
  return {
    element: chart.element,
    redraw,
    show: (step) => {
      if (step === asked) return;
      asked = step;
      chart.element.hidden = !step;
      if (!step) return;
      void layerTimes(app, step).then(
        (layers) => {
          if (asked !== step) return;
          chart.element.hidden = layers.length === 0;
          if (layers.length === 0) return;
          shown = { step, layers };
          const sorted = Float64Array.from(layers, ({ totalNs }) => totalNs).sort();
          chart.caption.textContent = `of ${stepName(step)} · GPU busy per layer, stacked by category · median ${duration(median(sorted))}`;
          chart.canvas.setAttribute('aria-label', `${layers.length} layers of ${stepName(step)}, median ${duration(median(sorted))}`);
          table.show(layers);
          redraw();
        },
        () => (chart.element.hidden = true),
      );
    },
  };
}

function mainCategory({ ns }: LayerTime): (typeof KERNEL_CATEGORIES)[number] {
  return KERNEL_CATEGORIES[ns.indexOf(Math.max(...ns))] ?? 'other';
}
