/** How long kernels waited after the start of their launch: a bar for each doubling of the delay, its table twin behind a button. */
import type { LaunchesReport } from '../../../src/shared/analysis.js';
import { count, duration, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { readTheme } from '../../theme.js';
import { surface } from '../charts.js';
import type { Column } from '../column.js';
import { figure } from '../figure.js';
import { US } from '../numbers.js';
import { createTable } from '../table.js';
import { type DelayBin, delayBins } from './delayBins.js';

const BOTTOM_PX = 16;
const TOP_PX = 14;
/** What the label of a bin needs. */
const LABEL_PX = 64;

export function delayChart(app: App, report: LaunchesReport): HTMLElement | undefined {
  const bins = delayBins(report.delays);
  if (bins.length === 0) return undefined;
  const edge = (key: string, title: string, ns: (bin: DelayBin) => number): Column<DelayBin> => ({
    key,
    title,
    width: 100,
    numeric: true,
    value: (bin) => ns(bin) / US,
  });
  const calls = (key: string, title: string, of: (bin: DelayBin) => number): Column<DelayBin> => ({
    key,
    title,
    width: 140,
    numeric: true,
    value: of,
    text: (bin) => count(of(bin)),
  });
  const table = createTable<DelayBin>({
    label: 'Start latency',
    columns: [
      edge('from', 'From µs', ({ fromNs }) => fromNs),
      edge('to', 'To µs', ({ toNs }) => toNs),
      calls('eager', 'One by one', ({ eager }) => eager),
      calls('graph', 'Graph launches', ({ graph }) => graph),
    ],
    sort: [],
    onCopy: (text) => app.copy(text),
  });
  table.show(bins);
  const { element, canvas, caption } = figure('Start latency', table);
  caption.textContent = 'kernel start − launch start · solid: launched one by one, outlined: graph launches';
  const most = bins.reduce((best, bin) => (bin.eager + bin.graph > best.eager + best.graph ? bin : best));
  canvas.setAttribute(
    'aria-label',
    `Start latency: most launches, ${plural(most.eager + most.graph, 'launch', 'launches')}, between ${duration(most.fromNs)} and ${duration(most.toNs)}`,
  );
  const redraw = (): void => drawBins(canvas, bins);
  new ResizeObserver(redraw).observe(canvas);
  app.onChange((changed) => {
    if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });
  element.classList.add('delay-chart');
  return element;
}

function drawBins(canvas: HTMLCanvasElement, bins: readonly DelayBin[]): void {
  const theme = readTheme();
  const target = surface(canvas, theme);
  if (!target) return;
  const { context, width, height } = target;
  const most = Math.max(1, ...bins.map(({ eager, graph }) => eager + graph));
  const barPx = width / bins.length;
  const every = Math.ceil(LABEL_PX / barPx);
  const highOf = (calls: number): number => (calls / most) * (height - BOTTOM_PX - TOP_PX);
  const floor = height - BOTTOM_PX;
  context.lineWidth = 1;
  context.strokeStyle = theme.foreground;
  for (const [at, { fromNs, toNs, eager, graph }] of bins.entries()) {
    const left = Math.round(at * barPx) + 2;
    const bar = Math.max(Math.round(barPx) - 4, 1);
    const solid = highOf(eager);
    context.fillStyle = theme.foreground;
    context.fillRect(left, floor - solid, bar, solid);
    if (graph > 0) context.strokeRect(left + 0.5, floor - solid - highOf(graph) + 0.5, bar - 1, highOf(graph));
    context.fillStyle = theme.dim;
    context.textAlign = 'center';
    if (eager + graph > 0) context.fillText(count(eager + graph), left + bar / 2, floor - solid - highOf(graph) - 7, barPx);
    context.textAlign = 'left';
    if (at % every === 0 && left + LABEL_PX <= width) context.fillText(fromNs === 0 ? `< ${duration(toNs)}` : `≥ ${duration(fromNs)}`, left, height - 6);
  }
}
