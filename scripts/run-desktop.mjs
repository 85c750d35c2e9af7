// The suite of test/suite in desktop VS Code. Downloads it, or takes VSCODE_EXECUTABLE=/path/to/code.
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { makeSample } from './sample.mjs';
import { root } from './setup-vscode.mjs';

const folder = path.join(root, 'out', 'sample');
makeSample(folder);
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', `--user-data-dir=${path.join(root, '.vscode-test', 'user-data')}`] : [];
try {
  await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'out', 'test', 'suite', 'index.cjs'),
    launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome', ...asRoot],
  });
} catch (error) {
  console.error(`The desktop tests did not pass: ${error.message}`);
  process.exit(1);
}
