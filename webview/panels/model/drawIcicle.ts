/** Draws the picture of the module tree. */

import { duration, percent } from '../../../src/shared/format.js';
import type { KernelCategory } from '../../../src/shared/protocol.js';
import { blend, isHighContrast, paintFor, readTheme, type Theme } from '../../theme.js';
import { type Fitted, fitLabel, type Measure, rememberWidths } from '../../timeline/labels.js';
import { canvasFills } from '../canvasFills.js';
import { surface } from '../charts.js';
import { type Box, LEVEL_PX, layOutIcicle } from './icicle.js';
import { type ModuleNode, type ModuleTree, total, type Weight } from './tree.js';

/** A box narrower than its label's height has none; a tall narrow one has it upright. */
const LINE_PX = 16;
const PADDING_PX = 6;
const UPRIGHT_UNDER_PX = 48;
const TALL_PX = 60;
/** Kernels stand back behind the modules that run them. */
const KERNEL_OPACITY = 0.62;

/** A module that holds others has no colour but for the work of its own. */
function categoryOf({ node, part, kernel }: Box): KernelCategory | undefined {
  if (kernel) return kernel.row.category;
  return part === 'own' ? node.kernels[0]?.row.category : node.category;
}

interface Colours {
  fill: string | CanvasPattern;
  text: string;
  /** what is under a text where the fill has a pattern */
  plate?: string;
}

function coloursOf(box: Box, theme: Theme, fillOf: ReturnType<typeof canvasFills>): Colours {
  const category = categoryOf(box);
  const highContrast = isHighContrast(theme);
  if (!category) {
    const opacity = box.node.level % 2 ? 0.13 : 0.18;
    return { fill: highContrast ? theme.background : blend(theme.foreground, theme.background, opacity), text: theme.foreground };
  }
  const { fill, text, pattern } = paintFor(theme, category);
  if (box.part === 'kernel' && !highContrast)
    return { fill: blend(fill, theme.background, KERNEL_OPACITY), text: theme.kind === 'dark' ? theme.foreground : text };
  return { fill: fillOf(category), text, plate: pattern === 'solid' ? undefined : fill };
}

/** The lines of a box: the name with what fits whole after it, and below it numbers, which are whole or not there. */
function linesOf({ node, part, kernel, ns, top, bottom }: Box, all: number, room: number, isFlat: boolean, measure: Measure): Fitted[][] {
  const name = kernel?.row.shortName ?? (part === 'own' ? `${node.cost.label} itself` : node.cost.label);
  const [time, share] = [duration(ns), percent((100 * ns) / all)];
  const numbers = kernel ? [] : isFlat ? [time, `· ${share}`] : [time, share];
  const first = fitLabel(name, isFlat ? numbers : [], room, measure);
  const below = isFlat ? [] : numbers.filter((text) => measure(text) <= room).map((text) => [{ text, x: 0 }]);
  return [first, ...below.slice(0, Math.floor((bottom - top - LEVEL_PX) / LINE_PX))];
}

function drawLabel(context: CanvasRenderingContext2D, box: Box, all: number, { text, plate }: Colours, measure: Measure): void {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const isUpright = width < UPRIGHT_UNDER_PX && height > TALL_PX;
  if (width < LINE_PX || (width < UPRIGHT_UNDER_PX && !isUpright)) return;
  context.save();
  if (isUpright) {
    context.translate(box.left + width / 2, box.top + PADDING_PX);
    context.rotate(Math.PI / 2);
  } else context.translate(box.left + PADDING_PX, box.top + LEVEL_PX / 2);
  const room = (isUpright ? height : width) - 2 * PADDING_PX;
  for (const [at, line] of linesOf(box, all, room, isUpright || height <= LEVEL_PX, measure).entries()) {
    for (const { text: word, x } of line) {
      if (plate) {
        context.fillStyle = plate;
        context.fillRect(x - 2, at * LINE_PX - LINE_PX / 2, measure(word) + 4, LINE_PX);
      }
      context.fillStyle = text;
      context.fillText(word, x, at * LINE_PX);
    }
  }
  context.restore();
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
  const fillOf = canvasFills(context, theme);
  const boxes = layOutIcicle(of, tree, weight, width, height);
  const all = total(tree, weight);
  for (const box of boxes) {
    const colours = coloursOf(box, theme, fillOf);
    const boxWidth = box.right - box.left;
    const boxHeight = box.bottom - box.top;
    context.fillStyle = colours.fill;
    // One pixel at the end keeps neighbours apart.
    context.fillRect(box.left, box.top, Math.max(boxWidth - 1, 0.5), boxHeight - 1);
    if (isHighContrast(theme) && boxWidth > 3) {
      context.strokeStyle = theme.foreground;
      context.lineWidth = 1;
      context.strokeRect(box.left + 0.5, box.top + 0.5, boxWidth - 2, boxHeight - 2);
    }
    drawLabel(context, box, all, colours, measure);
  }
  const chosen = boxes.find(({ node, part }) => node === selected && part === 'module');
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
