/** Mouse and wheel on the lanes, told as what people mean. */

const DRAG_PX = 4;
/** Factor of one notch of the wheel (100 px). */
const ZOOM_PER_PX = 0.0022;
const LINE_PX = 16;

export interface Point {
  x: number;
  y: number;
}

export interface LaneInput {
  hover(at: Point): void;
  leave(): void;
  click(at: Point): void;
  doubleClick(at: Point): void;
  /** the area between two places; called while dragging and, with `done`, at its end */
  area(from: Point, to: Point, done: boolean): void;
  panBy(pixels: number): void;
  zoomAt(x: number, factor: number): void;
}

/** Follows the pointer on `canvas` and the wheel on `scroller`, which scrolls by itself when nothing else is meant. */
export function followPointer(canvas: HTMLElement, scroller: HTMLElement, input: LaneInput): void {
  let pressed: Point | undefined;
  let last: Point | undefined;
  let dragging: 'area' | 'pan' | undefined;
  const place = (event: MouseEvent): Point => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    pressed = last = place(event);
    dragging = event.shiftKey || event.button === 1 ? 'pan' : undefined;
    if (event.button === 1) event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (!pressed || !last) return input.hover(at);
    if (!dragging && Math.abs(at.x - pressed.x) >= DRAG_PX) dragging = 'area';
    if (dragging === 'pan') {
      input.panBy(last.x - at.x);
      scroller.scrollTop += last.y - at.y;
    } else if (dragging === 'area') input.area(pressed, at, false);
    last = at;
  });
  canvas.addEventListener('pointerup', (event) => {
    const at = place(event);
    if (pressed && dragging === 'area') input.area(pressed, at, true);
    else if (pressed && !dragging) input.click(at);
    pressed = dragging = undefined;
  });
  // VS Code's context menu acts on the selection.
  canvas.addEventListener('contextmenu', (event) => input.click(place(event)));
  canvas.addEventListener('pointercancel', () => {
    pressed = dragging = undefined;
  });
  canvas.addEventListener('pointerleave', () => input.leave());
  canvas.addEventListener('dblclick', (event) => input.doubleClick(place(event)));

  scroller.addEventListener(
    'wheel',
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      const [across, down] = [event.deltaX * unit, event.deltaY * unit];
      const zooms = event.ctrlKey || event.metaKey;
      const pans = event.shiftKey || Math.abs(across) > Math.abs(down);
      if (!zooms && !pans) return;
      event.preventDefault();
      if (zooms) input.zoomAt(place(event).x, Math.exp(down * ZOOM_PER_PX));
      else input.panBy(across || down);
    },
    { passive: false },
  );
}
