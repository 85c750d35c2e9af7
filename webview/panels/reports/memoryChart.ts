/** Allocated and reserved memory over the trace, and the same as a table. */
import { isWithheld, type MemoryReport } from '../../../src/shared/analysis.js';
import { bytes, duration, fixed } from '../../../src/shared/format.js';
import type { ColourClass } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { readTheme } from '../../theme.js';
import { xOf } from '../../timeline/viewport.js';
import { canvasFills } from '../canvasFills.js';
import { surface } from '../charts.js';
import type { Column } from '../column.js';
import { box, span, swatch } from '../dom.js';
import { figure } from '../figure.js';
import { MB, MS } from '../numbers.js';
import { createTable } from '../table.js';

type Timeline = Exclude<MemoryReport['timeline'], { withheld: string }>[number];

interface Sample {
  timeNs: number;
  allocated: number;
  reserved: number;
  /** index of the sample */
  at: number;
}

/** Colours of what memory was for, as those of kernels: a legend names them. */
const CATEGORY_COLOURS: Readonly<Record<string, ColourClass>> = {
  Parameters: 'gemm',
  'Optimizer state': 'moe',
  Inputs: 'attention',
  Temporary: 'elementwise',
  Activations: 'norm',
  Gradients: 'communication',
  'Autograd detail': 'rope',
};

function categoryColour(category: string): ColourClass {
  return CATEGORY_COLOURS[category] ?? 'other';
}

const AXIS_PX = 64;
const BOTTOM_PX = 18;

export function memoryChart(app: App, devices: Exclude<MemoryReport['timeline'], { withheld: string }>): HTMLElement {
  if (isWithheld(devices)) return box('report-section');
  return box('report-section memory-charts', ...devices.map((device) => deviceChart(app, device)));
}

function deviceChart(app: App, timeline: Timeline): HTMLElement {
  const { device, timeNs, allocatedBytes, reservedBytes, peakAllocatedBytes, peakReservedBytes, peakNs, growthPerStepBytes, categories = [] } = timeline;
  const samples = Array.from(timeNs, (time, at): Sample => ({ timeNs: time, allocated: allocatedBytes[at]!, reserved: reservedBytes[at]!, at }));
  const mb = (key: string, title: string, value: (sample: Sample) => number): Column<Sample> => ({
    key,
    title,
    width: 120,
    numeric: true,
    value: (sample) => value(sample) / MB,
    text: (sample) => fixed(value(sample) / MB, 2),
  });
  const table = createTable<Sample>({
    label: `Memory of ${device}`,
    sort: [{ key: 'time', descending: false }],
    onCopy: (text) => app.copy(text),
    columns: [
      { key: 'time', title: 'Time ms', width: 120, numeric: true, value: (sample) => sample.timeNs / MS, text: (sample) => fixed(sample.timeNs / MS, 3) },
      mb('allocated', 'Allocated MB', ({ allocated }) => allocated),
      ...(peakReservedBytes > 0 ? [mb('reserved', 'Reserved MB', ({ reserved: size }) => size)] : []),
      ...categories.map(({ category, bytes: sizes }) => mb(category, `${category} MB`, ({ at }) => sizes[at]!)),
    ],
  });
  table.show(samples);
  const chart = figure(device, table);
  const growth = growthPerStepBytes === undefined ? '' : ` · ${growthPerStepBytes > 0 ? '+' : ''}${bytes(Math.round(growthPerStepBytes))} a step`;
  const reserved = peakReservedBytes > 0 ? `, ${bytes(peakReservedBytes)} reserved` : '';
  chart.caption.textContent = `peak ${bytes(peakAllocatedBytes)} allocated at ${duration(peakNs)}${reserved}${growth}`;
  chart.canvas.setAttribute('aria-label', `Memory of ${device}: ${chart.caption.textContent}`);
  const whole = { startNs: 0, endNs: Math.max(1, app.info.durationNs) };
  const redraw = (): void => {
    const theme = readTheme();
    const target = surface(chart.canvas, theme);
    if (!target) return;
    const { context, width, height } = target;
    const top = Math.max(1, peakAllocatedBytes, peakReservedBytes);
    const yOf = (value: number): number => 6 + (1 - value / top) * (height - BOTTOM_PX - 6);
    const at = (time: number): number => AXIS_PX + xOf(whole, width - AXIS_PX, time);
    /** a step line: a value holds until the next sample */
    const trace = (values: Float64Array): void => {
      context.beginPath();
      let before = values[0] ?? 0;
      context.moveTo(at(timeNs[0] ?? 0), yOf(before));
      for (let i = 1; i < values.length; i++) {
        context.lineTo(at(timeNs[i]!), yOf(before));
        before = values[i]!;
        context.lineTo(at(timeNs[i]!), yOf(before));
      }
    };
    const fills = canvasFills(context, theme);
    let below = new Float64Array(timeNs.length);
    for (const { category, bytes: sizes } of categories) {
      const above = below.map((size, i) => size + sizes[i]!);
      context.fillStyle = fills(categoryColour(category));
      context.beginPath();
      const from = (i: number): number => at(timeNs[i]!);
      const to = (i: number): number => (i + 1 < timeNs.length ? from(i + 1) : width);
      for (let i = 0; i < timeNs.length; i++) {
        context.lineTo(from(i), yOf(above[i]!));
        context.lineTo(to(i), yOf(above[i]!));
      }
      for (let i = timeNs.length - 1; i >= 0; i--) {
        context.lineTo(to(i), yOf(below[i]!));
        context.lineTo(from(i), yOf(below[i]!));
      }
      context.fill();
      below = above;
    }
    if (peakReservedBytes > 0) {
      context.strokeStyle = theme.dim;
      context.setLineDash([4, 3]);
      trace(reservedBytes);
      context.stroke();
      context.setLineDash([]);
    }
    context.strokeStyle = theme.foreground;
    trace(allocatedBytes);
    context.stroke();
    context.fillStyle = theme.dim;
    context.textAlign = 'right';
    context.fillText(bytes(top), AXIS_PX - 6, 10);
    context.fillText('0', AXIS_PX - 6, yOf(0));
    context.textAlign = 'left';
    context.fillText(peakReservedBytes > 0 ? '— allocated   - - reserved' : '— allocated', AXIS_PX, height - 8);
  };
  new ResizeObserver(redraw).observe(chart.canvas);
  app.onChange((changed) => {
    if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });
  if (categories.length > 0) chart.element.append(legend(categories.map(({ category }) => category)));
  return chart.element;
}

function legend(categories: readonly string[]): HTMLElement {
  return box('memory-legend', ...categories.map((category) => span('', swatch(categoryColour(category)), category)));
}
