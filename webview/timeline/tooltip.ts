/** The tooltip of the lanes: what is under the pointer, beside it and never below it. */

import { count, duration } from '../../src/shared/format.js';
import type { CellSummary, SliceRef } from '../../src/shared/protocol.js';
import { colourLabel, paintFor, type Theme } from '../theme.js';
import type { Point } from './input.js';

const OFFSET_PX = 14;
const MARGIN_PX = 6;
const NAMES_SHOWN = 5;

export interface TooltipContent {
  ref: SliceRef;
  /** where it is: "stream 7 · decode #3" */
  place: string;
  /** of a cell that stands for more than one slice */
  cell?: CellSummary;
}

function line(className: string, ...texts: string[]): HTMLElement {
  const made = document.createElement('div');
  made.className = className;
  for (const text of texts) {
    const part = document.createElement('span');
    part.textContent = text;
    made.append(part);
  }
  return made;
}

function head(fill: string, name: string, value: string): HTMLElement {
  const made = line('tooltip-head', name, value);
  const swatch = document.createElement('span');
  swatch.className = 'lane-swatch';
  swatch.style.backgroundColor = fill;
  made.prepend(swatch);
  return made;
}

function content({ ref, place, cell }: TooltipContent, fill: string): HTMLElement[] {
  if (!cell || cell.count <= 1) {
    const name = ref.name === ref.shortName ? [] : [line('tooltip-name', ref.name)];
    return [
      head(fill, ref.shortName, duration(ref.endNs - ref.startNs)),
      ...name,
      line('tooltip-dim', [colourLabel(ref.colour), place].filter(Boolean).join(' · ')),
    ];
  }
  const rows = cell.names.slice(0, NAMES_SHOWN).map(({ name, count: calls, totalNs }) => line('tooltip-row', name, `${count(calls)} ×`, duration(totalNs)));
  const more = cell.names.length > NAMES_SHOWN ? [line('tooltip-dim', `and ${cell.names.length - NAMES_SHOWN} more names`)] : [];
  return [
    head(fill, `${count(cell.count)} slices`, `${duration(cell.coveredNs)} in all`),
    ...rows,
    ...more,
    line('tooltip-dim', place, 'zoom in to tell them apart'),
  ];
}

export interface Tooltip {
  show(what: TooltipContent, at: Point, theme: Theme): void;
  hide(): void;
}

/** A tooltip inside `root`, whose coordinates `at` is in. */
export function createTooltip(root: HTMLElement): Tooltip {
  const box = document.createElement('div');
  box.className = 'tooltip';
  box.hidden = true;
  box.setAttribute('role', 'tooltip');
  root.append(box);
  return {
    hide: () => {
      box.hidden = true;
    },
    show(what, at, theme) {
      box.replaceChildren(...content(what, paintFor(theme, what.ref.colour).fill));
      box.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = box;
      const right = at.x + OFFSET_PX + width + MARGIN_PX <= root.clientWidth;
      const below = at.y + OFFSET_PX + height + MARGIN_PX <= root.clientHeight;
      const left = right ? at.x + OFFSET_PX : Math.max(at.x - OFFSET_PX - width, MARGIN_PX);
      const top = below ? at.y + OFFSET_PX : Math.max(at.y - OFFSET_PX - height, MARGIN_PX);
      box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    },
  };
}
