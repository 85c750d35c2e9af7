/** The elements of the timeline and their sizes. */

export interface Skeleton {
  strip: HTMLCanvasElement;
  ruler: HTMLCanvasElement;
  scroller: HTMLElement;
  /** as high as all lanes, so that the scroller can scroll */
  spacer: HTMLElement;
  /** what is on screen, at any scroll position */
  view: HTMLElement;
  /** rectangles */
  base: HTMLCanvasElement;
  /** text and everything over the rectangles; takes pointer and focus */
  top: HTMLCanvasElement;
  stuckGutter: HTMLElement;
  scrollingGutter: HTMLElement;
}

function add<Name extends keyof HTMLElementTagNameMap>(parent: HTMLElement, name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

export function skeleton(root: HTMLElement): Skeleton {
  root.classList.add('timeline');
  const strip = add(root, 'canvas', 'strip');
  const ruler = add(root, 'canvas', 'ruler');
  const scroller = add(root, 'div', 'lanes');
  const view = add(add(scroller, 'div', 'lanes-stuck'), 'div', 'lanes-view');
  const spacer = add(scroller, 'div', 'lanes-spacer');
  const base = add(view, 'canvas', 'lanes-base');
  const scrollingGutter = add(view, 'div', 'gutter');
  const stuckGutter = add(view, 'div', 'gutter');
  const top = add(view, 'canvas', 'lanes-top');
  strip.setAttribute('role', 'img');
  ruler.setAttribute('aria-hidden', 'true');
  base.setAttribute('aria-hidden', 'true');
  scroller.tabIndex = -1;
  top.tabIndex = 0;
  top.setAttribute('role', 'application');
  top.dataset.vscodeContext = JSON.stringify({ 'kernelLens.slice': true, preventDefaultContextMenuItems: true });
  top.setAttribute('aria-label', 'Timeline. Arrow keys move between slices, W and S zoom, A and D pan, question mark lists all keys.');
  return { strip, ruler, scroller, spacer, view, base, top, stuckGutter, scrollingGutter };
}

/** Gives a canvas as many pixels as it covers on the screen. Setting a size clears it, so only when it differs. */
export function sizeCanvas(canvas: HTMLCanvasElement, widthPx: number, heightPx: number, ratio: number): void {
  const width = Math.max(Math.round(widthPx * ratio), 1);
  const height = Math.max(Math.round(heightPx * ratio), 1);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  canvas.style.width = `${widthPx}px`;
  canvas.style.height = `${heightPx}px`;
}
