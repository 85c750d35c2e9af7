/** What can be pointed at in the lanes: cells of tracks, values of counters, modules, and the time in which a stream does nothing. */
import type { ModuleSpan } from '../../src/shared/model.js';
import type { Span, StreamGap } from '../../src/shared/protocol.js';
import { type CounterSpan, counterAt } from './counter.js';
import { type Lane, laneAt, laneY, type ModulesLane, type TrackLane } from './lanes.js';
import { type Screen, type Target, targetAt } from './pick.js';
import type { StreamFacts } from './streamFacts.js';
import { timeAt } from './viewport.js';

export interface CellThing {
  kind: 'cell';
  lane: TrackLane;
  span: Target;
}

interface ModuleThing {
  kind: 'module';
  lane: ModulesLane;
  span: ModuleSpan;
}

interface GapThing {
  kind: 'gap';
  lane: TrackLane;
  span: StreamGap;
}

interface CounterThing {
  kind: 'counter';
  lane: TrackLane;
  span: CounterSpan;
}

export type Thing = CellThing | ModuleThing | GapThing | CounterThing;

/** Where a thing is inside its lane; see lanes.ts for those of cells. */
export const BAND_MARGIN_PX = 3;

const around = <T extends Span>(spans: readonly T[] | undefined, timeNs: number): T | undefined =>
  spans?.find(({ startNs, endNs }) => startNs <= timeNs && timeNs < endNs);

function isOnSlices(lane: Lane, y: number): boolean {
  return lane.kind !== 'track' || (y >= lane.padding && y < lane.padding + lane.slicePx);
}

export function thingAt(screen: Screen, { modules, gaps }: StreamFacts, x: number, y: number): Thing | undefined {
  const target = targetAt(screen, x, y);
  if (target) return { kind: 'cell', lane: target.lane, span: target };
  const lane = laneAt(screen.layout, screen.scrollTop, y);
  const timeNs = timeAt(screen.window, screen.widthPx, x);
  if (lane?.kind === 'modules') {
    const span = around(modules.get(lane.track), timeNs);
    return span && { kind: 'module', lane, span };
  }
  if (lane?.kind === 'track' && lane.track.kind === 'counter') {
    const tile = screen.tile(lane.track.id);
    const span = tile && counterAt(tile, timeNs);
    return span && { kind: 'counter', lane, span };
  }
  if (lane?.kind !== 'track' || !lane.compute || !isOnSlices(lane, y - laneY(lane, screen.layout, screen.scrollTop))) return undefined;
  const span = around(gaps.get(lane.track.id), timeNs);
  return span && { kind: 'gap', lane, span };
}

/** Whether two are the same thing, also when it was answered anew. */
export function isSame(one: Thing | undefined, other: Thing | undefined): boolean {
  if (one?.kind !== other?.kind || one?.span.startNs !== other?.span.startNs || one?.lane.key !== other?.lane.key) return false;
  return one?.kind !== 'cell' || other?.kind !== 'cell' || (one.span.mainSlice === other.span.mainSlice && one.span.sliceCount === other.span.sliceCount);
}
