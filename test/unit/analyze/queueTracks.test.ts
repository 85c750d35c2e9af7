import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../../../src/core/analyze/gpu.js';
import { withQueueTracks } from '../../../src/core/analyze/queueTracks.js';
import { createSession } from '../../../src/core/session/session.js';
import { check } from '../../../src/core/trace/check.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import { counterPoints } from '../../../src/shared/tile.js';
import { type DrawOptions, draw } from '../../draw.js';

const queued = (drawing: string, options?: DrawOptions): Trace => {
  const trace = draw(drawing, options);
  return withQueueTracks(trace, indexGpu(trace));
};

/** Values of a counter track as drawn: each holds until the next. */
function drawnCounter({ tracks, counters }: Trace, name: string): string {
  const { firstSample, sampleCount } = tracks.find(({ info }) => info.name === name) ?? assert.fail(name);
  let line = '';
  for (let sample = firstSample; sample < firstSample + sampleCount; sample++) {
    line = line.padEnd(counters.timeNs[sample], line.at(-1) ?? ' ') + counters.value[sample];
  }
  return line;
}

const DRAWING = `
  cpu              |L L L   L
  counter batch    |3    5
  stream7          |    k  k k
  stream9          |         k
  notes7           |    AA
`;

test('the launches that wait, under the stream that they wait for', () => {
  const trace = queued(DRAWING, { launchedBy: [0, 1, 2, 3] });
  assert.deepEqual(
    Array.from(trace.order, (track) => [trace.tracks[track].info.name, trace.tracks[track].info.detail].join(' ').trim()),
    ['Stream 7 compute', 'Queue depth stream 7', 'Annotations stream 7', 'Stream 9', 'Queue depth stream 9', 'Main thread 1', 'batch'],
  );
  assert.equal(drawnCounter(trace, 'Queue depth'), '1122222110');
  assert.equal(drawnCounter(trace, 'batch'), '333335');
  assert.deepEqual(check(trace), []);
});

test('a stream whose launches are not recorded has no queue', () => {
  const trace = draw('stream7|kk kk');
  assert.equal(withQueueTracks(trace, indexGpu(trace)), trace);
});

test('a session shows it like any counter', async () => {
  const records = { text: async () => '', pass: async () => {}, save: () => new Uint8Array(0) };
  const session = createSession(draw(DRAWING, { launchedBy: [0, 1, 2, 3] }), records, { fileName: 'drawn', fileBytes: 0 });
  const { tracks, durationNs } = await session.info();
  const queue = tracks.find(({ name }) => name === 'Queue depth') ?? assert.fail('no queue');
  assert.deepEqual([queue.kind, queue.stream], ['counter', '7']);
  const [tile] = await session.tiles({ tracks: [queue.id], startNs: 0, endNs: durationNs, widthPx: 1000, search: '' });
  assert.equal(Math.max(...counterPoints(tile).max), 2);
  assert.equal((await session.area([queue.id], { startNs: 0, endNs: durationNs })).sliceCount, 0);
});
