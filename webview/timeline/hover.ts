/** What is under the pointer: outlined at once, explained a moment later. */
import type { App } from '../app.js';
import type { Point } from './input.js';
import { type CellThing, isSame, type Thing } from './things.js';
import { createTooltip } from './tooltip.js';
import { cellTexts, counterTexts, gapTexts, moduleTexts, sliceTexts } from './tooltipTexts.js';

const TOOLTIP_AFTER_MS = 120;

export interface Hover {
  readonly thing: Thing | undefined;
  /** `point` is in the coordinates of `root` */
  move(thing: Thing | undefined, point: Point): void;
  /** nothing is under the pointer, or the tooltip shall go */
  leave(): void;
}

/** What the tooltips need to know of the timeline. */
export interface Surroundings {
  /** where a thing is: "Stream 7 · decode #3" */
  placeOf(thing: Thing): string;
  /** the module that a cell is called by; '' where it is called by its own name */
  moduleOf(thing: CellThing): string;
  /** points that tooltips keep off, in the coordinates of `root` */
  avoid(): readonly Point[];
}

export function createHover(root: HTMLElement, { trace }: Pick<App, 'trace'>, { placeOf, moduleOf, avoid }: Surroundings, changed: () => void): Hover {
  const tooltip = createTooltip(root);
  let thing: Thing | undefined;
  let point: Point = { x: 0, y: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const textsOf = async (what: Thing): Promise<HTMLElement[]> => {
    const place = placeOf(what);
    if (what.kind === 'module') return moduleTexts(what.span, place);
    if (what.kind === 'counter') return counterTexts(what.span, what.lane.track, place);
    if (what.kind === 'gap') return gapTexts(what.span, place);
    const { mainSlice, firstSlice, sliceCount } = what.span;
    const [ref, cell] = await Promise.all([trace.slice(mainSlice), sliceCount > 1 ? trace.cell(firstSlice, sliceCount) : undefined]);
    return cell && cell.count > 1 ? cellTexts(ref, cell, place) : sliceTexts(ref, place, moduleOf(what));
  };
  const explain = async (what: Thing): Promise<void> => {
    const texts = await textsOf(what);
    if (what === thing) tooltip.show(texts, point, avoid());
  };

  const move = (next: Thing | undefined, at: Point): void => {
    point = at;
    if (isSame(thing, next)) return;
    thing = next;
    clearTimeout(timer);
    tooltip.hide();
    if (next) timer = setTimeout(() => void explain(next).catch(tooltip.hide), TOOLTIP_AFTER_MS);
    changed();
  };
  return {
    get thing() {
      return thing;
    },
    move,
    leave: () => move(undefined, point),
  };
}
