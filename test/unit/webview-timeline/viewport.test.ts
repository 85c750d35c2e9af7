import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Span, TrackInfo } from '../../../src/shared/protocol.js';
import { approach, around, centred, clampWindow, gpuActivity, pan, revealed, timeAt, xOf, zoom } from '../../../webview/timeline/viewport.js';

const span = (startNs: number, endNs: number): Span => ({ startNs, endNs });

function stream(firstNs: number, lastNs: number, kind: TrackInfo['kind'] = 'stream'): TrackInfo {
  return { id: 0, group: 0, kind, name: '', detail: '', rowCount: 1, sliceCount: 1, firstNs, lastNs };
}

describe('window', () => {
  it('maps times to pixels and back', () => {
    const window = span(1000, 3000);
    assert.equal(xOf(window, 500, 1000), 0);
    assert.equal(xOf(window, 500, 3000), 500);
    assert.equal(xOf(window, 500, 500), -125);
    assert.equal(timeAt(window, 500, 250), 2000);
  });

  it('zooms around a time, which stays where it is', () => {
    assert.deepEqual(zoom(span(0, 1000), 250, 0.5), span(125, 625));
    assert.deepEqual(zoom(span(125, 625), 250, 2), span(0, 1000));
  });

  it('pans', () => assert.deepEqual(pan(span(10, 20), -15), span(-5, 5)));

  it('stays near the trace and never gets empty', () => {
    const table: [Span, Span][] = [
      [span(100, 400), span(100, 400)],
      [span(-900, -400), span(-250, 250)],
      [span(1800, 2200), span(800, 1200)],
      [span(500, 501), span(450.5, 550.5)],
      [span(-5000, 5000), span(-550, 550)],
    ];
    for (const [asked, given] of table) assert.deepEqual(clampWindow(asked, 1000), given, JSON.stringify(asked));
  });

  it('centres, then fits', () => {
    assert.deepEqual(centred(span(0, 100), span(200, 220)), span(160, 260));
    assert.deepEqual(around(span(200, 260), 0.6), span(180, 280));
  });

  it('moves only for what is out of sight', () => {
    assert.deepEqual(revealed(span(0, 100), span(20, 30)), span(0, 100));
    assert.deepEqual(revealed(span(0, 100), span(500, 510)), span(455, 555));
    assert.deepEqual(revealed(span(0, 100), span(500, 800)), span(400, 900), 'too wide: fitted');
    assert.deepEqual(revealed(span(0, 100), span(-50, 300)), span(0, 100), 'covers the window: nothing to show');
  });

  it('eases towards a goal and arrives', () => {
    let window = span(0, 1000);
    const goal = span(400, 500);
    const first = approach(window, goal, 16);
    assert.ok(first.startNs > 0 && first.startNs < 400);
    for (let frame = 0; frame < 40 && window !== goal; frame++) window = approach(window, goal, 16);
    assert.equal(window, goal);
  });

  it('starts with the GPU, not with what only CPUs did', () => {
    assert.deepEqual(gpuActivity([stream(1000, 2000), stream(1500, 2960), stream(0, 9000, 'thread')], 10_000), span(980, 2980));
    assert.deepEqual(gpuActivity([stream(0, 9000, 'thread')], 10_000), span(0, 10_000));
  });
});
