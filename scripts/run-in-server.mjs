// Runs a suite's run() inside the extension host of the real VS Code server, and exits with its result.
// Usage: node scripts/run-in-server.mjs [--web]   (--web: the browser's web worker host instead of the Node one)
import path from 'node:path';
import { openBrowser, openPage } from './browser.mjs';
import { makeSample } from './sample.mjs';
import { root } from './setup-vscode.mjs';
import { startServer } from './vscode-server.mjs';

const TIMEOUT_MS = 240_000;
/** What the workbench itself logs; the rest is the extension host's console, which is mocha's report. */
const noise =
  /^(Resolv(ing|ed) connection token|Creating a socket|Ignoring fetching additional builtin|Updating additional builtin|ChatSessionStore|\[(AgentHost|AccountPolicyGate|reconnection-grace-time|Service Worker))/;

const web = process.argv.includes('--web');
const folder = path.join(root, 'out', 'sample');
makeSample(folder);
const settings = web ? { 'remote.extensionKind': { 'kernel-lens.kernel-lens': ['web'] } } : {};
const server = await startServer({ settings, log: path.join(root, 'out', 'server.log') });
const browser = await openBrowser();
let code = 1;
try {
  const { page } = await openPage(browser);
  const done = new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    void page.exposeFunction('codeAutomationLog', (type, args) => {
      if (!noise.test(String(args[0]))) console[type === 'error' ? 'error' : 'log'](...args);
    });
    page.on('crash', () => resolve(1));
  });
  const late = new Promise((resolve) =>
    setTimeout(() => {
      console.error(`no result after ${TIMEOUT_MS / 1000} s`);
      resolve(124);
    }, TIMEOUT_MS),
  );
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => key.startsWith('KERNEL_LENS_')));
  const testsPath = path.join(root, 'out', 'test', web ? 'web' : 'suite', 'index.cjs');
  await page.goto(server.url({ folder, devPath: root, testsPath, env }));
  code = await Promise.race([done, late]);
} finally {
  await browser.close();
  await server.stop({ logsTo: path.join(root, 'out', 'vscode-logs') });
}
process.exit(code);
