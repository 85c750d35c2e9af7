/** The kernels of each open trace, linked to the lines of a source tree: linked when somebody needs it, anew when the tree changes. */
import { ConfigurationTarget, type Disposable, type Event, EventEmitter, type Memento, Uri, window, workspace } from 'vscode';
import { modulePath } from '../core/source/frames.js';
import type { LinkReport, LinkRequest } from '../shared/model.js';
import type { NoModel, Snippet } from '../shared/view.js';
import { baseName } from './api.js';
import { artifactsBeside, captureBeside, modelBeside, pickModel } from './identity.js';
import { log, messageOf, report as reportError } from './log.js';
import type { Platform } from './platform.js';
import { chosenModel, rememberModel } from './runs.js';
import { findSourceRoot, MODEL_PACKAGES, type ModelPackage, packageAt, type SourceRoot } from './sourceTree.js';
import { watchSource } from './sourceWatch.js';
import type { OpenTrace, Traces } from './traces.js';

export interface Models extends Disposable {
  /** links the trace if it is not yet; never asks the user */
  report(trace: OpenTrace): Promise<LinkReport | NoModel>;
  /** the report, where there is one already */
  known(trace: OpenTrace): LinkReport | undefined;
  /** the file of a place; undefined before the trace is linked */
  fileOf(trace: OpenTrace, file: string): Uri | undefined;
  /** how places of the trace's tree name a file; undefined for a file outside of it */
  placeOf(trace: OpenTrace, uri: Uri): string | undefined;
  /** the lines around a line of the tree; undefined when the file is gone */
  snippet(trace: OpenTrace, file: string, line: number, context: number): Promise<Snippet | undefined>;
  /** asks which model ran, then links anew */
  chooseModel(trace: OpenTrace): Promise<LinkReport | NoModel>;
  /** asks for the folder of the source, then links every trace anew */
  chooseSource(trace: OpenTrace): Promise<LinkReport | NoModel>;
  /** a trace has been linked, or what it was linked to is out of date */
  onDidChange: Event<OpenTrace>;
}

interface Linked {
  answer: Promise<LinkReport | NoModel>;
  root?: SourceRoot;
  report?: LinkReport;
}

/** Which package the trace's Python frames are of; both, where there are none. */
async function packagesOf(trace: OpenTrace): Promise<readonly ModelPackage[]> {
  const named = new Set((await trace.api.frames()).map(({ frame }) => modulePath(frame.file)?.package));
  const found = MODEL_PACKAGES.filter((name) => named.has(name));
  return found.length > 0 ? found : MODEL_PACKAGES;
}

const noSource = (packages: readonly string[]): NoModel => ({
  reason: `No source of ${packages.join(' or ')} was found in the workspace, in the setting kernelLens.source.roots or in the selected Python environment.`,
  fix: 'chooseSource',
});

/** Links by what the user chose, by what the recording says, by what files beside it say, in this order. */
async function linkAs({ api, uri }: OpenTrace, request: LinkRequest, chosen: string | undefined): Promise<LinkReport | NoModel> {
  try {
    return await api.link({ ...request, architecture: chosen });
  } catch (error) {
    if (!messageOf(error).includes('Which model ran?')) throw error;
    const beside = await modelBeside(uri);
    if (beside === undefined || beside === chosen) return { reason: messageOf(error), fix: 'chooseModel' };
    log.info(`Files beside ${uri.path} name ${beside}`);
    return api.link({ ...request, architecture: beside });
  }
}

function linesAround(text: string, line: number, context: number): Snippet {
  const fromLine = Math.max(1, line - context);
  return { fromLine, lines: text.split('\n').slice(fromLine - 1, line + context) };
}

export function createModels(platform: Platform, traces: Traces, storage: Memento): Models {
  const changed = new EventEmitter<OpenTrace>();
  const links = new Map<OpenTrace, Linked>();
  const watched = new Map<string, Disposable>();
  const offered = new WeakSet<OpenTrace>();

  const link = async (trace: OpenTrace, mine: Linked, changedFiles?: string[]): Promise<LinkReport | NoModel> => {
    if (!trace.info && 'refusal' in (await trace.outcome)) return { reason: 'The trace is not open.', fix: 'none' };
    const packages = await packagesOf(trace);
    mine.root ??= await findSourceRoot(packages, platform.pythonPrefixes);
    if (!mine.root) return noSource(packages);
    const root = platform.pathOf(mine.root.uri);
    if (root === undefined) return { reason: `The source in ${mine.root.uri.toString()} is not on a disk of this machine.`, fix: 'chooseSource' };
    watch(mine.root);
    const capture = await captureBeside(trace.uri, trace.info?.rank);
    const artifacts = await artifactsBeside(trace.uri);
    const beside = { capture: capture && platform.pathOf(capture), artifacts: artifacts && platform.pathOf(artifacts) };
    return linkAs(trace, { root, changed: changedFiles, ...beside }, chosenModel(storage, trace.uri));
  };

  /** Links, and keeps the old report in sight until there is a new one. */
  const start = (trace: OpenTrace, before?: Linked, changedFiles?: string[]): Promise<LinkReport | NoModel> => {
    const mine: Linked = { answer: Promise.resolve({ reason: '', fix: 'none' }), root: before?.root, report: before?.report };
    links.set(trace, mine);
    mine.answer = link(trace, mine, changedFiles)
      .catch((error: unknown): NoModel => ({ reason: messageOf(error), fix: 'none' }))
      .then((answer) => {
        mine.report = 'reason' in answer ? undefined : answer;
        log.info(`${trace.uri.path}: ${'reason' in answer ? answer.reason : `${answer.architecture} of ${answer.root}`}`);
        if (links.get(trace) === mine) changed.fire(trace);
        if ('fix' in answer && answer.fix === 'chooseModel') offer(trace).catch(reportError);
        return answer;
      });
    return mine.answer;
  };

  /** Links again what was linked to the files of a tree. */
  const watch = (root: SourceRoot): void => {
    const key = root.uri.toString();
    if (watched.has(key)) return;
    const again = (paths: string[]): void => {
      for (const [trace, before] of links) if (before.root?.uri.toString() === key) void start(trace, before, paths);
    };
    watched.set(key, watchSource(root, again));
  };

  /** Looks for the tree again: another one may be meant now. */
  const forget = (): void => {
    for (const trace of [...links.keys()]) {
      links.delete(trace);
      changed.fire(trace);
    }
  };

  const report = (trace: OpenTrace): Promise<LinkReport | NoModel> => links.get(trace)?.answer ?? start(trace);

  /** Says once that there is a question, where a model seems to have run; what people see without asking must not ask them. */
  const offer = async (trace: OpenTrace): Promise<void> => {
    if (offered.has(trace)) return;
    offered.add(trace);
    const { steps } = await trace.api.steps();
    if (!steps.some(({ layers }) => layers > 0)) return;
    const choose = await window.showInformationMessage(
      `${baseName(trace.uri)} does not name its model, so its kernels are not linked to code.`,
      'Choose Model…',
    );
    if (choose) await chooseModel(trace);
  };

  const chooseModel = async (trace: OpenTrace): Promise<LinkReport | NoModel> => {
    const before = await report(trace);
    const linked = links.get(trace);
    const root = linked?.root && platform.pathOf(linked.root.uri);
    if (root === undefined) return before;
    const architecture = await pickModel(trace.api.candidates(root));
    if (architecture === undefined) return before;
    await rememberModel(storage, trace.uri, architecture);
    return start(trace, linked);
  };

  const placeOf = (trace: OpenTrace, uri: Uri): string | undefined => {
    const root = links.get(trace)?.root?.uri;
    return root && uri.scheme === root.scheme && uri.path.startsWith(`${root.path}/`) ? uri.path.slice(root.path.length + 1) : undefined;
  };
  const fileOf = (trace: OpenTrace, file: string): Uri | undefined => {
    const root = links.get(trace)?.root?.uri;
    const uri = root && Uri.joinPath(root, file);
    // A view names files too: none above the root.
    return uri && placeOf(trace, uri) !== undefined ? uri : undefined;
  };

  const listeners = [
    traces.onDidChange(() => {
      const open = new Set(traces.all());
      for (const trace of links.keys()) if (!open.has(trace)) links.delete(trace);
    }),
    workspace.onDidChangeWorkspaceFolders(forget),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kernelLens.source')) forget();
    }),
  ];
  return {
    report,
    known: (trace) => links.get(trace)?.report,
    fileOf,
    placeOf,
    async snippet(trace, file, line, context) {
      const uri = fileOf(trace, file);
      if (!uri) return undefined;
      try {
        return linesAround(new TextDecoder().decode(await workspace.fs.readFile(uri)), line, context);
      } catch {
        return undefined;
      }
    },
    chooseModel,
    async chooseSource(trace) {
      const [folder] =
        (await window.showOpenDialog({ title: 'Choose Source Tree', openLabel: 'Use as Source', canSelectFolders: true, canSelectFiles: false })) ?? [];
      if (!folder) return report(trace);
      const found = await packageAt(folder);
      if (!found) throw new Error(`${folder.path} holds no package vllm or sglang: choose the folder that does.`);
      await workspace
        .getConfiguration('kernelLens')
        .update('source.roots', [folder.path], workspace.workspaceFolders ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
      return report(trace);
    },
    onDidChange: changed.event,
    dispose() {
      for (const part of [...listeners, ...watched.values(), changed]) part.dispose();
    },
  };
}
