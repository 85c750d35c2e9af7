/** The charts of one kernel's calls, each with a table twin behind a button. */

import { count, duration, fixed } from '../../src/shared/format.js';
import type { KernelRow, Occurrences, SliceId, StepsReport } from '../../src/shared/protocol.js';
import { COLOUR_CLASSES } from '../../src/shared/protocol.js';
import { readTheme } from '../theme.js';
import { callsByStep, type Histogram, histogram, roundUp, type StepCalls } from './calls.js';
import { type Dots, dotAt, drawDots, drawHistogram, type Scale, scaleFor } from './charts.js';
import type { Column } from './column.js';
import { box } from './dom.js';
import { figure } from './figure.js';
import { US } from './numbers.js';
import { stepName } from './steps.js';
import { createTable } from './table.js';

const micro = (key: string, title: string, ns: (row: StepCalls) => number): Column<StepCalls> => ({
  key,
  title: `${title} µs`,
  width: 84,
  numeric: true,
  value: (row) => ns(row) / US,
  text: (row) => fixed(ns(row) / US, 2),
});

interface Bin {
  fromNs: number;
  toNs: number;
  count: number;
}

interface Charts {
  element: HTMLElement;
  show(row: KernelRow, calls: Occurrences, steps: StepsReport | undefined): void;
  /** draws again, for another theme */
  redraw(): void;
}

/** Builds both charts; a click on a dot picks its call. */
export function callCharts(onPick: (slice: SliceId) => void, onCopy: (text: string) => void): Charts {
  let shown: { row: KernelRow; calls: Occurrences; steps: readonly StepCalls[]; histogram: Histogram; scale: Scale } | undefined;
  let phases: StepsReport | undefined;
  let dots: Dots | undefined;

  const stepTable = createTable<StepCalls>({
    label: 'Duration by step',
    sort: [{ key: 'step', descending: false }],
    onCopy,
    columns: [
      {
        key: 'step',
        title: 'Step',
        width: 'flex',
        minWidth: 60,
        value: (row) => row.step,
        text: (row) => (row.step < 0 ? 'outside of steps' : stepName(phases?.steps[row.step] ?? { index: row.step, phase: 'unknown' })),
      },
      { key: 'calls', title: 'Calls', width: 64, numeric: true, value: (row) => row.to - row.from },
      micro('min', 'Min', (row) => row.minNs),
      micro('median', 'Median', (row) => row.medianNs),
      micro('max', 'Max', (row) => row.maxNs),
    ],
  });
  const binTable = createTable<Bin>({
    label: 'Distribution of durations',
    sort: [{ key: 'from', descending: false }],
    onCopy,
    columns: [
      { key: 'from', title: 'From µs', width: 'flex', minWidth: 70, numeric: true, value: (row) => row.fromNs / US, text: (row) => fixed(row.fromNs / US, 2) },
      { key: 'to', title: 'To µs', width: 80, numeric: true, value: (row) => row.toNs / US, text: (row) => fixed(row.toNs / US, 2) },
      { key: 'calls', title: 'Calls', width: 70, numeric: true, value: (row) => row.count },
    ],
  });
  const byStep = figure('Duration by step', stepTable);
  const spread = figure('Distribution', binTable);
  spread.element.classList.add('distribution');

  const redraw = (): void => {
    if (!shown) return;
    const theme = readTheme();
    const fill = theme.paints[COLOUR_CLASSES.indexOf(shown.row.category)]!.fill;
    dots = drawDots(byStep.canvas, shown.calls, shown.steps, shown.scale, fill, theme);
    drawHistogram(spread.canvas, shown.histogram, shown.scale, fill, theme);
  };
  const resized = new ResizeObserver(redraw);
  resized.observe(byStep.canvas);
  resized.observe(spread.canvas);
  byStep.canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const call = dots && dotAt(dots, offsetX, offsetY);
    if (call !== undefined && shown) onPick(shown.calls.slice[call]!);
  });

  return {
    element: box('call-charts', byStep.element, spread.element),
    redraw,
    show: (row, calls, report) => {
      phases = report;
      const scale = scaleFor(row.maxNs);
      const steps = callsByStep(calls);
      const bins = histogram(calls.durNs, scale.topNs, roundUp(scale.topNs / 200));
      shown = { row, calls, steps, histogram: bins, scale };
      const thinned = calls.slice.length < calls.count ? ` · ${count(calls.slice.length)} of ${count(calls.count)} calls drawn` : '';
      byStep.caption.textContent = `one dot per call · line: median of the step${thinned}`;
      spread.caption.textContent = `${duration(bins.binNs)} bins`;
      byStep.canvas.setAttribute(
        'aria-label',
        `${row.shortName}: median ${duration(row.medianNs)}, from ${duration(row.minNs)} to ${duration(row.maxNs)}, in ${steps.length} steps`,
      );
      spread.canvas.setAttribute(
        'aria-label',
        `${row.shortName}: ${count(row.count)} calls, median ${duration(row.medianNs)}, standard deviation ${duration(row.stddevNs)}`,
      );
      stepTable.show(steps);
      binTable.show([...bins.counts].flatMap((calls, i) => (calls > 0 ? [{ fromNs: i * bins.binNs, toNs: (i + 1) * bins.binNs, count: calls }] : [])));
      redraw();
    },
  };
}
