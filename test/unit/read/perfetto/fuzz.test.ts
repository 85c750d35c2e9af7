/** Perfetto traces cut short, changed and made up: what is read is sound, what is missing is said, and nothing hangs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { memoryFile } from '../../../../src/core/read/bytes.js';
import { NotATrace, openRecords, readTrace } from '../../../../src/core/read/read.js';
import { check } from '../../../../src/core/trace/check.js';
import { trace as encode, type Packet } from './encode.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 500);

const inner = Array.from({ length: 6 }, (_, i): Packet[] => [
  {
    time: 100 + i * 10,
    event: {
      type: 1,
      nameIid: 1,
      categoryIids: 1,
      flows: [i],
      args: [
        { nameIid: 1, textIid: 1 },
        { name: 'n', dict: [{ name: 'x', int: i }] },
      ],
    },
    flags: 2,
    sequence: 1,
  },
  { time: 105 + i * 10, event: { type: 2, extraTracks: [20], extraValues: [i] }, flags: 2, sequence: 1 },
]).flat();
const head: Packet[] = [
  {
    clocks: {
      clocks: [
        { id: 6, time: 90 },
        { id: 3, time: 40 },
        { id: 64, time: 0, incremental: true },
      ],
    },
    sequence: 1,
  },
  { track: { uuid: 7, thread: { pid: 10, tid: 11, name: 'worker' } }, sequence: 1 },
  { track: { uuid: 20, name: 'sum', parent: 7, counter: { incremental: true } }, sequence: 1 },
  {
    flags: 1,
    defaults: { event: { track: 7 } },
    interned: {
      names: [{ iid: 1, text: 'kernel' }],
      categories: [{ iid: 1, text: 'kernel_dispatch' }],
      argNames: [{ iid: 1, text: 'agent' }],
      argTexts: [{ iid: 1, text: 'gpu' }],
    },
    sequence: 1,
  },
];
const legacy: Packet = { time: 300, event: { track: 7, name: 'old', legacy: { phase: 88, durUs: 1 } }, sequence: 2 };
const whole = encode(...head, ...inner, legacy, {
  compressed: deflateSync(encode(...inner.map((packet) => ({ ...packet, time: Number(packet.time) + 200 })))),
});

/** Reads bytes, and everything that can be asked of them afterwards. */
async function survives(bytes: Uint8Array): Promise<{ events: number; damage?: string; problems: number } | undefined> {
  const file = memoryFile('t', bytes);
  const result = await readTrace(file).catch((error: unknown) => {
    assert.ok(error instanceof NotATrace, String(error));
    return undefined;
  });
  if (!result) return undefined;
  const { trace, records } = result;
  assert.deepEqual(check(trace), []);
  const again = await openRecords(file, records.save());
  for (let slice = 0; slice < trace.slices.count; slice++) {
    const place = trace.slices.recordHigh[slice] * 2 ** 32 + trace.slices.recordLow[slice];
    const text = await records.text(place).catch((error: unknown) => String(error));
    assert.equal(await again.text(place).catch((error: unknown) => String(error)), text);
    if (text.startsWith('{')) JSON.parse(text);
  }
  return { events: trace.meta.events, damage: trace.meta.damage, problems: trace.meta.problems.length };
}

describe('damaged traces', () => {
  it('cut at every length: the events before, and where it ends', async () => {
    let most = 0;
    for (let length = 1; length < whole.length; length++) {
      const found = await survives(whole.subarray(0, length));
      if (!found) continue;
      assert.ok(found.events >= most, `${length}`);
      most = found.events;
      if (found.damage !== undefined) assert.match(found.damage, /^The file ends inside of a packet; the \d+ events? before byte \d+ (was|were) read\.$/);
    }
    assert.ok(most >= 12);
  });
  it('cut in gzip', async () => {
    const gz = gzipSync(whole);
    for (let length = 30; length < gz.length; length += 3) {
      const found = await survives(gz.subarray(0, length));
      if (found) assert.match(found.damage ?? '', /gzip stream/);
    }
  });
  it('with a compressed bundle that is cut or changed: what came out is shown, and it is said', async () => {
    const bundle = deflateSync(encode(...head, ...inner));
    for (const part of [bundle.subarray(0, bundle.length - 9), bundle.subarray(0, 20)]) {
      const found = await survives(encode(...head, ...inner, { compressed: part }));
      assert.ok((found?.problems ?? 0) > 0);
    }
  });
  it('that stop being packets: up to there', async () => {
    const { trace } = await readTrace(memoryFile('t', Uint8Array.from([...encode(...head, ...inner), 0x55, 1, 2, 3])));
    assert.match(trace.meta.damage ?? '', /^The trace is damaged at byte \d+; the 12 events before it were read\.$/);
  });
  it('with a packet of nonsense among good ones: it is left out and counted', async () => {
    const { trace } = await readTrace(memoryFile('t', Uint8Array.from([...encode(...head), 0x0a, 3, 0x5a, 0x7f, 0x01, ...encode(...inner)])));
    assert.deepEqual([trace.meta.events, trace.meta.problems.map(({ kind, count }) => `${count} ${kind}`)], [12, ['1 damagedPacket']]);
  });
  it('that claim a packet of gigabytes, or bombs', async () => {
    await survives(Uint8Array.from([...whole, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]));
    const zeros = deflateSync(new Uint8Array(64 << 20));
    const started = performance.now();
    const found = await survives(encode(...head, ...inner, { compressed: zeros }, { compressed: encode({ compressed: zeros }) }));
    assert.equal(found?.events, 12);
    assert.ok((found?.problems ?? 0) > 0);
    assert.ok(performance.now() - started < 5000);
  });
  it('with bytes changed, removed or repeated anywhere', async () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(8), fc.uint8Array({ maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bytes = [...whole];
        for (const [at, remove, add] of changes) bytes = [...bytes.slice(0, at), ...add, ...bytes.slice(at + remove)];
        await survives(Uint8Array.from(bytes));
      }),
      { numRuns: RUNS },
    );
  });
  it('of any bytes behind a good beginning', async () => {
    const good = encode(...head);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        async (bytes) => void (await survives(Uint8Array.from([...good, 0x0a, bytes.length & 0x7f, ...bytes]))),
      ),
      { numRuns: RUNS },
    );
  });
});
