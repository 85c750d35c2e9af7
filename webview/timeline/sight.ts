/** Brings tracks and steps into sight. */
import type { SliceRef, Step, TrackId } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { openGoTo, places } from './goto.js';
import { groupKey, type Layout, laneRow, rowTop } from './lanes.js';
import type { Motion } from './motion.js';
import { around } from './viewport.js';

export interface Sight {
  /** unfolds a track's group, then scrolls as little as needed to a slice of it, or to its top */
  showTrack(track: TrackId, slice?: SliceRef): void;
  /** asks for a step or a track, and goes there */
  goTo(): Promise<void>;
}

/** `layout` gives the lanes as they are by now. */
export function createSight(root: HTMLElement, scroller: HTMLElement, app: App, motion: Motion, layout: () => Layout): Sight {
  const { info, state } = app;
  const showTrack = (track: TrackId, slice?: SliceRef): void => {
    const group = info.tracks.find((other) => other.id === track)?.group;
    if (group !== undefined && state.collapsed.includes(groupKey(group))) app.change({ collapsed: state.collapsed.filter((key) => key !== groupKey(group)) });
    const { byTrack, stuckPx } = layout();
    const lane = byTrack.get(track);
    if (!lane || lane.stuck) return;
    const y = lane.top + rowTop(lane, slice ? laneRow(lane, slice) : 0);
    const { scrollTop, clientHeight } = scroller;
    const room = clientHeight - stuckPx;
    if (y < scrollTop || y + lane.rowPx > scrollTop + room) scroller.scrollTop = Math.max(y - room / 3, 0);
  };
  return {
    showTrack,
    async goTo() {
      const goStep = (step: Step): void => motion.moveTo(around(step, 0.98));
      const found = await app.trace.steps().catch(() => undefined);
      openGoTo(
        root,
        places(found?.steps ?? [], info.tracks, goStep, (track) => showTrack(track.id)),
      );
    },
  };
}
