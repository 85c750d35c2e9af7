/** What Node adds to the reader: a second thread. */
import { Worker } from 'node:worker_threads';
import type { Platform } from '../core/read/read.js';

/** Inflates the file at `path` on a thread of its own. `entry` is inflateWorker.ts as it was built. */
export function withInflateThread(path: string, entry: URL = new URL('./inflate.js', import.meta.url)): Platform {
  return {
    startInflate(start) {
      const worker = new Worker(entry, { workerData: { path, start }, execArgv: [] });
      const failed = new Promise<never>((_, reject) => {
        worker.once('error', reject);
        worker.once('messageerror', reject);
      });
      return { stop: () => void worker.terminate(), failed };
    },
  };
}
