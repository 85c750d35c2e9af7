import * as vscode from 'vscode';
import type { KernelRow, TraceApi } from '../../src/shared/protocol.js';
import { equal, match, ok } from './assert.js';
import { restoreStubs, stub } from './stub.js';
import { closeAll, file, openTrace, TRACE, until } from './workbench.js';

const CSV = 'measured.txt';
const FOUND = TRACE.replace(/[^/]*$/, 'ncu.details.csv');

function csvOf(kernel: string): Uint8Array {
  const header = '"ID","Process ID","Kernel Name","Block Size","Grid Size","Section Name","Metric Name","Metric Unit","Metric Value"';
  const row = (id: number, name: string) => `"${id}","7","${name}","(1, 1, 1)","(1, 1, 1)","Occupancy","Achieved Occupancy","%","11,32"`;
  return new TextEncoder().encode(
    ['==PROF== Connected to process 7', header, row(0, kernel.replaceAll('"', '""')), row(1, 'a_kernel_of_another_run')].join('\n'),
  );
}

async function kernelOf(api: TraceApi): Promise<KernelRow> {
  const { rows } = await api.kernels();
  const kernel = rows.find(({ kind }) => kind === 'kernel');
  ok(kernel, 'the sample has kernels');
  return kernel;
}

suite('Nsight Compute', () => {
  teardown(async () => {
    restoreStubs();
    await closeAll();
    for (const path of [CSV, FOUND]) await vscode.workspace.fs.delete(file(path)).then(undefined, () => undefined);
  });

  test('a file beside the trace is found', async () => {
    const first = await openTrace(TRACE);
    const kernel = await kernelOf(first.trace.api);
    await closeAll();
    await vscode.workspace.fs.writeFile(file(FOUND), csvOf(kernel.name));
    const { api, trace } = await openTrace(TRACE);
    const report = await api.ncu.report(trace);
    equal(report?.kernels, [kernel.nameId]);
    equal([report?.joined, report?.launches], [1, 2]);
    match(report?.problems.join() ?? '', /a_kernel_of_another_run/);
  });

  test('a file is attached by the command, and remembered', async () => {
    const { api, trace } = await openTrace(TRACE);
    equal(await api.ncu.report(trace), undefined);
    const kernel = await kernelOf(trace.api);
    await vscode.workspace.fs.writeFile(file(CSV), csvOf(kernel.name));
    const said: string[] = [];
    stub(vscode.window, 'showOpenDialog', async () => [file(CSV)]);
    stub(
      vscode.window,
      'showInformationMessage',
      (async (message: string) => void said.push(message)) as unknown as typeof vscode.window.showInformationMessage,
    );
    await vscode.commands.executeCommand('kernelLens.attachNcu');
    await until('the message', () => said[0]);
    match(said[0]!, /measured\.txt: 1 of 2 measured launches joined to 1 kernel\./);
    const found = await trace.api.ncu(kernel.nameId, {});
    equal(found?.figures, [{ label: 'Achieved occupancy', text: '11,32 %' }]);

    await closeAll();
    const again = await openTrace(TRACE);
    const report = await again.api.ncu.report(again.trace);
    equal(report?.files, [CSV]);
  });
});
