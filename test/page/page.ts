/** The view in a plain Chromium, without VS Code: what posts messages to a host is a function that answers in this process. */
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { TraceApi, TraceInfo } from '../../src/shared/protocol.js';
import { type Channel, serve } from '../../src/shared/rpc.js';
import type { HostApi } from '../../src/shared/view.js';
import { quietHost } from './quietHost.js';
import { THEMES, type ThemeName } from './themes.js';

/** Playwright carries text, so the columns of tiles travel as base64. */
function packed(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof ArrayBuffer) return { packed: 'ArrayBuffer', base64: Buffer.from(inner).toString('base64') };
    if (ArrayBuffer.isView(inner))
      return { packed: inner.constructor.name, base64: Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).toString('base64') };
    return inner;
  });
}

/** Runs in the page before its script: VS Code's function, and the way back. */
const BRIDGE = `
  globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => globalThis.postToHost(JSON.stringify(message)) });
  globalThis.receiveFromHost = (text) => window.postMessage(JSON.parse(text, (_, value) => {
    if (!value || typeof value !== 'object' || !value.packed) return value;
    const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
    return value.packed === 'ArrayBuffer' ? bytes.buffer : new globalThis[value.packed](bytes.buffer);
  }));
`;

function pageHtml(theme: ThemeName, css: string): string {
  const { bodyClass, variables } = THEMES[theme];
  const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `<!doctype html><html><head><style>html { ${style.join(' ')} } body { margin: 0; padding: 0; }</style><style>${css}</style></head><body class="${bodyClass}"></body></html>`;
}

export interface ViewPage {
  page: Page;
  /** errors of the page's script */
  errors: string[];
}

/** Opens the view on a trace. */
export async function openView(
  browser: Browser,
  trace: TraceApi,
  {
    theme = 'dark',
    width = 1600,
    height = 1000,
    host = quietHost('trace.json'),
    scale = 1,
  }: { theme?: ThemeName; width?: number; height?: number; host?: HostApi; scale?: number } = {},
): Promise<ViewPage> {
  const bundle = await build({
    entryPoints: ['webview/main.ts'],
    bundle: true,
    write: false,
    outdir: 'out/page',
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  });
  const output = (end: string): string => bundle.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const post = (message: unknown): void =>
    void page
      .evaluate((text) => (globalThis as unknown as { receiveFromHost(text: string): void }).receiveFromHost(text), packed(message))
      .catch(() => undefined);
  const listeners: ((message: unknown) => void)[] = [];
  const channel: Channel = { post, listen: (receive) => void listeners.push(receive) };
  await page.exposeFunction('postToHost', (text: string) => {
    for (const receive of listeners) receive(JSON.parse(text));
  });
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  for (const api of [trace, host]) for (const [name, method] of Object.entries(api)) methods.set(name, method);
  serve(channel, (method) => methods.get(method));
  await page.setContent(pageHtml(theme, output('.css')));
  await page.evaluate(BRIDGE);
  await page.evaluate(output('.js'));
  const info: TraceInfo = await trace.info();
  post({ call: 0, method: 'opened', args: [info] });
  await page.waitForSelector('.page:not([hidden]) canvas');
  return { page, errors };
}
