import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { lookOf } from '../../../src/core/session/look.js';
import { buildLevels } from '../../../src/core/trace/levels.js';
import { tiles } from '../../../src/core/trace/tile.js';
import type { TrackInfo } from '../../../src/shared/protocol.js';
import { counterPoints } from '../../../src/shared/tile.js';
import { counterAt, counterText, counterValue, largestIn } from '../../../webview/timeline/counter.js';
import type { LoadedTile } from '../../../webview/timeline/tiles.js';
import { draw } from '../../draw.js';

/** The tile of a drawn counter, `nsPerPx` columns a pixel. */
function drawn(cells: string, nsPerPx = 1): LoadedTile {
  const trace = draw(`counter queue |${cells}`);
  const [tile] = tiles(
    trace,
    buildLevels(trace),
    { tracks: [0], startNs: 0, endNs: 12, widthPx: 12 / nsPerPx, search: '' },
    new Uint32Array(0),
    lookOf(trace, indexGpu(trace)),
  );
  return { startNs: 0, endNs: 12, originNs: 0, nsPerPx, search: '', folded: false, count: tile!.count, points: counterPoints(tile!) };
}

test('what a counter is at a time: its value, and how long that is in force', () => {
  const tile = drawn('2  5    0');
  const table: [timeNs: number, startNs: number, endNs: number, value: number][] = [
    [0, 0, 3, 2],
    [2.9, 0, 3, 2],
    [3, 3, 8, 5],
    [7, 3, 8, 5],
    [11, 8, 12, 0],
  ];
  for (const [timeNs, startNs, endNs, value] of table) assert.deepEqual(counterAt(tile, timeNs), { startNs, endNs, min: value, max: value }, `at ${timeNs}`);
  assert.equal(counterAt(tile, -1), undefined);
  assert.equal(largestIn(tile, 0, 12), 5);
});

test('a queue says how many launches wait, another counter its value', () => {
  const queue: TrackInfo = {
    id: 9,
    group: 0,
    kind: 'counter',
    name: 'Queue depth',
    detail: 'stream 7',
    rowCount: 1,
    sliceCount: 0,
    firstNs: 0,
    lastNs: 9,
    stream: '7',
  };
  const texts = [
    [3, 3],
    [1, 1],
    [0, 0],
    [0, 4],
  ].map(([min, max]) => counterText({ startNs: 0, endNs: 1, min: min!, max: max! }, queue));
  assert.deepEqual(texts, ['3 launches wait', '1 launch waits', '0 launches wait', '0 to 4 launches wait']);
  assert.equal(counterText({ startNs: 0, endNs: 1, min: 7, max: 7 }, { ...queue, stream: undefined }), '7');
});

test('a value has no more digits than a tile keeps', () => {
  assert.deepEqual([0, 12_345, 9_999_999, 12_345_678, 36_227_690_496].map(counterValue), ['0', '12,345', '9,999,999', '12.35 M', '36.23 G']);
});
