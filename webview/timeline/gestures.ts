/** What pointer and wheel do on the lanes. */
import type { Span, TrackId } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import type { Hover } from './hover.js';
import { followPointer, type Point } from './input.js';
import { laneAt } from './lanes.js';
import type { Motion } from './motion.js';
import { type Screen, tracksBetween } from './pick.js';
import type { Thing } from './things.js';
import { around, pan, timeAt, widthNs, zoom } from './viewport.js';

/** The lanes, as gestures see them. */
export interface Surface {
  screen(): Screen;
  thingAt(at: Point): Thing | undefined;
  /** width of the names to the left of the lanes */
  gutter(): number;
  hover: Hover;
  fold(key: string): void;
  /** an area while it is drawn; undefined when it is done */
  dragArea(area: { span: Span; tracks: TrackId[] } | undefined): void;
  selectArea(span: Span, tracks: TrackId[]): void;
}

export interface Gestures {
  /** where the pointer is on the lanes */
  pointer(): Point | undefined;
  /** also after the lanes moved under a pointer that did not */
  lookUnderPointer(): void;
}

export function followGestures(canvas: HTMLElement, scroller: HTMLElement, app: App, motion: Motion, surface: Surface): Gestures {
  const { state } = app;
  const { hover } = surface;
  let pointer: Point | undefined;
  const lookUnderPointer = (): void => {
    if (pointer) hover.move(surface.thingAt(pointer), { x: pointer.x + surface.gutter(), y: pointer.y });
    else hover.leave();
  };
  const moveTo = (at: Point | undefined): void => {
    pointer = at;
    lookUnderPointer();
  };
  const width = (): number => surface.screen().widthPx;
  followPointer(canvas, scroller, {
    hover: moveTo,
    leave: () => moveTo(undefined),
    click(at) {
      const { layout, scrollTop } = surface.screen();
      const lane = laneAt(layout, scrollTop, at.y);
      if (lane?.kind === 'group') return surface.fold(lane.key);
      const thing = surface.thingAt(at);
      if (thing?.kind === 'module') return surface.selectArea(thing.span, [thing.lane.track]);
      app.change({ area: undefined });
      void app.select(thing?.kind === 'cell' ? thing.span.mainSlice : undefined).catch((error: Error) => app.announce(error.message));
    },
    doubleClick(at) {
      const thing = surface.thingAt(at);
      if (thing) motion.moveTo(around(thing.span, 0.6));
    },
    area(from, to, done) {
      const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
      const span = { startNs: timeAt(state.window, width(), left), endNs: timeAt(state.window, width(), right) };
      const tracks = tracksBetween(surface.screen(), from.y, to.y);
      hover.leave();
      surface.dragArea(done ? undefined : { span, tracks });
      if (done) surface.selectArea(span, tracks);
    },
    panBy: (pixels) => motion.jumpTo(pan(state.window, (pixels / width()) * widthNs(state.window))),
    zoomAt: (x, factor) => motion.jumpTo(zoom(state.window, timeAt(state.window, width(), Math.max(x, 0)), factor)),
  });
  scroller.addEventListener('scroll', lookUnderPointer);
  canvas.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hover.leave();
  });
  return { pointer: () => pointer, lookUnderPointer };
}
