/** What is under the pointer: outlined at once, explained a moment later. */
import type { App } from '../app.js';
import type { Theme } from '../theme.js';
import type { Point } from './input.js';
import type { Target } from './pick.js';
import { createTooltip } from './tooltip.js';

const TOOLTIP_AFTER_MS = 120;

export interface Hover {
  readonly target: Target | undefined;
  /** `point` is in the coordinates of `root` */
  move(target: Target | undefined, point: Point): void;
  /** nothing is under the pointer, or the tooltip shall go */
  leave(): void;
}

/** `placeOf` says where a cell is: "Stream 7 · decode #3". */
export function createHover(root: HTMLElement, app: App, theme: () => Theme, placeOf: (target: Target) => string, changed: () => void): Hover {
  const tooltip = createTooltip(root);
  let target: Target | undefined;
  let point: Point = { x: 0, y: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const explain = async (what: Target): Promise<void> => {
    const [ref, cell] = await Promise.all([
      app.trace.slice(what.mainSlice),
      what.sliceCount > 1 ? app.trace.cell(what.firstSlice, what.sliceCount) : undefined,
    ]);
    if (what === target) tooltip.show({ ref, place: placeOf(what), cell }, point, theme());
  };
  const sameAs = (other: Target | undefined): boolean => target?.mainSlice === other?.mainSlice && target?.sliceCount === other?.sliceCount;

  const move = (next: Target | undefined, at: Point): void => {
    point = at;
    if (sameAs(next)) return;
    target = next;
    clearTimeout(timer);
    tooltip.hide();
    if (next) timer = setTimeout(() => void explain(next).catch(tooltip.hide), TOOLTIP_AFTER_MS);
    changed();
  };
  return {
    get target() {
      return target;
    },
    move,
    leave: () => move(undefined, point),
  };
}
