/** Flame views of one thread: its calls in time order, merged left-heavy, or inverted (who called it); and the same as a table. */
import { FLAME_ORDERS, type Flame, type FlameOrder } from '../../../src/shared/analysis.js';
import { count, duration, fixed, percent, plural } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import type { Span, TrackInfo } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { paintFor, readTheme, type Theme } from '../../theme.js';
import { fitLabel, rememberWidths } from '../../timeline/labels.js';
import { dropdown } from '../../ui.js';
import { surface } from '../charts.js';
import { box, el, span } from '../dom.js';
import { figure } from '../figure.js';
import { MS } from '../numbers.js';
import { createTable } from '../table.js';

const ROW_PX = 18;
const PADDING_PX = 4;
/** Of the span: what is narrower than this many pixels of a wide screen is left out. */
const LEAST_SHARE = 1 / 4000;

const ORDER_TEXT: Readonly<Record<FlameOrder, string>> = { time: 'Time order', leftHeavy: 'Left heavy', inverted: 'Inverted' };

export function flameSection(app: App): HTMLElement {
  const threads = app.info.tracks.filter(({ kind, sliceCount }) => kind === 'thread' && sliceCount > 0);
  if (threads.length === 0) return box('state', box('state-body', span('state-title', 'No CPU threads'), span('dim', 'Only the GPU was recorded.')));
  const busiest = threads.reduce((best, one) => (one.sliceCount > best.sliceCount ? one : best));
  const view = { thread: busiest, order: 'leftHeavy' as FlameOrder, span: app.state.window, zoomed: -1 };
  let flame: Flame | undefined;
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
  /** time of a node, from 0 to 1 across the picture */
  const extent = (): { fromNs: number; toNs: number } => {
    if (!flame || view.zoomed < 0) return flameExtent(flame);
    return { fromNs: flame.startNs[view.zoomed]!, toNs: flame.startNs[view.zoomed]! + flame.durNs[view.zoomed]! };
  };

  const redraw = (): void => {
    if (!flame) return;
    const deepest = flame.depth.reduce((most, depth) => Math.max(most, depth), 0);
    chart.canvas.style.height = `${(deepest + 1) * ROW_PX}px`;
    const theme = readTheme();
    const target = surface(chart.canvas, theme);
    if (target) drawFlame(target.context, target.width, flame, extent(), theme);
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

  const pick = ({ offsetX, offsetY }: MouseEvent): number => (flame ? nodeAt(flame, extent(), chart.canvas.clientWidth, offsetX, offsetY) : -1);
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
    const { fromNs, toNs } = flameExtent(flame);
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
  orders.value = view.order;
  const tracks = dropdown<string>(
    'Thread',
    threads.map((thread) => ({ value: String(thread.id), text: threadText(thread) })),
    (id) => {
      view.thread = threads.find((thread) => String(thread.id) === id) ?? busiest;
      load();
    },
  );
  tracks.value = String(busiest.id);
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

function flameExtent(flame: Flame | undefined): { fromNs: number; toNs: number } {
  let [fromNs, toNs] = [Number.POSITIVE_INFINITY, 0];
  for (let node = 0; flame && node < flame.count; node++) {
    if (flame.depth[node] !== 0) continue;
    fromNs = Math.min(fromNs, flame.startNs[node]!);
    toNs = Math.max(toNs, flame.startNs[node]! + flame.durNs[node]!);
  }
  return { fromNs, toNs: Math.max(toNs, fromNs + 1) };
}

function drawFlame(context: CanvasRenderingContext2D, width: number, flame: Flame, { fromNs, toNs }: { fromNs: number; toNs: number }, theme: Theme): void {
  const scale = width / (toNs - fromNs);
  const measure = rememberWidths((text) => context.measureText(text).width);
  context.textAlign = 'left';
  for (let node = 0; node < flame.count; node++) {
    const left = Math.max(0, (flame.startNs[node]! - fromNs) * scale);
    const right = Math.min(width, (flame.startNs[node]! + flame.durNs[node]! - fromNs) * scale);
    if (right - left < 0.5) continue;
    const name = flame.names[flame.name[node]!] ?? '';
    const paint = paintFor(theme, /\(\d+\): |^nn\.Module/.test(name) ? 'python' : /^(cuda|hip|cu)[A-Z]/.test(name) ? 'runtime' : 'op');
    const top = flame.depth[node]! * ROW_PX;
    context.fillStyle = paint.fill;
    context.fillRect(left, top, Math.max(right - left - 1, 0.5), ROW_PX - 1);
    if (paint.outline !== 'none' && right - left > 3) {
      context.strokeStyle = theme.line;
      context.strokeRect(left + 0.5, top + 0.5, right - left - 2, ROW_PX - 2);
    }
    if (right - left < 24) continue;
    context.fillStyle = paint.text;
    for (const { text, x } of fitLabel(frameLabel(name), [duration(flame.durNs[node])], right - left - 2 * PADDING_PX, measure))
      context.fillText(text, left + PADDING_PX + x, top + ROW_PX / 2);
  }
}

/** The node under a place; −1 for none. */
export function nodeAt(flame: Flame, { fromNs, toNs }: { fromNs: number; toNs: number }, width: number, x: number, y: number): number {
  const depth = Math.floor(y / ROW_PX);
  const timeNs = fromNs + (x / width) * (toNs - fromNs);
  for (let node = 0; node < flame.count; node++) {
    if (flame.depth[node] === depth && timeNs >= flame.startNs[node]! && timeNs < flame.startNs[node]! + flame.durNs[node]!) return node;
  }
  return -1;
}
