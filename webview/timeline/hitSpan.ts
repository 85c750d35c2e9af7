/** The part of a trace that shows what a search finds. */
import type { Span, TraceApi } from '../../src/shared/protocol.js';

/** From the first hit to the last one of its step, or to the very last where there are no steps; undefined without hits. */
export async function hitSpan(trace: Pick<TraceApi, 'search' | 'searchHit' | 'searchIndexAt' | 'steps'>, query: string): Promise<Span | undefined> {
  const first = await trace.searchHit(query, 0);
  if (!first) return undefined;
  const { steps } = await trace.steps();
  const step = steps.find(({ startNs, endNs }) => startNs <= first.startNs && first.startNs < endNs);
  const end = step ? await trace.searchIndexAt(query, step.endNs) : (await trace.search(query)).count;
  const last = (await trace.searchHit(query, Math.max(end - 1, 0))) ?? first;
  return { startNs: first.startNs, endNs: Math.max(first.endNs, last.endNs) };
}
