/** The view "Traces": the trace files of the workspace by folder, and what is known of each. */
import { commands, type Disposable, EventEmitter, ThemeIcon, TreeItem, TreeItemCollapsibleState, type Uri, window, workspace } from 'vscode';
import { bytes } from '../shared/format.js';
import { baseName } from './api.js';
import type { BackgroundReader } from './background.js';
import { factsLine } from './facts.js';
import { type Finder, folderLabel } from './finder.js';
import type { FileVersion, KnownFacts } from './knownFacts.js';
import { shortLabels } from './labels.js';

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
export type Node = FolderNode | TraceNode;

/** The files by folder; the top of the workspace first, and no folder where there is only one. */
export function treeOf(files: readonly FileVersion[]): Node[] {
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
  return folders.flatMap((folder): Node[] => (folder.label === '' ? folder.traces : [folder]));
}

function folderItem({ label, traces }: FolderNode): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.iconPath = ThemeIcon.Folder;
  item.description = traces.length === 1 ? '1 trace' : `${traces.length} traces`;
  item.contextValue = 'folder';
  return item;
}

function traceItem({ label, file, uri }: TraceNode, facts: KnownFacts, reader: BackgroundReader): TreeItem {
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  const known = facts.of(file);
  const reading = reader.reading()?.uri.toString() === uri.toString();
  const refusal = reader.refusal(file);
  const line = known ? factsLine(known) : reading ? 'indexing…' : refusal ? 'not readable' : bytes(file.bytes);
  item.id = uri.toString();
  item.description = line;
  item.contextValue = 'trace';
  item.iconPath = new ThemeIcon(reading ? 'sync~spin' : refusal || known?.emptyReason ? 'circle-slash' : known?.damage ? 'warning' : 'pulse');
  item.tooltip = [workspace.asRelativePath(uri), bytes(file.bytes), known?.format, known?.headline, known && line, known?.emptyReason, known?.damage, refusal]
    .filter(Boolean)
    .join('\n');
  item.accessibilityInformation = { label: `${label}, ${line}` };
  item.command = { command: 'kernelLens.open', title: 'Open in Kernel Lens', arguments: [uri] };
  return item;
}

/** Shows the view; nothing is looked for before somebody sees it. */
export function createTree(finder: Finder, facts: KnownFacts, reader: BackgroundReader): Disposable {
  const changed = new EventEmitter<Node | undefined>();
  const view = window.createTreeView<Node>('kernelLens.traces', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => (node === undefined ? treeOf(finder.files()) : node.kind === 'folder' ? node.traces : []),
      getTreeItem: (node) => (node.kind === 'folder' ? folderItem(node) : traceItem(node, facts, reader)),
    },
  });
  const show = (): void => {
    view.message = finder.searching() ? 'Looking for traces…' : undefined;
    void commands.executeCommand('setContext', 'kernelLens.traces.searched', !finder.searching());
    changed.fire(undefined);
  };
  const follow = (): void => {
    reader.enable(view.visible);
    if (view.visible) void finder.search();
  };
  const parts: Disposable[] = [view, changed, finder.onDidChange(show), reader.onDidChange(show), facts.onDidChange(show), view.onDidChangeVisibility(follow)];
  follow();
  return {
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
