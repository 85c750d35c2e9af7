import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { createRecords } from '../../../src/core/read/records.js';
import { zstd } from './zstd.js';

/** Some megabytes, so that records cross the borders of pieces, with braces and quotes in strings, and one long record. */
const RECORDS = Array.from({ length: 30_000 }, (_, i) =>
  JSON.stringify({ name: `op "${i}" {[\\`, args: { i, text: 'é'.repeat(i === 15_000 ? 2_000_000 : i % 90) } }),
);
const OFFSETS = new Float64Array(RECORDS.length);
let bytes = 1;
RECORDS.forEach((record, i) => {
  OFFSETS[i] = bytes;
  bytes += Buffer.byteLength(record) + 1;
});
const TEXT = Buffer.from(`[${RECORDS.join(',')}]`);

const FILES = [
  { compression: 'none', file: memoryFile('a.json', TEXT) },
  { compression: 'zstd', file: memoryFile('a.json.zst', zstd(TEXT)) },
  { compression: 'gzip', file: memoryFile('a.json.gz', gzipSync(TEXT)) },
] as const;

for (const { compression, file } of FILES) {
  describe(compression, () => {
    const records = createRecords(file, compression, []);

    test('all records, in order', async () => {
      const texts: string[] = [];
      await records.pass(OFFSETS, (index, text) => void (texts[index] = text));
      assert.equal(texts.length, RECORDS.length);
      assert.ok(texts.every((text, i) => text === RECORDS[i]));
    });

    test('a few of them', async () => {
      const texts: string[] = [];
      await records.pass(Float64Array.of(OFFSETS[3], OFFSETS[15_000], OFFSETS[29_999]), (index, text) => void (texts[index] = text));
      assert.deepEqual(texts, [RECORDS[3], RECORDS[15_000], RECORDS[29_999]]);
    });

    test('where no record begins, none is given', async () => {
      const taken: number[] = [];
      await records.pass(Float64Array.of(0, OFFSETS[1] - 1, OFFSETS[2], bytes + 100), (index) => void taken.push(index));
      assert.deepEqual(taken, [2], 'the array, a comma, a record, behind the end');
    });
  });
}
