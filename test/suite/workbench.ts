/** What the suites share: the extension's own API, the sample workspace, waiting. */
import * as vscode from 'vscode';
import type { Api } from '../../src/host/features.js';
import { ok } from './assert.js';

export const VIEW_TYPE = 'kernelLens.trace';
export const TRACE = 'runs/dp0_pp0_tp0_dcp0_ep0_rank0.1764003676610000000.pt.trace.json.gz';
export const OTHER_RANK = 'runs/dp0_pp0_tp1_dcp0_ep1_rank1.1764003676611000000.pt.trace.json.gz';
export const FRONT_END = 'runs/sample-host_1.async_llm.1764003676612000000.pt.trace.json.gz';
export const MODEL = 'vllm/model_executor/models/qwen3.py';

export function extension(): vscode.Extension<Api> {
  const found = vscode.extensions.getExtension<Api>('kernel-lens.kernel-lens');
  ok(found, 'the extension is not installed');
  return found;
}

/** A file of the sample workspace. */
export function file(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Calls until the answer is something. */
export async function until<T>(what: string, ask: () => T | Promise<T>, timeoutMs = 30_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
}

/** Opens a file in the trace editor and waits until it was read or refused. */
export async function openTrace(path: string) {
  const api = await extension().activate();
  const uri = file(path);
  await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPE);
  const trace = await until(`${path} to be active`, () => {
    const active = api.traces.active();
    return active?.uri.toString() === uri.toString() ? active : undefined;
  });
  return { api, trace, outcome: await trace.outcome };
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** The view type of the active tab, '' for another kind of editor. */
export function activeViewType(): string {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.viewType : '';
}
