/** What the timeline writes on kernels that are linked to a module: asked for those on screen, kept by slice. */
import type { SliceId } from '../../src/shared/protocol.js';
import type { ViewTraceApi } from '../../src/shared/view.js';

/** Of one question; what is left is asked in the next frame. */
const MOST_ASKED = 2000;
const MOST_KEPT = 100_000;

export interface SlotLabels {
  /** '' while it is not known, or where there is none */
  text(slice: SliceId): string;
  /** asks for those that `text` did not know */
  ask(): void;
  /** after linking anew */
  forget(): void;
}

export function createSlotLabels(trace: Pick<ViewTraceApi, 'modelLabels'>, arrived: () => void): SlotLabels {
  const known = new Map<SliceId, string>();
  const wanted = new Set<SliceId>();
  let round = 0;
  let busy = false;
  const fetch = async (slices: SliceId[]): Promise<void> => {
    const asked = round;
    busy = true;
    const labels = await trace.modelLabels(slices).catch(() => undefined);
    busy = false;
    if (!labels || asked !== round) return;
    if (known.size > MOST_KEPT) known.clear();
    for (const [at, slice] of slices.entries()) known.set(slice, labels[at] ?? '');
    arrived();
  };
  return {
    text(slice) {
      const label = known.get(slice);
      if (label === undefined) wanted.add(slice);
      return label ?? '';
    },
    ask() {
      const slices = [...wanted].slice(0, MOST_ASKED);
      wanted.clear();
      if (!busy && slices.length > 0) void fetch(slices);
    },
    forget() {
      round++;
      known.clear();
    },
  };
}
