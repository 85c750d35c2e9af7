/** Flame views of one thread: its calls in time order, merged left-heavy, or inverted (who called it); and the same as a table. */
import { FLAME_ORDERS, type Flame, type FlameOrder } from '../../../src/shared/analysis.js';
import { count, duration, fixed, percent, plural } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import type { Span, TrackInfo } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { readTheme } from '../../theme.js';
import { dropdown } from '../../ui.js';
import { surface } from '../charts.js';
import { box, el, span } from '../dom.js';
import { figure } from '../figure.js';
import { MS } from '../numbers.js';
import { createTable } from '../table.js';
import { drawFlame, type FlameView, nodeAt, ROW_PX, viewOf } from './flamePicture.js';

/** Of the span: what is narrower than this many pixels of a wide screen is left out. */
const LEAST_SHARE = 1 / 4000;

const ORDER_TEXT: Readonly<Record<FlameOrder, string>> = { time: 'Time order', leftHeavy: 'Left heavy', inverted: 'Inverted' };

export function flameSection(app: App): HTMLElement {
  const threads = app.info.tracks.filter(({ kind, sliceCount }) => kind === 'thread' && sliceCount > 0).toSorted((a, b) => b.sliceCount - a.sliceCount);
  const [busiest] = threads;
  if (busiest === undefined) return box('state', box('state-body', span('state-title', 'No CPU threads'), span('dim', 'Only the GPU was recorded.')));
  const view = { thread: busiest, order: FLAME_ORDERS[0] as FlameOrder, span: app.state.window, zoomed: -1 };
  let flame: Flame | undefined;
  let shown: FlameView | undefined;
  let asked = 0;

  const table = createTable<number>({
    label: 'Calls',
    sort: [{ key: 'total', descending: true }],
    onCopy: (text) => app.copy(text),
    onOpen: (node) => open(node),
    columns: [
      {
        key: 'name',
        title: 'Function',
        width: 'flex',
        minWidth: 260,
        className: 'mono',
        value: (node) => nameOf(node),
        full: (node) => flame?.names[flame.name[node]!] ?? '',
      },
      { key: 'calls', title: 'Calls', width: 76, numeric: true, value: (node) => flame?.calls[node], text: (node) => count(flame?.calls[node]) },
      {
        key: 'self',
        title: 'Self ms',
        width: 104,
        numeric: true,
        value: (node) => (flame?.selfNs[node] ?? 0) / MS,
        text: (node) => fixed((flame?.selfNs[node] ?? 0) / MS, 3),
      },
      {
        key: 'total',
        title: 'Total ms',
        width: 104,
        numeric: true,
        value: (node) => (flame?.durNs[node] ?? 0) / MS,
        text: (node) => fixed((flame?.durNs[node] ?? 0) / MS, 3),
      },
      {
        key: 'gpu',
        title: 'GPU ms',
        width: 104,
        numeric: true,
        hint: 'Kernels launched under it',
        value: (node) => (flame?.gpuNs[node] ?? 0) / MS,
        text: (node) => fixed((flame?.gpuNs[node] ?? 0) / MS, 3),
      },
    ],
  });
  const chart = figure('Calls', table);
  chart.canvas.classList.add('flame');
  chart.canvas.tabIndex = 0;
  chart.canvas.setAttribute('role', 'application');

  const nameOf = (node: number): string => (flame ? frameLabel(flame.names[flame.name[node]!] ?? '') : '');
  const redraw = (): void => {
    if (!flame) return;
    shown = viewOf(flame, view.zoomed);
    chart.canvas.style.height = `${shown.rows * ROW_PX}px`;
    const theme = readTheme();
    const target = surface(chart.canvas, theme);
    if (target) drawFlame(target.context, target.width, flame, shown, theme);
  };
  const load = (): void => {
    const ticket = ++asked;
    const { thread, order, span: window } = view;
    app.trace.flame(thread.id, window, order, (window.endNs - window.startNs) * LEAST_SHARE).then(
      (answer) => {
        if (ticket !== asked) return;
        flame = answer;
        view.zoomed = -1;
        table.show(
          Array.from({ length: answer.count }, (_, node) => node),
          'This thread did nothing in this time.',
        );
        const omitted = answer.omitted > 0 ? ` · ${plural(answer.omitted, 'call')} too small to show` : '';
        chart.caption.textContent = `${thread.name}, ${duration(window.endNs - window.startNs)} from ${duration(window.startNs)}${omitted}`;
        chart.canvas.setAttribute('aria-label', `${ORDER_TEXT[order]} of ${thread.name}: ${plural(answer.count, 'call')}; the table has them all`);
        redraw();
        if (shown && shown.folded > 0) chart.caption.append(` · ${plural(shown.folded, 'outer frame')} folded, the table has them`);
      },
      (error: Error) => {
        chart.caption.textContent = error.message;
      },
    );
  };
  const open = (node: number): void => {
    if (flame)
      void app.select(flame.slice[node]!, { zoom: true }).then(
        () => app.change({ tab: 'timeline' }),
        (error: Error) => app.announce(error.message),
      );
  };

  const pick = ({ offsetX, offsetY }: MouseEvent): number => (flame && shown ? nodeAt(flame, shown, chart.canvas.clientWidth, offsetX, offsetY) : -1);
  chart.canvas.addEventListener('click', (event) => {
    const node = pick(event);
    view.zoomed = node === view.zoomed ? -1 : node;
    redraw();
  });
  chart.canvas.addEventListener('dblclick', (event) => {
    const node = pick(event);
    if (node >= 0) open(node);
  });
  chart.canvas.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || view.zoomed < 0) return;
    event.stopPropagation();
    view.zoomed = -1;
    redraw();
  });
  chart.canvas.addEventListener('pointermove', (event) => {
    const node = pick(event);
    if (!flame || node < 0) return void (chart.canvas.title = '');
    const { fromNs, toNs } = viewOf(flame, -1);
    chart.canvas.title = `${flame.names[flame.name[node]!]}\n${duration(flame.durNs[node])} (${percent((100 * flame.durNs[node]!) / (toNs - fromNs))}), self ${duration(flame.selfNs[node])}, ${plural(flame.calls[node]!, 'call')}, GPU ${duration(flame.gpuNs[node])}`;
  });
  new ResizeObserver(redraw).observe(chart.canvas);

  const orders = dropdown<FlameOrder>(
    'Order',
    FLAME_ORDERS.map((value) => ({ value, text: ORDER_TEXT[value] })),
    (order) => {
      view.order = order;
      load();
    },
  );
  const tracks = dropdown<string>(
    'Thread',
    threads.map((thread) => ({ value: String(thread.id), text: threadText(thread) })),
    (id) => {
      view.thread = threads.find((thread) => String(thread.id) === id) ?? busiest;
      load();
    },
  );
  const spans = dropdown<'window' | 'trace'>(
    'Time',
    [
      { value: 'window', text: 'Time: timeline’s window' },
      { value: 'trace', text: 'Time: whole trace' },
    ],
    (which) => {
      view.span = which === 'window' ? app.state.window : { startNs: 0, endNs: app.info.durationNs };
      load();
    },
  );
  app.onChange((changed) => {
    if (changed.has('themeVersion')) redraw();
    if (changed.has('tab') && app.state.tab === 'operators' && spans.value === 'window' && !sameSpan(view.span, app.state.window)) {
      view.span = app.state.window;
      load();
    }
  });
  load();
  return box(
    'report-section',
    box('toolbar', tracks.element, orders.element, spans.element, el('span', { class: 'table-status' }, 'Click zooms, double-click opens the timeline')),
    chart.element,
  );
}

function threadText({ name, sliceCount }: TrackInfo): string {
  return `${name} · ${plural(sliceCount, 'slice')}`;
}

function sameSpan(a: Span, b: Span): boolean {
  return a.startNs === b.startNs && a.endNs === b.endNs;
}
