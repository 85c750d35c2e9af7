/** Everything the extension does in the editor, one line each. */

import * as v from 'valibot';
import { commands, type ExtensionContext, type Uri } from 'vscode';
import { createBackgroundReader } from './background.js';
import { registerCommands } from './commands.js';
import { registerEditors } from './editor.js';
import { createFinder } from './finder.js';
import { createFindings } from './findings.js';
import { createHeat } from './heat.js';
import { createHover } from './hover.js';
import { createFacts } from './knownFacts.js';
import { createLenses } from './lenses.js';
import { log, report } from './log.js';
import { createModels } from './models.js';
import { createNcuFiles } from './ncu.js';
import { watchOwnRules } from './ownSettings.js';
import type { Platform } from './platform.js';
import { createReports } from './reports.js';
import { createShownCosts } from './shownCosts.js';
import { createSource, goToFrame } from './source.js';
import { createStatus } from './status.js';
import { modelLine, summaryLines } from './summary.js';
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
  const reports = createReports(traces);
  const models = createModels(platform, traces, workspaceState);
  const source = createSource(models);
  const ncu = createNcuFiles(workspaceState);
  const editors = registerEditors(extensionUri, traces, { storage: workspaceState, source, models, ncu, reports, extensionId: extension.id });
  const shown = createShownCosts(traces, models);
  const heat = createHeat(extensionUri, shown);
  const code = [shown, heat, createLenses(shown), createHover(shown)];
  const tree = createTree(traces, reports, finder, facts, reader);
  const findings = createFindings(traces, reports);
  const status = createStatus(traces, models);
  const services = { platform, traces, editors, finder, facts, models, ncu, reports, shown, viewActions: viewActions(extension.packageJSON) };
  reports.onDidMake(({ trace, analysis }) => facts.add(trace.uri, { lines: summaryLines(analysis) }));
  models.onDidChange((trace) => {
    const report = models.known(trace);
    if (report) facts.add(trace.uri, { model: modelLine(report) });
  });
  traces.onDidOpen(({ uri, info }) => facts.learn(uri, info));
  traces.onDidChange(() => void commands.executeCommand('setContext', 'kernelLens.hasTrace', traces.active()?.refused === false));
  subscriptions.push(
    log,
    traces,
    finder,
    facts,
    reader,
    models,
    ncu,
    reports,
    editors,
    watchOwnRules(traces, facts),
    ...code,
    tree,
    findings,
    status,
    ...registerCommands(services),
  );
  return {
    traces,
    finder,
    facts,
    models,
    ncu,
    source,
    heat,
    goToFrame,
    tree: () => treeOf(finder.files()),
    traceItems: tree.data,
    findingItems: findings.data,
    viewState: (uri: Uri) => loadViewState(workspaceState, uri),
  };
}

export type Api = ReturnType<typeof activate>;
