import * as vscode from 'vscode';
import { analysisMarkdown } from '../../src/core/advise/markdown.js';
import type { Finding } from '../../src/shared/analysis.js';
import { equal, match, ok } from './assert.js';
import { closeAll, extension, file, OTHER_RANK, openTrace, TRACE, until } from './workbench.js';

const configuration = () => vscode.workspace.getConfiguration('kernelLens');
const set = (name: string, value: unknown) => configuration().update(name, value, vscode.ConfigurationTarget.Global);

/** The lines below a trace of the view, as label and description. */
async function linesOf(path: string) {
  const api = await extension().activate();
  await api.finder.search();
  const node = (await api.traceItems.getChildren())?.find((root) => root.kind === 'trace' && root.uri.toString() === file(path).toString());
  ok(node, `${path} is not listed`);
  const children = (await api.traceItems.getChildren(node)) ?? [];
  return Promise.all(children.map((child) => api.traceItems.getTreeItem(child)));
}

async function itemsOf(findings: readonly Finding[]): Promise<vscode.TreeItem[]> {
  const api = await extension().activate();
  return Promise.all(findings.map((finding) => api.findingItems.getTreeItem(finding)));
}

async function run(item: vscode.TreeItem | undefined): Promise<void> {
  ok(item?.command, 'the item does nothing');
  await vscode.commands.executeCommand(item.command.command, ...(item.command.arguments ?? []));
}

suite('the report of a run', () => {
  teardown(closeAll);

  test('is told below its trace, which nobody has to open for that', async () => {
    const { trace } = await openTrace(OTHER_RANK);
    const { verdict, findings } = await trace.api.analysis();
    await closeAll();
    await vscode.commands.executeCommand('kernelLens.clearStoredIndexes');
    const lines = await linesOf(OTHER_RANK);
    match(String(lines[0]?.label), /^\d+ prefill \+ \d+ decode$/);
    match(String(lines[0]?.description), /^[\d,.]+ tok\/s$/);
    equal(
      lines.slice(1, -2).map(({ label }) => String(label).split(' ')[0]),
      verdict.map(({ phase }) => phase),
    );
    equal(parseInt(String(lines.at(-2)?.label), 10), findings.length);
    equal(lines.at(-1)?.label, 'Model');
  });

  test('is remembered, with the model that its kernels are linked to, and leads to the view', async () => {
    const { api, trace } = await openTrace(TRACE);
    const report = await api.models.report(trace);
    ok('architecture' in report, JSON.stringify(report));
    const model = await until('the model to be known', async () => {
      const line = (await linesOf(TRACE)).at(-1);
      return line?.label === report.architecture ? line : undefined;
    });
    equal(model.description, '12 layers');
    await run(model);
    await until('the model to be shown', () => api.viewState(trace.uri)?.tab === 'model');
    await run((await linesOf(TRACE))[0]);
    await until('the overview to be shown', () => api.viewState(trace.uri)?.tab === 'overview');
    const known = await until('the lines to be remembered', () =>
      api.finder
        .files()
        .map((found) => api.facts.of(found))
        .find((facts) => facts?.model && facts.lines),
    );
    equal(known.lines?.length, (await linesOf(TRACE)).length - 1);
  });

  test('has findings, and each leads to its evidence', async () => {
    const { api, trace } = await openTrace(TRACE);
    await vscode.commands.executeCommand('kernelLens.showFindings');
    const findings = (await api.findingItems.getChildren()) ?? [];
    const items = await itemsOf(findings);
    ok(items.length > 0, 'the sample run is perfect');
    match(String(items[0]?.description), /^(\w+ )?[\d.]+ [mµn]s(\/step| once)?$/);
    const index = findings.findIndex(({ evidence }) => evidence.span && evidence.search);
    const { evidence } = findings[index] ?? {};
    ok(evidence?.span, 'no finding has a range');
    await run(items[index]);
    const state = await until('the evidence to be shown', () => {
      const saved = api.viewState(trace.uri);
      return saved?.tab === 'timeline' && saved.search === evidence.search ? saved : undefined;
    });
    equal(state.window, evidence.span);
    ok((await trace.api.search(state.search)).count > 0, `nothing is found by ${state.search}`);
  });

  test('is copied as Markdown', async () => {
    const { trace } = await openTrace(TRACE);
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('kernelLens.copySummary');
    equal(await vscode.env.clipboard.readText(), analysisMarkdown(TRACE.slice('runs/'.length), await trace.api.analysis()));
    await closeAll();
    await vscode.commands.executeCommand('kernelLens.copySummary', file(OTHER_RANK));
    match(await vscode.env.clipboard.readText(), /rank 1\/2/);
  });

  test('follows the categories and peaks of the settings; what is wrong in them is left out', async () => {
    const { api, trace: before } = await openTrace(TRACE);
    await linesOf(TRACE);
    const known = () => api.finder.files().flatMap((found) => api.facts.of(found)?.lines ?? []);
    const old = new Set(await until('lines', () => (known().length > 0 ? known() : undefined)));
    const [first] = (await before.api.kernels()).rows;
    ok(first, 'no kernels');
    await closeAll();
    try {
      await set('kernelCategories', { [`^${first.name.slice(0, 5).replace(/\W/g, '.')}`]: 'quant', '(': 'gemm' });
      await until('the lines by other rules to be forgotten', () => !known().some((line) => old.has(line)));
      await set('gpuPeaks', [{ pattern: 'H100', bytesPerSecond: 1e12, flops: { bf16: 1e15 }, source: 'measured' }, { pattern: '[' }]);
      // An item that is unfolded has read its trace again, perhaps between the two settings.
      await until('all traces to be closed', () => api.traces.all().length === 0);
      const { trace } = await openTrace(TRACE);
      const row = (await trace.api.kernels()).rows.find(({ name }) => name === first.name);
      equal(row?.category, 'quant');
      const hit = await trace.api.searchHit(`name:="${first.name}"`, 0);
      equal(hit?.colour, 'quant');
      equal((await trace.api.analysis()).roofline.peak?.source, 'measured');
    } finally {
      await set('kernelCategories', undefined);
      await set('gpuPeaks', undefined);
    }
  });
});
