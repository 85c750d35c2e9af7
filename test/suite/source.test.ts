import * as vscode from 'vscode';
import { duration, percent } from '../../src/shared/format.js';
import { equal, match, ok } from './assert.js';
import { costUnder, traceEvents } from './oracle.js';
import { closeAll, file, MODEL, openTrace, TRACE, until } from './workbench.js';

/** The lenses of a document as "line title". */
async function lensesOf(document: vscode.TextDocument): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
  return lenses.filter(({ command }) => command?.command === 'kernelLens.revealFrame').map(({ range, command }) => `${range.start.line + 1} ${command?.title}`);
}

/** The line of a definition, from 1. */
function lineOf(document: vscode.TextDocument, definition: RegExp, from = 0): number {
  const at = document.getText().slice(from).search(definition);
  ok(at >= 0, `${document.uri.path} has no ${definition}`);
  return document.positionAt(from + at).line + 1;
}

suite('frames', () => {
  teardown(closeAll);

  test('lenses of a file outside of the linked tree show calls and GPU time as recorded', async () => {
    const { trace } = await openTrace(TRACE);
    const copy = file(`build/${MODEL}`);
    await vscode.workspace.fs.copy(file(MODEL), copy, { overwrite: true });
    const document = await vscode.workspace.openTextDocument(copy);
    const lenses = await lensesOf(document);
    const events = await traceEvents(trace.uri);
    const line = lineOf(document, /def forward/, document.getText().indexOf('class Qwen3ForCausalLM'));
    const { calls, gpuNs } = costUnder(events, `${MODEL}(${line}): forward`);
    equal(calls, 7);
    ok(trace.info, 'not open');
    const expected = `${line} ${calls} calls · ${duration(gpuNs)} GPU · ${percent((100 * gpuNs) / trace.info.kernelTimeNs)} of GPU time`;
    ok(lenses.includes(expected), `${expected} is not among\n${lenses.join('\n')}`);
    ok(
      lenses.some((lens) => lens.startsWith(`${lineOf(document, /class Qwen3ForCausalLM/)} `)),
      'the class has no lens',
    );
    await vscode.workspace.fs.delete(file('build'), { recursive: true });
  });

  test('lenses go with the setting, with the command and with the trace', async () => {
    const { api } = await openTrace(TRACE);
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    ok((await lensesOf(document)).length > 0, 'no lenses at first');
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    await configuration.update('codeLens.enabled', false, vscode.ConfigurationTarget.Global);
    equal(await lensesOf(document), []);
    await configuration.update('codeLens.enabled', undefined, vscode.ConfigurationTarget.Global);
    ok((await lensesOf(document)).length > 0, 'no lenses after the setting was undone');
    await vscode.commands.executeCommand('kernelLens.clearCodeLenses');
    equal(await lensesOf(document), []);
    await closeAll();
    await until('the trace to be closed', () => api.traces.active() === undefined);
    equal(await lensesOf(document), []);
  });

  test('a lens shows the slices in the timeline, beside the code', async () => {
    const { api, trace } = await openTrace(TRACE);
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    await vscode.window.showTextDocument(document, { preview: false });
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
    const command = lenses.find((lens) => lens.command?.command === 'kernelLens.revealFrame')?.command;
    ok(command?.arguments, 'no lens');
    await vscode.commands.executeCommand(command.command, ...command.arguments);
    const [search] = command.arguments;
    const state = await until('the search to be shown', () => {
      const saved = api.viewState(trace.uri);
      return saved?.search === search ? saved : undefined;
    });
    equal(state.tab, 'timeline');
    equal(
      vscode.window.tabGroups.all.map(({ activeTab }) => activeTab?.label),
      ['qwen3.py', TRACE.slice('runs/'.length)],
    );
    ok((await trace.api.search(search)).count > 0, `nothing is found by ${search}`);
  });

  test('a frame of a kernel leads to its function', async () => {
    const { api, trace } = await openTrace(TRACE);
    const hit = await trace.api.searchHit('cat:kernel gemm', 0);
    ok(hit, 'no GEMM kernel');
    const { chain } = await trace.api.detail(hit.slice);
    const index = chain.findLastIndex(({ frame }) => frame?.file.includes('/models/'));
    const editor = await api.source.goToSource(trace, hit.slice, index);
    ok(editor, 'nothing was opened');
    ok(editor.document.uri.path.endsWith(`/${chain[index]?.frame?.file}`), editor.document.uri.path);
    equal(editor.selection.active.line + 1, chain[index]?.frame?.line);
  });

  test('the class tells functions of one name apart when the lines have moved', async () => {
    const { api } = await openTrace(TRACE);
    const editor = await api.goToFrame({ file: `/opt/old/checkout/${MODEL}`, line: 1, function: 'forward', module: 'Qwen3DecoderLayer' });
    ok(editor, 'nothing was opened');
    const { document } = editor;
    equal(editor.selection.active.line + 1, lineOf(document, /def forward/, document.getText().indexOf('class Qwen3DecoderLayer')));
  });

  test('a path that is mapped goes where the mapping says', async () => {
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    const mappings = [{ from: '/opt/elsewhere/', to: `\${workspaceFolder}/vllm/v1/` }];
    await configuration.update('source.pathMappings', mappings, vscode.ConfigurationTarget.Global);
    try {
      const { api } = await openTrace(TRACE);
      const editor = await api.goToFrame({ file: '/opt/elsewhere/worker/gpu_worker.py', line: 3, function: 'execute_model' });
      match(editor?.document.uri.path ?? '', /\/vllm\/v1\/worker\/gpu_worker\.py$/);
    } finally {
      await configuration.update('source.pathMappings', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
