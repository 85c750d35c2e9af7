/** The view "Traces": the trace files of the workspace by folder, what is known of each, and below it its report in a few lines. */
import {
  commands,
  type Disposable,
  EventEmitter,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { bytes } from '../shared/format.js';
import { baseName } from './api.js';
import type { BackgroundReader } from './background.js';
import { factsLine, type SummaryLine } from './facts.js';
import { type Finder, folderLabel } from './finder.js';
import type { FileVersion, KnownFacts } from './knownFacts.js';
import { shortLabels } from './labels.js';
import { log, messageOf } from './log.js';
import type { Reports } from './reports.js';
import { summaryLines } from './summary.js';
import type { Traces } from './traces.js';

export interface FolderNode {
  kind: 'folder';
  label: string;
  traces: TraceNode[];
}
export interface TraceNode {
  kind: 'trace';
  label: string;
  file: FileVersion;
  uri: Uri;
}
export interface LineNode {
  kind: 'line';
  trace: TraceNode;
  line: SummaryLine;
}
export type Node = FolderNode | TraceNode | LineNode;

/** The files by folder; the top of the workspace first, and no folder where there is only one. */
export function treeOf(files: readonly FileVersion[]): (FolderNode | TraceNode)[] {
  const byFolder = new Map<string, FileVersion[]>();
  for (const file of files) {
    const label = folderLabel(file.uri);
    byFolder.set(label, [...(byFolder.get(label) ?? []), file]);
  }
  const folders = [...byFolder].map(([label, inside]): FolderNode => {
    const labels = shortLabels(inside.map(({ uri }) => baseName(uri)));
    return { kind: 'folder', label, traces: inside.map((file, i) => ({ kind: 'trace', label: labels[i]!, file, uri: file.uri })) };
  });
  if (folders.length === 1) return folders[0]!.traces;
  return folders.flatMap((folder): (FolderNode | TraceNode)[] => (folder.label === '' ? folder.traces : [folder]));
}

function folderItem({ label, traces }: FolderNode): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.iconPath = ThemeIcon.Folder;
  item.description = traces.length === 1 ? '1 trace' : `${traces.length} traces`;
  item.contextValue = 'folder';
  return item;
}

const { None, Collapsed, Expanded } = TreeItemCollapsibleState;

function traceItem({ label, file, uri }: TraceNode, facts: KnownFacts, reader: BackgroundReader, isUnfolded: boolean): TreeItem {
  const known = facts.of(file);
  const reading = reader.reading()?.uri.toString() === uri.toString();
  const refusal = reader.refusal(file);
  const line = known ? factsLine(known) : reading ? 'indexing…' : refusal ? 'not readable' : bytes(file.bytes);
  const isEmpty = refusal !== undefined || known?.emptyReason !== undefined;
  const item = new TreeItem(label, isEmpty ? None : isUnfolded ? Expanded : Collapsed);
  // What an item of one id once was, folded or not, it stays: one that unfolds is another.
  item.id = isUnfolded ? `${uri.toString()} unfolded` : uri.toString();
  item.description = line;
  item.contextValue = 'trace';
  item.iconPath = new ThemeIcon(reading ? 'sync~spin' : isEmpty ? 'circle-slash' : known?.damage ? 'warning' : 'pulse');
  item.tooltip = [workspace.asRelativePath(uri), bytes(file.bytes), known?.format, known?.headline, known && line, known?.emptyReason, known?.damage, refusal]
    .filter(Boolean)
    .join('\n');
  item.accessibilityInformation = { label: `${label}, ${line}` };
  item.command = { command: 'kernelLens.open', title: 'Open in Kernel Lens', arguments: [uri] };
  return item;
}

const LINE_ICONS: Readonly<Record<SummaryLine['about'], string>> = { steps: 'dashboard', verdict: 'flame', findings: 'lightbulb', model: 'type-hierarchy' };
const UNLINKED: SummaryLine = { about: 'model', label: 'Model', description: 'not linked yet', tooltip: 'Open to link its kernels to the code of the model.' };

function lineItem({ trace, line: { about, label, description, tooltip } }: LineNode): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.id = `${trace.uri.toString()} ${about} ${label}`;
  item.description = description;
  item.tooltip = tooltip;
  item.iconPath = new ThemeIcon(LINE_ICONS[about]);
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
  item.command = { command: 'kernelLens.open', title: 'Open in Kernel Lens', arguments: [trace.uri, about === 'model' ? 'model' : 'overview'] };
  return item;
}

export interface Tree extends Disposable {
  data: TreeDataProvider<Node>;
}

/** Shows the view; nothing is looked for before somebody sees it, no report is made before somebody opens a trace or its item. */
export function createTree(traces: Traces, reports: Reports, finder: Finder, facts: KnownFacts, reader: BackgroundReader): Tree {
  const lines = async (trace: TraceNode): Promise<LineNode[]> => {
    try {
      const found = facts.of(trace.file)?.lines ?? summaryLines(await reports.read(trace.uri));
      const all = found.length > 0 ? [...found, facts.of(trace.file)?.model ?? UNLINKED] : [];
      return all.map((line) => ({ kind: 'line', trace, line }));
    } catch (error) {
      log.warn(`${trace.uri.path}: ${messageOf(error)}`);
      return [];
    }
  };
  const roots = (): (FolderNode | TraceNode)[] => treeOf(finder.files());
  const changed = new EventEmitter<Node | undefined>();
  const data: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => (node === undefined ? roots() : node.kind === 'folder' ? node.traces : node.kind === 'trace' ? lines(node) : []),
    getTreeItem: (node) =>
      node.kind === 'folder' ? folderItem(node) : node.kind === 'trace' ? traceItem(node, facts, reader, unfolded.has(node.uri.toString())) : lineItem(node),
  };
  const view = window.createTreeView<Node>('kernelLens.traces', { showCollapseAll: true, treeDataProvider: data });
  /** traces that were active when their report was known */
  const unfolded = new Set<string>();
  const unfold = (): boolean => {
    const active = traces.active()?.uri.toString();
    const file = finder.files().find(({ uri }) => uri.toString() === active);
    if (!active || !file || unfolded.has(active) || !facts.of(file)?.lines?.length) return false;
    unfolded.add(active);
    return true;
  };
  const show = (): void => {
    view.message = finder.searching() ? 'Looking for traces…' : undefined;
    void commands.executeCommand('setContext', 'kernelLens.traces.searched', !finder.searching());
    unfold();
    changed.fire(undefined);
  };
  const follow = (): void => {
    reader.enable(view.visible);
    if (view.visible) void finder.search();
  };
  const parts: Disposable[] = [
    view,
    changed,
    traces.onDidChange(() => {
      if (unfold()) changed.fire(undefined);
    }),
    finder.onDidChange(show),
    reader.onDidChange(show),
    facts.onDidChange(show),
    view.onDidChangeVisibility(follow),
  ];
  follow();
  return {
    data,
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
