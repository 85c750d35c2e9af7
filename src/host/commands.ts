/** The commands of package.json. */

import * as v from 'valibot';
import { commands, type Disposable, env, ProgressLocation, type QuickPickItem, QuickPickItemKind, Uri, window } from 'vscode';
import { analysisMarkdown } from '../core/advise/markdown.js';
import { bytes } from '../shared/format.js';
import type { KernelReport, Span } from '../shared/protocol.js';
import { TABS } from '../shared/view.js';
import { baseName } from './api.js';
import type { Editors } from './editor.js';
import { factsLine } from './facts.js';
import { type Finder, folderLabel } from './finder.js';
import type { KnownFacts } from './knownFacts.js';
import { report } from './log.js';
import type { Models } from './models.js';
import type { NcuFiles } from './ncu.js';
import type { Platform } from './platform.js';
import type { Reports } from './reports.js';
import type { ShownCosts } from './shownCosts.js';
import { kernelTable, TABLE_FORMATS, tableText } from './tables.js';
import type { OpenTrace, Traces } from './traces.js';

export interface CommandServices {
  platform: Platform;
  traces: Traces;
  editors: Editors;
  finder: Finder;
  facts: KnownFacts;
  models: Models;
  ncu: NcuFiles;
  reports: Reports;
  shown: ShownCosts;
  /** names of the view's actions that are commands */
  viewActions: readonly string[];
}

/** The file that a menu means: the explorer and editor title give a URI, the view one of its nodes. */
function uriOf(argument: unknown): Uri | undefined {
  if (argument instanceof Uri) return argument;
  if (typeof argument === 'object' && argument !== null && 'uri' in argument && argument.uri instanceof Uri) return argument.uri;
  return undefined;
}

/** The file in the editor that the palette was opened over. */
function uriOfActiveTab(): Uri | undefined {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return uriOf(input);
}

async function openFileDialog(): Promise<Uri | undefined> {
  const filters = {
    Traces: ['json', 'gz', 'zst', 'pftrace', 'perfetto-trace', 'sqlite', 'nsys-rep', 'qdrep', 'rpd', 'db', 'csv', 'pickle'],
    'All Files': ['*'],
  };
  const picked = await window.showOpenDialog({ title: 'Open Trace', openLabel: 'Open Trace', filters });
  return picked?.[0];
}

interface TraceItem extends QuickPickItem {
  uri?: Uri;
}

/** Asks for one of the workspace's traces, or for a file. */
async function pickTrace(finder: Finder, facts: KnownFacts, title: string): Promise<Uri | undefined> {
  const items = finder.search().then((): TraceItem[] => [
    ...finder.files().map((file): TraceItem => {
      const known = facts.of(file);
      return {
        label: `$(pulse) ${baseName(file.uri)}`,
        description: known ? factsLine(known) : bytes(file.bytes),
        detail: folderLabel(file.uri),
        uri: file.uri,
      };
    }),
    { label: '', kind: QuickPickItemKind.Separator },
    { label: '$(folder-opened) Open Trace…' },
  ]);
  const picked = await window.showQuickPick(items, { title, placeHolder: 'Choose a trace', matchOnDescription: true, matchOnDetail: true });
  return picked && (picked.uri ?? openFileDialog());
}

/** Waits until the trace is open, with a notification once that takes a while to notice. */
async function whenOpen(trace: OpenTrace): Promise<void> {
  if (trace.info) return;
  const title = `Reading ${baseName(trace.uri)}`;
  const outcome = await window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
    token.onCancellationRequested(() => trace.cancel());
    let shown = 0;
    const listener = trace.onProgress(({ readBytes, fileBytes, stage }) => {
      const percent = fileBytes > 0 ? (100 * readBytes) / fileBytes : 0;
      progress.report({ message: `${bytes(readBytes)} of ${bytes(fileBytes)}, ${stage}`, increment: percent - shown });
      shown = percent;
    });
    return trace.outcome.finally(() => listener.dispose());
  });
  if ('refusal' in outcome) throw new Error(`${outcome.refusal.title}: ${outcome.refusal.message}`);
}

/** A step in which the search finds something, one of decoding if there is any; or the layer of its first hit there. */
async function spanOf({ api }: OpenTrace, search: string, scope: 'step' | 'layer'): Promise<Span | undefined> {
  const { steps } = await api.steps();
  for (const { startNs, endNs } of steps.toSorted((a, b) => Number(b.phase === 'decode') - Number(a.phase === 'decode'))) {
    const hit = await api.searchHit(search, await api.searchIndexAt(search, startNs));
    if (!hit || hit.startNs >= endNs) continue;
    if (scope === 'step') return { startNs, endNs };
    const layers = await api.layers(hit, 1);
    return layers[0] && { startNs: layers[0].startNs, endNs: layers[0].endNs };
  }
  return undefined;
}

const span = v.object({ startNs: v.number(), endNs: v.number() });
const evidence = v.object({ label: v.string(), span: v.optional(span), search: v.optional(v.string()), slice: v.optional(v.number()) });

export function registerCommands({ platform, traces, editors, finder, facts, models, ncu, reports, shown, viewActions }: CommandServices): Disposable[] {
  const traceFor = (argument: unknown): Uri | undefined => uriOf(argument) ?? traces.active()?.uri;

  /** Asks an open trace something, or one that is opened for it. */
  const ask = async <T>(uri: Uri, question: (trace: OpenTrace) => Promise<T>): Promise<T> => {
    const trace = traces.acquire(uri);
    try {
      await whenOpen(trace);
      return await question(trace);
    } finally {
      traces.release(trace);
    }
  };

  const summarize = async (argument: unknown): Promise<KernelReport | undefined> => {
    const uri = traceFor(argument) ?? (await pickTrace(finder, facts, 'Summarize Kernels'));
    if (!uri) return undefined;
    await editors.show(uri, { tab: 'kernels', focus: true });
    return ask(uri, ({ api }) => api.kernels());
  };

  const copySummary = async (argument: unknown): Promise<void> => {
    const uri = traceFor(argument) ?? (await pickTrace(finder, facts, 'Copy Summary as Markdown'));
    if (!uri) return;
    await env.clipboard.writeText(analysisMarkdown(baseName(uri), await ask(uri, reports.of)));
    window.setStatusBarMessage('$(check) Summary copied as Markdown', 3000);
  };

  const showFindings = async (argument: unknown): Promise<void> => {
    const uri = traceFor(argument) ?? (await pickTrace(finder, facts, 'Show Findings'));
    if (!uri) return;
    if (uri.toString() !== traces.active()?.uri.toString()) await editors.show(uri, { tab: 'overview' });
    await commands.executeCommand('kernelLens.findings.focus');
  };

  const copyKernelTable = async (): Promise<void> => {
    const trace = traces.active();
    const format = trace && (await window.showQuickPick([...TABLE_FORMATS], { title: 'Copy Kernel Table As' }));
    const chosen = TABLE_FORMATS.find((one) => one === format);
    if (!trace || !chosen) return;
    await env.clipboard.writeText(tableText(kernelTable(await trace.api.kernels(), baseName(trace.uri)), chosen));
    window.setStatusBarMessage(`$(check) Kernel table copied as ${chosen}`, 3000);
  };

  /** Shows what a search finds: all of it, or in the timeline's middle one step or one layer of it. */
  const revealFrame = async (search: unknown, scope: unknown): Promise<void> => {
    const trace = traces.active();
    if (!trace || typeof search !== 'string') return;
    const span = scope === 'step' || scope === 'layer' ? await spanOf(trace, search, scope) : undefined;
    const first = await trace.api.searchHit(search, span ? await trace.api.searchIndexAt(search, span.startNs) : 0);
    await editors.show(trace.uri, { tab: 'timeline', search, span, selection: first?.slice }, true);
  };

  /** Shows what a claim is made from. */
  const revealEvidence = async (argument: unknown): Promise<void> => {
    const trace = traces.active();
    if (!trace || !v.is(evidence, argument)) return;
    const { search, span, slice } = argument;
    await editors.show(trace.uri, { tab: 'timeline', search, span, selection: slice });
  };

  const chooseModel = async (): Promise<void> => {
    const trace = traces.active();
    const answer = trace && (await models.chooseModel(trace));
    if (answer && 'reason' in answer) void window.showInformationMessage(answer.reason);
  };

  const clearStoredIndexes = async (): Promise<void> => {
    const freed = await platform.clearStored();
    facts.forget();
    void window.showInformationMessage(`Kernel Lens deleted its stored indexes and freed ${bytes(freed)}.`);
  };

  const open = async (argument: unknown, tab: unknown): Promise<void> => {
    const uri = uriOf(argument) ?? uriOfActiveTab() ?? (await pickTrace(finder, facts, 'Open in Kernel Lens'));
    if (uri) await editors.show(uri, v.is(v.picklist(TABS), tab) ? { tab } : undefined);
  };

  const table: Record<string, (argument: unknown, other: unknown) => unknown> = {
    open,
    openFile: async () => {
      const uri = await openFileDialog();
      if (uri) await editors.show(uri);
    },
    summarizeKernels: summarize,
    copyKernelTable,
    showTrace: () => {
      const trace = traces.active();
      return trace && editors.show(trace.uri);
    },
    clearCodeLenses: () => shown.clear(),
    refreshTraces: () => finder.search(true),
    revealTrace: (argument) => commands.executeCommand('revealInExplorer', uriOf(argument)),
    clearStoredIndexes,
    revealFrame,
    revealEvidence,
    copySummary,
    showFindings,
    attachNcu: async () => {
      const trace = traces.active();
      if (trace) await ncu.attach(trace);
    },
    chooseModel,
    chooseSource: async () => {
      const trace = traces.active();
      if (trace) await models.chooseSource(trace);
    },
    ...Object.fromEntries(viewActions.map((name) => [`view.${name}`, () => editors.run(name)])),
  };
  return Object.entries(table).map(([name, run]) =>
    commands.registerCommand(`kernelLens.${name}`, async (argument: unknown, other: unknown) => {
      try {
        return await run(argument, other);
      } catch (error) {
        report(error);
        return undefined;
      }
    }),
  );
}
