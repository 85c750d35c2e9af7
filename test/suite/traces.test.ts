import * as vscode from 'vscode';
import { factsLine } from '../../src/host/facts.js';
import { equal, match, ok } from './assert.js';
import { closeAll, extension, file, openTrace, TRACE, until } from './workbench.js';

suite('the view Traces', () => {
  teardown(closeAll);

  test('lists the trace files of the workspace by their content', async () => {
    const decoy = file('runs/decoy.trace.json');
    await vscode.workspace.fs.writeFile(decoy, new TextEncoder().encode('{"scripts": {}}'));
    try {
      const api = await extension().activate();
      await vscode.commands.executeCommand('kernelLens.traces.focus');
      await api.finder.search(true);
      equal(
        api.tree().map((node) => node.label),
        ['rank0', 'rank1', 'sample-host_1'],
      );
    } finally {
      await vscode.workspace.fs.delete(decoy);
    }
  });

  test('says what is in a trace once that is known', async () => {
    const { api } = await openTrace(TRACE);
    await api.finder.search();
    const found = api.finder.files().find(({ uri }) => uri.path.endsWith(TRACE));
    ok(found, 'the trace is not listed');
    const facts = await until('the facts', () => api.facts.of(found));
    match(factsLine(facts), /^H100 · rank 0\/2 · [\d.]+ ms · [\d,]+ kernels$/);
  });

  test('learns of a new file', async () => {
    const api = await extension().activate();
    await api.finder.search();
    const copy = file(`copy-${Date.now()}.pt.trace.json.gz`);
    try {
      // A watcher starts late and tells nobody when: the file is written until it is seen.
      await until('the watcher', async () => {
        await vscode.workspace.fs.copy(file(TRACE), copy, { overwrite: true });
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return api.finder.files().some(({ uri }) => uri.path === copy.path);
      });
    } finally {
      await vscode.workspace.fs.delete(copy);
    }
    await until('the file to be gone', () => !api.finder.files().some(({ uri }) => uri.path === copy.path));
  });

  test('lists reports of Nsight Systems, and runs nothing for those that nobody has opened', async function () {
    // In the browser nothing is read before it is opened.
    if (file(TRACE).scheme !== 'file') this.skip();
    const report = file('runs/a.nsys-rep');
    await vscode.workspace.fs.writeFile(report, new TextEncoder().encode('NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0.'));
    try {
      const api = await extension().activate();
      await vscode.commands.executeCommand('kernelLens.traces.focus');
      await api.finder.search(true);
      const isReport = ({ uri }: { uri: vscode.Uri }): boolean => uri.path === report.path;
      await until('facts of all others', () => api.finder.files().every((found) => isReport(found) || api.facts.of(found)));
      const node = api.tree().find((one) => one.kind === 'trace' && isReport(one));
      ok(node, 'the report is not listed');
      equal((await api.traceItems.getTreeItem(node)).description, '57 B');
    } finally {
      await vscode.workspace.fs.delete(report);
    }
  });

  test('reads what nobody has opened while the view is shown', async function () {
    // In the browser reading would hold up everything else.
    if (file(TRACE).scheme !== 'file') this.skip();
    const api = await extension().activate();
    await vscode.commands.executeCommand('kernelLens.clearStoredIndexes');
    await vscode.commands.executeCommand('kernelLens.traces.focus');
    await api.finder.search(true);
    await until('facts of all traces', () => api.finder.files().every((found) => api.facts.of(found)));
    equal(
      api.finder.files().map((found) => api.facts.of(found)?.emptyReason === undefined),
      [true, true, false],
    );
  });

  test('clearing the stored indexes forgets what was known', async () => {
    const { api } = await openTrace(TRACE);
    await api.finder.search();
    await closeAll();
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('kernelLens.clearStoredIndexes');
    equal(
      api.finder.files().map((found) => api.facts.of(found) === undefined),
      api.finder.files().map(() => true),
    );
  });
});
