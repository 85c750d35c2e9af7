/** Everything the extension does in the editor, one line each. */

import * as v from 'valibot';
import { commands, type ExtensionContext, type Uri } from 'vscode';
import { createBackgroundReader } from './background.js';
import { registerCommands } from './commands.js';
import { registerEditors } from './editor.js';
import { createFinder } from './finder.js';
import { createFacts } from './knownFacts.js';
import { createLenses } from './lenses.js';
import { log, report } from './log.js';
import type { Platform } from './platform.js';
import { goToFrame, goToSource } from './source.js';
import { createStatus } from './status.js';
import { createTraces } from './traces.js';
import { createTree, treeOf } from './tree.js';
import { loadViewState } from './viewState.js';

const manifest = v.object({ contributes: v.object({ commands: v.array(v.object({ command: v.string() })) }) });

/** The view's actions are commands by being in the manifest. */
function viewActions(packageJson: unknown): string[] {
  return v.parse(manifest, packageJson).contributes.commands.flatMap(({ command }) => /^kernelLens\.view\.(\w+)$/.exec(command)?.[1] ?? []);
}

/** Starts every feature; what it returns is for tests. */
export function activate({ extension, extensionUri, workspaceState, subscriptions }: ExtensionContext, platform: Platform) {
  const traces = createTraces(platform);
  const finder = createFinder(platform);
  const facts = createFacts(workspaceState, report);
  const reader = createBackgroundReader(platform, finder, facts);
  const editors = registerEditors(extensionUri, traces, { storage: workspaceState, goToSource, extensionId: extension.id });
  const lenses = createLenses(traces);
  const tree = createTree(finder, facts, reader);
  const status = createStatus(traces);
  const services = { platform, traces, editors, finder, facts, lenses, viewActions: viewActions(extension.packageJSON) };
  traces.onDidOpen(({ uri, info }) => facts.learn(uri, info));
  traces.onDidChange(() => void commands.executeCommand('setContext', 'kernelLens.hasTrace', traces.active()?.refused === false));
  subscriptions.push(log, traces, finder, facts, reader, editors, lenses, tree, status, ...registerCommands(services));
  return { traces, finder, facts, tree: () => treeOf(finder.files()), viewState: (uri: Uri) => loadViewState(workspaceState, uri), goToFrame, goToSource };
}

export type Api = ReturnType<typeof activate>;
