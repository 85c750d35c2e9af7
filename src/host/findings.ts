/** The view "Findings": what of the active trace could be better, each leading to its evidence. */
import { type Disposable, EventEmitter, ThemeColor, ThemeIcon, type TreeDataProvider, TreeItem, TreeItemCollapsibleState, type TreeView, window } from 'vscode';
import type { Finding } from '../shared/analysis.js';
import { baseName } from './api.js';
import { shortLabels } from './labels.js';
import { messageOf } from './log.js';
import type { Reports } from './reports.js';
import { findingLine, findingText } from './summary.js';
import type { Traces } from './traces.js';

function findingItem(finding: Finding): TreeItem {
  const { severity, title, evidence } = finding;
  const { label, description } = findingLine(finding);
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.description = description;
  item.iconPath = new ThemeIcon(severity, new ThemeColor(severity === 'warning' ? 'editorWarning.foreground' : 'editorInfo.foreground'));
  item.tooltip = findingText(finding);
  item.accessibilityInformation = { label: `${severity}: ${title}, ${description} at stake` };
  item.command = { command: 'kernelLens.revealEvidence', title: 'Show in Timeline', arguments: [evidence] };
  return item;
}

export interface FindingsView extends Disposable {
  data: TreeDataProvider<Finding>;
}

/** Shows the view. A report is asked for only while somebody sees it: VS Code asks for no items before. */
export function createFindings(traces: Traces, reports: Reports): FindingsView {
  const changed = new EventEmitter<undefined>();
  const children = async (): Promise<Finding[]> => {
    const trace = traces.active();
    view.description = trace && shortLabels([baseName(trace.uri)])[0];
    view.message = undefined;
    if (!trace || trace.refused) return [];
    try {
      const { findings } = await reports.of(trace);
      if (findings.length === 0 && trace === traces.active()) view.message = trace.info?.emptyReason ?? 'Nothing was found that could be better.';
      return findings;
    } catch (error) {
      if (trace === traces.active()) view.message = messageOf(error);
      return [];
    }
  };
  const data: TreeDataProvider<Finding> = {
    onDidChangeTreeData: changed.event,
    getChildren: (finding) => (finding ? [] : children()),
    getTreeItem: findingItem,
  };
  const view: TreeView<Finding> = window.createTreeView('kernelLens.findings', { treeDataProvider: data });
  let shown = traces.active();
  const listener = traces.onDidChange(() => {
    if (shown === traces.active()) return;
    shown = traces.active();
    changed.fire(undefined);
  });
  return {
    data,
    dispose() {
      for (const part of [view, changed, listener]) part.dispose();
    },
  };
}
