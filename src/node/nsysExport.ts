/** Converts reports of Nsight Systems with the user's own nsys, and keeps the databases that it makes. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSqlite } from '../core/read/sqlite/database.js';
import { utf8 } from '../core/read/text.js';
import type { Progress } from '../shared/protocol.js';
import { openFile } from './files.js';
import {
  type Failure,
  isOlder,
  lastLine,
  type Machine,
  nsysCandidates,
  programVersion,
  REPORT_HEAD_BYTES,
  type Report,
  refusal,
  reportOf,
  type Version,
} from './nsys.js';
import { keepFile, storageKey, storedFile } from './storage.js';

export interface ExportOptions {
  /** absolute path of the program as the user named it; '' to look for it */
  nsys: string;
  /** how the user can name it, for messages */
  told: string;
  /** false: nothing may be run */
  trusted: boolean;
  progress?(progress: Progress): void;
  /** stops nsys */
  signal?: AbortSignal;
  machine?: Machine;
}

const VERSION_MS = 30_000;
/** What a program has to end by itself when it is stopped. */
const GRACE_MS = 2000;
/** nsys draws its progress bar anew for every percent. */
const MOST_OUTPUT = 64 << 20;

/** The beginning of a file. */
async function headOf(filePath: string): Promise<Uint8Array> {
  const file = await openFile(filePath);
  try {
    const head = new Uint8Array(REPORT_HEAD_BYTES);
    return head.subarray(0, await file.read(head, 0));
  } finally {
    await file.close();
  }
}

/** The report at `filePath`; undefined for a file of another kind. */
export async function reportAt(filePath: string): Promise<Report | undefined> {
  return reportOf(utf8(await headOf(filePath)));
}

/** The database of a report, which is stored in `folder` under the report's path, size and time; undefined for a file of another kind. */
export async function storedExport(filePath: string, { folder, limitBytes }: { folder: string; limitBytes: number }, options: ExportOptions) {
  const report = await reportAt(filePath);
  if (!report) return undefined;
  const key = await storageKey(filePath, 'nsys export');
  const known = await storedFile(folder, key);
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(folder, 'export-'));
  try {
    return await keepFile(folder, key, await exportReport(filePath, report, work, options), limitBytes);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Converts a report into a database in `folder`, and answers its path. Throws NotATrace. */
export async function exportReport(filePath: string, report: Report, folder: string, options: ExportOptions): Promise<string> {
  const refuse = (failure: Failure): Error => refusal(failure, filePath, options.told);
  if (!options.trusted) throw refuse({ kind: 'untrusted' });
  const fileBytes = (await stat(filePath)).size;
  const tell = (percent: number, stage: string): void =>
    options.progress?.({ readBytes: Math.round((fileBytes * percent) / 100), fileBytes, events: 0, stage });
  tell(0, 'Looking for nsys');
  const chosen = await chooseNsys(report, options);
  if ('kind' in chosen) throw refuse(chosen);
  const { program, version } = chosen;
  const stage = `Converting with nsys${version ? ` ${version.join('.')}` : ''}`;
  tell(0, stage);
  const target = path.join(folder, 'report.sqlite');
  const args = ['export', '--type', 'sqlite', '--output', target, '--force-overwrite', 'true', path.resolve(filePath)];
  const { failed, printed } = await run(program, args, { signal: options.signal }, (text) => {
    const percent = [...text.matchAll(/(\d{1,3})%/g)].at(-1)?.[1];
    if (percent !== undefined) tell(Math.min(100, Number(percent)), stage);
  });
  if (options.signal?.aborted) throw refuse({ kind: 'cancelled' });
  if (failed) throw refuse({ kind: 'failed', program, lastLine: lastLine(printed) || failed.message });
  // nsys stats and export have both been seen to end well with an error in their text.
  const wrote = await headOf(target).then(isSqlite, () => false);
  if (!wrote) throw refuse({ kind: 'wroteNothing', program, lastLine: lastLine(printed) });
  return target;
}

/** The first nsys that can read the report; one whose version cannot be told only where there is no better. */
async function chooseNsys({ version: needs }: Report, { nsys, signal, machine = thisMachine() }: ExportOptions): Promise<Chosen | Failure> {
  if (nsys !== '' && !(path.isAbsolute(nsys) && (await isProgram(nsys)))) return { kind: 'notAProgram', program: nsys };
  let unknown: Chosen | undefined;
  let old: Extract<Failure, { kind: 'tooOld' }> | undefined;
  for (const program of nsys === '' ? nsysCandidates(machine) : [nsys]) {
    if (signal?.aborted) return { kind: 'cancelled' };
    if (!(await isProgram(program))) continue;
    const { printed } = await run(program, ['--version'], { signal, timeout: VERSION_MS });
    const version = programVersion(printed);
    if (!version) unknown ??= { program };
    else if (!needs || !isOlder(version, needs)) return { program, version };
    else if (!old || isOlder(old.version, version)) old = { kind: 'tooOld', program, version, needs };
  }
  return unknown ?? old ?? { kind: 'notFound' };
}

interface Chosen {
  program: string;
  version?: Version;
}

/** Runs a program without a shell until it ends. `printed` gets what it prints while it runs. */
function run(
  program: string,
  args: readonly string[],
  { signal, timeout }: { signal?: AbortSignal; timeout?: number },
  listen?: (text: string) => void,
): Promise<{ failed?: Error; printed: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout, maxBuffer: MOST_OUTPUT, windowsHide: true }, (error, stdout, stderr) => {
      signal?.removeEventListener('abort', stop);
      resolve({ failed: error ?? undefined, printed: `${stdout}\n${stderr}` });
    });
    // Not by execFile's own signal: that answers before the program has ended, while it still writes.
    const stop = (): void => {
      child.kill();
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    child.stdin?.end();
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => listen?.(String(text)));
  });
}

function isProgram(file: string): Promise<boolean> {
  return Promise.all([stat(file), access(file, constants.X_OK)]).then(
    ([stats]) => stats.isFile(),
    () => false,
  );
}

function thisMachine(): Machine {
  const list = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return { platform: process.platform, path: process.env.PATH ?? '', list };
}
