import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { distribution, histogram } from '../../../src/core/analyze/distribution.js';
import type { DelayReport } from '../../../src/shared/analysis.js';
import { delayBins } from '../../../webview/panels/reports/delayBins.js';

const waited = (...delaysNs: number[]): DelayReport => ({
  startLatency: distribution(delaysNs),
  afterCall: distribution([]),
  beyondQueue: distribution([]),
  histogram: histogram(delaysNs),
});

test('launches by how long their kernel waited: both kinds in bins that double', () => {
  deepEqual(delayBins({ eager: waited(500, 1500, 1600, 2000), graph: waited(4500) }), [
    { fromNs: 0, toNs: 1000, eager: 1, graph: 0 },
    { fromNs: 1000, toNs: 2000, eager: 2, graph: 0 },
    { fromNs: 2000, toNs: 4000, eager: 1, graph: 0 },
    { fromNs: 4000, toNs: 8000, eager: 0, graph: 1 },
  ]);
  deepEqual(
    delayBins({ eager: waited(2100, 9000) }).map(({ fromNs, eager }) => [fromNs, eager]),
    [
      [2000, 1],
      [4000, 0],
      [8000, 1],
    ],
  );
  deepEqual(delayBins({}), []);
});
