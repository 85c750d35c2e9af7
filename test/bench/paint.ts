/**
 * One frame of 100 k rectangles without a GPU: our rasteriser against canvas fillRect, in Chromium.
 * Run: node --import tsx test/bench/paint.ts
 */
import { build } from 'esbuild';
import { openBrowser } from '../page/browser.js';

const GOAL_MS = 16;

/** Runs in the page. */
const PAGE = `
  import { createRects, clearRects, beginBand, addRect } from './webview/timeline/rects.ts';
  import { rasterPainter } from './webview/timeline/raster.ts';
  const [WIDTH, HEIGHT, ROWS, COUNT, REPEATS] = [2000, 1000, 60, 100000, 15];
  const inks = { background: 0xff202020, pattern: 0xff000000, outline: 0xffffffff };
  const canvas = () => Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const rowPx = Math.floor(HEIGHT / ROWS);
  const perRow = Math.floor(COUNT / ROWS);
  const leftOf = (i) => Math.floor((i * 7919) % WIDTH);
  const fillOf = (i) => 0xff000000 + ((i * 37) % 255) * 65536 + ((i * 91) % 255) * 256 + ((i * 53) % 255);
  const measure = (frame) => median(Array.from({ length: REPEATS }, () => { const from = performance.now(); frame(); return performance.now() - from; }));
  const painter = rasterPainter(canvas());
  const rects = createRects();
  const styled = (style) => () => {
    clearRects(rects);
    for (let row = 0; row < ROWS; row++) {
      const band = beginBand(rects, row * rowPx, row * rowPx + rowPx - 1);
      for (let i = 0; i < perRow; i++) addRect(rects, band, leftOf(i), leftOf(i) + 1 + (i % 5), fillOf(i), style);
    }
    painter(rects, inks);
  };
  const context = canvas().getContext('2d', { alpha: false, willReadFrequently: true });
  const colours = Array.from({ length: 256 }, (_, i) => 'rgb(' + (i * 37) % 255 + ',' + (i * 91) % 255 + ',' + (i * 53) % 255 + ')');
  const fillRect = () => {
    context.fillStyle = '#202020';
    context.fillRect(0, 0, WIDTH, HEIGHT);
    for (let row = 0; row < ROWS; row++) for (let i = 0; i < perRow; i++) {
      context.fillStyle = colours[i & 255];
      context.fillRect(leftOf(i), row * rowPx, 1 + (i % 5), rowPx - 1);
    }
    context.getImageData(0, 0, 1, 1);
  };
  globalThis.paintResults = { plain: measure(styled(0)), patterned: measure(styled(1)), fillRect: measure(fillRect) };
`;

interface Results {
  plain: number;
  patterned: number;
  fillRect: number;
}

const bundle = await build({ stdin: { contents: PAGE, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, write: false, format: 'iife' });
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  await page.evaluate(bundle.outputFiles[0]!.text);
  const { plain, patterned, fillRect } = await page.evaluate<Results>('paintResults');
  const line = (what: string, ms: number): void => {
    console.log(`${what} | ${ms.toFixed(1)} ms | fillRect ${fillRect.toFixed(1)} ms | ${(ms / fillRect).toFixed(2)}x | ${GOAL_MS} ms`);
  };
  line('paint 100 k rectangles, no GPU', plain);
  line('paint 100 k patterned rectangles, no GPU', patterned);
} finally {
  await browser.close();
}
