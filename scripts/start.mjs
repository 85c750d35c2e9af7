// Builds, makes the sample workspace, prints its kernel summary and opens it in the real VS Code with the extension.
// Usage: npm start [-- path/to/trace]
// KERNEL_LENS_NO_OPEN=1 stops once everything is printed; PORT picks the server's port.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from './sample.mjs';
import { root } from './setup-vscode.mjs';
import { startServer } from './vscode-server.mjs';

function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** `code` on the PATH, unless it is the one of a terminal inside a remote window, which cannot load an extension under development. */
function desktopCode() {
  const { status } = spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' });
  return status === 0 && !process.env.VSCODE_IPC_HOOK_CLI;
}

const given = process.argv[2];
const trace = given ? path.resolve(process.env.INIT_CWD ?? '.', given) : undefined;
if (trace && !existsSync(trace)) {
  console.error(`${trace} does not exist. Usage: npm start -- path/to/trace`);
  process.exit(2);
}
runNode('esbuild.mjs');
const sample = makeSample(path.join(root, 'out', 'sample'));
const opened = trace ?? sample;
const folder = trace ? path.dirname(trace) : path.join(root, 'out', 'sample');
const opener = path.join(root, 'scripts', 'opener');
process.env.KERNEL_LENS_START = opened;
console.log('');
runNode('dist/cli.js', 'summarize', opened);
console.log('');

if (desktopCode()) {
  console.log(`Opening ${path.relative(root, opened)} in VS Code`);
  if (process.env.KERNEL_LENS_NO_OPEN) process.exit(0);
  spawn('code', ['--new-window', ...[root, opener].map((devPath) => `--extensionDevelopmentPath=${devPath}`), folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
} else {
  process.once('SIGINT', () => process.exit(0));
  const server = await startServer({ port: Number(process.env.PORT ?? 0), unpacked: { 'kernel-lens.kernel-lens-opener-0.0.0': opener } });
  console.log(`VS Code with Kernel Lens and ${path.basename(opened)} is at\n\n  ${server.url({ folder, devPath: root })}\n`);
  if (process.env.KERNEL_LENS_NO_OPEN) await server.stop();
  else console.log('Ctrl-C ends it.');
}
