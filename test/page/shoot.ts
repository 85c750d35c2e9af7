/**
 * Pictures of the view on a trace, without VS Code.
 * Run: node --import tsx test/page/shoot.ts trace.json.gz [folder] [theme…] [source=folder that holds vllm/]
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openTrace } from '../../src/core/session/open.js';
import { openFile } from '../../src/node/files.js';
import { nodeSources } from '../../src/node/sources.js';
import { openBrowser } from './browser.js';
import { linkingHost } from './linked.js';
import { openView } from './page.js';
import { quietHost } from './quietHost.js';
import type { ThemeName } from './themes.js';

const [file, folder = 'out/pictures', ...rest] = process.argv.slice(2);
const root = rest.find((word) => word.startsWith('source='))?.slice('source='.length);
const themes = rest.filter((word) => !word.startsWith('source='));
if (!file) throw new Error('Usage: shoot.ts trace.json.gz [folder] [theme…] [source=folder]');

const settle = (page: Page): Promise<void> => page.waitForTimeout(500);

async function zoomAt(page: Page, x: number, y: number, notches: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.keyboard.down('Control');
  for (let i = 0; i < notches; i++) {
    await page.mouse.wheel(0, -100);
    await page.waitForTimeout(25);
  }
  await page.keyboard.up('Control');
  await settle(page);
}

async function shoot(page: Page, prefix: string): Promise<void> {
  const save = (name: string): Promise<Buffer> => page.screenshot({ path: path.join(folder, `${prefix}-${name}.png`) });
  await settle(page);
  await save('whole');
  const strip = (await page.locator('.strip').boundingBox())!;
  await page.mouse.click(strip.x + strip.width * 0.6, strip.y + 16);
  await settle(page);
  await save('step');
  const lanes = (await page.locator('.lanes-top').boundingBox())!;
  const lane = (await page
    .locator('.lane-track', { hasText: /^Stream/ })
    .first()
    .boundingBox())!;
  const stream = lane.y + 15;
  await zoomAt(page, lanes.x + lanes.width * 0.4, stream, 15);
  await page.mouse.move(lanes.x + lanes.width * 0.62, stream);
  await settle(page);
  await save('hover');
  await page.mouse.click(lanes.x + lanes.width * 0.62, stream);
  await settle(page);
  await page.mouse.move(lanes.x + 5, lanes.y + 5);
  await settle(page);
  await save('kernel');
  await page.keyboard.press('[');
  await settle(page);
  await save('launch');
  if (!root) return;
  await page.keyboard.press('2');
  await settle(page);
  await save('kernels');
  await page.keyboard.press('4');
  await settle(page);
  await save('model');
  if ((await page.locator('.module-card').count()) === 0) return;
  await page.locator('.module-card vscode-button').last().click();
  await settle(page);
  await save('revealed');
}

const source = await openFile(file);
const trace = await openTrace(source, undefined, nodeSources);
const browser = await openBrowser();
mkdirSync(folder, { recursive: true });
try {
  for (const theme of (themes.length > 0 ? themes : ['dark']) as ThemeName[]) {
    const { page, errors } = await openView(browser, trace, {
      theme,
      width: 1280,
      height: 873,
      host: root ? linkingHost(source.name, trace, root, 'model') : quietHost(source.name),
    });
    await shoot(page, theme);
    for (const error of errors) console.error(`${theme}: ${error}`);
    await page.close();
  }
} finally {
  await browser.close();
  await source.close();
}
