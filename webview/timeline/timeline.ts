/** The timeline: context strip, ruler and lanes. Follows the state and puts the painters together, once a frame. */
import { count, duration } from '../../src/shared/format.js';
import type { Span, Step, TrackId } from '../../src/shared/protocol.js';
import type { App, AppState } from '../app.js';
import { isLinked } from '../panels/model/tree.js';
import { readTheme } from '../theme.js';
import { handleTimelineActions } from './actions.js';
import { stepName } from './bands.js';
import { type Context, contextOf } from './context.js';
import { createFacts } from './facts.js';
import { type Frame, type Look, makeLook } from './frame.js';
import { openGoTo, places } from './goto.js';
import { createGutter } from './gutter.js';
import { createHover } from './hover.js';
import { followPointer, type Point } from './input.js';
import { rememberWidths } from './labels.js';
import { groupKey, gutterPx, type Layout, laneAt, layOut, outerKey, rowTop, visibleLanes } from './lanes.js';
import { laneDetail, laneLegend, type Shown } from './laneTexts.js';
import { createMotion } from './motion.js';
import { lanesBetween, paintArea, paintLinks, paintOutline, paintSelection } from './overlay.js';
import { createPainter } from './painter.js';
import { paintGrid, paintLanes } from './paintLanes.js';
import { middleTarget, type Screen, type Target, targetAt, tracksBetween } from './pick.js';
import { clearRects, createRects } from './rects.js';
import { isFromCode } from './revealed.js';
import { paintRuler, RULER_PX } from './ruler.js';
import { sizeCanvas, skeleton } from './skeleton.js';
import { type CellName, setSliceFont } from './slices.js';
import { createSlotLabels } from './slotLabels.js';
import { paintStrip, STRIP_PX, STRIP_SHORT_PX, type StripInput } from './strip.js';
import { followStrip } from './stripInput.js';
import { ticks } from './ticks.js';
import { createTiles } from './tiles.js';
import { around, gpuActivity, pan, timeAt, widthNs, zoom } from './viewport.js';

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
  let pointer: Point | undefined;
  let queued = 0;

  const redraw = (): void => {
    if (queued === 0) queued = requestAnimationFrame(draw);
  };
  const tiles = createTiles(app.trace, info.durationNs, redraw);
  const slots = createSlotLabels(app.trace, redraw);
  const { facts, want } = createFacts(app, redraw);
  const hover = createHover(parts.view, app, () => theme, placeOf, redraw);
  const steps = (): readonly Step[] => state.steps?.steps ?? [];
  const gutter = (): number => gutterPx(root.clientWidth);
  const lanesWidth = (): number => Math.max(parts.scroller.clientWidth - gutter(), 1);

  const gpuName: CellName = (name, slice) => (app.start.labels === 'model' && isLinked(state.model) && slots.text(slice)) || tiles.name(name);
  const toggle = (key: string): void => {
    const collapsed = state.collapsed.includes(key) ? state.collapsed.filter((other) => other !== key) : [...state.collapsed, key];
    app.change({ collapsed });
  };
  const pin = (track: TrackId): void =>
    app.change({ pinned: state.pinned.includes(track) ? state.pinned.filter((other) => other !== track) : [...state.pinned, track] });
  const paintGutter = createGutter(
    parts.stuckGutter,
    parts.scrollingGutter,
    { detail: (lane) => laneDetail(lane, shown()), legend: (lane) => laneLegend(lane, shown()) },
    { fold: toggle, pin, showOuter: (track) => toggle(outerKey(track)) },
  );

  function screen(): Screen {
    const { scrollTop, clientHeight } = parts.scroller;
    return { layout, scrollTop, widthPx: lanesWidth(), heightPx: clientHeight, window: state.window, tile: tiles.get };
  }

  function shown(): Shown {
    return { screen: screen(), context, steps: steps(), facts, theme, gpuGroups };
  }

  function placeOf({ lane }: Target): string {
    return [lane.track.name, context.step ? stepName(context.step) : ''].filter(Boolean).join(' · ');
  }

  /** Also after the lanes moved under a pointer that did not. */
  function lookUnderPointer(): void {
    if (pointer) hover.move(targetAt(screen(), pointer.x, pointer.y), { x: pointer.x + gutter(), y: pointer.y });
    else hover.leave();
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
    if (hover.target) paintOutline(frame, layout, scrollTop, hover.target, theme.foreground, 1);
    if (!detail || detail.ref.slice !== selection) return;
    paintSelection(frame, layout, scrollTop, detail.ref);
    if (links) paintLinks(frame, layout, scrollTop, detail, links);
  }

  function draw(): void {
    cancelAnimationFrame(queued);
    queued = 0;
    if (root.clientWidth === 0) return;
    const hasLayers = steps().some((step) => step.layers > 0);
    layout = layOut({ ...info, hasSteps: steps().length > 0, hasLayers, pinned: state.pinned, collapsed: state.collapsed, outerRows: facts.outerRows });
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
    tiles.want(tracks, window, frame.width, state.search);
    want(window, context, lanesWidth());
  }

  async function selectArea(span: Span, tracks: TrackId[]): Promise<void> {
    app.change({ area: { span, tracks }, drawerTab: 'area' });
    const report = await app.trace.area(tracks, span);
    if (state.area?.span === span) app.change({ area: { span, tracks, report } });
    app.announce(`area of ${duration(widthNs(span))}, ${count(report.sliceCount)} slices`);
  }

  /** Brings a track's lane into sight: unfolds its group, then scrolls as little as needed. */
  function showTrack(track: TrackId, row = 0): void {
    const group = info.tracks.find((other) => other.id === track)?.group;
    if (group !== undefined && state.collapsed.includes(groupKey(group))) toggle(groupKey(group));
    draw();
    const lane = layout.byTrack.get(track);
    if (!lane || lane.stuck) return;
    const y = lane.top + rowTop(lane, row);
    const { scrollTop, clientHeight } = parts.scroller;
    const room = clientHeight - layout.stuckPx;
    if (y < scrollTop || y + lane.rowPx > scrollTop + room) parts.scroller.scrollTop = Math.max(y - room / 3, 0);
  }

  async function goTo(): Promise<void> {
    const goStep = (step: Step): void => motion.moveTo(around(step, 0.98));
    const found = await app.trace.steps().catch(() => undefined);
    openGoTo(
      root,
      places(found?.steps ?? [], info.tracks, goStep, (track) => showTrack(track.id)),
    );
  }

  const pointerNs = (): number => (pointer ? timeAt(state.window, lanesWidth(), pointer.x) : (state.window.startNs + state.window.endNs) / 2);
  handleTimelineActions(app, motion, {
    pointerNs,
    firstSlice: () => middleTarget(screen())?.mainSlice,
    goTo: () => void goTo(),
    pin: () => {
      const track = state.detail?.ref.track ?? hover.target?.track;
      if (track !== undefined) pin(track);
    },
  });
  followPointer(parts.top, parts.scroller, {
    hover(at) {
      pointer = at;
      lookUnderPointer();
    },
    leave() {
      pointer = undefined;
      lookUnderPointer();
    },
    click(at) {
      const lane = laneAt(layout, parts.scroller.scrollTop, at.y);
      if (lane?.kind === 'group') return toggle(lane.key);
      app.change({ area: undefined });
      void app.select(targetAt(screen(), at.x, at.y)?.mainSlice).catch((error: Error) => app.announce(error.message));
    },
    doubleClick(at) {
      const target = targetAt(screen(), at.x, at.y);
      if (target) motion.moveTo(around(target, 0.6));
    },
    area(from, to, done) {
      const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
      const span = { startNs: timeAt(state.window, lanesWidth(), left), endNs: timeAt(state.window, lanesWidth(), right) };
      const tracks = tracksBetween(screen(), from.y, to.y);
      hover.leave();
      dragged = done ? undefined : { span, tracks };
      if (done) void selectArea(span, tracks).catch((error: Error) => app.announce(error.message));
      else redraw();
    },
    panBy: (pixels) => motion.jumpTo(pan(state.window, (pixels / lanesWidth()) * widthNs(state.window))),
    zoomAt: (x, factor) => motion.jumpTo(zoom(state.window, timeAt(state.window, lanesWidth(), Math.max(x, 0)), factor)),
  });
  followStrip(parts.strip, stripInput, motion);
  parts.scroller.addEventListener('scroll', () => {
    redraw();
    lookUnderPointer();
  });
  parts.top.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hover.leave();
  });
  new ResizeObserver(redraw).observe(root);

  app.onChange((changed) => {
    if (changed.has('themeVersion')) {
      theme = readTheme();
      look = undefined;
    }
    if (changed.has('model')) slots.forget();
    const { detail } = state;
    if (changed.has('detail') && detail && detail.ref.slice === state.selection) showTrack(detail.ref.track, detail.ref.row);
    draw();
    if (changed.has('window')) lookUnderPointer();
  });
  // Texts are measured once, in the fonts that are there by then.
  void document.fonts.ready.then(() => {
    look = undefined;
    redraw();
  });
}
