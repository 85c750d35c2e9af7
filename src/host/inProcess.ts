/** The platform of a host without threads and files: traces are read whole into memory, on the host's own thread. */
import { type Uri, workspace } from 'vscode';
import { type ByteFile, memoryFile } from '../core/read/bytes.js';
import { sniff } from '../core/read/read.js';
import { openTrace } from '../core/session/open.js';
import { type OwnerApi, serveTrace } from '../node/serveTrace.js';
import { type Channel, connect } from '../shared/rpc.js';
import { baseName } from './api.js';
import { readWhole } from './memory.js';
import type { Platform } from './platform.js';

/** Files that are sniffed by reading them whole. */
const SNIFF_BYTES = 5_000_000;
/** How long reading keeps the thread before others get a turn: a click on Cancel must be heard. */
const TURN_MS = 50;

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

/** The same file, whose reader gives way now and then. */
function polite(file: ByteFile): ByteFile {
  let turn = Date.now();
  return {
    ...file,
    async read(into, position) {
      if (Date.now() - turn > TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = Date.now();
      }
      return file.read(into, position);
    },
  };
}

export const inProcess: Platform = {
  open(uri, progress) {
    let cancelled = false;
    const [asking, answering] = loopback();
    const opening = readWhole(uri).then((bytes) => openTrace(polite(memoryFile(baseName(uri), bytes)), { progress, cancelled: () => cancelled }));
    const api = connect<OwnerApi>(asking);
    const cancel = (): void => {
      cancelled = true;
    };
    return {
      api,
      outcome: serveTrace(answering, opening),
      cancel,
      dispose() {
        cancel();
        api.close('The trace was closed.');
      },
    };
  },
  isTrace: (uri, bytes) => isTraceInMemory(uri, bytes),
  clearStored: async () => 0,
  readsInBackground: false,
};

/** Told from the first bytes where the file is small, else from the name: there is no reading of a part. */
export async function isTraceInMemory(uri: Uri, bytes: number): Promise<boolean> {
  if (bytes > SNIFF_BYTES) return /trace|profile/i.test(baseName(uri));
  const { format } = await sniff(memoryFile(baseName(uri), await workspace.fs.readFile(uri)));
  return format !== 'none';
}
