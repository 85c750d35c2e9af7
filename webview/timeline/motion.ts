/** Moves the window smoothly to where a key or double click wants it; anything else that moves it takes over at once. */
import type { Span } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { approach, clampWindow } from './viewport.js';

export interface Motion {
  /** where the window is going, or is */
  target(): Span;
  /** eased, unless motion is to be reduced */
  moveTo(window: Span): void;
  /** at once: for wheel and drag, which are smooth by themselves */
  jumpTo(window: Span): void;
}

export function createMotion(app: App): Motion {
  const { durationNs } = app.info;
  const still = app.start.reducedMotion || matchMedia('(prefers-reduced-motion: reduce)').matches;
  let goal: Span | undefined;
  let shown: Span | undefined;
  const jumpTo = (window: Span): void => {
    goal = undefined;
    app.change({ window: clampWindow(window, durationNs) });
  };
  const step = (before: number) => (now: number) => {
    if (!goal || app.state.window !== shown) return;
    shown = approach(shown, goal, now - before);
    app.change({ window: shown });
    if (shown === goal) goal = undefined;
    else requestAnimationFrame(step(now));
  };
  return {
    jumpTo,
    target: () => (goal && app.state.window === shown ? goal : app.state.window),
    moveTo(window) {
      if (still) return jumpTo(window);
      const running = goal !== undefined && app.state.window === shown;
      goal = clampWindow(window, durationNs);
      shown = app.state.window;
      if (!running) requestAnimationFrame(step(performance.now()));
    },
  };
}
