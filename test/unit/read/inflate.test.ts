/** The kernel's inflate against zlib, which made what it reads, and pako, which reads the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { constants, deflateRawSync, gunzipSync, gzipSync, type ZlibOptions } from 'node:zlib';
import fc from 'fast-check';
import { ungzip } from 'pako';
import { chromeTraces } from '../../traces.js';
import { gunzip } from './gunzip.js';

const traceText = Buffer.from(
  Array.from(
    { length: 4000 },
    (_, i) => `{"ph": "X", "cat": "kernel", "name": "kernel_${i % 37}", "pid": 0, "tid": 7, "ts": ${6520367067753 + i * 17}.${i % 999}, "dur": ${i % 53}.5},\n`,
  ).join(''),
);
const noise = Buffer.from(Uint32Array.from({ length: 50_000 }, (_, i) => Math.imul(i ^ (i << 7), 0x9e3779b1)).buffer);

/** Data and ways of compressing it. */
const data: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['one byte often', Buffer.alloc(1_000_000, 'a')],
  ['short periods', Buffer.from('abcdefghijklmno'.repeat(9).repeat(5000))],
  ['a trace', traceText],
  ['noise', noise],
  ['more than the window', Buffer.concat([noise, traceText, noise, traceText])],
];
const ways: [string, ZlibOptions][] = [
  ['stored', { level: 0 }],
  ['fast', { level: 1 }],
  ['usual', { level: 6 }],
  ['best', { level: 9 }],
  ['fixed codes', { strategy: constants.Z_FIXED }],
  ['no matches', { strategy: constants.Z_HUFFMAN_ONLY }],
  ['runs', { strategy: constants.Z_RLE }],
  ['small blocks', { memLevel: 1 }],
];

describe('inflate', () => {
  for (const [name, bytes] of data) {
    it(`${name}, compressed in every way and read in every size`, async () => {
      for (const [way, options] of ways) {
        const file = gzipSync(bytes, options);
        for (const [pieces, chunk] of [
          [1 << 20, 1 << 19],
          [1500, 40_000],
          [1 << 20, 5000],
          [1, 1 << 19],
        ]) {
          if (pieces === 1 && file.length > 50_000) continue;
          const { text, state } = await gunzip(file, pieces, chunk);
          assert.equal(state, 'finished', way);
          assert.ok(text.equals(bytes), `${way}, ${pieces}, ${chunk}`);
        }
      }
    });
  }
  it('real traces', { skip: chromeTraces().length === 0 && 'the real traces are not there' }, async () => {
    for (const { path } of chromeTraces().filter(({ path }) => path.endsWith('.gz'))) {
      const file = readFileSync(path);
      const { text, state } = await gunzip(file);
      assert.equal(state, 'finished', path);
      assert.ok(text.equals(gunzipSync(file)), path);
    }
  });
  it('checksums of every length around the borders of their blocks', async () => {
    const far = 300 * 16;
    for (const length of [1, 7, 8, 9, far, 4 * far - 1, 4 * far, 4 * far + 1, 4 * far + 17, 16384 + far - 1, 16384 + far, 40_000, 40_001, 40_015]) {
      const bytes = noise.subarray(0, length);
      const { text, state } = await gunzip(gzipSync(bytes));
      assert.equal(state, 'finished', `${length} bytes`);
      assert.ok(text.equals(bytes));
    }
  });
  it('several members, what gzip -n and gzip -N write in their headers, and padding', async () => {
    const body = deflateRawSync('abc');
    const trailer = gzipSync('abc').subarray(-8);
    const header = (flags: number, rest: string) =>
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]), Buffer.from(rest, 'latin1'), body, trailer]);
    const members = [
      header(0, ''),
      header(4, '\x03\x00xyz'),
      header(8, 'name\x00'),
      header(16, 'comment\x00'),
      header(2, 'CC'),
      header(31, '\x01\x00xname\x00comment\x00CC'),
      gzipSync(''),
    ];
    for (const padding of [0, 1, 512]) {
      const file = Buffer.concat([...members, Buffer.alloc(padding)]);
      for (const pieces of [1 << 20, 1, 7]) assert.deepEqual(await gunzip(file, pieces), { text: Buffer.from('abc'.repeat(6)), state: 'finished' });
    }
  });
});

describe('damaged gzip', () => {
  const small = gzipSync(traceText.subarray(0, 6000));
  const text = gunzipSync(small);
  it('cut at every length gives a beginning of the text, and says so', async () => {
    for (let length = 0; length < small.length; length++) {
      const got = await gunzip(small.subarray(0, length));
      assert.equal(got.state, 'truncated', `${length} bytes`);
      assert.ok(text.subarray(0, got.text.length).equals(got.text), `${length} bytes`);
    }
    const half = await gunzip(small.subarray(0, small.length / 2));
    assert.ok(half.text.length > text.length / 4);
  });
  it('with any bit changed is never taken for good when pako does not', async () => {
    for (let bit = 0; bit < small.length * 8; bit += 3) {
      const changed = Buffer.from(small);
      changed[bit >> 3] ^= 1 << (bit & 7);
      const got = await gunzip(changed);
      if (got.state === 'finished') assert.ok(got.text.equals(text), `bit ${bit}`);
    }
  });
  it('random bytes end in an error and stay within the memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.integer({ min: 1, max: 700 }), async (bytes, pieces) => {
        const { text, state } = await gunzip(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), bytes]), pieces);
        let want: Uint8Array | undefined;
        try {
          want = ungzip(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), bytes]));
        } catch {}
        if (state === 'finished') assert.deepEqual(want && Buffer.from(want), text);
      }),
      { numRuns: 2000 },
    );
  });
  it('a distance that reaches before the member', async () => {
    // One fixed block: the literal "a", then a copy of 3 from 2 back, of which only 1 exists.
    const raw = Buffer.from([0x4b, 0x04, 0xa2, 0x00]);
    const { state } = await gunzip(Buffer.concat([gzipSync('before'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), raw, Buffer.alloc(16)]));
    assert.equal(state, 'corrupt');
  });
  it('a wrong checksum or length', async () => {
    for (const fromEnd of [8, 4]) {
      const changed = Buffer.from(small);
      changed[changed.length - fromEnd] ^= 1;
      assert.equal((await gunzip(changed)).state, 'badChecksum');
    }
  });
});
