/** Answers for one trace over a channel: from a thread of its own, and on the same thread where there are no threads. */
import { NotATrace } from '../core/read/read.js';
import type { AnalysisApi } from '../shared/analysis.js';
import type { ModelApi } from '../shared/model.js';
import type { NcuApi } from '../shared/ncu.js';
import type { Outcome, Refusal, TraceApi } from '../shared/protocol.js';
import { type Channel, serve } from '../shared/rpc.js';

/** What the owner of a trace answers. */
export interface OwnerApi extends TraceApi, AnalysisApi, ModelApi, NcuApi {
  /** waits until the trace is open, or refused */
  outcome(): Promise<Outcome>;
  /** waits until its index is stored, where indexes are */
  stored(): Promise<void>;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** What to tell people when a file was not opened. */
export function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return { title: error instanceof NotATrace ? error.title : 'This file could not be read', message };
}

/** Answers every question once `opening` is done. */
export function serveTrace(channel: Channel, opening: Promise<TraceApi>, stored: Promise<void>): void {
  const outcome = opening
    .then((api) => api.info())
    .then(
      (info): Outcome => ({ info }),
      (error: unknown): Outcome => ({ refusal: refusalOf(error) }),
    );
  const methods = opening.then((api) => new Map<string, Method>(Object.entries(api)));
  methods.catch(() => {});
  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    const method = (await methods).get(name);
    if (!method) throw new Error(`no method ${name}`);
    return method(...args);
  };
  const own = new Map<string, Method>([
    ['outcome', () => outcome],
    ['stored', () => stored],
  ]);
  serve(channel, (name) => own.get(name) ?? ((...args) => call(name, args)));
}
