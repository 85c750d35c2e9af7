/** What stands beside the lanes and in the heads of groups. */
import { count, percent } from '../../src/shared/format.js';
import { EVIDENCE, EVIDENCE_TEXT } from '../../src/shared/model.js';
import type { ColourClass, Step } from '../../src/shared/protocol.js';
import type { AppState } from '../app.js';
import { isLinked } from '../panels/model/tree.js';
import type { Context } from './context.js';
import { counterValue, largestIn } from './counter.js';
import type { Facts } from './facts.js';
import type { Lane } from './lanes.js';
import { type Screen, slicesInWindow } from './pick.js';

const CPU_LEGEND = ['python', 'op', 'runtime', 'graphLaunch'] as const;

export interface Shown {
  screen: Screen;
  context: Context;
  steps: readonly Step[];
  facts: Facts;
  model: AppState['model'];
  /** how busy the GPU was is known for all of them together only */
  gpuGroups: number;
}

/** What most GPU time was linked by, in the little room there is: "≈ graph". */
function evidenceText(model: AppState['model']): string {
  const coverage = isLinked(model) ? model.coverage : {};
  const [most] = EVIDENCE.filter((one) => one !== 'none').sort((one, other) => (coverage[other] ?? 0) - (coverage[one] ?? 0));
  return most && coverage[most] ? EVIDENCE_TEXT[most].replace(/ alignment$/, '') : '';
}

export function laneDetail(lane: Lane, { screen, context, steps, facts, model, gpuGroups }: Shown): string {
  if (lane.kind === 'steps') return count(steps.length);
  if (lane.kind === 'layers') return context.step ? count(context.step.layers) : '';
  if (lane.kind === 'modules') return evidenceText(model);
  if (lane.kind === 'track') {
    const tile = lane.track.kind === 'counter' ? screen.tile(lane.track.id) : undefined;
    return tile ? `max ${counterValue(largestIn(tile, screen.window.startNs, screen.window.endNs))}` : lane.track.detail;
  }
  if (lane.group.kind !== 'gpu' || lane.collapsed) return lane.group.detail;
  const busy = facts.busy !== undefined && gpuGroups === 1 ? `busy ${percent(100 * facts.busy)} of window` : '';
  return [lane.group.detail, busy, `${count(slicesInWindow(screen, lane.group.id))} slices`].filter(Boolean).join(' · ');
}

/** Colours that a lane explains: those of the most kernel time, or of what runs on a CPU. */
export function laneLegend(lane: Lane, { categories }: Facts): readonly ColourClass[] {
  if (lane.kind === 'track') return lane.track.kind === 'thread' ? CPU_LEGEND : [];
  return lane.kind === 'group' && lane.group.kind === 'gpu' ? categories : [];
}
