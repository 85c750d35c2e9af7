import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flame } from '../../../src/core/analyze/flame.js';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import type { FlameOrder } from '../../../src/shared/analysis.js';
import { draw } from '../../draw.js';

const TRACE = draw(`
  cpu     |AAAAAAAA  BBBBBBBBBB AAAA
          | CCC L    CCCCCCCC    LC
          |  D
  stream7 |    KK                KKK
`);
const ALL = { startNs: 0, endNs: 100 };

/** "A 0+8 self 4 gpu 2 ×1": a line a node, indented by its depth. */
function lines(order: FlameOrder, span = ALL, minNs = 0): string[] {
  const cpu = TRACE.tracks.findIndex(({ info }) => info.kind === 'thread');
  const { count, depth, name, names, startNs, durNs, selfNs, gpuNs, calls } = flame(TRACE, indexGpu(TRACE), cpu, span, order, minNs);
  return Array.from({ length: count }, (_, node) => {
    const gpu = gpuNs[node] > 0 ? ` gpu ${gpuNs[node]}` : '';
    return `${' '.repeat(depth[node])}${names[name[node]][0]} ${startNs[node]}+${durNs[node]} self ${selfNs[node]}${gpu} ×${calls[node]}`;
  });
}

test('in time, every call is a node, the outer before the inner', () => {
  assert.deepEqual(lines('time'), [
    'A 0+8 self 4 gpu 2 ×1',
    'B 10+10 self 2 ×1',
    'A 21+4 self 2 gpu 3 ×1',
    ' C 1+3 self 2 ×1',
    ' c 5+1 self 1 gpu 2 ×1',
    ' C 10+8 self 8 ×1',
    ' c 22+1 self 1 gpu 3 ×1',
    ' C 23+1 self 1 ×1',
    '  D 2+1 self 1 ×1',
  ]);
});

test('left-heavy, equal stacks are one node, the longest first', () => {
  assert.deepEqual(lines('leftHeavy'), [
    'A 0+12 self 6 gpu 5 ×2',
    ' C 0+4 self 3 ×2',
    '  D 0+1 self 1 ×1',
    ' c 4+2 self 2 gpu 5 ×2',
    'B 12+10 self 2 ×1',
    ' C 12+8 self 8 ×1',
  ]);
});

test('inverted, a function has the time that it took itself, and inside it its callers', () => {
  assert.deepEqual(lines('inverted'), [
    'C 0+11 self 11 ×3',
    ' B 0+8 self 0 ×1',
    ' A 8+3 self 0 ×2',
    'A 11+6 self 6 ×2',
    'B 17+2 self 2 ×1',
    'c 19+2 self 2 gpu 5 ×2',
    ' A 19+2 self 0 gpu 5 ×2',
    'D 21+1 self 1 ×1',
    ' C 21+1 self 0 ×1',
    '  A 21+1 self 0 ×1',
  ]);
});

test('calls are cut where the span ends; launches outside of it give no GPU time', () => {
  assert.deepEqual(lines('leftHeavy', { startNs: 2, endNs: 5 }), ['A 2+3 self 1 ×1', ' C 2+2 self 1 ×1', '  D 2+1 self 1 ×1']);
});

test('small nodes are left out and counted', () => {
  assert.deepEqual(lines('leftHeavy', ALL, 3), ['A 0+12 self 6 gpu 5 ×2', ' C 0+4 self 3 ×2', 'B 12+10 self 2 ×1', ' C 12+8 self 8 ×1']);
  const cpu = TRACE.tracks.findIndex(({ info }) => info.kind === 'thread');
  assert.equal(flame(TRACE, indexGpu(TRACE), cpu, ALL, 'leftHeavy', 3).omitted, 2);
});
