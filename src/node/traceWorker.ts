/** The thread that owns one trace: takes its stored index or reads the file, then answers the extension host. */
import { parentPort, workerData } from 'node:worker_threads';
import { memoryFile } from '../core/read/bytes.js';
import { openTrace } from '../core/session/open.js';
import type { TraceApi } from '../shared/protocol.js';
import { openFile } from './files.js';
import { serveTrace } from './serveTrace.js';

export interface WorkerStart {
  file: { path: string } | { name: string; bytes: Uint8Array };
  /** where indexes are kept, and how much of them */
  store: { folder: string; limitBytes: number };
  /** shared with the host; not 0 when reading must stop */
  cancel: Int32Array;
}

const start: WorkerStart = workerData;
const port = parentPort!;

async function open(): Promise<TraceApi> {
  const file = 'path' in start.file ? await openFile(start.file.path) : memoryFile(start.file.name, start.file.bytes);
  return openTrace(file, { progress: (progress) => port.postMessage({ progress }), cancelled: () => Atomics.load(start.cancel, 0) !== 0 });
}

void serveTrace({ post: (message) => port.postMessage(message), listen: (receive) => port.on('message', receive) }, open());
