/** What one view asks of the editor around it. */
import { commands, env, type Memento, Uri, window, workspace } from 'vscode';
import { analysisMarkdown } from '../core/advise/markdown.js';
import type { HostApi, Start } from '../shared/view.js';
import { log, report } from './log.js';
import type { Models } from './models.js';
import type { NcuFiles } from './ncu.js';
import type { Reports } from './reports.js';
import { setting } from './settings.js';
import { goToFrame, type Source } from './source.js';
import { FORMAT_EXTENSIONS, TABLE_FORMATS, tableText } from './tables.js';
import type { OpenTrace } from './traces.js';
import { loadViewState, saveViewState } from './viewState.js';

export interface HostServices {
  storage: Memento;
  source: Source;
  models: Models;
  ncu: NcuFiles;
  reports: Reports;
  extensionId: string;
}

export function baseName(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** Answers HostApi for one editor; `onReady` is called whenever its page has begun anew. */
export function createHostApi(trace: OpenTrace, { storage, source, models, ncu, reports, extensionId }: HostServices, onReady: () => void): HostApi {
  return {
    async ready(): Promise<Start> {
      onReady();
      return {
        fileName: baseName(trace.uri),
        state: loadViewState(storage, trace.uri),
        reducedMotion: workspace.getConfiguration('workbench').get('reduceMotion') === 'on',
        labels: setting('timeline.labels'),
      };
    },
    async cancel() {
      log.info(`Reading ${trace.uri.fsPath} was cancelled`);
      trace.cancel();
    },
    saveState: (state) => saveViewState(storage, trace.uri, state),
    async openSource(slice, link) {
      // Its messages are shown here, so the view does not wait and has nothing to say about a failure.
      source.goToSource(trace, slice, link).catch(report);
    },
    async openKernelSource(slice) {
      source.goToKernel(trace, slice).catch(report);
    },
    async openPlace(file, line) {
      source.open(trace, file, line).catch(report);
    },
    async openFrame(frame) {
      goToFrame(frame).catch(report);
    },
    modelReport: () => models.report(trace),
    chooseModel: () => models.chooseModel(trace),
    chooseSource: () => models.chooseSource(trace),
    ncuReport: () => ncu.report(trace),
    snippet: (file, line, context) => models.snippet(trace, file, line, context),
    async copy(text) {
      await env.clipboard.writeText(text);
    },
    async copySummary() {
      await env.clipboard.writeText(analysisMarkdown(baseName(trace.uri), await reports.of(trace)));
    },
    async saveTable(table) {
      const filters = Object.fromEntries(TABLE_FORMATS.map((format) => [format, [FORMAT_EXTENSIONS[format]]]));
      const target = await window.showSaveDialog({ defaultUri: Uri.joinPath(trace.uri, '..', `${table.name}.csv`), filters });
      if (!target) return;
      const format = TABLE_FORMATS.find((one) => target.path.endsWith(`.${FORMAT_EXTENSIONS[one]}`)) ?? 'CSV';
      await workspace.fs.writeFile(target, new TextEncoder().encode(tableText(table, format)));
    },
    async reopenAsText() {
      await commands.executeCommand('vscode.openWith', trace.uri, 'default');
    },
    async openAnotherTrace() {
      await commands.executeCommand('kernelLens.openFile');
    },
    async showHelp() {
      await commands.executeCommand('extension.open', extensionId);
    },
  };
}
