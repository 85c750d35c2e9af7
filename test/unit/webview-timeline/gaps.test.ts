import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamGap } from '../../../src/shared/protocol.js';
import { gapLabels } from '../../../webview/timeline/gaps.js';
import { besidePointer } from '../../../webview/timeline/tooltip.js';

const gap = (cause: StreamGap['cause'], by = ''): StreamGap => ({ startNs: 0, endNs: 62_240, cause, by, reason: '' });

test('a gap says how long it was and why, as far as that fits', () => {
  assert.deepEqual(gapLabels(gap('sync', 'cudaStreamSynchronize')), [
    'idle 62.2 µs · sync: cudaStreamSynchronize',
    'idle 62.2 µs · sync',
    'idle 62.2 µs',
    '62.2 µs',
  ]);
  assert.deepEqual(gapLabels(gap('launchLate'))[0], 'idle 62.2 µs · launch late');
  assert.deepEqual(gapLabels(gap('unknown')), ['idle 62.2 µs', '62.2 µs']);
});

test('a tooltip is beside the pointer, inside, and off the arrows', () => {
  const room = { width: 400, height: 300 };
  const size = { width: 100, height: 50 };
  const table: [string, { x: number; y: number }, { x: number; y: number }[], { x: number; y: number }][] = [
    ['right and below', { x: 100, y: 100 }, [], { x: 114, y: 114 }],
    ['left at the right edge', { x: 350, y: 100 }, [], { x: 236, y: 114 }],
    ['above at the bottom', { x: 100, y: 270 }, [], { x: 114, y: 206 }],
    ['off an arrow', { x: 150, y: 100 }, [{ x: 200, y: 140 }], { x: 36, y: 114 }],
    [
      'above, where arrows are on both sides',
      { x: 150, y: 100 },
      [
        { x: 200, y: 140 },
        { x: 100, y: 140 },
      ],
      { x: 164, y: 36 },
    ],
    [
      'where it fits, when arrows are everywhere',
      { x: 150, y: 100 },
      [
        { x: 200, y: 140 },
        { x: 100, y: 140 },
        { x: 200, y: 50 },
        { x: 100, y: 50 },
      ],
      { x: 164, y: 114 },
    ],
  ];
  for (const [what, at, avoid, expected] of table) assert.deepEqual(besidePointer(at, size, room, avoid), expected, what);
});
