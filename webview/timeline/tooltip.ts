/** The tooltip of the lanes: what is under the pointer, beside it and never below it, and off the arrows where it can be. */
import type { Point } from './input.js';

const OFFSET_PX = 14;
const MARGIN_PX = 6;

interface Size {
  width: number;
  height: number;
}

/**
 * Where a box goes: right of the pointer and below it, or else on another side; inside of `room`, and on none of the points
 * to avoid where that can be had.
 */
export function besidePointer(at: Point, { width, height }: Size, room: Size, avoid: readonly Point[]): Point {
  const right = at.x + OFFSET_PX;
  const left = at.x - OFFSET_PX - width;
  const below = at.y + OFFSET_PX;
  const above = at.y - OFFSET_PX - height;
  const places = [
    { x: right, y: below },
    { x: left, y: below },
    { x: right, y: above },
    { x: left, y: above },
  ];
  const fits = ({ x, y }: Point): boolean => x >= MARGIN_PX && y >= MARGIN_PX && x + width + MARGIN_PX <= room.width && y + height + MARGIN_PX <= room.height;
  const isFree = ({ x, y }: Point): boolean => !avoid.some((point) => point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height);
  const fitting = places.filter(fits);
  return fitting.find(isFree) ?? fitting[0] ?? { x: Math.max(left, MARGIN_PX), y: Math.max(above, MARGIN_PX) };
}

export interface Tooltip {
  show(texts: readonly HTMLElement[], at: Point, avoid: readonly Point[]): void;
  hide(): void;
}

/** A tooltip inside `root`, whose coordinates all points are in. */
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
    show(texts, at, avoid) {
      box.replaceChildren(...texts);
      box.hidden = false;
      const size = { width: box.offsetWidth, height: box.offsetHeight };
      const { x, y } = besidePointer(at, size, { width: root.clientWidth, height: root.clientHeight }, avoid);
      box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },
  };
}
