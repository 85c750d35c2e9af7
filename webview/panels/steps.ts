/** How steps are called and shown. */
import type { Phase, Span, Step } from '../../src/shared/protocol.js';

/** Room on either side of a step that fills the timeline, as a share of it. */
const MARGIN = 0.02;

/** "decode #3", "step #3" where the recording does not tell the phase. */
export function stepName({ index, phase }: Pick<Step, 'index' | 'phase'>): string {
  return `${phase === 'unknown' ? 'step' : phase} #${index}`;
}

/** A phase by itself; "steps" where the recording does not tell it. */
export function phaseName(phase: Phase): string {
  return phase === 'unknown' ? 'steps' : phase;
}

/** The window that shows a step whole. */
export function stepWindow({ startNs, endNs }: Span): Span {
  const marginNs = (endNs - startNs) * MARGIN;
  return { startNs: startNs - marginNs, endNs: endNs + marginNs };
}
