import * as vscode from 'vscode';
import { equal, match, ok } from './assert.js';
import { traceJson } from './oracle.js';
import { restoreStubs, stub } from './stub.js';
import { closeAll, file, openTrace, TRACE, until } from './workbench.js';

/** Ranks of one run, and of another one. */
const UNNAMED = 'runs/unnamed_rank0.1764003676691000000.pt.trace.json';
const UNNAMED_OTHER_RANK = 'runs/unnamed_rank1.1764003676692000000.pt.trace.json';
const UNNAMED_OTHER_RUN = 'runs/nameless_rank0.1764003676693000000.pt.trace.json';

/** The sample's trace without the frames and modules that name its model. */
async function writeUnnamed(path: string): Promise<void> {
  const trace = await traceJson(file(TRACE));
  const traceEvents = trace.traceEvents.filter(({ cat }) => cat !== 'python_function');
  await vscode.workspace.fs.writeFile(file(path), new TextEncoder().encode(JSON.stringify({ ...trace, traceEvents })));
}

/** What was asked, and the answers of somebody who clicks `button` and then chooses `model`. */
function answering(button: string | undefined, model: string) {
  const notifications: string[] = [];
  const picks: string[][] = [];
  const notify = async (message: string, ...buttons: string[]): Promise<string | undefined> => {
    notifications.push([message, ...buttons].join(' | '));
    return button;
  };
  const pick = async (items: Promise<vscode.QuickPickItem[]>): Promise<vscode.QuickPickItem | undefined> => {
    const shown = await items;
    picks.push(shown.map(({ label, description }) => [label, description].filter(Boolean).join(' | ')));
    return shown.find(({ label }) => label.endsWith(` ${model}`));
  };
  stub(vscode.window, 'showInformationMessage', notify as unknown as typeof vscode.window.showInformationMessage);
  stub(vscode.window, 'showQuickPick', pick as unknown as typeof vscode.window.showQuickPick);
  return { notifications, picks };
}

suite('the model of a trace that does not name it', () => {
  suiteSetup(async () => {
    for (const path of [UNNAMED, UNNAMED_OTHER_RANK, UNNAMED_OTHER_RUN]) await writeUnnamed(path);
  });
  suiteTeardown(async () => {
    for (const path of [UNNAMED, UNNAMED_OTHER_RANK, UNNAMED_OTHER_RUN]) await vscode.workspace.fs.delete(file(path));
  });
  teardown(async () => {
    restoreStubs();
    await closeAll();
  });

  test('is offered once, asked when the user wants it, and remembered for the run', async () => {
    const { notifications, picks } = answering(undefined, 'Qwen3ForCausalLM');
    const { api, trace } = await openTrace(UNNAMED);
    const before = await api.models.report(trace);
    equal('fix' in before ? before.fix : before.architecture, 'chooseModel');
    await api.models.report(trace);
    await until('the notification', () => notifications[0]);
    equal(notifications, [`${UNNAMED.slice('runs/'.length)} does not name its model, so its kernels are not linked to code. | Choose Model…`]);
    equal(picks, []);

    await vscode.commands.executeCommand('kernelLens.chooseModel');
    const report = await until('the trace to be linked', () => api.models.known(trace));
    equal(report.architecture, 'Qwen3ForCausalLM');
    const [items] = picks;
    ok(items && picks.length === 1, `asked ${picks.length} times`);
    match(items.find((item) => item.includes('Qwen3ForCausalLM')) ?? '', /^\$\(symbol-class\) Qwen3ForCausalLM \| 84 of 84 layers fit · qwen3\.py$/);
    match(items.at(-1) ?? '', /config\.json/);

    await closeAll();
    const { trace: other } = await openTrace(UNNAMED_OTHER_RANK);
    const again = await api.models.report(other);
    equal('architecture' in again ? again.architecture : again.reason, 'Qwen3ForCausalLM');
    equal([notifications.length, picks.length], [1, 1]);
  });

  test('is asked by the button of the notification, and dismissing leaves it unknown', async () => {
    const { picks } = answering('Choose Model…', 'NoSuchModel');
    const { api, trace } = await openTrace(UNNAMED_OTHER_RUN);
    await api.models.report(trace);
    await until('the question', () => picks.length === 1);
    const answer = await api.models.report(trace);
    equal('fix' in answer && answer.fix, 'chooseModel');
  });
});
