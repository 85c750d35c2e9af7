/** The platform of a host without threads and files: traces are read whole into memory, on the host's own thread. */
import { memoryFile } from '../core/read/bytes.js';
import { openTrace } from '../core/session/open.js';
import { type OwnerApi, refusalOf, serveTrace } from '../node/serveTrace.js';
import type { Outcome } from '../shared/protocol.js';
import { type Channel, connect } from '../shared/rpc.js';
import { baseName } from './api.js';
import { isTraceInMemory, readWhole } from './memory.js';
import { ownRules } from './ownSettings.js';
import type { Platform } from './platform.js';
import { workspaceSources } from './workspaceSources.js';

/** Two ends in one thread: a message arrives in the next microtask. */
function loopback(): [Channel, Channel] {
  const receivers: ((message: unknown) => void)[][] = [[], []];
  const end = (mine: number, other: number): Channel => ({
    post: (message) =>
      queueMicrotask(() => {
        for (const receive of receivers[other]!) receive(message);
      }),
    listen: (receive) => void receivers[mine]!.push(receive),
  });
  return [end(0, 1), end(1, 0)];
}

export const inProcess: Platform = {
  open(uri, progress) {
    let cancelled = false;
    const [asking, answering] = loopback();
    const opening = readWhole(uri).then((bytes) =>
      openTrace(memoryFile(baseName(uri), bytes), { progress, cancelled: () => cancelled }, workspaceSources, ownRules()),
    );
    const api = connect<OwnerApi>(asking);
    serveTrace(answering, opening, Promise.resolve());
    const cancel = (): void => {
      cancelled = true;
    };
    return {
      api,
      outcome: api.outcome().catch((error: unknown): Outcome => ({ refusal: refusalOf(error) })),
      stored: api.stored,
      cancel,
      dispose() {
        cancel();
        api.close('The trace was closed.');
      },
    };
  },
  isTrace: isTraceInMemory,
  pathOf: (uri) => uri.toString(),
  pythonPrefixes: [],
  clearStored: async () => 0,
  readsInBackground: () => false,
};
