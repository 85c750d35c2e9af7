/** The platform of Node: one thread for each trace, which reads the file from disk and keeps its index there. */
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { Uri, workspace } from 'vscode';
import { sniff } from '../core/read/read.js';
import { openFile } from '../node/files.js';
import { reportAt, storedExport } from '../node/nsysExport.js';
import { type OwnerApi, refusalOf } from '../node/serveTrace.js';
import { clearStored } from '../node/storage.js';
import type { WorkerStart } from '../node/traceWorker.js';
import type { Outcome, Progress } from '../shared/protocol.js';
import { connect } from '../shared/rpc.js';
import { baseName } from './api.js';
import { log, messageOf } from './log.js';
import { isTraceInMemory, readWhole } from './memory.js';
import { ownRules } from './ownSettings.js';
import type { Platform, TraceOwner } from './platform.js';
import { BYTES_PER_MB, setting } from './settings.js';

const isOnDisk = (uri: Uri): boolean => uri.scheme === 'file';
/** Reports of Nsight Systems: another program reads them, which runs only for whoever opens one. */
const isReportName = (uri: Uri): boolean => /\.(?:nsys-rep|qdrep)$/.test(uri.path);

/** `storage` is the folder that VS Code gives the extension for files of its own, `version` the extension's. */
export function nodePlatform(extension: Uri, storage: Uri, version: string): Platform {
  const folder = Uri.joinPath(storage, 'indexes').fsPath;
  const script = Uri.joinPath(extension, 'dist', 'traceWorker.js').fsPath;
  return {
    open(uri, progress) {
      const cancel = new Int32Array(new SharedArrayBuffer(4));
      const stopping = new AbortController();
      const store = { folder, limitBytes: setting('storage.maxSizeMB') * BYTES_PER_MB, version };
      const onDisk = async (path: string) => ({ path, database: await storedExport(path, store, { ...nsysOptions(), progress, signal: stopping.signal }) });
      const start = async (): Promise<WorkerStart> => ({
        file: isOnDisk(uri) ? await onDisk(uri.fsPath) : { name: baseName(uri), bytes: await readWhole(uri) },
        store,
        own: ownRules(),
        cancel,
      });
      return ownByWorker(script, start(), progress, () => {
        Atomics.store(cancel, 0, 1);
        stopping.abort();
      });
    },
    async isTrace(uri, bytes) {
      if (!isOnDisk(uri)) return isTraceInMemory(uri, bytes);
      if (isReportName(uri)) return (await reportAt(uri.fsPath)) !== undefined;
      const file = await openFile(uri.fsPath);
      try {
        return (await sniff(file)).format !== 'none';
      } finally {
        await file.close();
      }
    },
    pathOf: (uri) => (isOnDisk(uri) ? uri.fsPath : undefined),
    pythonPrefixes: [process.env.VIRTUAL_ENV, process.env.CONDA_PREFIX].flatMap((folder) => folder || []),
    clearStored: () => clearStored(folder),
    readsInBackground: (uri) => !isReportName(uri),
  };
}

/** How NVIDIA's nsys may be run. */
function nsysOptions() {
  return { nsys: setting('nsys.path'), told: 'the setting kernelLens.nsys.path', trusted: workspace.isTrusted };
}

const count = v.number();
const news = v.object({ progress: v.object({ readBytes: count, fileBytes: count, events: count, stage: v.string() }) });
const warning = v.object({ warning: v.string() });

/** Starts the thread of one trace and speaks with it. Whatever happens to the thread, the outcome says so. */
function ownByWorker(script: string, start: Promise<WorkerStart>, progress: (progress: Progress) => void, cancel: () => void): TraceOwner {
  let disposed = false;
  const worker = start.then((workerData) => new Worker(script, { workerData }));
  const withThread = (use: (thread: Worker) => void): void => void worker.then(use, () => {});
  const api = connect<OwnerApi>({
    post: (message) => withThread((thread) => thread.postMessage(message)),
    listen: (receive) => withThread((thread) => thread.on('message', receive)),
  });
  const ended = (message: string): void => {
    if (!disposed) log.error(message);
    api.close(message);
  };
  withThread((thread) => {
    thread.on('message', (message: unknown) => {
      if (v.is(news, message)) progress(message.progress);
      if (v.is(warning, message)) log.warn(message.warning);
    });
    thread.on('error', (error) => ended(`Reading stopped with an error: ${messageOf(error)}`));
    thread.on('exit', () => ended('The thread of the trace ended.'));
  });
  return {
    api,
    outcome: worker.then(() => api.outcome()).catch((error: unknown): Outcome => ({ refusal: refusalOf(error) })),
    stored: api.stored,
    cancel,
    dispose() {
      disposed = true;
      cancel();
      api.close('The trace was closed.');
      worker.then((thread) => thread.terminate()).catch((error: unknown) => log.debug(messageOf(error)));
    },
  };
}
