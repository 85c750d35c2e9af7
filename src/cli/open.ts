/** Opens trace files for the verbs, and says in one line why one cannot be opened. */
import { readFile } from 'node:fs/promises';

import { NotATrace, type Records, readTrace } from '../core/read/read.js';
import { type Analyses, createAnalyses } from '../core/session/analyses.js';
import { createSession, type Session } from '../core/session/session.js';
import type { Trace } from '../core/trace/trace.js';
import { openFile } from '../node/files.js';
import { configBeside } from '../node/modelConfig.js';
import { nodePlatform } from '../node/platform.js';
import { nodeSources } from '../node/sources.js';
import { bytes } from '../shared/format.js';
import type { TraceInfo } from '../shared/protocol.js';

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

/** `configPath` names the config.json of the model that ran; else the one beside the trace is taken. */
export async function openPath(path: string, stderr: NodeJS.WritableStream & { isTTY?: boolean }, configPath?: string): Promise<Opened> {
  const shows = stderr.isTTY === true;
  const clear = (): void => void (shows && stderr.write('\r\x1b[K'));
  try {
    const file = await openFile(path);
    try {
      const { trace, records } = await readTrace(file, {
        platform: nodePlatform(path),
        progress: shows ? ({ stage, readBytes, fileBytes }) => stderr.write(`\r\x1b[K${stage} ${bytes(readBytes)} of ${bytes(fileBytes)}`) : undefined,
      });
      const analyses = createAnalyses(trace);
      const config = configPath === undefined ? await configBeside(path) : await given(configPath);
      const session = createSession(trace, records, { fileName: file.name, fileBytes: file.size }, { analyses, sources: nodeSources, config });
      return { path, info: await session.info(), session, trace, records, analyses, close: () => file.close() };
    } catch (error) {
      await file.close();
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
