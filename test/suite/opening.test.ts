import * as vscode from 'vscode';
import { equal, match, ok } from './assert.js';
import { activeViewType, closeAll, extension, FRONT_END, file, MODEL, OTHER_RANK, openTrace, TRACE, until, VIEW_TYPE } from './workbench.js';

/** The bytes of a file; undefined when there is none. */
function contentOf(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  return Promise.resolve(vscode.workspace.fs.readFile(uri)).catch(() => undefined);
}

suite('opening', () => {
  teardown(closeAll);

  test('a trace opens in its editor and says what it is', async () => {
    const { outcome } = await openTrace(TRACE);
    ok('info' in outcome, JSON.stringify(outcome));
    equal(activeViewType(), VIEW_TYPE);
    const { rank, worldSize, events, devices, fileName, damage } = outcome.info;
    equal(
      { rank, worldSize, gpu: devices[0]?.name, fileName, damage },
      { rank: 0, worldSize: 2, gpu: 'NVIDIA H100 80GB HBM3', fileName: TRACE.slice('runs/'.length), damage: undefined },
    );
    ok(events > 5000, `${events} events`);
  });

  test('a .pt.trace.json.gz opens in it by default', async () => {
    await extension().activate();
    await vscode.commands.executeCommand('vscode.open', file(TRACE));
    await until('the editor', () => activeViewType() === VIEW_TYPE);
  });

  test('two editors of one trace share it; it is closed with the last one', async () => {
    const { api, trace } = await openTrace(TRACE);
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await until('two tabs', () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length === 2);
    equal(api.traces.active() === trace, true);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until('one tab', () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length === 1);
    ok((await trace.api.kernels()).kernelCount > 0, 'the other editor still has its trace');
    await closeAll();
    await until('the trace to be closed', () => api.traces.active() === undefined);
    const answer = await trace.api.info().then(
      () => 'answered',
      (error: Error) => error.message,
    );
    equal(answer, 'The trace was closed.');
  });

  test('two traces are open at once, and the active editor decides which is active', async () => {
    const { trace: first } = await openTrace(TRACE);
    const { api, trace: second } = await openTrace(OTHER_RANK);
    ok(first !== second && second.info?.rank === 1, 'the second is another trace');
    await vscode.commands.executeCommand('kernelLens.open', file(TRACE));
    await until('the first to be active', () => api.traces.active() === first);
  });

  test('a front end without GPU work says why it is empty', async () => {
    const { outcome } = await openTrace(FRONT_END);
    ok('info' in outcome && outcome.info.emptyReason, JSON.stringify(outcome));
  });

  test('a file that is no trace is refused with a reason', async () => {
    const uri = file('package.pt.trace.json');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{"name": "not a trace", "version": "1.0.0"}'));
    try {
      const { outcome } = await openTrace('package.pt.trace.json');
      ok('refusal' in outcome, JSON.stringify(outcome));
      match(outcome.refusal.message, /name/);
    } finally {
      await closeAll();
      await vscode.workspace.fs.delete(uri);
    }
  });

  test('a report of Nsight Systems says how to export it, where there is no nsys', async function () {
    const name = 'nvidia-vllm-gb10-full.nsys-rep';
    const real = vscode.Uri.joinPath(extension().extensionUri, '..', 'shared', 'traces', name);
    // The browser's host cannot read there; what it says is the same for every report.
    const bytes = real.scheme === 'file' ? await contentOf(real) : new TextEncoder().encode('NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0.');
    if (!bytes) {
      console.log(`    1 test on a real report did not run: ${real.fsPath} does not exist`);
      this.skip();
      return;
    }
    const uri = file(name);
    await vscode.workspace.fs.writeFile(uri, bytes);
    try {
      const { outcome } = await openTrace(name);
      ok('refusal' in outcome, JSON.stringify(outcome));
      match(outcome.refusal.message, /which only NVIDIA's nsys can read.*`nsys export --type sqlite/);
      if (uri.scheme === 'file') {
        equal(outcome.refusal.title, 'nsys was not found');
        match(outcome.refusal.message, /the setting kernelLens\.nsys\.path can say where it is/);
      }
      await closeAll();
      await vscode.commands.executeCommand('vscode.open', uri);
      await until('the editor, by default', () => activeViewType() === VIEW_TYPE);
    } finally {
      await closeAll();
      await vscode.workspace.fs.delete(uri);
    }
  });

  test('where a trace is held in memory its size is limited', async function () {
    // Files on disk are never held whole.
    if (file(TRACE).scheme === 'file') this.skip();
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    await configuration.update('memory.maxFileSizeMB', 0, vscode.ConfigurationTarget.Global);
    try {
      const { outcome } = await openTrace(TRACE);
      ok('refusal' in outcome, JSON.stringify(outcome));
      match(outcome.refusal.message, /has \d+\.\d kB, .* up to 0 B .*kernelLens\.memory\.maxFileSizeMB/);
    } finally {
      await configuration.update('memory.maxFileSizeMB', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('a hidden view comes back with what it showed', async () => {
    const { api, trace } = await openTrace(TRACE);
    await vscode.commands.executeCommand('kernelLens.view.steps');
    await until('the state to be saved', () => api.viewState(trace.uri)?.tab === 'steps');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file(MODEL)), { preview: false });
    await vscode.commands.executeCommand('kernelLens.showTrace');
    await until('the editor', () => activeViewType() === VIEW_TYPE);
    await vscode.commands.executeCommand('kernelLens.view.toggleDrawer');
    const state = await until('the state to be saved again', () => {
      const saved = api.viewState(trace.uri);
      return saved?.drawerOpen === false ? saved : undefined;
    });
    equal(state.tab, 'steps');
  });

  test('what the view showed is kept for the next time', async () => {
    const { api, trace } = await openTrace(OTHER_RANK);
    await vscode.commands.executeCommand('kernelLens.view.steps');
    await until('the state to be saved', () => api.viewState(trace.uri)?.tab === 'steps');
    await closeAll();
    await openTrace(OTHER_RANK);
    await vscode.commands.executeCommand('kernelLens.view.toggleDrawer');
    const drawer = await until('the state to be saved again', () => {
      const state = api.viewState(trace.uri);
      return state?.drawerOpen === false ? state : undefined;
    });
    equal(drawer.tab, 'steps');
  });
});
