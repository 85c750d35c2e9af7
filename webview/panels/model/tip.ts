/** What the pointer is on in the picture of the module tree. */
import { count, duration, percent } from '../../../src/shared/format.js';
import { colourLabel } from '../../theme.js';
import { createTooltip } from '../../timeline/tooltip.js';
import { box, el, span, swatch } from '../dom.js';
import { evidenceDetail, moduleConfidence } from '../evidence.js';
import type { Box } from './icicle.js';

/** As in the timeline: what is passed over needs no words. */
const AFTER_MS = 120;

/** `all` is what the whole tree weighs. */
function tipTexts({ node, part, kernel, ns }: Box, all: number): HTMLElement[] {
  const { cost } = node;
  const share = percent((100 * ns) / all);
  const category = kernel?.row.category ?? node.category;
  const title = kernel?.row.shortName ?? (part === 'own' ? `${cost.label}, without its modules` : cost.label);
  const evidence = evidenceDetail(cost.evidence);
  return [
    box('tooltip-head', category && swatch(category), span('', title), span('', `${duration(ns)} · ${share}`)),
    kernel && kernel.row.name !== title ? box('tooltip-name', kernel.row.name) : undefined,
    box('tooltip-name', [cost.path || cost.label, cost.className].filter(Boolean).join(' · ')),
    kernel
      ? box('tooltip-dim', `${colourLabel(kernel.row.category)} · ${count(kernel.count)} × ${duration(kernel.ns / Math.max(1, kernel.count))}`)
      : undefined,
    evidence ? box('tooltip-text', el('span', {}, `${moduleConfidence(cost)} · ${evidence}`)) : undefined,
  ].filter((line) => line !== undefined);
}

export interface Tip {
  /** shows what is under the pointer after a while, at a place in `root` */
  point(at: { x: number; y: number }, on: Box | undefined, all: number): void;
  hide(): void;
}

export function createTip(root: HTMLElement): Tip {
  const tooltip = createTooltip(root);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = (): void => {
    clearTimeout(timer);
    tooltip.hide();
  };
  return {
    hide,
    point(at, on, all) {
      hide();
      if (on) timer = setTimeout(() => tooltip.show(tipTexts(on, all), at, []), AFTER_MS);
    },
  };
}
