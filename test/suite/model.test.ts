import * as vscode from 'vscode';
import { percent } from '../../src/shared/format.js';
import type { LineCost, LinkReport } from '../../src/shared/model.js';
import { equal, match, ok } from './assert.js';
import { traceEvents } from './oracle.js';
import { closeAll, file, MODEL, openTrace, TRACE, until } from './workbench.js';

/** Opens the sample's trace and waits until its kernels are linked to the sample's model. */
async function linked() {
  const { api, trace } = await openTrace(TRACE);
  const report = await api.models.report(trace);
  if ('reason' in report) throw new Error(report.reason);
  return { api, trace, report };
}

const linesOf = ({ lines }: LinkReport): LineCost[] => lines.filter(({ place, totalNs }) => place.file === MODEL && totalNs > 0);

/** The call of a module in the model's file. */
function callOf(report: LinkReport, document: vscode.TextDocument, module: string): LineCost {
  const found = linesOf(report).find(({ kind, place }) => kind === 'call' && document.lineAt(place.line - 1).text.includes(`self.${module}(`));
  ok(found, `no line calls ${module}`);
  return found;
}

async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
  return lenses.map(({ range, command }) => `${range.start.line + 1} ${command?.title}`);
}

suite('kernels linked to the model', () => {
  teardown(closeAll);

  test('the trace names its model, and the workspace holds its source', async () => {
    const { report } = await linked();
    equal(report.architecture, 'Qwen3ForCausalLM');
    equal(new Set(report.layersPerStep).size, 1);
    equal(report.layersPerStep[0], 12);
  });

  test('every line of the model that cost something has a lens with its share', async () => {
    const { report } = await linked();
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    const titles = await lensTitles(document);
    ok(linesOf(report).length > 8, `only ${linesOf(report).length} lines`);
    for (const { place, percent: share } of linesOf(report)) {
      const text = ` ${percent(share)} of GPU ·`;
      ok(
        titles.some((title) => title.startsWith(`${place.line} `) && title.includes(text)),
        `line ${place.line} has no lens with${text}\n${titles.join('\n')}`,
      );
    }
    const { line } = callOf(report, document, 'qkv_proj').place;
    match(titles.find((title) => title.startsWith(`${line} `)) ?? '', /decode [\d.]+ [µm]s\/step · 12 layers · [\d.]+ µs\/layer · .* \| prefill [\d.]+ [µm]s/);
  });

  test('warm calls are marked, and only while the setting says so', async () => {
    const { api, report } = await linked();
    const editor = await vscode.window.showTextDocument(file(MODEL));
    const expected = linesOf(report).filter(({ kind, percent: share }) => kind === 'call' && share > 1);
    ok(expected.length > 0, 'no warm call');
    const marked = () =>
      api.heat
        .marked(editor)
        .flat()
        .map((line) => line + 1)
        .sort((a, b) => a - b);
    equal(
      marked(),
      expected.map(({ place }) => place.line).sort((a, b) => a - b),
    );
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    await configuration.update('heat.enabled', false, vscode.ConfigurationTarget.Global);
    equal(marked(), []);
    await configuration.update('heat.enabled', undefined, vscode.ConfigurationTarget.Global);
  });

  test('a hover has the kernels, the reason and links; the command takes it away', async () => {
    const { report } = await linked();
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    const { place, kernels, search } = callOf(report, document, 'qkv_proj');
    const hoverText = async (): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(place.line - 1, 10));
      return hovers
        .flatMap(({ contents }) => contents)
        .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
        .filter((text) => text.includes('command:kernelLens.'))
        .join('\n');
    };
    const text = await hoverText();
    for (const { shortName } of kernels.slice(0, 3)) ok(text.includes(shortName.replaceAll('|', '\\|')), `${shortName} is not in\n${text}`);
    ok(text.includes(`command:kernelLens.revealFrame?${encodeURIComponent(JSON.stringify([search, 'layer']))}`), text);
    await vscode.commands.executeCommand('kernelLens.clearCodeLenses');
    equal(await hoverText(), '');
  });

  test('each kind is switched off by its setting, and the command takes all of them away', async () => {
    const { api, report } = await linked();
    const editor = await vscode.window.showTextDocument(file(MODEL));
    const { document } = editor;
    const { line } = callOf(report, document, 'qkv_proj').place;
    const shown = async (): Promise<string> => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(line - 1, 10));
      const hover = hovers
        .flatMap(({ contents }) => contents)
        .some((content) => content instanceof vscode.MarkdownString && content.value.includes('kernelLens.'));
      const lenses = (await lensTitles(document)).length > 0;
      const heat = api.heat.marked(editor).flat().length > 0;
      return [lenses && 'codeLens', heat && 'heat', hover && 'hover'].filter(Boolean).join(' ');
    };
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    equal(await shown(), 'codeLens heat hover');
    for (const [kind, rest] of [
      ['codeLens', 'heat hover'],
      ['heat', 'codeLens hover'],
      ['hover', 'codeLens heat'],
    ]) {
      await configuration.update(`${kind}.enabled`, false, vscode.ConfigurationTarget.Global);
      equal(await shown(), rest);
      await configuration.update(`${kind}.enabled`, undefined, vscode.ConfigurationTarget.Global);
    }
    await vscode.commands.executeCommand('kernelLens.clearCodeLenses');
    equal(await shown(), '');
  });

  for (const [path, definition, kernel] of [
    ['vllm/v1/worker/block_table.py', /^def _compute_slot_mapping_kernel/m, /^_compute_slot_mapping_kernel$/],
    ['csrc/layernorm_kernels.cu', /^__global__ void rms_norm_kernel/m, /^void vllm::rms_norm_kernel</],
  ] as const) {
    test(`the definition of a kernel in ${path} has a lens with the time of its calls`, async () => {
      const { trace } = await linked();
      const editor = await vscode.window.showTextDocument(file(path));
      const { document } = editor;
      const line = document.positionAt(document.getText().search(definition)).line + 1;
      const kernels = (await traceEvents(trace.uri)).filter(({ cat }) => cat === 'kernel');
      const time = (events: typeof kernels): number => events.reduce((sum, { dur }) => sum + Math.round(dur * 1000), 0);
      const share = percent((100 * time(kernels.filter(({ name }) => kernel.test(name)))) / time(kernels));
      const titles = await lensTitles(document);
      ok(
        titles.some((title) => title.startsWith(`${line} `) && title.includes(` ${share} of GPU`)),
        `line ${line} has no lens with ${share}\n${titles.join('\n')}`,
      );
    });
  }

  test('a link of a hover shows one layer of the line in the timeline', async () => {
    const { api, trace, report } = await linked();
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    const { search } = callOf(report, document, 'qkv_proj');
    await vscode.commands.executeCommand('kernelLens.revealFrame', search, 'layer');
    const state = await until('the layer to be shown', () => {
      const saved = api.viewState(trace.uri);
      return saved?.search === search && saved.window ? saved : undefined;
    });
    const [layer] = await trace.api.layers(state.window ?? { startNs: 0, endNs: 0 }, 1);
    ok(layer, 'the window is no layer');
    const found = await trace.api.search(search);
    const { kernels } = callOf(report, document, 'qkv_proj');
    equal(
      found.count,
      kernels.reduce((sum, { count }) => sum + count, 0),
    );
  });

  test('a kernel leads to the line that calls it, and to the library that it comes from', async () => {
    const { api, trace, report } = await linked();
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    const { place, search } = callOf(report, document, 'qkv_proj');
    const hit = await trace.api.searchHit(search, 0);
    ok(hit, `nothing is found by ${search}`);
    const editor = await api.source.goToSource(trace, hit.slice);
    equal(editor?.document.uri.toString(), file(MODEL).toString());
    equal((editor?.selection.active.line ?? 0) + 1, place.line);
    const link = await trace.api.modelLink(hit.slice);
    ok(link?.definedAt?.library, 'a kernel of cuBLAS has no library');
    equal(await api.source.goToKernel(trace, hit.slice), undefined);
  });

  test('an edit that is not saved moves lenses and marks with their lines, and takes them from the line that it changes', async () => {
    const uri = file(MODEL);
    const { api, report } = await linked();
    const editor = await vscode.window.showTextDocument(uri);
    const { document } = editor;
    const { line } = callOf(report, document, 'qkv_proj').place;
    const { line: other } = callOf(report, document, 'o_proj').place;
    const lensLines = async (): Promise<number[]> => (await lensTitles(document)).map((title) => Number.parseInt(title, 10)).sort((a, b) => a - b);
    const markedLines = (): number[] => api.heat.marked(editor).flat();
    const before = await lensLines();
    const markedBefore = markedLines();
    ok(before.includes(line) && before.includes(other), `no lenses at ${line} and ${other}: ${before}`);
    // In a browser VS Code saves by itself after a while.
    const files = vscode.workspace.getConfiguration('files');
    await files.update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    try {
      await editor.edit((edit) => edit.insert(new vscode.Position(line - 1, 0), '        # one line more\n'));
      const moved = (at: number): number => (at >= line ? at + 1 : at);
      equal(await lensLines(), before.map(moved));
      equal(
        markedLines(),
        markedBefore.map((at) => moved(at + 1) - 1),
      );
      await editor.edit((edit) => edit.insert(new vscode.Position(other, 12), 'x'));
      equal(await lensLines(), before.filter((at) => at !== other).map(moved));
    } finally {
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await files.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
    }
    equal(await lensLines(), before);
  });

  test('an edit of the model moves its lenses when it is saved', async () => {
    const uri = file(MODEL);
    const before = await vscode.workspace.fs.readFile(uri);
    const { api, trace, report } = await linked();
    const document = await vscode.workspace.openTextDocument(uri);
    const { place } = callOf(report, document, 'qkv_proj');
    try {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(uri, new vscode.Position(1, 0), '# one line more\n');
      await vscode.workspace.applyEdit(edit);
      await document.save();
      const again = await until('the model to be linked again', () => {
        const now = api.models.known(trace);
        return now && now !== report ? now : undefined;
      });
      equal(callOf(again, document, 'qkv_proj').place.line, place.line + 1);
      const titles = await lensTitles(document);
      ok(
        titles.some((title) => title.startsWith(`${place.line + 1} `)),
        titles.join('\n'),
      );
    } finally {
      await vscode.workspace.fs.writeFile(uri, before);
    }
  });
});
