import * as vscode from 'vscode';
import type { KernelReport } from '../../src/shared/protocol.js';
import { equal, ok } from './assert.js';
import { traceEvents } from './oracle.js';
import { activeViewType, closeAll, extension, file, TRACE, until, VIEW_TYPE } from './workbench.js';

suite('kernels', () => {
  teardown(closeAll);

  test('Summarize Kernels works without an open editor and shows the kernel table', async () => {
    const api = await extension().activate();
    const report = await vscode.commands.executeCommand<KernelReport>('kernelLens.summarizeKernels', file(TRACE));
    const kernels = (await traceEvents(file(TRACE))).filter(({ cat }) => cat === 'kernel');
    equal(report.kernelCount, kernels.length);
    const [first] = report.rows;
    ok(first, 'no rows');
    equal(first.count, kernels.filter(({ name }) => name === first.name).length);
    equal(activeViewType(), VIEW_TYPE);
    await until('the table to be shown', () => api.viewState(file(TRACE))?.tab === 'kernels');
  });
});
