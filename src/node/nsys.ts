/** NVIDIA's nsys, which alone reads the reports it wrote: where it is installed, which reports it can read, and what to say when it does not help. */
import path from 'node:path';
import { NotATrace } from '../core/read/read.js';

/** Year, number and patch of a release. */
export type Version = readonly number[];

export interface Report {
  /** the release that wrote it; undefined where the report does not say so */
  version?: Version;
}

/** A report begins with the build that wrote it: "NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0." */
const REPORT = /^NVIDIA Tegra Profiler Report(?: (\d+)@(\d+)@(\d+)@)?/;
export const REPORT_HEAD_BYTES = 128;

/** What a report says of itself; undefined when `head` is the beginning of another kind of file. */
export function reportOf(head: string): Report | undefined {
  const found = REPORT.exec(head);
  if (!found) return undefined;
  return found[1] === undefined ? {} : { version: found.slice(1, 4).map(Number) };
}

/** From what `nsys --version` prints: "NVIDIA Nsight Systems version 2024.6.2.225-246235244400v0", in some releases with two numbers. */
export function programVersion(printed: string): Version | undefined {
  return /version (\d+)\.(\d+)(?:\.(\d+))?/
    .exec(printed)
    ?.slice(1, 4)
    .map((part) => Number(part ?? 0));
}

/** An nsys reads the reports of its own release and of all before. */
export function isOlder(version: Version, than: Version): boolean {
  const differs = than.findIndex((part, index) => part !== version[index]);
  return differs >= 0 && version[differs]! < than[differs]!;
}

/** The machine, as far as looking for a program needs it. */
export interface Machine {
  platform: NodeJS.Platform;
  /** the variable PATH */
  path: string;
  /** names in a folder; none where it cannot be read */
  list(folder: string): readonly string[];
}

interface Place {
  folder: string;
  /** of its subfolders that hold an installation */
  name: RegExp;
  programs: readonly string[];
}

const INSTALLED: Partial<Record<NodeJS.Platform, readonly Place[]>> = {
  linux: [
    { folder: '/opt/nvidia/nsight-systems', name: /^\d/, programs: ['bin/nsys', 'target-linux-x64/nsys'] },
    { folder: '/opt/nvidia/nsight-systems-cli', name: /^\d/, programs: ['bin/nsys', 'target-linux-x64/nsys'] },
    { folder: '/usr/local', name: /^cuda/, programs: ['bin/nsys'] },
  ],
  win32: [{ folder: 'C:\\Program Files\\NVIDIA Corporation', name: /^Nsight Systems \d/, programs: ['target-windows-x64\\nsys.exe'] }],
  darwin: [{ folder: '/Applications', name: /^NVIDIA Nsight Systems.*\.app$/, programs: ['Contents/MacOS/nsys'] }],
};

const newestFirst = (a: string, b: string): number => b.localeCompare(a, 'en', { numeric: true });

/** Every path at which nsys may lie, in the order in which they are tried: PATH, then the folders of its installers, newest release first. */
export function nsysCandidates({ platform, path: variable, list }: Machine): string[] {
  const { delimiter, isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  // A relative folder of PATH is one of whatever is open: nothing is run from there.
  const onPath = variable.split(delimiter).filter(isAbsolute);
  const installed = (INSTALLED[platform] ?? []).flatMap(({ folder, name, programs }) =>
    list(folder)
      .filter((entry) => name.test(entry))
      .toSorted(newestFirst)
      .flatMap((entry) => programs.map((program) => join(folder, entry, program))),
  );
  return [...new Set([...onPath.map((folder) => join(folder, platform === 'win32' ? 'nsys.exe' : 'nsys')), ...installed])];
}

/** Why a report was not converted. */
export type Failure =
  | { kind: 'untrusted' }
  | { kind: 'notFound' }
  | { kind: 'notAProgram'; program: string }
  | { kind: 'tooOld'; program: string; version: Version; needs: Version }
  | { kind: 'failed'; program: string; lastLine: string }
  | { kind: 'wroteNothing'; program: string; lastLine: string }
  | { kind: 'cancelled' };

/** A failure in words. `told` is how the user can name the program: "the setting kernelLens.nsys.path". */
export function refusal(failure: Failure, reportPath: string, told: string): NotATrace {
  const name = path.basename(reportPath);
  const command = `nsys export --type sqlite ${shellWord(name)}`;
  const elsewhere = `On a machine that has it, run \`${command}\` and open the .sqlite that it writes.`;
  const byHand = `To try it by hand, run \`${command}\` and open the .sqlite that it writes.`;
  const needed = `${name} is a report of Nsight Systems, which only NVIDIA's nsys can read`;
  switch (failure.kind) {
    case 'untrusted':
      return new NotATrace(
        'Nothing is run in a workspace that is not trusted',
        `${needed}, and in a workspace that is not trusted Kernel Lens starts no program. Trust it (Workspaces: Manage Workspace Trust) and open the report again. ${byHand}`,
      );
    case 'notFound':
      return new NotATrace(
        'nsys was not found',
        `${needed}. It is neither on the PATH nor where its installers put it; ${told} can say where it is. ${elsewhere}`,
      );
    case 'notAProgram':
      return new NotATrace('nsys was not found', `${needed}, and ${told} names ${failure.program}, which is no program that can be run here. ${elsewhere}`);
    case 'tooOld': {
      const needs = failure.needs.join('.');
      return new NotATrace(
        'nsys is older than the report',
        `${name} was written by Nsight Systems ${needs}; the nsys found is ${failure.version.join('.')} (${failure.program}) and cannot read it. Install ${needs} or newer, or name it in ${told}. ${elsewhere}`,
      );
    }
    case 'failed':
      return new NotATrace('nsys could not convert the report', `${failure.program} ended with an error: ${sentence(failure.lastLine)} ${byHand}`);
    case 'wroteNothing':
      return new NotATrace(
        'nsys could not convert the report',
        `${failure.program} reported success and wrote no database: ${sentence(failure.lastLine)} ${byHand}`,
      );
    case 'cancelled':
      return new NotATrace('Converting was cancelled', `nsys was stopped before ${name} was converted. Open it again to start anew. ${byHand}`);
  }
}

/** A file name as a shell takes it. */
function shellWord(name: string): string {
  return /^[\w.,@%+=:-]+$/.test(name) && !name.startsWith('-') ? name : `'./${name.replaceAll("'", "'\\''")}'`;
}

function sentence(line: string): string {
  const text = line === '' ? 'it printed nothing' : line;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const MOST_LINE = 300;

/** The line of a program's output that tells what went wrong: the last one with an error, else the last. */
export function lastLine(printed: string): string {
  const lines = printed
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\x1b\[[\d;]*m|[\x00-\x1f\x7f]/g, ' ').trim())
    .filter((line) => line !== '');
  return (lines.findLast((line) => /error|fail|cannot|unable/i.test(line)) ?? lines.at(-1) ?? '').slice(0, MOST_LINE);
}
