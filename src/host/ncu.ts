/** CSV files of Nsight Compute, attached to traces: those that lie beside one, and those that the user chose for it. */
import * as v from 'valibot';
import { type Disposable, type Event, EventEmitter, FileType, type Memento, Uri, window, workspace } from 'vscode';
import { isNcuCsv } from '../core/read/ncu.js';
import { count } from '../shared/format.js';
import type { NcuFile, NcuReport } from '../shared/ncu.js';
import { baseName } from './api.js';
import { log, messageOf } from './log.js';
import type { OpenTrace } from './traces.js';

export interface NcuFiles extends Disposable {
  /** attaches what belongs to the trace, once; undefined when there is nothing. Never asks the user */
  report(trace: OpenTrace): Promise<NcuReport | undefined>;
  /** asks for files, attaches them to the trace and remembers them */
  attach(trace: OpenTrace): Promise<void>;
  onDidChange: Event<OpenTrace>;
}

const KEY = 'kernelLens.ncu';
const MOST_TRACES = 200;
const MOST_FILES = 50;
/** The raw page of a thousand launches has a few megabytes. */
const MOST_BYTES = 64_000_000;
const BESIDE = /^ncu.*\.csv$|\.ncu\.csv$/i;

const remembered = v.array(v.tuple([v.string(), v.array(v.string())]));

function saved(storage: Memento): [string, string[]][] {
  const parsed = v.safeParse(remembered, storage.get(KEY));
  return parsed.success ? parsed.output : [];
}

function chosenFiles(storage: Memento, trace: Uri): Uri[] {
  const chosen = saved(storage).find(([key]) => key === trace.toString())?.[1] ?? [];
  return chosen.map((file) => Uri.parse(file));
}

async function remember(storage: Memento, trace: Uri, files: readonly Uri[]): Promise<void> {
  const others = saved(storage).filter(([key]) => key !== trace.toString());
  await storage.update(KEY, [...others, [trace.toString(), files.map(String)]].slice(-MOST_TRACES));
}

async function filesBeside(trace: Uri): Promise<Uri[]> {
  const folder = Uri.joinPath(trace, '..');
  const entries = await workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  const names = entries.filter(([name, type]) => type & FileType.File && BESIDE.test(name)).map(([name]) => name);
  return names
    .sort()
    .slice(0, MOST_FILES)
    .map((name) => Uri.joinPath(folder, name));
}

/** The text of a CSV of Nsight Compute; throws one sentence for what is none. */
async function readFile(file: Uri): Promise<NcuFile> {
  const name = baseName(file);
  const { size } = await workspace.fs.stat(file);
  if (size > MOST_BYTES) throw new Error(`${name} has more than ${MOST_BYTES / 1e6} MB: save only some of the launches, with ncu's --launch-count.`);
  const bytes = await workspace.fs.readFile(file);
  // PowerShell's ">" writes UTF-16.
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
  if (text.startsWith('NVR\0')) {
    throw new Error(`${name} is a report that only NVIDIA's ncu can read: run "ncu --import ${name} --csv --page details > ${name}.csv" and attach that.`);
  }
  if (!isNcuCsv(text)) throw new Error(`${name} is no output of ncu --csv: it has no header line with ID, Process ID and Kernel Name.`);
  return { name, text };
}

export function createNcuFiles(storage: Memento): NcuFiles {
  const changed = new EventEmitter<OpenTrace>();
  const reports = new WeakMap<OpenTrace, Promise<NcuReport | undefined>>();

  const attachFound = async (trace: OpenTrace): Promise<NcuReport | undefined> => {
    const chosen = chosenFiles(storage, trace.uri);
    const files: NcuFile[] = [];
    const unread: string[] = [];
    for (const file of chosen.length > 0 ? chosen : await filesBeside(trace.uri)) {
      try {
        files.push(await readFile(file));
      } catch (error) {
        // What was found by its name may be anything.
        log.warn(`${file.path} was not attached to ${trace.uri.path}: ${messageOf(error)}`);
        if (chosen.length > 0) unread.push(`${baseName(file)} could not be read again: ${messageOf(error)}`);
      }
    }
    if (files.length === 0) return undefined;
    const report = await trace.api.attachNcu(files);
    log.info(`${trace.uri.path}: ${summary(report)}`);
    return { ...report, problems: [...unread, ...report.problems] };
  };

  return {
    report(trace) {
      const known = reports.get(trace) ?? attachFound(trace);
      reports.set(trace, known);
      return known;
    },
    async attach(trace) {
      const chosen = await window.showOpenDialog({
        title: 'Attach Nsight Compute CSV',
        openLabel: 'Attach',
        canSelectMany: true,
        filters: { 'Nsight Compute CSV': ['csv', 'txt', 'log'], 'All Files': ['*'] },
      });
      if (!chosen || chosen.length === 0) return;
      const report = await trace.api.attachNcu(await Promise.all(chosen.map(readFile)));
      reports.set(trace, Promise.resolve(report));
      await remember(storage, trace.uri, chosen);
      changed.fire(trace);
      void (report.joined > 0 ? window.showInformationMessage(summary(report)) : window.showWarningMessage(summary(report)));
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

function summary({ files, launches, joined, kernels, problems }: NcuReport): string {
  const counts = `${count(joined)} of ${count(launches)} measured ${launches === 1 ? 'launch' : 'launches'} joined to ${count(kernels.length)} ${kernels.length === 1 ? 'kernel' : 'kernels'}`;
  return [`Nsight Compute: ${files.join(', ')}: ${counts}.`, ...problems].join(' ');
}
