// The Chromium that drives the VS Code server in tests.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { bundledChromium } from './setup-vscode.mjs';

export async function openBrowser() {
  const places = [process.env.CHROMIUM_PATH, bundledChromium];
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('No Chromium: run node scripts/setup-vscode.mjs, or set CHROMIUM_PATH to one');
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', ...quiet] });
}

const local = (hostname) => ['127.0.0.1', 'localhost'].includes(hostname) || hostname.endsWith('.vscode-resource.vscode-cdn.net');

/** A page whose requests to anything but this machine are refused, and remembered in `outside`. */
export async function openPage(browser, { viewport = { width: 1280, height: 800 } } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: 'dark', reducedMotion: 'reduce', locale: 'en-US' });
  const outside = new Set();
  const consoleErrors = [];
  await context.route(
    (url) => /^(https?|wss?):$/.test(url.protocol) && !local(url.hostname),
    (route) => {
      outside.add(route.request().url());
      return route.abort();
    },
  );
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  return { page, outside, consoleErrors };
}
