import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLines } from '../../../src/cli/memory.js';
import { analysisMarkdown } from '../../../src/core/advise/markdown.js';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { openTrace } from '../../../src/core/session/open.js';
import { isWithheld } from '../../../src/shared/analysis.js';
import { pickle } from '../../pickle.js';

const block = (address: number, size: number, state: string) => ({ address, size, requested_size: size, state, frames: [] });
const segments = [
  {
    device: 0,
    address: 0,
    total_size: 1000,
    stream: 0,
    segment_type: 'large',
    is_expandable: false,
    blocks: [block(0, 300, 'active_allocated'), block(300, 700, 'inactive')],
  },
];
const alloc = { action: 'alloc', addr: 0, size: 300, stream: 0, frames: [{ filename: '/vllm/a|b.py', line: 7, name: 'load\u001b[31m' }] };

const session = (trace: { [key: string]: string | number | object }) =>
  openTrace(memoryFile('m.pickle', pickle(JSON.parse(JSON.stringify({ segments, device_traces: [[trace]] })))));

test('what held the peak, as text for a terminal and as Markdown', async () => {
  const analysis = await (await session({ ...alloc, time_us: 5 })).analysis();
  assert.ok(analysis.memory.recorded);
  assert.deepEqual(
    memoryLines(analysis.memory.recorded, 80).map((line) => line.replace(/ {2,}/g, '  ')),
    [
      '',
      'GPU 0 at its peak, 300 B allocated of 1.0 kB reserved:',
      'Allocated by  Allocations  Bytes  % of peak',
      '/vllm/a|b.py:7 load\ufffd[31m  1  300 B  100.0',
    ],
  );
  assert.match(analysisMarkdown('m.pickle', analysis), /### GPU 0 at its peak: 300 B allocated of 1\.0 kB reserved\n\n.*\n.*\n\| \/vllm\/a\\\|b\.py:7 load/);
  assert.deepEqual(
    analysis.health.map(({ id, state }) => [id, state]),
    [
      ['dropped', 'fine'],
      ['memory', 'fine'],
    ],
  );
});

test('actions that do not fit to the segments are told among what can be trusted', async () => {
  const { health } = await (await session({ ...alloc, addr: 5, time_us: 5 })).analysis();
  assert.match(health.find(({ id }) => id === 'memory')?.detail ?? '', /^1 block does not fit to the recorded actions/);
});

test('what was for what, of a memory timeline', () => {
  const lines = memoryLines({ devices: [], categories: [{ category: 'Activations', bytes: 3000, percent: 75 }] }, 80);
  assert.deepEqual(lines, ['', 'At the peak:', '  Activations: 3.0 kB, 75.0 %']);
});

test('actions without times have a peak, but nothing over time', async () => {
  const { memory } = await (await session(alloc)).analysis();
  assert.ok(isWithheld(memory.timeline));
  assert.match(memory.timeline.withheld, /^The file has no actions with times/);
  assert.equal(memory.recorded?.devices[0].peak.allocatedBytes, 300);
});
