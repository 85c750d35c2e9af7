/** What the keys of the timeline do. Search, drawer, tabs and help are done by their own parts. */
import type { Move, SliceId, SliceRef, Span } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import type { Motion } from './motion.js';
import { around, centred, gpuActivity, pan, widthNs, zoom } from './viewport.js';

const ZOOM_FACTOR = 0.7;
const PAN_SHARE = 0.2;
/** How much of the window a fitted slice fills. */
const FIT_SHARE = 0.6;

/** What the actions need to know of the timeline's lanes. */
export interface Lanes {
  /** time under the pointer, or the middle of the window */
  pointerNs(): number;
  /** where the keyboard starts when nothing is selected */
  firstSlice(): SliceId | undefined;
  /** pins or unpins the track of the selection, or of the lane under the pointer */
  pin(): void;
  /** folds or unfolds outer frames and wrappers of a thread: of the selection's, of the one under the pointer, or of the first */
  foldFrames(): void;
  /** selects the module around the selection, or around the middle of the window */
  selectModule(): void;
  goTo(): void;
}

/** Selection or area, whichever is there. */
function chosenSpan(app: App): Span | undefined {
  return app.state.detail?.ref ?? app.state.area?.span;
}

function isCentred(window: Span, span: Span): boolean {
  return Math.abs(window.startNs + window.endNs - span.startNs - span.endNs) < widthNs(window) * 0.04;
}

async function move(app: App, lanes: Lanes, where: Move): Promise<void> {
  const { selection } = app.state;
  const found: SliceRef | null | undefined = selection === undefined ? undefined : await app.trace.move(selection, where);
  const next = selection === undefined ? lanes.firstSlice() : found?.slice;
  if (next === undefined) app.announce('nothing there');
  else await app.select(next, { show: true });
}

/** Goes back one thing: help, then selection and area, then search. */
function stepBack(app: App): void {
  const { helpOpen, selection, area, marks, search } = app.state;
  if (helpOpen) app.change({ helpOpen: false });
  else if (selection !== undefined || area) {
    app.change({ area: undefined });
    void app.select(undefined);
  } else if (marks.length > 0) app.change({ marks: [] });
  else if (search) app.change({ search: '' });
}

export function handleTimelineActions(app: App, motion: Motion, lanes: Lanes): void {
  const told = (work: Promise<void>): void => void work.catch((error: unknown) => app.announce(error instanceof Error ? error.message : String(error)));
  const moves = (where: Move) => () => told(move(app, lanes, where));
  const zooms = (factor: number) => () => motion.moveTo(zoom(motion.target(), lanes.pointerNs(), factor));
  const pans = (share: number) => () => motion.moveTo(pan(motion.target(), widthNs(motion.target()) * share));
  const whole = () => motion.moveTo({ startNs: 0, endNs: app.info.durationNs });
  const mark = (kept: Span[]): void => {
    const span = chosenSpan(app);
    if (span) app.change({ marks: [...kept, { startNs: span.startNs, endNs: span.endNs }] });
  };
  app.handle({
    zoomIn: zooms(ZOOM_FACTOR),
    zoomOut: zooms(1 / ZOOM_FACTOR),
    panLeft: pans(-PAN_SHARE),
    panRight: pans(PAN_SHARE),
    focus: () => {
      const span = chosenSpan(app);
      if (!span) motion.moveTo(gpuActivity(app.info.tracks, app.info.durationNs));
      else motion.moveTo(isCentred(motion.target(), span) ? around(span, FIT_SHARE) : centred(motion.target(), span));
    },
    wholeTrace: whole,
    goTo: () => lanes.goTo(),
    previousSlice: moves('previous'),
    nextSlice: moves('next'),
    sliceUp: moves('up'),
    sliceDown: moves('down'),
    previousSameName: moves('previousSameName'),
    nextSameName: moves('nextSameName'),
    toLaunch: moves('toLaunch'),
    toKernel: moves('toKernel'),
    mark: () => mark([]),
    keepMark: () => mark(app.state.marks),
    pin: () => lanes.pin(),
    foldFrames: () => lanes.foldFrames(),
    selectModule: () => lanes.selectModule(),
    escape: () => stepBack(app),
  });
}
