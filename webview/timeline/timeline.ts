/** The timeline: context strip, ruler and lanes. Follows the state and puts the painters together, once a frame. */
import { duration } from '../../src/shared/format.js';
import type { SliceId, Step, TrackId } from '../../src/shared/protocol.js';
import type { App, AppState } from '../app.js';
import { isLinked } from '../panels/model/tree.js';
import { readTheme } from '../theme.js';
import { handleTimelineActions } from './actions.js';
import { selectArea, selectModule } from './areas.js';
import { paintLinks } from './arrows.js';
import { stepName } from './bands.js';
import { type Context, contextOf } from './context.js';
import { createFacts } from './facts.js';
import { type Frame, type Look, makeLook } from './frame.js';
import { followGestures } from './gestures.js';
import { createGutter } from './gutter.js';
import { createHover } from './hover.js';
import type { Point } from './input.js';
import { rememberWidths } from './labels.js';
import { gutterPx, type Layout, layOut, outerKey, visibleLanes } from './lanes.js';
import { laneDetail, laneLegend, type Shown } from './laneTexts.js';
import { createMotion } from './motion.js';
import { lanesBetween, paintArea, paintHovered, paintSelection } from './overlay.js';
import { createPainter } from './painter.js';
import { paintGrid, paintLanes } from './paintLanes.js';
import { emptyStreams, middleTarget, type Screen } from './pick.js';
import { clearRects, createRects } from './rects.js';
import { isFromCode } from './revealed.js';
import { paintRuler, RULER_PX } from './ruler.js';
import { createSight } from './sight.js';
import { sizeCanvas, skeleton } from './skeleton.js';
import { type CellName, setSliceFont } from './slices.js';
import { createSlotLabels } from './slotLabels.js';
import { createStreamFacts } from './streamFacts.js';
import { paintStrip, STRIP_PX, STRIP_SHORT_PX, type StripInput } from './strip.js';
import { followStrip } from './stripInput.js';
import { type Thing, thingAt } from './things.js';
import { ticks } from './ticks.js';
import { createTiles } from './tiles.js';
import { gpuActivity, timeAt, widthNs } from './viewport.js';

const AREA_OPACITY = 0.12;
const MARK_OPACITY = 0.06;
/** Views lower than this show one row of the strip. */
const LOW_PX = 500;

export function timeline(root: HTMLElement, app: App): void {
  const { info, state } = app;
  const parts = skeleton(root);
  const context2d = parts.top.getContext('2d');
  if (!context2d) throw new Error('This editor cannot draw: it has no canvas.');
  const paintRects = createPainter(parts.base);
  const rects = createRects();
  const motion = createMotion(app);
  const whole = gpuActivity(info.tracks, info.durationNs);
  const gpuGroups = info.groups.filter((group) => group.kind === 'gpu').length;

  let theme = readTheme();
  let look: Look | undefined;
  let ratio = 0;
  let measure = rememberWidths((text) => context2d.measureText(text).width);
  let layout: Layout = { lanes: [], stuckPx: 0, scrollPx: 0, byTrack: new Map() };
  let context: Context = { ...whole, originNs: 0 };
  let dragged: AppState['area'];
  /** on the arrows, in the coordinates of the view */
  let arrows: Point[] = [];
  let queued = 0;

  const redraw = (): void => {
    if (queued === 0) queued = requestAnimationFrame(draw);
  };
  const tiles = createTiles(app.trace, info.durationNs, redraw);
  const slots = createSlotLabels(app.trace, redraw);
  const { facts, want } = createFacts(app, redraw);
  const streams = createStreamFacts(app.trace, redraw);
  const hover = createHover(
    parts.view,
    app,
    { placeOf, moduleOf: ({ lane, span }) => (lane.track.kind === 'stream' ? moduleName(span.mainSlice) : ''), avoid: () => arrows },
    redraw,
  );
  const steps = (): readonly Step[] => state.steps?.steps ?? [];
  /** the busiest stream of each GPU */
  const computing = (): TrackId[] => [...layout.byTrack.values()].filter(({ compute }) => compute).map(({ track }) => track.id);
  const gutter = (): number => gutterPx(root.clientWidth);
  const lanesWidth = (): number => Math.max(parts.scroller.clientWidth - gutter(), 1);

  const moduleName = (slice: SliceId): string => (app.start.labels === 'model' && isLinked(state.model) ? slots.text(slice) : '');
  const gpuName: CellName = (name, slice) => moduleName(slice) || tiles.name(name);
  const toggle = (key: string): void => {
    const collapsed = state.collapsed.includes(key) ? state.collapsed.filter((other) => other !== key) : [...state.collapsed, key];
    app.change({ collapsed });
  };
  const pin = (track: TrackId): void =>
    app.change({ pinned: state.pinned.includes(track) ? state.pinned.filter((other) => other !== track) : [...state.pinned, track] });
  const paintGutter = createGutter(
    parts.stuckGutter,
    parts.scrollingGutter,
    { detail: (lane) => laneDetail(lane, shown()), legend: (lane) => laneLegend(lane, facts) },
    { fold: toggle, pin, showOuter: (track) => toggle(outerKey(track)) },
  );

  function screen(): Screen {
    const { scrollTop, clientHeight } = parts.scroller;
    return { layout, scrollTop, widthPx: lanesWidth(), heightPx: clientHeight, window: state.window, tile: tiles.get };
  }

  function shown(): Shown {
    return { screen: screen(), context, steps: steps(), facts, model: state.model, gpuGroups };
  }

  function placeOf({ kind, lane }: Thing): string {
    const track = kind === 'module' ? layout.byTrack.get(lane.track)?.track : lane.track;
    return [track?.name, context.step ? stepName(context.step) : ''].filter(Boolean).join(' · ');
  }

  function resize(): void {
    const before = ratio;
    ratio = devicePixelRatio;
    const height = innerHeight < LOW_PX || steps().length === 0 ? STRIP_SHORT_PX : STRIP_PX;
    sizeCanvas(parts.strip, root.clientWidth, height, ratio);
    sizeCanvas(parts.ruler, root.clientWidth, RULER_PX, ratio);
    for (const canvas of [parts.base, parts.top]) sizeCanvas(canvas, lanesWidth(), parts.scroller.clientHeight, ratio);
    root.style.setProperty('--gutter', `${gutter()}px`);
    parts.view.style.height = `${parts.scroller.clientHeight}px`;
    if (before === ratio && look) return;
    look = makeLook(theme, context2d!, ratio);
    measure = rememberWidths((text) => context2d!.measureText(text).width);
  }

  function stripInput(): StripInput {
    const shownSteps = parts.strip.clientHeight < STRIP_PX ? [] : steps();
    const { density, hits } = facts;
    return { theme, ratio, gutter: gutter(), whole, context, window: state.window, steps: shownSteps, density, hits: state.search ? hits : undefined };
  }

  function paintOverlay(frame: Frame, scrollTop: number): void {
    const { detail, links, selection } = state;
    const full = { top: 0, bottom: frame.height };
    for (const span of state.marks) paintArea(frame, span, MARK_OPACITY, full);
    const area = dragged ?? state.area;
    if (area) paintArea(frame, area.span, AREA_OPACITY, lanesBetween(frame, layout, scrollTop, area.tracks));
    if (hover.thing) paintHovered(frame, layout, scrollTop, hover.thing);
    arrows = [];
    if (!detail || detail.ref.slice !== selection) return;
    paintSelection(frame, layout, scrollTop, detail.ref);
    if (links) arrows = paintLinks(frame, layout, scrollTop, detail, links).map(({ x, y }) => ({ x: x / ratio + gutter(), y: y / ratio }));
  }

  function draw(): void {
    cancelAnimationFrame(queued);
    queued = 0;
    if (root.clientWidth === 0) return;
    layout = layOut({
      ...info,
      hasSteps: steps().length > 0,
      hasLayers: steps().some((step) => step.layers > 0),
      hasModules: isLinked(state.model),
      pinned: state.pinned,
      collapsed: state.collapsed,
      outerRows: facts.outerRows,
      folds: facts.folds,
      empty: emptyStreams(info.tracks, { window: state.window, tile: tiles.get }),
    });
    parts.spacer.style.height = `${layout.stuckPx + layout.scrollPx}px`;
    resize();
    const { window } = state;
    const { scrollTop } = parts.scroller;
    context = contextOf(info, steps(), window);
    const frame: Frame = { look: look!, window, width: parts.top.width, height: parts.top.height, ratio, rects, context: context2d!, measure };
    const marks = ticks(window.startNs, window.endNs, lanesWidth(), context.originNs);
    const lanes = visibleLanes(layout, scrollTop, parts.scroller.clientHeight);

    clearRects(rects);
    context2d!.clearRect(0, 0, frame.width, frame.height);
    setSliceFont(frame);
    paintGrid(frame, context.originNs, marks);
    paintLanes(frame, layout, lanes, scrollTop, {
      context,
      steps: steps(),
      layers: facts.layers,
      streams: streams.facts,
      tile: tiles.get,
      name: tiles.name,
      gpuName,
      revealed: isFromCode(state.search),
    });
    slots.ask();
    paintRects(rects, frame.look.inks);
    paintOverlay(frame, scrollTop);
    paintGutter(lanes, layout, scrollTop);
    paintRuler(parts.ruler, theme, ratio, gutter(), window, context.originNs, marks);
    paintStrip(parts.strip, stripInput());
    parts.strip.setAttribute('aria-label', `${context.step ? stepName(context.step) : 'Whole trace'}, ${duration(widthNs(window))} shown`);

    const tracks = lanes.flatMap((lane) => (lane.kind === 'track' ? [lane.track.id] : []));
    tiles.want(tracks, window, frame.width, state.search, new Set(tracks.filter((track) => layout.byTrack.get(track)?.hiddenWrappers)));
    want(window, context, lanesWidth());
    streams.want(computing(), window, lanesWidth());
  }

  /** the selection's, or the one under the pointer */
  const meantTrack = (): TrackId | undefined => state.detail?.ref.track ?? (hover.thing?.kind === 'cell' ? hover.thing.span.track : undefined);
  const told = (work: Promise<void>): void => void work.catch((error: Error) => app.announce(error.message));
  const sight = createSight(root, parts.scroller, app, motion, () => {
    draw();
    return layout;
  });
  const gestures = followGestures(parts.top, parts.scroller, app, motion, {
    screen,
    thingAt: ({ x, y }) => thingAt(screen(), streams.facts, x, y),
    gutter,
    hover,
    fold: toggle,
    dragArea(area) {
      dragged = area;
      redraw();
    },
    selectArea: (span, tracks) => told(selectArea(app, span, tracks)),
  });
  const { lookUnderPointer } = gestures;
  handleTimelineActions(app, motion, {
    pointerNs: () => timeAt(state.window, lanesWidth(), gestures.pointer()?.x ?? lanesWidth() / 2),
    firstSlice: () => middleTarget(screen())?.mainSlice,
    goTo: () => told(sight.goTo()),
    selectModule: () => told(selectModule(app, computing())),
    pin: () => {
      const track = meantTrack();
      if (track !== undefined) pin(track);
    },
    foldFrames: () => {
      const foldable = [...layout.byTrack.values()].filter(({ hiddenRows, hiddenWrappers, unfolded }) => hiddenRows > 0 || hiddenWrappers > 0 || unfolded);
      const lane = foldable.find(({ track }) => track.id === meantTrack()) ?? foldable[0];
      if (lane) toggle(outerKey(lane.track.id));
    },
  });
  followStrip(parts.strip, stripInput, motion);
  parts.scroller.addEventListener('scroll', redraw);
  new ResizeObserver(redraw).observe(root);

  app.onChange((changed) => {
    if (changed.has('themeVersion')) {
      theme = readTheme();
      look = undefined;
    }
    if (changed.has('model')) {
      slots.forget();
      streams.forget();
    }
    const { detail } = state;
    if (changed.has('detail') && detail && detail.ref.slice === state.selection) sight.showTrack(detail.ref.track, detail.ref);
    draw();
    if (changed.has('window')) lookUnderPointer();
  });
  // Texts are measured once, in the fonts that are there by then.
  void document.fonts.ready.then(() => {
    look = undefined;
    redraw();
  });
}
