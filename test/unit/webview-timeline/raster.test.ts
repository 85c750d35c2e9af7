import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PATTERNS } from '../../../webview/theme.js';
import { outlineInk, patternInk, rasterize } from '../../../webview/timeline/raster.js';
import { addRect, beginBand, clearRects, createRects, fillOf, type Rects, styleOf } from '../../../webview/timeline/rects.js';

const INKS = { background: 0, pattern: 8, outline: 9 };

/** The pixels as digits, a line each. */
function drawn(width: number, height: number, paint: (rects: Rects) => void): string[] {
  const rects = createRects(1);
  paint(rects);
  const pixels = new Uint32Array(width * height);
  rasterize(pixels, width, height, rects, INKS);
  return Array.from({ length: height }, (_, y) => [...pixels.subarray(y * width, (y + 1) * width)].join(''));
}

describe('software painter', () => {
  it('fills rows', () => {
    const picture = drawn(8, 4, (rects) => {
      const upper = beginBand(rects, 0, 2);
      addRect(rects, upper, 0, 3, 1, 0);
      addRect(rects, upper, 2, 5, 2, 0);
      addRect(rects, beginBand(rects, 3, 4), 6, 8, 3, 0);
    });
    assert.deepEqual(picture, ['11222000', '11222000', '00000000', '00000033']);
  });

  it('keeps vertical lines under the slices of a row', () => {
    const picture = drawn(6, 3, (rects) => {
      addRect(rects, beginBand(rects, 0, 3), 5, 6, 7, 0);
      addRect(rects, beginBand(rects, 1, 2), 0, 3, 1, 0);
    });
    assert.deepEqual(picture, ['000007', '111007', '000007']);
  });

  it('draws patterns and outlines', () => {
    const picture = drawn(6, 4, (rects) => addRect(rects, beginBand(rects, 0, 4), 0, 6, 1, styleOf('solid', 'solid')));
    assert.deepEqual(picture, ['999999', '911119', '911119', '999999']);
    const vertical = drawn(6, 2, (rects) => addRect(rects, beginBand(rects, 0, 2), 0, 6, 1, styleOf('vertical', 'none')));
    assert.deepEqual(vertical, ['811118', '811118']);
  });

  it('has every pattern where it belongs, in rows of any place and height', () => {
    const [width, top, bottom] = [130, 3, 70];
    const picture = drawn(width, bottom, (rects) => {
      const band = beginBand(rects, top, bottom);
      for (const [i, pattern] of PATTERNS.entries()) addRect(rects, band, i * 16, i * 16 + 15, 1, styleOf(pattern, 'none'));
    });
    const expected = Array.from({ length: bottom }, (_, y) =>
      Array.from({ length: width }, (_, x) => (y < top || x >= 128 || x % 16 === 15 ? 0 : patternInk(x >> 4, x, y) ? INKS.pattern : 1)).join(''),
    );
    assert.deepEqual(picture, expected);
  });

  it('covers a pattern with the slice that lies over it', () => {
    const picture = drawn(6, 2, (rects) => {
      const band = beginBand(rects, 0, 2);
      addRect(rects, band, 0, 6, 1, styleOf('vertical', 'none'));
      addRect(rects, band, 4, 6, 2, 0);
    });
    assert.deepEqual(picture, ['811122', '811122']);
  });

  it('ignores bands outside of the picture', () => {
    assert.deepEqual(
      drawn(2, 1, (rects) => addRect(rects, beginBand(rects, 1, 3), 0, 2, 1, 0)),
      ['00'],
    );
  });

  it('grows and starts again', () => {
    const rects = createRects(1);
    const band = beginBand(rects, 0, 1);
    for (let i = 0; i < 100; i++) addRect(rects, band, i, i + 1, i, 0);
    assert.deepEqual([rects.count, rects.fill[99], rects.box[99 * 4]], [100, 99, 99]);
    clearRects(rects);
    assert.deepEqual([rects.count, rects.bands.length], [0, 0]);
  });

  it('knows patterns, dashes and byte order', () => {
    assert.ok(patternInk(1, 0, 0) && !patternInk(1, 3, 0) && !patternInk(0, 0, 0));
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((along) => outlineInk(2, along)),
      [true, true, true, true, false, false],
    );
    assert.equal(fillOf('#010203').toString(16), 'ff030201');
  });
});
