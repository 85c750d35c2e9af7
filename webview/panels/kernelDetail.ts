/** Under the kernel table: what the selected kernel is, how its calls differ, and the way to each of them. */

import { count, duration, percent } from '../../src/shared/format.js';
import type { KernelRow, Occurrences, SliceId } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { colourLabel } from '../theme.js';
import { button, dropdown, iconButton } from '../ui.js';
import { callCharts } from './callCharts.js';
import { type CallOrder, callOrder } from './calls.js';
import { box, copyButton, el, factList, span, swatch, textButton } from './dom.js';
import { exactName } from './exactName.js';
import { servedModules } from './modelPaths.js';
import { ncuSection } from './ncu.js';
import { exactNs } from './numbers.js';
import { openPlace, placeText } from './places.js';

/** Enough for every decode step of a long recording; the engine thins evenly above it. */
const CALL_LIMIT = 20_000;

/** Slots after these have little of the time; the model path column counts them. */
const SHOWN_SLOTS = 3;

export interface KernelDetail {
  element: HTMLElement;
  show(row: KernelRow | undefined): void;
  /** selects the call at the current place, in the timeline */
  reveal(): void;
}

export function kernelDetail(app: App): KernelDetail {
  const element = box('kernel-detail');
  const facts = el('div', { class: 'kernel-facts', role: 'region', 'aria-label': 'Kernel', tabindex: 0 });
  const position = span('dim position');
  const ncu = ncuSection(app);
  let row: KernelRow | undefined;
  let calls: Occurrences | undefined;
  let loading: Promise<void> | undefined;
  let order: Uint32Array = new Uint32Array();
  let at = 0;

  const select = (slice: SliceId): void => {
    // All calls of the kernel are marked as hits, this one is selected.
    app.change({ tab: 'timeline', search: row ? exactName(row.name) : '' });
    void app.select(slice, { show: true, zoom: true });
  };
  const tellFacts = (of: KernelRow): void => facts.replaceChildren(...kernelFacts(of, app), ncu.element);
  const tell = (): void => {
    position.textContent = order.length === 0 ? '' : `${count(at + 1)} of ${count(order.length)}`;
  };
  /** Does something with the call at the current place, the longest at first. */
  const onCall = (act: (slice: SliceId) => void): void => {
    if (calls && order.length > 0) act(calls.slice[order[at]!]!);
  };
  const reveal = (): void => onCall(select);
  const walk = (by: number): void => {
    if (!calls || order.length === 0) return;
    at = (at + by + order.length) % order.length;
    tell();
    void app.select(calls.slice[order[at]!]!, { show: true });
  };
  const reorder = (by: CallOrder): void => {
    if (calls) order = callOrder(calls, by);
    at = 0;
    tell();
  };
  const by = dropdown<CallOrder>(
    'Order of calls',
    [
      { value: 'duration', text: 'Longest first' },
      { value: 'time', text: 'By time' },
    ],
    reorder,
  );
  const charts = callCharts(select, (text) => app.copy(text));
  const actions = box(
    'actions',
    button('Show in Timeline', { icon: 'timeline', primary: true, onClick: reveal }),
    button('Model Code', {
      icon: 'goToCode',
      onClick: () => onCall((slice) => app.host.openSource(slice)),
    }),
  );
  const walker = box(
    'walker',
    by.element,
    iconButton('Previous call', 'left', () => walk(-1)),
    position,
    iconButton('Next call', 'right', () => walk(1)),
  );
  element.append(box('kernel-summary', facts, actions, walker), charts.element);
  element.hidden = true;
  app.handle(
    {
      // A key may come before the calls do.
      goToModelCode: () => void loading?.then(() => onCall((slice) => app.host.openSource(slice))),
      goToKernelSource: () => void loading?.then(() => onCall((slice) => app.host.openKernelSource(slice))),
    },
    'kernels',
  );

  app.onChange((changed) => {
    if (changed.has('themeVersion')) charts.redraw();
    if (changed.has('model') && row) tellFacts(row);
    if (changed.has('ncu')) ncu.show(row?.nameId);
  });

  return {
    element,
    reveal,
    show: (next) => {
      if (next === row) return;
      row = next;
      calls = undefined;
      order = new Uint32Array();
      element.hidden = !next;
      tell();
      if (!next) return;
      tellFacts(next);
      ncu.show(next.nameId);
      loading = app.trace.occurrences(next.nameId, CALL_LIMIT).then((loaded) => {
        if (row !== next) return;
        calls = loaded;
        reorder(by.value);
        charts.show(next, loaded, app.state.steps);
      });
    },
  };
}

/** "Slot 1  mlp.gate_up_proj 720 × 82.20 µs": a kernel that serves several modules has a mode for each. */
function slotFacts({ nameId }: KernelRow, app: App): [string, HTMLElement][] {
  const served = servedModules(app.state.model).get(nameId) ?? [];
  return served.slice(0, SHOWN_SLOTS).map(({ path, place, ns, count: calls }, at) => {
    const name = place ? textButton('link mono', () => openPlace(app, place), `Open ${placeText(place)}`, path) : span('mono', path);
    return [served.length > 1 ? `Slot ${at + 1}` : 'Slot', span('', name, span('dim', ` ${count(calls)} × ${duration(ns / Math.max(1, calls))}`))];
  });
}

function kernelFacts(row: KernelRow, app: App): HTMLElement[] {
  const share = row.kind === 'kernel' ? ` · ${percent(row.percent)}` : '';
  return [
    box(
      'slice-head',
      swatch(row.category),
      span('slice-name', `${count(row.count)} ${row.count === 1 ? 'call' : 'calls'} · ${duration(row.totalNs)}${share}`),
      copyButton('Copy the name', () => app.copy(row.name)),
    ),
    box('full-name mono', row.name),
    factList([
      ['Category', colourLabel(row.category)],
      ['Mean ± σ', `${duration(row.avgNs)} ± ${duration(row.stddevNs)}`],
      ...slotFacts(row, app),
      ['Median', duration(row.medianNs), exactNs(row.medianNs)],
      ['Min – max', `${duration(row.minNs)} – ${duration(row.maxNs)}`, `${exactNs(row.minNs)} – ${exactNs(row.maxNs)}`],
    ]),
  ];
}
