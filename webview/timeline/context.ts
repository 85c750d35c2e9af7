/** What the window is a part of: the step it lies in, or all GPU activity. Ruler and context strip count from there. */
import type { Span, Step, TraceInfo } from '../../src/shared/protocol.js';
import { gpuActivity, widthNs } from './viewport.js';

export interface Context extends Span {
  /** undefined when the window is wider than a step or outside of all */
  step?: Step;
  /** time 0 of the ruler */
  originNs: number;
}

/** A window this much wider than a step still counts as a look at that step. */
const STEP_SLACK = 1.25;
const STEP_MARGIN = 0.02;

export function contextOf(info: TraceInfo, steps: readonly Step[], window: Span): Context {
  const middle = (window.startNs + window.endNs) / 2;
  const step = steps.find((candidate) => candidate.startNs <= middle && middle < candidate.endNs);
  if (step && widthNs(window) <= widthNs(step) * STEP_SLACK) {
    const margin = widthNs(step) * STEP_MARGIN;
    return { step, startNs: Math.min(step.startNs - margin, window.startNs), endNs: Math.max(step.endNs + margin, window.endNs), originNs: step.startNs };
  }
  return { ...gpuActivity(info.tracks, info.durationNs), originNs: 0 };
}
