/** What Node adds to the reader: a second thread, and databases. */
import { Worker } from 'node:worker_threads';
import type { InflateThread, Platform } from '../core/read/read.js';
import { fileBeside } from './files.js';
import { openDatabase } from './sqlite.js';

/** Starts the thread that inflates the file at `path`. `entry` is inflateWorker.ts as it was built. */
export function startInflateThread(path: string, entry: URL): InflateThread & { worker: Worker } {
  const worker = new Worker(entry, { workerData: { path }, execArgv: [] });
  const failed = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('messageerror', reject);
  });
  failed.catch(() => {}); // nobody listens to it yet
  return { worker, start: (data) => worker.postMessage(data), stop: () => void worker.terminate(), failed };
}

/** Inflates the file at `path` on a thread of its own, opens it as a database, and finds what lies beside it. */
export function nodePlatform(path: string, entry: URL = new URL('./inflate.js', import.meta.url)): Platform {
  return { inflateThread: () => startInflateThread(path, entry), openDatabase: () => openDatabase(path), beside: (name) => fileBeside(path, name) };
}
