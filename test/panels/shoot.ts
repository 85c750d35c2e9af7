/**
 * Pictures of the panels, in a plain Chromium, and what axe finds in them.
 * node --import tsx test/panels/shoot.ts chromium [folder] [theme…] [trace]
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import type { TraceApi } from '../../src/shared/protocol.js';
import type { HostApi } from '../../src/shared/view.js';
import { openView } from '../page/page.js';
import { quietHost } from '../page/quietHost.js';
import { THEMES, type ThemeName } from '../page/themes.js';
import { mockInfo, mockTrace } from './mock.js';
import { mockReport, mockSnippet } from './model.js';

const [executablePath, folder = 'out/panels', ...rest] = process.argv.slice(2);
const themes = rest.filter((word): word is ThemeName => word in THEMES);
const file = rest.find((word) => !(word in THEMES));
const trace = file ? await opened(file) : mockTrace;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A real trace, for which the reader is only then loaded. */
async function opened(path: string): Promise<TraceApi> {
  const [{ openTrace }, { openFile }] = await Promise.all([import('../../src/core/session/open.js'), import('../../src/node/files.js')]);
  return openTrace(await openFile(path));
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run({ rules: { 'document-title': { enabled: false }, 'html-has-lang': { enabled: false } } });
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n    ${failureSummary.replaceAll('\n', '\n    ')}`),
    );
  });
}

/** Loading and refused, which no opened trace shows. */
async function openStates(theme: ThemeName): Promise<Page> {
  const bundle = await build({ entryPoints: ['test/panels/states.ts'], bundle: true, write: false, outdir: 'out/panels', format: 'iife', target: 'es2022' });
  const output = (end: string): string => bundle.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  const { bodyClass, variables } = THEMES[theme];
  const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  const page = await browser.newPage({ viewport: { width: 700, height: 700 } });
  await page.setContent(
    `<!doctype html><html><style>html { ${style.join(' ')} } .app { height: 300px !important; }</style><style>${output('.css')}</style><body class="${bodyClass}"></body></html>`,
  );
  await page.evaluate(output('.js'));
  await page.waitForTimeout(200);
  return page;
}

const host: HostApi = { ...quietHost(mockInfo.fileName), modelReport: async () => mockReport, snippet: async () => mockSnippet };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const theme of themes.length > 0 ? themes : (['dark'] as const)) {
  const states = await openStates(theme);
  await states.screenshot({ path: `${folder}/${theme}-states.png` });
  for (const line of await violations(states)) console.log(`${theme} states ${line}`);
  await states.close();
  for (const [width, height] of [
    [1322, 890],
    [1000, 900],
    [600, 900],
  ] as const) {
    if (theme !== 'dark' && width !== 1322) continue;
    const { page, errors } = await openView(browser, trace, { theme, width, height, host });
    const shoot = async (name: string): Promise<void> => {
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/${theme}-${width}-${name}.png` });
      const found = await violations(page);
      if (found.length > 0) console.log(`${theme} ${width} ${name}\n  ${found.join('\n  ')}`);
    };
    await page.waitForTimeout(500);
    await page.keyboard.press('8');
    await page.waitForTimeout(300);
    await shoot('model');
    await page.keyboard.press('3');
    await page.waitForTimeout(300);
    await shoot('kernels');
    if (width > 800) {
      await page.locator('.kernels vscode-dropdown[aria-label="Group by"]').click();
      await page.getByRole('option', { name: 'Group by: module' }).click();
      await shoot('modules');
      await page.locator('.kernels vscode-dropdown[aria-label="Group by"]').click();
      await page.getByRole('option', { name: 'Group by: name' }).click();
      await page.locator('.kernels .table-body .row').first().click();
    }
    await page.keyboard.press('4');
    await shoot('steps');
    await page.keyboard.press('3');
    await page.locator('.kernels .table-body .row').first().dblclick();
    await shoot('slice');
    for (const tab of ['Area', 'Same name', 'Flows']) {
      await page.getByRole('tab', { name: tab }).click();
      await shoot(tab.replace(' ', ''));
    }
    await page.keyboard.press('?');
    await shoot('help');
    if (errors.length > 0) console.log(`${theme} ${width} errors:\n${errors.join('\n')}`);
    await page.close();
    if (width !== 1322) continue;
    const reason = 'Kernel order alone cannot name it: Qwen3ForCausalLM and Qwen2ForCausalLM fit 24 of 24 layers.';
    const unnamed: HostApi = { ...host, modelReport: async () => ({ reason, fix: 'chooseModel' }) };
    const which = await openView(browser, trace, { theme, width: 700, height: 500, host: unnamed });
    await which.page.waitForTimeout(300);
    await which.page.keyboard.press('8');
    await which.page.waitForTimeout(300);
    await which.page.screenshot({ path: `${folder}/${theme}-which.png` });
    for (const line of await violations(which.page)) console.log(`${theme} which ${line}`);
    await which.page.close();
  }
}
await browser.close();
