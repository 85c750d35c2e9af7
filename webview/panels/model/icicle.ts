/** The picture of the module tree: a row a level, as wide as each module's time. A module without children reaches to the bottom. */

import { duration, percent } from '../../../src/shared/format.js';
import { blend, isHighContrast, paintFor, readTheme, type Theme } from '../../theme.js';
import { fitLabel, type Measure, rememberWidths } from '../../timeline/labels.js';
import { surface } from '../charts.js';
import { type ModuleNode, type ModuleTree, type Weight, weigh } from './tree.js';

const LEVEL_PX = 30;
/** A box narrower than its label's height has none; a tall narrow one has it upright. */
const LINE_PX = 16;
const PADDING_PX = 6;

export interface Box {
  node: ModuleNode;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Where each module with time is, in a picture of a size; `of` are the modules of the top row. */
export function layOutIcicle(of: readonly ModuleNode[], tree: ModuleTree, weight: Weight, width: number, height: number): Box[] {
  const boxes: Box[] = [];
  const place = (nodes: readonly ModuleNode[], left: number, top: number, pxPerNs: number): void => {
    let x = left;
    for (const node of nodes) {
      const right = x + weigh(node, weight, tree) * pxPerNs;
      if (right > x) {
        const isLeaf = node.children.length === 0;
        boxes.push({ node, left: x, right, top, bottom: isLeaf ? height : Math.min(height, top + LEVEL_PX) });
        if (!isLeaf) place(node.children, x, top + LEVEL_PX, pxPerNs);
      }
      x = right;
    }
  };
  const all = of.reduce((sum, node) => sum + weigh(node, weight, tree), 0);
  if (all > 0) place(of, 0, 0, width / all);
  return boxes;
}

/** The module at a place. */
export function boxAt(boxes: readonly Box[], x: number, y: number): ModuleNode | undefined {
  return boxes.find(({ left, right, top, bottom }) => x >= left && x < right && y >= top && y < bottom)?.node;
}

interface Colours {
  fill: string;
  text: string;
}

function coloursOf({ category, level }: ModuleNode, theme: Theme): Colours {
  if (category) return paintFor(theme, category);
  return { fill: isHighContrast(theme) ? theme.background : blend(theme.foreground, theme.background, level % 2 ? 0.13 : 0.18), text: theme.foreground };
}

/** A name and what fits whole after it. */
function drawLine(context: CanvasRenderingContext2D, name: string, further: readonly string[], room: number, measure: Measure): void {
  for (const { text, x } of fitLabel(name, further, room, measure)) context.fillText(text, x, 0);
}

/** Draws the picture and says where everything is. */
export function drawIcicle(
  canvas: HTMLCanvasElement,
  of: readonly ModuleNode[],
  tree: ModuleTree,
  weight: Weight,
  selected: ModuleNode | undefined,
): readonly Box[] {
  const theme = readTheme();
  const target = surface(canvas, theme);
  if (!target) return [];
  const { context, width, height } = target;
  const measure = rememberWidths((text) => context.measureText(text).width);
  const boxes = layOutIcicle(of, tree, weight, width, height);
  const all = boxes.filter(({ top }) => top === 0).reduce((sum, { node }) => sum + weigh(node, weight, tree), 0);
  for (const box of boxes) {
    const { fill, text } = coloursOf(box.node, theme);
    const boxWidth = box.right - box.left;
    const boxHeight = box.bottom - box.top;
    context.fillStyle = fill;
    // One pixel at the end keeps neighbours apart.
    context.fillRect(box.left, box.top, Math.max(boxWidth - 1, 0.5), boxHeight - 1);
    if (isHighContrast(theme) && boxWidth > 3) {
      context.strokeStyle = theme.foreground;
      context.lineWidth = 1;
      context.strokeRect(box.left + 0.5, box.top + 0.5, boxWidth - 2, boxHeight - 2);
    }
    const ns = weigh(box.node, weight, tree);
    const name = box.node.cost.label;
    const time = duration(ns);
    const share = percent((100 * ns) / all);
    context.fillStyle = text;
    const upright = boxWidth < 48 && boxHeight > 60;
    if (boxWidth < LINE_PX || (boxWidth < 48 && !upright)) continue;
    context.save();
    if (upright) {
      context.translate(box.left + boxWidth / 2, box.top + PADDING_PX);
      context.rotate(Math.PI / 2);
      drawLine(context, name, [time], boxHeight - 2 * PADDING_PX, measure);
    } else {
      context.translate(box.left + PADDING_PX, box.top + LEVEL_PX / 2);
      const room = boxWidth - 2 * PADDING_PX;
      const isFlat = boxHeight <= LEVEL_PX;
      drawLine(context, name, isFlat ? [time, `· ${share}`] : [], room, measure);
      // Numbers are whole or not there.
      const numbers = isFlat ? [] : [time, share].filter((text) => measure(text) <= room);
      numbers.forEach((text, at) => {
        context.fillText(text, 0, (at + 1) * LINE_PX);
      });
    }
    context.restore();
  }
  const chosen = boxes.find(({ node }) => node === selected);
  if (chosen) {
    // The line under it sets it off from a fill of its own colour.
    for (const [colour, line] of [
      [theme.background, 6],
      [theme.selected, 3],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.strokeRect(chosen.left, chosen.top, Math.max(chosen.right - chosen.left - 1, 1), chosen.bottom - chosen.top - 1);
    }
  }
  return boxes;
}
