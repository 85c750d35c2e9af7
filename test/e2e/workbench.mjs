// The packaged extension in the real VS Code window, as a person uses it.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openBrowser, openPage } from '../../scripts/browser.mjs';
import { makeSample } from '../../scripts/sample.mjs';
import { root } from '../../scripts/setup-vscode.mjs';
import { startServer } from '../../scripts/vscode-server.mjs';

export const shots = path.join(root, 'out', 'screenshots');
const vsix = path.join(root, 'out', 'kernel-lens.vsix');
const traces = process.env.KERNEL_LENS_TRACES ?? path.join(root, '..', 'shared', 'traces');

export const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };

const expected = /_static|favicon|vsda|status of 404|\[Service Worker\] registration|A bad HTTP response code \(404\)|authentication provider/;

/** Path of a real trace, or undefined where the traces are not. */
export function realTrace(name) {
  const file = path.join(traces, name);
  return existsSync(file) ? file : undefined;
}

/** A folder with the sample workspace and copies of real traces, named as `copies` says: { 'h100.pt.trace.json.gz': path }. */
function makeWorkspace(copies) {
  const folder = path.join(root, 'out', 'e2e');
  rmSync(folder, { recursive: true, force: true });
  const sample = makeSample(folder);
  for (const [name, from] of Object.entries(copies)) copyFileSync(from, path.join(folder, 'runs', name));
  return { folder, sample: path.basename(sample) };
}

/** Opens a window on that folder. Errors that VS Code itself logs without network are not ours; `consoleErrors` leaves them out. */
export async function openWorkbench({ copies = {}, theme = 'dark', viewport = { width: 1600, height: 1000 }, settings = {} } = {}) {
  mkdirSync(shots, { recursive: true });
  const { folder, sample } = makeWorkspace(copies);
  const server = await startServer({
    vsix: [vsix],
    // The driver hides toasts; here we look at what a user sees.
    driver: false,
    settings: { 'workbench.colorTheme': themes[theme], 'workbench.reduceMotion': 'on', ...settings },
    log: path.join(root, 'out', 'server.log'),
  });
  const browser = await openBrowser();
  const { page, outside, consoleErrors } = await openPage(browser, { viewport });
  await page.goto(server.url({ folder }));
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'runs' }).waitFor();
  // The extension is known from now on; a file clicked before would open as text.
  await page.locator('.activitybar [aria-label*="Kernel Lens"]').first().waitFor();
  const workbench = {
    page,
    sample,
    outside,
    /** what the console has of errors, without what a server build without network always logs */
    unexpectedErrors: () => consoleErrors.filter((text) => !expected.test(text)),
    /** the document of the trace editor in front */
    view: () => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    row: (name) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first(),
    shot: (name) => page.screenshot({ path: path.join(shots, `${name}.png`), caret: 'initial' }),
    async command(title) {
      const box = page.locator('.quick-input-widget input');
      // A view that is just loading swallows the key.
      for (let attempt = 0; attempt < 10 && !(await box.isVisible()); attempt++) {
        await page.keyboard.press('F1');
        await box.waitFor({ timeout: 2_000 }).catch(() => undefined);
      }
      await box.fill(`>${title}`);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
    },
    async openFile(...names) {
      for (const name of names.slice(0, -1)) {
        const folderRow = workbench.row(name);
        if ((await folderRow.getAttribute('aria-expanded')) === 'false') await folderRow.click();
      }
      await workbench.row(names.at(-1)).dblclick();
    },
    /** In the first moments of a window VS Code may not know the editors of an extension yet, and open a trace as text: then again. */
    async openTrace(name) {
      const asText = page.getByText('not displayed in the text editor');
      for (;;) {
        await workbench.openFile('runs', name);
        await page.locator('iframe.webview.ready').or(asText).first().waitFor();
        if (!(await asText.isVisible())) return;
        await workbench.command('View: Close Editor');
      }
    },
    async close() {
      await browser.close();
      await server.stop({ logsTo: path.join(root, 'out', 'vscode-logs') });
    },
  };
  return workbench;
}
