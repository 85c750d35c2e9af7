// Starts the real VS Code as a server on this machine, with a throw-away data folder. Needs no network.
import { spawn } from 'node:child_process';
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeRoot, nodeBin, setupVSCode } from './setup-vscode.mjs';

/** What a VS Code without network, updates and interruptions is set to. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'git.enabled': false,
  'files.simpleDialog.enable': true,
  'window.dialogStyle': 'custom',
  'window.menuBarVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
};

/** Variables of this process that would change what the server does. */
const unwanted = /^(ELECTRON_|VSCODE_(IPC|PROXY|CWD|NLS|AGENT)|NODE_OPTIONS|npm_)/;

function environment(dataDir) {
  const kept = Object.entries(process.env).filter(([key]) => !unwanted.test(key));
  const temporary = path.join(dataDir, 'tmp');
  mkdirSync(temporary);
  return {
    ...Object.fromEntries(kept),
    TMPDIR: temporary,
    XDG_RUNTIME_DIR: temporary,
    EXTENSIONS_GALLERY: '{}',
    VSCODE_SKIP_BUILTIN_EXTENSIONS: 'GitHub.copilot-chat',
  };
}

/** Runs a command to its end; throws with its output when it fails. */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`${path.basename(args[0])} exited with ${code}:\n${output}`))));
  });
}

/**
 * Starts a server on a free port of 127.0.0.1.
 * driver: lets the address name an extension under development and its tests; it also hides toasts, so it is off where a
 *   test looks at what a user sees. vsix: packages to install first. unpacked: folders of extensions, by their id and version.
 *   log: a file for the server's output.
 */
export async function startServer({ settings = {}, vsix = [], unpacked = {}, log, driver = true, port = 0 } = {}) {
  setupVSCode();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'kernel-lens-vscode-'));
  const userDir = path.join(dataDir, 'data', 'User');
  mkdirSync(userDir, { recursive: true });
  writeFileSync(path.join(userDir, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  // A server that has no list of its extensions yet takes every folder that it finds.
  for (const [name, from] of Object.entries(unpacked)) cpSync(from, path.join(dataDir, 'extensions', name), { recursive: true });
  const env = environment(dataDir);
  const main = path.join(codeRoot, 'out', 'server-main.js');
  const common = [main, '--server-data-dir', dataDir, '--accept-server-license-terms', '--telemetry-level', 'off', '--disable-telemetry'];
  for (const file of vsix) await run(nodeBin, [...common, '--install-extension', path.resolve(file), '--force'], env);

  const quiet = ['--disable-experiments', '--disable-update-check', '--disable-getting-started-override', '--disable-workspace-trust'];
  // Without a short grace time an extension host that lost its window would live on for three hours.
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--reconnection-grace-time', '5'];
  const args = [...common, ...listen, ...quiet, ...(driver ? ['--enable-smoke-test-driver'] : [])];
  // A process group of its own, so that its extension hosts end with it.
  const child = spawn(nodeBin, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const signalGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const onExit = () => {
    signalGroup('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', onExit);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])
    process.once(signal, () => process.exit(code));
  const authority = `127.0.0.1:${await listeningPort(child, log)}`;

  const remote = (file) => `vscode-remote://${authority}${path.resolve(file)}`;
  return {
    /** The address of a window. devPath: an extension under development; testsPath: a module whose run() is called; env: variables for the extension host. */
    url({ folder, devPath, testsPath, env: extensionEnv }) {
      const payload = [
        ['skipWelcome', 'true'],
        ['skipReleaseNotes', 'true'],
      ];
      if (devPath) payload.push(['extensionDevelopmentPath', remote(devPath)]);
      if (testsPath) payload.push(['extensionTestsPath', remote(testsPath)]);
      if (extensionEnv) payload.push(['extensionEnvironment', JSON.stringify(extensionEnv)]);
      const query = new URLSearchParams({ folder: path.resolve(folder), payload: JSON.stringify(payload) });
      return `http://${authority}/?${query}`;
    },
    dataDir,
    /** logsTo: a folder that gets VS Code's own logs (server, extension host, output channels). */
    async stop({ logsTo } = {}) {
      const gone = new Promise((resolve) => (child.exitCode !== null || child.signalCode ? resolve() : child.once('exit', resolve)));
      signalGroup('SIGTERM');
      const timer = setTimeout(() => signalGroup('SIGKILL'), 3000);
      await gone;
      clearTimeout(timer);
      process.off('exit', onExit);
      if (logsTo) cpSync(path.join(dataDir, 'data', 'logs'), logsTo, { recursive: true });
      onExit();
    },
  };
}

/** Waits until the server says where it listens. */
function listeningPort(child, log) {
  const sink = log ? createWriteStream(log) : undefined;
  let text = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The VS Code server did not start:\n${text}`)), 30_000);
    const onData = (data) => {
      sink?.write(data);
      if (text.length > 100_000) return;
      text += data;
      const match = /Extension host agent listening on (\d+)/.exec(text);
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => {
      clearTimeout(timer);
      sink?.end();
      reject(new Error(`The VS Code server exited with ${code}:\n${text}`));
    });
  });
}
