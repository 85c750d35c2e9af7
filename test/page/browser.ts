/** The Chromium that the pages of tests run in: CHROMIUM_PATH, or the one that came with the VS Code test server. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export async function openBrowser(): Promise<Browser> {
  const places = [process.env.CHROMIUM_PATH, 'test/vscode/node_modules/.chromium/chromium'];
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('No Chromium: run node scripts/setup-vscode.mjs, or set CHROMIUM_PATH to one');
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-quic'] });
}
