import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { memoryFile } from '../../../../src/core/read/bytes.js';
import { readTrace } from '../../../../src/core/read/read.js';
import type { Trace } from '../../../../src/core/trace/trace.js';

const read = async (text: string): Promise<Trace> => (await readTrace(memoryFile('m.json.gz', gzipSync(text)))).trace;

/** "0:5 1000:3": time and value of each sample. */
function counter({ tracks, counters }: Trace, name: string): string {
  const found = tracks.find(({ info }) => info.name === name);
  if (!found) return '';
  const samples = Array.from({ length: found.sampleCount }, (_, at) => found.firstSample + at);
  return samples.map((at) => `${counters.timeNs[at]}:${counters.value[at]}`).join(' ');
}

describe('a memory timeline', () => {
  it('of changes is summed up per category; −1 is before the recording, times are exact', async () => {
    const trace = await read(
      '[[-1, 1, 10, 0], [1700000000000000001, 2, 4, 4],\n[1700000000000000008, 3, -4, 4], [1700000000000000008, 3, 4, 5], [1700000000000000011, 4, -4, 5]]',
    );
    assert.equal(counter(trace, 'Allocated'), '0:10 0:14 7:14 10:10');
    assert.equal(counter(trace, 'Parameters'), '0:10 0:10 7:10 10:10');
    assert.equal(counter(trace, 'Activations'), '0:4 7:0 10:0');
    assert.equal(counter(trace, 'Gradients'), '7:4 10:0');
    assert.equal(trace.meta.epochNs, '1700000000000000001');
    assert.deepEqual(
      trace.meta.memory?.categories.map(({ category, bytes }) => `${category} ${bytes}`),
      ['Parameters 10', 'Activations 4'],
    );
  });
  it('of sizes has one list of times and one of sizes', async () => {
    const trace = await read('[[1700000000000001, 1700000000000003], [[0, 8, 0, 0, 0, 0, 0, 0, 0], [0, 8, 0, 0, 0, 0, 0, 0, 24]]]');
    assert.equal(counter(trace, 'Allocated'), '0:8 2000:32');
    assert.deepEqual(
      trace.meta.memory?.categories.map(({ category, percent }) => `${category} ${percent}`),
      ['Unknown 75', 'Parameters 25'],
    );
  });
  it('that is damaged is refused', async () => {
    await assert.rejects(read('[[1, 1, 10, 0], [2, 9, 10, 0]]'), /damaged behind character 14/);
    await assert.rejects(read('[[1, 1, 10, 0]'), /damaged behind character 14/);
    await assert.rejects(read('[[170000000, 170000001], [[0, 8]]]'), /does not go on as one/);
    await assert.rejects(read('[[170000000, 170000001], [[0, 8, 0, 0, 0, 0, 0, 0, 0]]]'), /does not go on as one/);
    await assert.rejects(readTrace(memoryFile('m.gz', gzipSync('[[1, 1, 10, 0]]').subarray(0, -6))), /damaged or ends early/);
  });
});
