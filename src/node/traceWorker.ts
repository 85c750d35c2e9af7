/** The thread that owns one trace: takes its stored index or reads the file, then answers the extension host. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { memoryFile } from '../core/read/bytes.js';
import { type ReadOptions, readTrace } from '../core/read/read.js';
import { once } from '../core/session/analyses.js';
import { createSession, type OwnRules, type Session } from '../core/session/session.js';
import { buildLevels } from '../core/trace/levels.js';
import { openFile } from './files.js';
import { configBeside } from './modelConfig.js';
import { nodePlatform } from './platform.js';
import { serveTrace } from './serveTrace.js';
import { nodeSources } from './sources.js';
import { type IndexStore, keepIndex, loadIndex } from './storedIndex.js';
import { treeStore } from './treeStore.js';

export interface WorkerStart {
  /** `database` is what the file was converted into, where its own format cannot be read */
  file: { path: string; database?: string } | { name: string; bytes: Uint8Array };
  store: IndexStore;
  own: OwnRules;
  /** shared with the host; not 0 when reading must stop */
  cancel: Int32Array;
}

const start: WorkerStart = workerData;
const { own } = start;
const sources = { ...nodeSources, store: treeStore(start.store, warn) };
const port = parentPort!;
const cancelled = (): boolean => Atomics.load(start.cancel, 0) !== 0;
const options: ReadOptions = { progress: (progress) => port.postMessage({ progress }), cancelled };

/** A file that is in memory lies where times and sizes mean little: no index is kept of it. */
async function openBytes(name: string, bytes: Uint8Array): Promise<Session> {
  const { trace, records } = await readTrace(memoryFile(name, bytes), options);
  return createSession(trace, records, { fileName: name, fileBytes: bytes.length }, { sources, own });
}

/** What is left to do when the trace is open and questions can be answered. */
let keep: (() => Promise<void>) | undefined;

async function openPath(path: string, database = path): Promise<Session> {
  const file = await openFile(database);
  const platform = nodePlatform(database);
  const source = { fileName: basename(path), fileBytes: (await stat(path)).size };
  const config = await configBeside(path);
  const stored = await loadIndex(start.store, path, file, platform).catch(warn);
  if (stored) return createSession(stored.trace, stored.records, source, { levels: () => stored.levels, sources, own, config });
  const { trace, records } = await readTrace(file, { ...options, platform });
  const levels = once(() => buildLevels(trace));
  if (!cancelled()) keep = () => keepIndex(start.store, path, { trace, records, levels: levels() });
  return createSession(trace, records, source, { levels, sources, own, config });
}

/** An index that cannot be read or written costs time, nothing else. */
function warn(error: unknown): undefined {
  port.postMessage({
    warning: `The stored index of ${'path' in start.file ? start.file.path : ''} cannot be used: ${error instanceof Error ? error.message : error}`,
  });
}

const opening = 'path' in start.file ? openPath(start.file.path, start.file.database) : openBytes(start.file.name, start.file.bytes);
const stored = opening.then(
  () => keep?.().catch(warn),
  () => undefined,
);
serveTrace({ post: (message) => port.postMessage(message), listen: (receive) => port.on('message', receive) }, opening, stored);
