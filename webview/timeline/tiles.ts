/** The tiles on screen: an old one stays until its successor is here, so that no gesture ever waits. */
import type { NameId, Span, Tile, TileRequest, TraceApi, TrackId } from '../../src/shared/protocol.js';
import { type Cells, type CounterPoints, cells, counterPoints } from '../../src/shared/tile.js';
import { widthNs } from './viewport.js';

/** A request covers the window and this many widths on each side. */
const MARGIN = 1;
/** A new tile is fetched when less than this is left before the window reaches the end of the old one. */
const REMAINING = 0.3;
/** How far the zoom may be from the tile's before a finer or coarser one is fetched. */
const COARSER = 1.5;
const FINER = 0.55;

/** A tile as it is drawn. The span is what was asked for; cells count from `originNs`. */
export interface LoadedTile extends Span {
  originNs: number;
  nsPerPx: number;
  search: string;
  /** whether wrappers are left out */
  folded: boolean;
  cells?: Cells;
  points?: CounterPoints;
  count: number;
}

/** Whether a tile still serves a window of a width in pixels. */
export function serves(tile: LoadedTile, window: Span, widthPx: number, search: string, durationNs: number): boolean {
  if (tile.search !== search) return false;
  const nsPerPx = widthNs(window) / widthPx;
  if (nsPerPx / tile.nsPerPx > COARSER || nsPerPx / tile.nsPerPx < FINER) return false;
  const margin = widthNs(window) * REMAINING;
  const from = Math.max(window.startNs - margin, 0);
  const to = Math.min(window.endNs + margin, durationNs);
  return from >= to || (tile.startNs <= from && tile.endNs >= to);
}

/** What to ask for so that the window can move without asking again at once. */
export function requestSpan(window: Span, durationNs: number): Span {
  const margin = widthNs(window) * MARGIN;
  const startNs = Math.min(Math.max(window.startNs - margin, 0), durationNs);
  return { startNs, endNs: Math.max(Math.min(window.endNs + margin, durationNs), startNs + 1) };
}

export interface TileStore {
  get(track: TrackId): LoadedTile | undefined;
  /** short name of a wide cell; '' while not known */
  name(id: NameId): string;
  /** asks for the tiles of these tracks that no longer serve; without wrappers for the `folded` ones */
  want(tracks: readonly TrackId[], window: Span, widthPx: number, search: string, folded?: ReadonlySet<TrackId>): void;
}

export function createTiles(trace: Pick<TraceApi, 'tiles'>, durationNs: number, arrived: () => void): TileStore {
  const loaded = new Map<TrackId, LoadedTile>();
  const names = new Map<NameId, string>();
  let busy = false;
  const keep = (tile: Tile, { startNs, endNs, widthPx, search, folded = [] }: TileRequest): void => {
    for (const [id, text] of tile.labels) names.set(id, text);
    const columns = tile.kind === 'counter' ? { points: counterPoints(tile) } : { cells: cells(tile) };
    loaded.set(tile.track, {
      startNs,
      endNs,
      originNs: tile.startNs,
      nsPerPx: (endNs - startNs) / widthPx,
      search,
      folded: folded.includes(tile.track),
      count: tile.count,
      ...columns,
    });
  };
  /** One request at a time: the redraw that follows its answer asks for whatever is stale by then. A failed one waits for the next gesture. */
  const fetch = async (request: TileRequest): Promise<void> => {
    busy = true;
    const tiles = await trace.tiles(request).catch(() => undefined);
    busy = false;
    if (!tiles) return;
    for (const tile of tiles) keep(tile, request);
    arrived();
  };
  return {
    get: (track) => loaded.get(track),
    name: (id) => names.get(id) ?? '',
    want(tracks, window, widthPx, search, folded = new Set()) {
      if (busy) return;
      const stale = tracks.filter((track) => {
        const tile = loaded.get(track);
        return !tile || tile.folded !== folded.has(track) || !serves(tile, window, widthPx, search, durationNs);
      });
      if (stale.length === 0) return;
      const span = requestSpan(window, durationNs);
      const spanPx = Math.max(1, Math.round((widthNs(span) / widthNs(window)) * widthPx));
      void fetch({ ...span, tracks: stale, widthPx: spanPx, search, folded: stale.filter((track) => folded.has(track)) });
    },
  };
}
