/** Reports of Nsight Systems on the command line: converted for as long as the trace is open. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exportReport, reportAt } from '../node/nsysExport.js';
import type { Progress } from '../shared/protocol.js';

export interface Readable {
  /** what is to be read: the file itself, or the database that it was converted into */
  path: string;
  /** deletes what was made for it */
  remove(): Promise<void>;
}

/** Converts a report; other files are read as they are. `nsys` is the program as the user named it. Throws NotATrace. */
export async function readable(path: string, nsys: string | undefined, progress?: (progress: Progress) => void): Promise<Readable> {
  const report = await reportAt(path);
  if (!report) return { path, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'kernel-lens-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const options = { nsys: nsys === undefined ? '' : resolve(nsys), told: 'the option --nsys', trusted: true, progress };
  try {
    return { path: await exportReport(path, report, folder, options), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
