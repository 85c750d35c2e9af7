/** The user's own rules as the settings hold them now; what is wrong in them is told once, and again when they change. */
import { commands, type Disposable, window, workspace } from 'vscode';
import type { OwnRules } from '../core/session/session.js';
import type { KnownFacts } from './knownFacts.js';
import { report } from './log.js';
import { type ParsedRules, parseOwnRules } from './ownRules.js';
import { setting } from './settings.js';
import type { Traces } from './traces.js';

const SETTINGS = ['kernelLens.kernelCategories', 'kernelLens.gpuPeaks'] as const;

const parsed = (): ParsedRules => parseOwnRules(setting('kernelCategories'), setting('gpuPeaks'));

export function ownRules(): OwnRules {
  return parsed().own;
}

async function tellProblems(problems: readonly string[]): Promise<void> {
  const message = `Kernel Lens leaves out what is wrong in its settings. ${problems.join('; ')}.`;
  if (await window.showWarningMessage(message, 'Open Settings')) await commands.executeCommand('workbench.action.openSettings', SETTINGS.join(' '));
}

/** Tells what is wrong in the rules, and that open traces keep the ones they were opened with; reports by other rules are forgotten. */
export function watchOwnRules(traces: Traces, facts: KnownFacts): Disposable {
  const check = (): void => {
    const { problems } = parsed();
    if (problems.length > 0) tellProblems(problems).catch(report);
  };
  check();
  return workspace.onDidChangeConfiguration((event) => {
    if (!SETTINGS.some((name) => event.affectsConfiguration(name))) return;
    check();
    facts.forgetReports();
    if (traces.all().length > 0) void window.showInformationMessage('Open traces keep their categories and peaks until they are opened again.');
  });
}
