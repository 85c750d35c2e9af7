/** Bars of kernel time stacked by category, side by side over one scale. */
import { duration } from '../../src/shared/format.js';
import { KERNEL_CATEGORIES } from '../../src/shared/protocol.js';
import { readTheme } from '../theme.js';
import { canvasFills } from './canvasFills.js';
import { surface } from './charts.js';

const AXIS_PX = 60;
const BOTTOM_PX = 16;
const TOP_PX = 4;
/** Bars narrower than this stand without a space between them. */
const SPACED_PX = 3;
const LETTER_PX = 7;

export interface Stack {
  /** below the bar: "#3" */
  label: string;
  /** by index into KERNEL_CATEGORIES */
  ns: ArrayLike<number>;
  totalNs: number;
}

/** Draws the bars from left to right; the chosen one is outlined. */
export function drawStacks(canvas: HTMLCanvasElement, stacks: readonly Stack[], chosen: number | undefined): void {
  const theme = readTheme();
  const target = surface(canvas, theme);
  if (!target || stacks.length === 0) return;
  const { context, width, height } = target;
  const fillOf = canvasFills(context, theme);
  const most = Math.max(1, ...stacks.map(({ totalNs }) => totalNs));
  const fullPx = height - BOTTOM_PX - TOP_PX;
  const barPx = (width - AXIS_PX) / stacks.length;
  context.fillStyle = theme.dim;
  context.textAlign = 'right';
  context.fillText(duration(most), AXIS_PX - 6, TOP_PX + 6);
  context.fillText('0', AXIS_PX - 6, height - BOTTOM_PX - 4);
  context.textAlign = 'center';
  const labelPx = LETTER_PX * (2 + Math.max(...stacks.map(({ label }) => label.length)));
  const every = Math.ceil(labelPx / barPx);
  for (const [at, { label, ns, totalNs }] of stacks.entries()) {
    const left = AXIS_PX + at * barPx;
    const bar = barPx < SPACED_PX ? barPx : barPx - 1;
    let bottom = height - BOTTOM_PX;
    for (const [index, category] of KERNEL_CATEGORIES.entries()) {
      const high = ((ns[index] ?? 0) / most) * fullPx;
      context.fillStyle = fillOf(category);
      context.fillRect(left, bottom - high, bar, high);
      bottom -= high;
    }
    if (at === chosen) {
      const high = (totalNs / most) * fullPx;
      context.strokeStyle = theme.selected;
      context.lineWidth = 2;
      context.strokeRect(left - 1, height - BOTTOM_PX - high - 1, bar + 2, high + 1);
    }
    context.fillStyle = at === chosen ? theme.foreground : theme.dim;
    if (at % every === 0) context.fillText(label, left + barPx / 2, height - 6, barPx * every);
  }
}

/** Which of so many bars is at a place; undefined beside them. */
export function stackAt({ clientWidth }: HTMLCanvasElement, bars: number, x: number): number | undefined {
  const at = Math.floor(((x - AXIS_PX) / (clientWidth - AXIS_PX)) * bars);
  return at < 0 || at >= bars ? undefined : at;
}
