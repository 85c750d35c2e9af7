/** Mouse on the context strip: a step is shown whole, the brush is dragged or its edges are, elsewhere the window jumps. */
import type { Span } from '../../src/shared/protocol.js';
import type { Motion } from './motion.js';
import { type StripInput, stripAt } from './strip.js';
import { around, timeAt, widthNs, xOf } from './viewport.js';

const EDGE_PX = 6;

type Grip = 'start' | 'end' | 'middle';

/** The part of the brush at x: an edge, its middle, or none. */
export function gripAt(window: Span, context: Span, widthPx: number, x: number): Grip | undefined {
  const left = xOf(context, widthPx, window.startNs);
  const right = xOf(context, widthPx, window.endNs);
  if (Math.abs(x - right) <= EDGE_PX && x >= (left + right) / 2) return 'end';
  if (Math.abs(x - left) <= EDGE_PX) return 'start';
  return x > left && x < right ? 'middle' : undefined;
}

/** The window after one of its grips was dragged by a time. */
export function dragged(window: Span, grip: Grip, byNs: number): Span {
  const startNs = window.startNs + (grip === 'end' ? 0 : byNs);
  const endNs = window.endNs + (grip === 'start' ? 0 : byNs);
  return startNs < endNs ? { startNs, endNs } : { startNs: endNs, endNs: startNs + 1 };
}

export function followStrip(canvas: HTMLCanvasElement, input: () => StripInput, motion: Motion): void {
  let drag: { grip: Grip; x: number; window: Span; context: Span } | undefined;
  const inner = (): number => canvas.clientWidth - input().gutter - 8;
  canvas.addEventListener('pointerdown', (event) => {
    const now = input();
    const { step, timeNs } = stripAt(now, canvas.clientWidth, event.offsetX, event.offsetY);
    if (step) return motion.moveTo(around(step, 0.98));
    if (timeNs === undefined || event.offsetX < now.gutter - EDGE_PX) return;
    const grip = gripAt(now.window, now.context, inner(), event.offsetX - now.gutter);
    const middle = timeAt(now.context, inner(), event.offsetX - now.gutter);
    const window = grip ? now.window : { startNs: middle - widthNs(now.window) / 2, endNs: middle + widthNs(now.window) / 2 };
    if (!grip) motion.jumpTo(window);
    // The context is kept while dragging: it would slide away under the pointer.
    drag = { grip: grip ?? 'middle', x: event.offsetX, window, context: { startNs: now.context.startNs, endNs: now.context.endNs } };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = input();
    if (drag) return motion.jumpTo(dragged(drag.window, drag.grip, ((event.offsetX - drag.x) / inner()) * widthNs(drag.context)));
    const { step, timeNs } = stripAt(now, canvas.clientWidth, event.offsetX, event.offsetY);
    const grip = timeNs === undefined ? undefined : gripAt(now.window, now.context, inner(), event.offsetX - now.gutter);
    canvas.style.cursor = step ? 'pointer' : grip === 'middle' ? 'grab' : grip ? 'ew-resize' : 'default';
  });
  for (const end of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(end, () => (drag = undefined));
}
