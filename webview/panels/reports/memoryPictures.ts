/** Pictures of memory: what a stretch of it is made of, and all segments with what is free in them. */
import type { MemorySegment } from '../../../src/shared/analysis.js';
import { bytes } from '../../../src/shared/format.js';
import { COLOUR_CLASSES, type ColourClass } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { isHighContrast, type Paint, readTheme, type Theme } from '../../theme.js';
import { type Surface, surface } from '../charts.js';
import { el } from '../dom.js';
import { type Piece, wrapped } from './memoryMap.js';

/** A part of memory. What is free is only outlined. */
export interface Part {
  label: string;
  bytes: number;
  kind: 'known' | 'unknown' | 'free';
}

const COLOURS: Readonly<Record<Exclude<Part['kind'], 'free'>, ColourClass>> = { known: 'op', unknown: 'neutral' };
const MAP_ROWS = 10;
const ROW_GAP_PX = 3;
const TEXT_PX = 6;
/** Narrower parts have no room for a word. */
const LABELLED_PX = 48;

/** Parts side by side, as wide as they are large. */
export function partsPicture(app: App, label: string, parts: readonly Part[]): HTMLCanvasElement {
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  const at = (width: number, x: number): Part | undefined => {
    let end = 0;
    return parts.find((part) => {
      end += (part.bytes / total) * width;
      return x < end;
    });
  };
  return picture(app, 'memory-parts', label, {
    draw: ({ context, width, height }, theme) => {
      let from = 0;
      for (const part of parts) {
        const size = (part.bytes / total) * width;
        fill(context, theme, part.kind, from, 0, size, height);
        if (size >= LABELLED_PX) write(context, theme, part, from, size, height / 2);
        from += size;
      }
    },
    hint: (x, _y, { width }) => {
      const part = at(width, x);
      return part && `${part.label}: ${bytes(part.bytes)}`;
    },
  });
}

/** Every segment, largest first, one behind the other in rows; blocks that are free are only outlined. */
export function segmentMap(app: App, label: string, segments: readonly MemorySegment[]): HTMLCanvasElement {
  const pieces = wrapped(segments, MAP_ROWS);
  const rowOf = (height: number): number => height / MAP_ROWS;
  return picture(app, 'memory-map', label, {
    draw: ({ context, width, height }, theme) => {
      for (const { row, from, to, state } of pieces) {
        const kind = state === 'allocated' ? 'known' : state === 'pending' ? 'unknown' : 'free';
        fill(context, theme, kind, from * width, row * rowOf(height), (to - from) * width, rowOf(height) - ROW_GAP_PX);
      }
      context.fillStyle = theme.focus;
      for (const { row, from, begins } of pieces) if (begins) context.fillRect(Math.round(from * width), row * rowOf(height) - 1, 1, rowOf(height));
    },
    hint: (x, y, { width, height }) => {
      const row = Math.floor(y / rowOf(height));
      const piece = pieces.find((one) => one.row === row && x < one.to * width);
      return piece && pieceText(segments, piece);
    },
  });
}

function pieceText(segments: readonly MemorySegment[], { segment, bytes: size, state }: Piece): string | undefined {
  const of = segments[segment];
  return of && `${bytes(size)} ${state}, in a segment of ${bytes(of.bytes)} (${of.pool}) at ${of.address}`;
}

interface Drawing {
  draw(target: Surface, theme: Theme): void;
  /** what lies at a place */
  hint(x: number, y: number, size: { width: number; height: number }): string | undefined;
}

function picture(app: App, className: string, label: string, { draw, hint }: Drawing): HTMLCanvasElement {
  const canvas = el('canvas', { class: className, role: 'img', 'aria-label': label });
  const redraw = (): void => {
    const theme = readTheme();
    const target = surface(canvas, theme);
    if (target) draw(target, theme);
  };
  new ResizeObserver(redraw).observe(canvas);
  app.onChange((changed) => {
    if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });
  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    canvas.title = hint(offsetX, offsetY, { width: canvas.clientWidth, height: canvas.clientHeight }) ?? '';
  });
  return canvas;
}

function paintOf(theme: Theme, kind: Exclude<Part['kind'], 'free'>): Paint | undefined {
  return theme.paints[COLOUR_CLASSES.indexOf(COLOURS[kind])];
}

function fill(context: CanvasRenderingContext2D, theme: Theme, kind: Part['kind'], x: number, y: number, width: number, height: number): void {
  const paint = kind === 'free' ? undefined : paintOf(theme, kind);
  const highContrast = isHighContrast(theme);
  // In high contrast outlines tell parts apart: what is known is filled too, what is free has a broken one.
  const used = highContrast ? (kind === 'known' ? theme.dim : undefined) : paint?.fill;
  if (used) {
    context.fillStyle = used;
    context.fillRect(x, y, Math.max(0.5, width - 0.5), height);
  }
  if (kind !== 'free' && !highContrast) return;
  context.strokeStyle = kind === 'free' ? theme.dim : theme.foreground;
  context.setLineDash(kind === 'free' ? [3, 2] : []);
  context.lineWidth = 1;
  if (width > 2) context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.setLineDash([]);
}

function write(context: CanvasRenderingContext2D, theme: Theme, part: Part, x: number, width: number, y: number): void {
  const paint = part.kind === 'free' ? undefined : paintOf(theme, part.kind);
  context.save();
  context.beginPath();
  context.rect(x, 0, width - TEXT_PX, y * 2);
  context.clip();
  context.textAlign = 'left';
  context.fillStyle = isHighContrast(theme) ? (part.kind === 'known' ? theme.background : theme.foreground) : (paint?.text ?? theme.foreground);
  context.fillText(part.label, x + TEXT_PX, y - 8);
  context.fillText(bytes(part.bytes), x + TEXT_PX, y + 8);
  context.restore();
}
