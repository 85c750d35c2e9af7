/** What is told of the streams that compute: which modules ran, and why nothing did. Asked when the window moves; the last answer stays until the next. */
import type { ModuleSpan } from '../../src/shared/model.js';
import type { Span, StreamGap, TrackId } from '../../src/shared/protocol.js';
import type { ViewTraceApi } from '../../src/shared/view.js';
import { latest } from './latest.js';
import { around, widthNs } from './viewport.js';

/** More than these are too small to tell apart. */
const MODULE_LIMIT = 1500;
const GAP_LIMIT = 2000;
/** Shorter ones are what every launch costs. */
const MIN_GAP_NS = 10_000;
const MIN_GAP_PX = 3;

export interface StreamFacts {
  modules: ReadonlyMap<TrackId, readonly ModuleSpan[]>;
  gaps: ReadonlyMap<TrackId, readonly StreamGap[]>;
}

interface Question {
  streams: readonly TrackId[];
  /** half a window more to both sides than is on screen: there is something to see while the next answer comes */
  span: Span;
  minNs: number;
}

async function byTrack<T>(streams: readonly TrackId[], ask: (track: TrackId) => Promise<T>): Promise<ReadonlyMap<TrackId, T>> {
  return new Map(await Promise.all(streams.map(async (track) => [track, await ask(track)] as const)));
}

export function createStreamFacts(trace: Pick<ViewTraceApi, 'modules' | 'gaps'>, changed: () => void) {
  const facts: StreamFacts = { modules: new Map(), gaps: new Map() };
  let asked = '';
  const ask = latest(
    async ({ streams, span, minNs }: Question): Promise<StreamFacts> => ({
      modules: await byTrack(streams, (track) => trace.modules(track, span, MODULE_LIMIT)),
      gaps: await byTrack(streams, (track) => trace.gaps(track, span, minNs, GAP_LIMIT)),
    }),
    (found) => {
      Object.assign(facts, found);
      changed();
    },
  );
  return {
    facts,
    want(streams: readonly TrackId[], window: Span, widthPx: number): void {
      const width = widthNs(window);
      const question = {
        streams,
        span: around(window, 0.5),
        minNs: Math.max(MIN_GAP_NS, (MIN_GAP_PX * width) / widthPx),
      };
      const key = JSON.stringify(question);
      if (key === asked) return;
      asked = key;
      ask(question);
    },
    /** after linking anew */
    forget(): void {
      asked = '';
    },
  };
}
