/** The steps of the engine, one a row. */

import { count, fixed, plural } from '../../src/shared/format.js';
import type { Span, Step } from '../../src/shared/protocol.js';
import type { Part } from '../app.js';
import { button, progressRing } from '../ui.js';
import { type Column, exportRows } from './column.js';
import { box, span } from './dom.js';
import { exportName, tsv } from './export.js';
import { MS, US } from './numbers.js';
import { createTable } from './table.js';

/** Room on either side of a step that fills the timeline, as a share of it. */
const MARGIN = 0.02;

/** "decode #3", "step #3" where the recording does not tell the phase. */
export function stepName({ index, phase }: Pick<Step, 'index' | 'phase'>): string {
  return `${phase === 'unknown' ? 'step' : phase} #${index}`;
}

/** The window that shows a step whole. */
export function stepWindow({ startNs, endNs }: Span): Span {
  const marginNs = (endNs - startNs) * MARGIN;
  return { startNs: startNs - marginNs, endNs: endNs + marginNs };
}

const share = ({ busyNs, startNs, endNs }: Step): number => (100 * busyNs) / Math.max(1, endNs - startNs);

const columns: Column<Step>[] = [
  { key: 'index', title: '#', width: 56, numeric: true, value: (step) => step.index },
  {
    key: 'phase',
    title: 'Phase',
    width: 96,
    className: 'phase',
    value: (step) => (step.phase === 'unknown' ? undefined : step.phase),
    swatch: (step) => step.phase,
  },
  { key: 'tokens', title: 'Tokens', width: 80, numeric: true, value: (step) => step.tokens, text: (step) => count(step.tokens) },
  { key: 'requests', title: 'Requests', width: 84, numeric: true, hideBelowPx: 700, value: (step) => step.requests, text: (step) => count(step.requests) },
  {
    key: 'durationNs',
    title: 'Duration ms',
    width: 128,
    numeric: true,
    value: (step) => (step.endNs - step.startNs) / MS,
    text: (step) => fixed((step.endNs - step.startNs) / MS, 3),
  },
  {
    key: 'busy',
    title: 'Busy %',
    width: 112,
    numeric: true,
    hint: 'Share of the step during which the GPU worked',
    value: share,
    text: (step) => fixed(share(step), 1),
    bar: (step) => share(step) / 100,
    barColour: (step) => step.phase,
  },
  {
    key: 'gapBeforeNs',
    title: 'Gap before µs',
    width: 112,
    numeric: true,
    hint: 'GPU idle since the step before',
    value: (step) => step.gapBeforeNs / US,
    text: (step) => fixed(step.gapBeforeNs / US, 1),
  },
  { key: 'kernelCount', title: 'Kernels', width: 84, numeric: true, value: (step) => step.kernelCount, text: (step) => count(step.kernelCount) },
  {
    key: 'kernelTimeNs',
    title: 'Kernel time ms',
    width: 120,
    numeric: true,
    hideBelowPx: 800,
    value: (step) => step.kernelTimeNs / MS,
    text: (step) => fixed(step.kernelTimeNs / MS, 3),
  },
  {
    key: 'layers',
    title: 'Layers',
    width: 72,
    numeric: true,
    hideBelowPx: 700,
    value: (step) => step.layers || undefined,
    text: (step) => (step.layers ? count(step.layers) : '–'),
  },
];

export const stepsTable: Part = (root, app) => {
  root.classList.add('steps');
  root.append(box('loading', progressRing()));

  const build = (): void => {
    const report = app.state.steps;
    if (!report) return;
    if (report.steps.length === 0) {
      root.replaceChildren(box('state', box('state-body', span('state-title', 'No steps in this trace'), report.reason)));
      return;
    }
    const reveal = (step: Step | undefined): void => {
      if (step) app.change({ tab: 'timeline', window: stepWindow(step) });
    };
    const copy = (text: string): void => app.copy(text);
    const table = createTable<Step>({ label: 'Steps', columns, sort: [{ key: 'index', descending: false }], onOpen: reveal, onCopy: copy });
    const exported = () => exportRows(exportName(app.info.fileName, 'steps'), columns, table.rows());
    root.replaceChildren(
      box(
        'toolbar',
        button('Show in Timeline', { icon: 'timeline', primary: true, onClick: () => reveal(table.selected()) }),
        span('table-status', `${plural(report.steps.length, 'step')} · ${report.reason}`),
        button('Copy TSV', { icon: 'copy', onClick: () => copy(tsv(exported())) }),
        button('Save…', { icon: 'save', description: 'Save the table as CSV, JSON or Markdown', onClick: () => void app.host.saveTable(exported()) }),
      ),
      table.element,
    );
    table.show(report.steps);
    table.select(report.steps[0]!);
    app.onChange((changed) => {
      if (changed.has('tab') && app.state.tab === 'steps' && document.activeElement === document.body) table.focus();
    });
  };
  build();
  app.onChange((changed) => {
    if (changed.has('steps')) build();
  });
};
