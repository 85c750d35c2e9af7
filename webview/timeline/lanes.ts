/** Which lanes there are and where: from the tracks, what is folded and what is pinned. */
import type { GroupInfo, SliceRef, TrackFold, TrackId, TrackInfo } from '../../src/shared/protocol.js';

/** Width of the track names, in a view of a width. */
export const gutterPx = (viewPx: number): number => (viewPx <= 800 ? 84 : 168);

const STEPS_PX = 24;
const LAYERS_PX = 22;
const MODULES_PX = 22;
const GROUP_PX = 23;
const STREAM_PX = 34;
const STREAM_SLICE_PX = 27;
/** Of a stream that does nothing in the window; not of the busiest, which stays where it is. */
const EMPTY_STREAM_PX = 18;
/** What overlaps other work of its stream. */
const OVERLAP_ROW_PX = 12;
const OVERLAP_SLICE_PX = 11;
const COUNTER_PX = 38;
const ROW_PX = 17;
const ROW_SLICE_PX = 16;

interface Place {
  key: string;
  /** from the top of its area: the stuck lanes, or the scrolling ones */
  top: number;
  height: number;
  /** stays on top when the others scroll */
  stuck: boolean;
}

export interface TrackLane extends Place {
  kind: 'track';
  track: TrackInfo;
  group: GroupInfo;
  /** the group's stream with the most work: its gaps are what the GPU waited */
  compute: boolean;
  collapsed: boolean;
  /** outer rows not shown; see outerRows */
  hiddenRows: number;
  /** wrappers not shown */
  hiddenWrappers: number;
  /** it has frames to fold, which are shown */
  unfolded: boolean;
  /** rows shown, from `hiddenRows` on */
  rows: number;
  /** from the lane's top to its first row */
  padding: number;
  /** of the first row */
  rowPx: number;
  slicePx: number;
  /** of all others */
  furtherRowPx: number;
  furtherSlicePx: number;
}

export interface GroupLane extends Place {
  kind: 'group';
  group: GroupInfo;
  collapsed: boolean;
}

export interface StepsLane extends Place {
  kind: 'steps';
}

export interface LayersLane extends Place {
  kind: 'layers';
}

/** Modules of the model, over the stream that runs them. */
export interface ModulesLane extends Place {
  kind: 'modules';
  track: TrackId;
}

export type Lane = StepsLane | LayersLane | ModulesLane | GroupLane | TrackLane;

export interface Layout {
  lanes: Lane[];
  stuckPx: number;
  scrollPx: number;
  /** of tracks that have a lane */
  byTrack: Map<TrackId, TrackLane>;
}

export interface LayoutInput {
  tracks: readonly TrackInfo[];
  groups: readonly GroupInfo[];
  hasSteps: boolean;
  hasLayers: boolean;
  hasModules: boolean;
  pinned: readonly TrackId[];
  /** keys of folded groups and tracks */
  collapsed: readonly string[];
  /** rows that outer frames take, by track */
  outerRows: ReadonlyMap<TrackId, number>;
  folds: ReadonlyMap<TrackId, TrackFold>;
  /** streams without slices in the window */
  empty: ReadonlySet<TrackId>;
}

export const groupKey = (group: number): string => `group:${group}`;
const trackKey = (track: TrackId): string => `track:${track}`;
/** In `collapsed`, says that a track shows its outer frames and wrappers. */
export const outerKey = (track: TrackId): string => `outer:${track}`;

function computeTracks(tracks: readonly TrackInfo[]): Set<TrackId> {
  const busiest = new Map<number, TrackInfo>();
  for (const track of tracks) {
    if (track.kind !== 'stream') continue;
    const other = busiest.get(track.group);
    if (!other || track.sliceCount > other.sliceCount) busiest.set(track.group, track);
  }
  return new Set([...busiest.values()].map((track) => track.id));
}

type Shape = Pick<TrackLane, 'height' | 'hiddenRows' | 'rows' | 'padding' | 'rowPx' | 'slicePx' | 'furtherRowPx' | 'furtherSlicePx'>;

/** Height and rows of a track's lane. */
function shape(track: TrackInfo, collapsed: boolean, outerRows: number, empty: boolean): Shape {
  const further = { furtherRowPx: ROW_PX, furtherSlicePx: ROW_SLICE_PX };
  if (track.kind === 'counter') return { height: COUNTER_PX, hiddenRows: 0, rows: 1, padding: 2, rowPx: COUNTER_PX, slicePx: COUNTER_PX - 4, ...further };
  const hiddenRows = Math.min(outerRows, track.rowCount - 1);
  const rows = collapsed ? 1 : Math.max(track.rowCount - hiddenRows, 1);
  if (track.kind !== 'stream') return { height: rows * ROW_PX + 6, hiddenRows, rows, padding: 3, rowPx: ROW_PX, slicePx: ROW_SLICE_PX, ...further };
  if (empty) return { height: EMPTY_STREAM_PX, hiddenRows, rows: 1, padding: 1, rowPx: EMPTY_STREAM_PX - 2, slicePx: EMPTY_STREAM_PX - 2, ...further };
  return {
    height: STREAM_PX + (rows - 1) * OVERLAP_ROW_PX,
    hiddenRows,
    rows,
    padding: 3,
    rowPx: STREAM_SLICE_PX + 1,
    slicePx: STREAM_SLICE_PX,
    furtherRowPx: OVERLAP_ROW_PX,
    furtherSlicePx: OVERLAP_SLICE_PX,
  };
}

/** Places all lanes: steps, layers and pinned tracks stick to the top, the rest follows group by group. */
export function layOut(input: LayoutInput): Layout {
  const collapsed = new Set(input.collapsed);
  const compute = computeTracks(input.tracks);
  const lanes: Lane[] = [];
  const byTrack = new Map<TrackId, TrackLane>();
  let stuckPx = 0;
  let scrollPx = 0;
  /** Where the next lane of a height begins. */
  const place = (stuck: boolean, height: number): Pick<Place, 'top' | 'height' | 'stuck'> => {
    const top = stuck ? stuckPx : scrollPx;
    if (stuck) stuckPx += height;
    else scrollPx += height;
    return { top, height, stuck };
  };
  const placeTrack = (track: TrackInfo, group: GroupInfo, stuck: boolean) => {
    const key = trackKey(track.id);
    const unfolded = collapsed.has(outerKey(track.id));
    const fold = unfolded ? undefined : input.folds.get(track.id);
    const outerRows = unfolded ? 0 : (input.outerRows.get(track.id) ?? 0);
    const isCollapsed = collapsed.has(key);
    const isCompute = compute.has(track.id);
    if (isCompute && input.hasModules && group.kind === 'gpu') {
      lanes.push({ kind: 'modules', key: `modules:${track.id}`, track: track.id, ...place(stuck, MODULES_PX) });
    }
    const shaped = shape({ ...track, rowCount: fold?.rowCount ?? track.rowCount }, isCollapsed, outerRows, !isCompute && input.empty.has(track.id));
    const lane: TrackLane = {
      kind: 'track',
      key,
      track,
      group,
      compute: isCompute,
      collapsed: isCollapsed,
      hiddenWrappers: fold?.wrappers ?? 0,
      unfolded: unfolded && (input.folds.has(track.id) || input.outerRows.has(track.id)),
      ...shaped,
      ...place(stuck, shaped.height),
    };
    lanes.push(lane);
    byTrack.set(track.id, lane);
  };
  if (input.hasSteps) lanes.push({ kind: 'steps', key: 'steps', ...place(true, STEPS_PX) });
  if (input.hasLayers) lanes.push({ kind: 'layers', key: 'layers', ...place(true, LAYERS_PX) });
  const groupOf = new Map(input.groups.map((group) => [group.id, group]));
  const trackOf = new Map(input.tracks.map((track) => [track.id, track]));
  for (const id of input.pinned) {
    const track = trackOf.get(id);
    const group = track && groupOf.get(track.group);
    if (track && group) placeTrack(track, group, true);
  }
  for (const group of input.groups) {
    const key = groupKey(group.id);
    const isCollapsed = collapsed.has(key);
    const tracks = input.tracks.filter((track) => track.group === group.id);
    if (tracks.length === 0) continue;
    lanes.push({ kind: 'group', key, group, collapsed: isCollapsed, ...place(false, GROUP_PX) });
    if (isCollapsed) continue;
    for (const track of tracks) if (!byTrack.has(track.id)) placeTrack(track, group, false);
  }
  return { lanes, stuckPx, scrollPx, byTrack };
}

/** Where a lane is on screen when the scrolling ones are scrolled by `scrollTop`. */
export function laneY(lane: Lane, layout: Layout, scrollTop: number): number {
  return lane.stuck ? lane.top : layout.stuckPx + lane.top - scrollTop;
}

/** Lanes that are at least partly between the top and `heightPx`. */
export function visibleLanes(layout: Layout, scrollTop: number, heightPx: number): Lane[] {
  return layout.lanes.filter((lane) => {
    const y = laneY(lane, layout, scrollTop);
    return y < heightPx && y + lane.height > (lane.stuck ? 0 : layout.stuckPx);
  });
}

/** The lane at a height on screen. */
export function laneAt(layout: Layout, scrollTop: number, y: number): Lane | undefined {
  return layout.lanes.find((lane) => {
    const top = laneY(lane, layout, scrollTop);
    return lane.stuck === y < layout.stuckPx && y >= top && y < top + lane.height;
  });
}

/** Top of a row of a lane, relative to the lane. */
export function rowTop(lane: TrackLane, row: number): number {
  const shown = shownRow(lane, row);
  return lane.padding + (shown === 0 ? 0 : lane.rowPx + (shown - 1) * lane.furtherRowPx);
}

/** The row of a slice in a lane: higher up where wrappers around it are folded. */
export function laneRow({ hiddenWrappers }: TrackLane, { row, folds }: Pick<SliceRef, 'row' | 'folds'>): number {
  return hiddenWrappers > 0 ? row - folds : row;
}

/** Height of the slices of a row. */
export function sliceHeight(lane: TrackLane, row: number): number {
  return shownRow(lane, row) === 0 ? lane.slicePx : lane.furtherSlicePx;
}

/** A hidden row is where the first shown one is; in a folded lane all rows are the first. */
function shownRow({ hiddenRows, rows }: TrackLane, row: number): number {
  return Math.min(Math.max(row - hiddenRows, 0), rows - 1);
}

/** The row at a height inside the lane; undefined between rows. */
export function rowAt(lane: TrackLane, y: number): number | undefined {
  const below = y - lane.padding - lane.rowPx;
  const row = (below < 0 ? 0 : 1 + Math.floor(below / lane.furtherRowPx)) + lane.hiddenRows;
  const top = rowTop(lane, row);
  return y >= top && y < top + sliceHeight(lane, row) && row < lane.hiddenRows + lane.rows ? row : undefined;
}
