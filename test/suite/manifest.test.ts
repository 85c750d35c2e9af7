import * as vscode from 'vscode';
import { equal, ok } from './assert.js';
import { extension } from './workbench.js';

suite(`manifest, in ${vscode.env.appName} ${vscode.version}`, () => {
  test('every command of the manifest is registered, and no other of ours', async () => {
    await extension().activate();
    const listed: string[] = extension().packageJSON.contributes.commands.map(({ command }: { command: string }) => command);
    const registered = (await vscode.commands.getCommands(true)).filter((command) => command.startsWith('kernelLens.'));
    // VS Code makes commands for views: focus, open, and the like.
    equal(registered.filter((command) => !/^kernelLens\.(traces|findings)\./.test(command)).sort(), listed.sort());
  });

  test('titles are translated', () => {
    const titles: string[] = extension().packageJSON.contributes.commands.map(({ title }: { title: string }) => title);
    ok(
      titles.every((title) => !title.includes('%')),
      titles.join(', '),
    );
  });
});
