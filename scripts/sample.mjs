// Makes the sample workspace from plain Node: the generator is TypeScript, so it runs in a process of its own.
import { execFileSync } from 'node:child_process';
import { root } from './setup-vscode.mjs';

/** Returns the path of the sample's main trace. */
export function makeSample(folder) {
  return execFileSync(process.execPath, ['--import', 'tsx', 'test/sample/make.ts', folder], { cwd: root, encoding: 'utf8' }).trim();
}
