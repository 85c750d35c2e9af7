/** The GPU painter draws what the software painter draws, pixel for pixel. Needs a Chromium, whose emulated WebGL is slow but right. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { openBrowser } from './browser.js';

/** Runs in the page: paints the same rectangles with both and gives the number of pixels that differ. */
const PAGE = `
  import { createRects, beginBand, addRect } from './webview/timeline/rects.ts';
  import { rasterPainter } from './webview/timeline/raster.ts';
  import { glPainter } from './webview/timeline/gl.ts';
  const [width, height, rowPx] = [400, 240, 12];
  const canvas = () => Object.assign(document.createElement('canvas'), { width, height });
  const inks = { background: 0xff302010, pattern: 0xff000000, outline: 0xffffffff };
  const rects = createRects();
  for (let row = 0; row < height / rowPx; row++) {
    const band = beginBand(rects, row * rowPx, row * rowPx + rowPx - 1);
    for (let i = 0; i < 40; i++) addRect(rects, band, i * 10, i * 10 + (i % 9) + 1, 0xff0000ff + ((i * 37) % 255) * 256, (i + row) % 32);
  }
  const [one, other] = [canvas(), canvas()];
  rasterPainter(one)(rects, inks);
  const paint = glPainter(other);
  paint(rects, inks);
  const copy = canvas().getContext('2d');
  const pixels = (from) => (copy.drawImage(from, 0, 0), new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer.slice(0)));
  const [software, gpu] = [pixels(one), pixels(other)];
  globalThis.painters = { painted: software.filter((pixel) => pixel !== inks.background).length, different: software.filter((pixel, i) => pixel !== gpu[i]).length };
`;

describe('painters', () => {
  it('agree', async () => {
    const bundle = await build({ stdin: { contents: PAGE, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, write: false, format: 'iife' });
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.evaluate(bundle.outputFiles[0]!.text);
      const { painted, different } = await page.evaluate<{ painted: number; different: number }>('painters');
      assert.ok(painted > 10_000);
      assert.equal(different, 0);
    } finally {
      await browser.close();
    }
  });
});
