/** Opens trace files for the verbs, and says in one line why one cannot be opened. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { NotATrace, type Records, readTrace } from '../core/read/read.js';
import { type Analyses, createAnalyses } from '../core/session/analyses.js';
import { createSession, type Session } from '../core/session/session.js';
import type { Trace } from '../core/trace/trace.js';
import { openFile } from '../node/files.js';
import { configBeside } from '../node/modelConfig.js';
import { nodePlatform } from '../node/platform.js';
import { nodeSources } from '../node/sources.js';
import { bytes } from '../shared/format.js';
import type { Progress, TraceInfo } from '../shared/protocol.js';
import { readable } from './nsys.js';

export interface Opened {
  /** as it was given */
  path: string;
  info: TraceInfo;
  session: Session;
  trace: Trace;
  records: Records;
  analyses: Analyses;
  /** the file stays open for what is read again: args of records */
  close(): Promise<void>;
}

/** Input that cannot be used; the message says what, where and what to do. */
export class Unreadable extends Error {}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'this is a folder; give the trace file inside it',
};

/** What a trace is opened with. */
export interface OpenWith {
  /** path of the config.json of the model that ran; else the one beside the trace is taken */
  config?: string;
  /** path of NVIDIA's nsys; else it is looked for */
  nsys?: string;
}

/** Opens a trace file; a report of Nsight Systems is converted first. Rejects with Unreadable. */
export async function openPath(path: string, stderr: NodeJS.WritableStream & { isTTY?: boolean }, { config, nsys }: OpenWith = {}): Promise<Opened> {
  const shows = stderr.isTTY === true;
  const clear = (): void => void (shows && stderr.write('\r\x1b[K'));
  const progress = shows
    ? ({ stage, readBytes, fileBytes }: Progress) => void stderr.write(`\r\x1b[K${stage} ${bytes(readBytes)} of ${bytes(fileBytes)}`)
    : undefined;
  try {
    const fileBytes = (await stat(path)).size;
    const source = await readable(path, nsys, progress).finally(clear);
    const file = await openFile(source.path);
    const close = (): Promise<void> => file.close().then(source.remove);
    try {
      const { trace, records } = await readTrace(file, { platform: nodePlatform(source.path), progress });
      const analyses = createAnalyses(trace);
      const modelConfig = config === undefined ? await configBeside(path) : await given(config);
      const session = createSession(trace, records, { fileName: basename(path), fileBytes }, { analyses, sources: nodeSources, config: modelConfig });
      return { path, info: await session.info(), session, trace, records, analyses, close };
    } catch (error) {
      await close();
      throw error;
    } finally {
      clear();
    }
  } catch (error) {
    throw new Unreadable(`${path}: ${reason(error)}`, { cause: error });
  }
}

async function given(configPath: string): Promise<string> {
  try {
    return await readFile(configPath, 'utf8');
  } catch (error) {
    throw new Error(`${configPath}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  if (error instanceof NotATrace) return error.message;
  if (!(error instanceof Error)) return String(error);
  const known = 'code' in error && typeof error.code === 'string' ? SYSTEM_ERRORS[error.code] : undefined;
  return known ?? `it could not be read: ${error.message}`;
}
