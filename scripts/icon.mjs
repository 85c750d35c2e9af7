// Draws media/icon.png from media/icon.svg.
import { readFileSync } from 'node:fs';
import { openBrowser } from './browser.mjs';
import { setupVSCode } from './setup-vscode.mjs';

setupVSCode();
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<body style="margin:0">${readFileSync('media/icon.svg', 'utf8')}</body>`);
await page.screenshot({ path: 'media/icon.png', omitBackground: true });
await browser.close();
