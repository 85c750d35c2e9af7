/** What the timeline shows beside the cells: each asked when it is needed again, the last answer stays until then. */
import { type ColourClass, type Density, KERNEL_CATEGORIES, type LayerSpan, type Span, type TrackFold, type TrackId } from '../../src/shared/protocol.js';
import { cells } from '../../src/shared/tile.js';
import type { App } from '../app.js';
import type { Context } from './context.js';
import { latest } from './latest.js';
import { outerRowCount } from './outer.js';
import { gpuActivity } from './viewport.js';

/** More layers than this in a window are too small to name. */
const LAYER_LIMIT = 300;
const LEGEND_LENGTH = 8;
const PX_PER_BIN = 2;
/** Width of the tiles that only tell which frames are outer ones. */
const OUTER_WIDTH_PX = 200;
/** Threads with fewer rows have no frames worth folding. */
const DEEP_ROWS = 6;

export interface Facts {
  /** share of the window during which the GPU ran something, 0 … 1 */
  busy?: number;
  layers: LayerSpan[];
  /** of the context */
  density?: Density;
  /** hits of the search per bin of the context */
  hits?: Uint32Array;
  /** categories with the most kernel time, most first */
  categories: ColourClass[];
  outerRows: ReadonlyMap<TrackId, number>;
  /** threads that have wrappers to fold */
  folds: ReadonlyMap<TrackId, TrackFold>;
}

const same = (a: Span | undefined, b: Span): boolean => a?.startNs === b.startNs && a.endNs === b.endNs;

export function createFacts(app: App, changed: () => void): { facts: Facts; want(window: Span, context: Context, stripPx: number): void } {
  const { trace, info } = app;
  const facts: Facts = { layers: [], categories: [], outerRows: new Map(), folds: new Map() };
  const learn = (patch: Partial<Facts>): void => {
    Object.assign(facts, patch);
    changed();
  };

  const busy = latest(
    (window: Span) => trace.density(window, 1),
    ({ startNs, endNs, busyNs }) => learn({ busy: busyNs / (endNs - startNs) }),
  );
  const layers = latest(
    (window: Span) => trace.layers(window, LAYER_LIMIT),
    (found) => learn({ layers: found }),
  );
  const density = latest(
    ({ span, bins }: { span: Span; bins: number }) => trace.density(span, bins),
    (found) => learn({ density: found }),
  );
  const hits = latest(
    ({ query, span, bins }: { query: string; span: Span; bins: number }) => trace.searchTicks(query, span, bins),
    (found, { query }) => {
      if (query === app.state.search) learn({ hits: found });
    },
  );

  const learnCategories = async (): Promise<void> => {
    const { rows } = await trace.kernels();
    const totals = new Map<ColourClass, number>();
    for (const { category, totalNs } of rows) totals.set(category, (totals.get(category) ?? 0) + totalNs);
    const most = [...totals].sort((a, b) => b[1] - a[1]).slice(0, LEGEND_LENGTH);
    learn({ categories: KERNEL_CATEGORIES.filter((category) => most.some(([name]) => name === category)) });
  };
  const learnFrames = async (): Promise<void> => {
    const folds = await trace.folds();
    learn({ folds: new Map(folds.map((fold) => [fold.track, fold])) });
    const span = gpuActivity(info.tracks, info.durationNs);
    const threads = info.tracks.filter((track) => track.kind === 'thread' && track.rowCount >= DEEP_ROWS);
    if (threads.length === 0) return;
    const tiles = await trace.tiles({
      ...span,
      tracks: threads.map((track) => track.id),
      widthPx: OUTER_WIDTH_PX,
      search: '',
      folded: folds.map(({ track }) => track),
    });
    const found = tiles.map((tile) => [tile.track, outerRowCount({ cells: cells(tile), count: tile.count, originNs: tile.startNs }, span)] as const);
    learn({ outerRows: new Map(found.filter(([, rows]) => rows > 0)) });
  };
  // Without these the lanes are complete too, only less tidy: a failure is no reason to say anything.
  void learnCategories().catch(() => undefined);
  void learnFrames().catch(() => undefined);

  let askedBusy: Span | undefined;
  let askedLayers: Span | undefined;
  let askedContext: Span | undefined;
  let askedSearch = '';
  return {
    facts,
    want(window, context, stripPx) {
      const { search } = app.state;
      const bins = Math.max(Math.round(stripPx / PX_PER_BIN), 1);
      const span = { startNs: context.startNs, endNs: context.endNs };
      if (!same(askedBusy, window)) busy((askedBusy = window));
      const hasLayers = app.state.steps?.steps.some((step) => step.layers > 0);
      if (hasLayers && !same(askedLayers, window)) layers((askedLayers = window));
      const moved = !same(askedContext, span);
      if (moved) density({ span, bins });
      if (search === '') facts.hits = undefined;
      else if (moved || search !== askedSearch) hits({ query: search, span, bins });
      askedContext = span;
      askedSearch = search;
    },
  };
}
