/** What Nsight Compute measured of a kernel: the metrics to look at first, the texts of its rules, and all metrics as a table. */

import { count, percent } from '../../src/shared/format.js';
import type { NcuFigure, NcuMatch, NcuMetric, NcuReport, NcuRule } from '../../src/shared/ncu.js';
import type { NameId, SliceId } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { iconButton } from '../ui.js';
import { box, el, factList, sectionHead, span } from './dom.js';

export interface NcuSection {
  /** hidden while nothing of the kernel was measured */
  element: HTMLElement;
  /** what belongs to a slice, or to a kernel; undefined for what is no kernel */
  show(name: NameId | undefined, slice?: SliceId): void;
}

const RULE_TYPES: Readonly<Record<string, string>> = { OPT: 'Optimization', INF: 'Information', WRN: 'Warning', ERR: 'Error' };

export function ncuSection(app: App): NcuSection {
  const element = el('section', { class: 'ncu', 'aria-label': 'Nsight Compute' });
  element.hidden = true;
  let match: NcuMatch | undefined;
  const walk = (by: number) => (): void => {
    if (match && shown?.name !== undefined) void load(shown.name, { index: (match.index + by + match.measured) % match.measured });
  };
  const position = span('dim');
  // Made once, so that the focus stays while people walk.
  const walker = [iconButton('Previous measured launch', 'left', walk(-1)), position, iconButton('Next measured launch', 'right', walk(1))];
  const content = box('ncu-content');
  element.append(sectionHead('Nsight Compute', ...walker), content);
  let shown: { report: NcuReport | undefined; name: NameId | undefined; slice: SliceId | undefined } | undefined;

  const load = async (name: NameId, which: { slice?: SliceId; index?: number }): Promise<void> => {
    const asked = shown;
    const found = await app.trace.ncu(name, which).catch((error: Error) => app.announce(error.message));
    if (asked !== shown) return;
    match = found ?? undefined;
    element.hidden = !match;
    if (!match) return;
    for (const part of walker) part.hidden = match.measured < 2;
    position.textContent = `${count(match.index + 1)} of ${count(match.measured)}`;
    content.replaceChildren(...contentOf(match, asked?.report));
  };

  return {
    element,
    show(name, slice) {
      const report = app.state.ncu;
      if (shown && shown.report === report && shown.name === name && shown.slice === slice) return;
      shown = { report, name, slice };
      element.hidden = true;
      if (name !== undefined && report?.kernels.includes(name)) void load(name, { slice });
    },
  };
}

function contentOf({ launch, figures, stalls, note }: NcuMatch, report: NcuReport | undefined): HTMLElement[] {
  return [
    ...(note === '' ? [] : [el('p', { class: 'dim' }, note)]),
    factList([
      ...figures.map(({ label, text }) => [label, text] as const),
      ['Top stalls', stalls.length === 0 ? undefined : stallText(stalls), 'Why warps waited, most first; the unit is the metric’s own'],
      ['Grid · block', launch.grid === '' ? undefined : `${launch.grid} · ${launch.block}`, 'Of the launch that was measured'],
      ['Measured as', launch.kernel, 'The kernel’s name as Nsight Compute writes it'],
    ]),
    ...(launch.rules.length === 0 ? [] : [el('ul', { class: 'ncu-rules', 'aria-label': 'Rules' }, ...launch.rules.map(ruleElement))]),
    metricTable(launch.metrics),
    ...(report?.problems ?? []).map((problem) => el('p', { class: 'dim' }, problem)),
  ];
}

function stallText(stalls: readonly NcuFigure[]): string {
  return stalls.map(({ label, text }) => `${label} ${text}`).join(' · ');
}

function ruleElement({ type, text, speedupPercent, speedupOf }: NcuRule): HTMLElement {
  const speedup = speedupPercent === undefined ? '' : ` Estimated speedup${speedupOf === '' ? '' : ` (${speedupOf})`}: ${percent(speedupPercent)}.`;
  return el('li', {}, span('ncu-rule-type', RULE_TYPES[type] ?? type), ` ${text}`, span('dim', speedup));
}

/** All metrics, made when it is unfolded: the raw page has a thousand. */
function metricTable(metrics: readonly NcuMetric[]): HTMLElement {
  const details = el('details', {}, el('summary', {}, `All ${count(metrics.length)} metrics`));
  const fill = (): void => {
    const heads = ['Section', 'Metric', 'Value', 'Unit'].map((head) => el('th', { scope: 'col' }, head));
    const rows = metrics.map(({ section, name, text, unit }) =>
      el('tr', {}, el('td', {}, section), el('th', { scope: 'row' }, name), el('td', { class: 'numeric' }, text), el('td', {}, unit)),
    );
    const table = el('table', { 'aria-label': 'Metrics of Nsight Compute' }, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows));
    details.append(box('ncu-metrics', table));
  };
  details.addEventListener('toggle', fill, { once: true });
  return details;
}
