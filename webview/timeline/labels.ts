/** What fits into a slice. Names may be cut at the end; numbers never. */

/** Below this width a slice has no text. */
export const MIN_TEXT_PX = 24;
const MIN_LETTERS = 4;

/** Width of a text in the canvas's font. */
export type Measure = (text: string) => number;

/** A measure that remembers: the same names are drawn in every frame. Dropped when it has grown large. */
export function rememberWidths(measure: Measure): Measure {
  const widths = new Map<string, number>();
  return (text) => {
    const known = widths.get(text);
    if (known !== undefined) return known;
    const width = measure(text);
    if (widths.size > 20_000) widths.clear();
    widths.set(text, width);
    return width;
  };
}

/** The text, or as much of its beginning as fits with an ellipsis; '' when that is under four letters. */
export function ellipsize(text: string, widthPx: number, measure: Measure): string {
  const full = measure(text);
  if (full <= widthPx) return text;
  const letters = [...text];
  const room = widthPx - measure('…');
  let length = Math.min(letters.length - 1, Math.floor((room / full) * letters.length));
  while (length >= MIN_LETTERS && measure(letters.slice(0, length).join('')) > room) length--;
  while (length >= MIN_LETTERS && length < letters.length - 1 && measure(letters.slice(0, length + 1).join('')) <= room) length++;
  return length < MIN_LETTERS ? '' : `${letters.slice(0, length).join('').replace(/…+$/, '')}…`;
}

/** Texts side by side, each with its place. */
export interface Fitted {
  text: string;
  x: number;
}

/** The name, and after it each further text that fits whole. Where facts follow each other they begin with a dot of their own. */
export function fitLabel(name: string, further: readonly string[], widthPx: number, measure: Measure): Fitted[] {
  const shown = ellipsize(name, widthPx, measure);
  if (shown === '') return [];
  const fitted = [{ text: shown, x: 0 }];
  let x = measure(shown);
  for (const text of shown === name ? further : []) {
    const gap = measure(text.startsWith('·') ? ' ' : '  ');
    const width = measure(text);
    if (x + gap + width > widthPx) break;
    fitted.push({ text, x: x + gap });
    x += gap + width;
  }
  return fitted;
}

/** Takes a frame's short name apart: "llama.forward :343" and "execute_model gpu_worker.py:263" end in their place. */
export function frameLabel(name: string): { text: string; place: string } {
  const frame = /^(.+) (\S*:\d+)$/.exec(name);
  return frame ? { text: frame[1]!, place: frame[2]! } : { text: name, place: '' };
}
