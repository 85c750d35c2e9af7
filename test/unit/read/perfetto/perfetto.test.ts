/** What packets mean: each test writes a few and reads the trace they make. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { memoryFile } from '../../../../src/core/read/bytes.js';
import { NotATrace, openRecords, readTrace, sniff } from '../../../../src/core/read/read.js';
import { check } from '../../../../src/core/trace/check.js';
import type { Trace } from '../../../../src/core/trace/trace.js';
import { zstd } from '../zstd.js';
import { trace as encode, type Packet } from './encode.js';

const BEGIN = 1;
const END = 2;
const INSTANT = 3;
const COUNTER = 4;
const CLEARED = 1;
const NEEDS_STATE = 2;
const REALTIME = 1;
const MONOTONIC = 3;
const BOOTTIME = 6;

const begin = (time: number | bigint, track: number | bigint, name: string, more: Packet = {}): Packet => ({
  time,
  event: { type: BEGIN, track, name, ...more },
  sequence: 1,
});
const end = (time: number | bigint, track: number | bigint): Packet => ({ time, event: { type: END, track }, sequence: 1 });
const THREAD: Packet = { track: { uuid: 7, thread: { pid: 10, tid: 11, name: 'worker' } }, sequence: 1 };

async function read(...packets: Packet[]) {
  const file = memoryFile('t.pftrace', encode(...packets));
  const { trace, records } = await readTrace(file);
  assert.deepEqual(check(trace), []);
  return { trace, records, file };
}

const recordOf = ({ slices }: Trace, slice: number): number => slices.recordHigh[slice] * 2 ** 32 + slices.recordLow[slice];

/** "track: name start+length", in display order. */
function drawn(trace: Trace): string[] {
  const { slices, rows, tracks, strings } = trace;
  return [...trace.order].flatMap((id) => {
    const { info, firstRow } = tracks[id];
    return Array.from({ length: info.kind === 'counter' ? 0 : info.rowCount }, (_, depth) => firstRow + depth).flatMap((row) =>
      Array.from({ length: rows.first[row + 1] - rows.first[row] }, (_, i) => rows.first[row] + i).map(
        (slice) => `${info.name}: ${strings.get(slices.name[slice])} ${slices.startNs[slice]}+${slices.durNs[slice]}`,
      ),
    );
  });
}

const samples = ({ tracks, counters }: Trace): string[] =>
  tracks
    .filter(({ info }) => info.kind === 'counter')
    .map(({ info, firstSample, sampleCount }) => {
      const at = Array.from({ length: sampleCount }, (_, i) => firstSample + i);
      return `${info.name}: ${at.map((sample) => `${counters.timeNs[sample]}=${counters.value[sample]}`).join(' ')}`;
    });
const problems = ({ meta }: Trace): string[] => meta.problems.map(({ kind, count }) => `${count} ${kind}`);

describe('slices', () => {
  it('nest on a thread, whose description may come last', async () => {
    const { trace } = await read(begin(100, 7, 'outer'), begin(110, 7, 'inner'), end(120, 7), end(150, 7), THREAD);
    assert.deepEqual(drawn(trace), ['worker: outer 0+50', 'worker: inner 10+10']);
    assert.deepEqual(
      trace.groups.map(({ name }) => name),
      ['Process 10'],
    );
    assert.equal(trace.meta.format, 'Perfetto protobuf');
    assert.equal(trace.meta.events, 4);
  });
  it('begin in one sequence and end in another, out of order in the file', async () => {
    const { trace } = await read(THREAD, begin(100, 7, 'a'), begin(300, 7, 'b'), { ...end(200, 7), sequence: 2 }, { ...end(400, 7), sequence: 2 });
    assert.deepEqual(drawn(trace), ['worker: a 0+100', 'worker: b 200+100']);
  });
  it('that never end or never began are counted', async () => {
    const { trace } = await read(THREAD, end(90, 7), begin(100, 7, 'a'), begin(120, 7, 'b'), end(130, 7));
    assert.deepEqual(drawn(trace), ['worker: a 0+30', 'worker: b 20+10']);
    assert.deepEqual(problems(trace), ['1 endWithoutBegin', '1 beginWithoutEnd']);
  });
  it('instants have no length', async () => {
    const { trace } = await read(THREAD, begin(100, 7, 'a'), { time: 105, event: { type: INSTANT, track: 7, name: 'now' }, sequence: 1 }, end(110, 7));
    assert.deepEqual(drawn(trace), ['worker: a 0+10', 'worker: now 5+0']);
  });
  it('times of 19 digits keep their nanoseconds', async () => {
    const at = 1_729_888_371_056_597_613n;
    const { trace } = await read(THREAD, begin(at, 7, 'a'), end(at + 3n, 7), begin(at + 86_400_000_000_001n, 7, 'b'), end(at + 86_400_000_000_002n, 7));
    assert.deepEqual(drawn(trace), ['worker: a 0+3', 'worker: b 86400000000001+1']);
  });
});

describe('tracks', () => {
  const one = (track: number, time: number): Packet[] => [begin(time, track, `s${track}`), end(time + 1, track)];
  it('with parents follow them, and say what they are in where several are called the same', async () => {
    const { trace } = await read(
      { track: { uuid: 3, name: 'leaf', parent: 2 } },
      { track: { uuid: 1, name: 'root' } },
      { track: { uuid: 2, name: 'branch', parent: 1 } },
      { track: { uuid: 4, name: 'leaf', parent: 1 } },
      ...one(3, 10),
      ...one(1, 20),
      ...one(2, 30),
      ...one(4, 40),
    );
    assert.deepEqual(
      [...trace.order].map((id) => `${trace.tracks[id].info.name} (${trace.tracks[id].info.detail})`),
      ['root ()', 'branch ()', 'leaf (root › branch › leaf)', 'leaf (root › leaf)'],
    );
  });
  it('lie in the process of their outermost parent', async () => {
    const { trace } = await read(
      { track: { uuid: 5, process: { pid: 42, name: 'server' } } },
      { track: { uuid: 6, name: 'requests', parent: 5 } },
      ...one(6, 1),
    );
    assert.deepEqual(
      trace.groups.map(({ name, detail }) => [name, detail]),
      [['server', 'pid 42']],
    );
    assert.deepEqual(drawn(trace), ['requests: s6 0+1']);
  });
  it('of one name and place are one, with lanes', async () => {
    const { trace } = await read(
      { track: { uuid: 1, name: 'request' } },
      { track: { uuid: 2, name: 'request' } },
      begin(0, 1, 'a'),
      begin(5, 2, 'b'),
      end(10, 1),
      end(15, 2),
    );
    assert.deepEqual(drawn(trace), ['request: a 0+10', 'request: b 5+10']);
    assert.deepEqual(
      trace.tracks.map(({ info }) => [info.kind, info.rowCount]),
      [['async', 2]],
    );
  });
  it('in a circle of parents do no harm', async () => {
    const { trace } = await read({ track: { uuid: 1, name: 'a', parent: 2 } }, { track: { uuid: 2, name: 'b', parent: 1 } }, ...one(1, 0), ...one(2, 5));
    assert.equal(trace.slices.count, 2);
  });
  it('without any description have their uuid, of 64 bits', async () => {
    const { trace } = await read(begin(0, 13_610_297_945_875_335_865n, 'a'), end(1, 13_610_297_945_875_335_865n));
    assert.deepEqual(drawn(trace), ['Track 13610297945875335865: a 0+1']);
  });
  it('of older recordings are the thread that the sequence describes, with times counted from its reference', async () => {
    const { trace } = await read(
      { thread: { pid: 1, tid: 2, name: 'old', referenceUs: 1000 }, sequence: 4, cleared: true },
      { event: { deltaUs: 5, type: BEGIN, name: 'a' }, sequence: 4 },
      { event: { deltaUs: 7, type: END }, sequence: 4 },
      { event: { absoluteUs: 1100, type: BEGIN, name: 'b' }, sequence: 4 },
      { event: { deltaUs: 1, type: END }, sequence: 4 },
    );
    assert.deepEqual(drawn(trace), ['old: a 0+7000', 'old: b 95000+1000']);
  });
});

describe('sequences', () => {
  const names = (text: string): Packet => ({ names: [{ iid: 1, text }], categories: [{ iid: 1, text: 'cat' }] });
  const numbered = (time: number, sequence: number, more: Packet = {}): Packet[] => [
    { time, event: { type: BEGIN, nameIid: 1, categoryIids: 1 }, flags: NEEDS_STATE, sequence, ...more },
    { time: time + 1, event: { type: END }, flags: NEEDS_STATE, sequence },
  ];
  it('number names each for itself, and anew when cleared', async () => {
    const { trace } = await read(
      { flags: CLEARED, defaults: { event: { track: 7 } }, interned: names('one'), sequence: 1 },
      { flags: CLEARED, defaults: { event: { track: 7 } }, interned: names('two'), sequence: 2 },
      ...numbered(0, 1),
      ...numbered(10, 2),
      { flags: CLEARED, defaults: { event: { track: 7 } }, interned: names('three'), sequence: 1 },
      ...numbered(20, 1),
      THREAD,
    );
    assert.deepEqual(drawn(trace), ['worker: one 0+1', 'worker: two 10+1', 'worker: three 20+1']);
    assert.ok(trace.categories.some(({ text }) => text === 'cat'));
  });
  it('may be named behind the event in the packet', async () => {
    const { trace } = await read(
      { flags: CLEARED, interned: names('x'), sequence: 9 },
      { event: { type: BEGIN, track: 7, nameIid: 1 }, time: 3, sequence: 9 },
      end(4, 7),
      THREAD,
    );
    assert.deepEqual(drawn(trace), ['worker: x 0+1']);
  });
  it('that lost packets leave out what needs them, until they are cleared', async () => {
    const { trace } = await read(
      ...numbered(0, 1),
      { flags: CLEARED, defaults: { event: { track: 7 } }, interned: names('kept'), sequence: 1 },
      ...numbered(10, 1),
      ...numbered(20, 1, { dropped: true }),
      THREAD,
    );
    assert.deepEqual(drawn(trace), ['worker: kept 0+1']);
    assert.deepEqual(problems(trace), ['4 lostState']);
  });
  it('name what is not in the recording: shown without a name, and counted', async () => {
    const { trace } = await read(THREAD, { time: 1, event: { type: BEGIN, track: 7, nameIid: 5 }, sequence: 1 }, end(2, 7));
    assert.deepEqual(drawn(trace), ['worker:  0+1']);
    assert.deepEqual(problems(trace), ['1 lostName']);
  });
});

describe('clocks', () => {
  const both = (clock: number, time: number): Packet[] => [
    { ...begin(time, 7, 'a'), clock },
    { ...end(time + 1, 7), clock },
  ];
  it('are brought to one line by the snapshot before, and tell the time of day', async () => {
    const { trace } = await read(
      THREAD,
      {
        clocks: {
          clocks: [
            { id: BOOTTIME, time: 1000 },
            { id: MONOTONIC, time: 500 },
            { id: REALTIME, time: 1_700_000_000_000_000_000n },
          ],
        },
      },
      {
        clocks: {
          clocks: [
            { id: BOOTTIME, time: 2000 },
            { id: MONOTONIC, time: 1400 },
          ],
        },
      },
      ...both(BOOTTIME, 1100),
      ...both(MONOTONIC, 700),
      ...both(MONOTONIC, 1500),
    );
    assert.deepEqual(drawn(trace), ['worker: a 0+1', 'worker: a 100+1', 'worker: a 1000+1']);
    assert.equal(trace.meta.epochNs, '1700000000000000100');
  });
  it('of a sequence count what went by, in ticks', async () => {
    const { trace } = await read(
      THREAD,
      {
        clocks: {
          clocks: [
            { id: BOOTTIME, time: 5000 },
            { id: 64, time: 0, incremental: true, multiplier: 10 },
          ],
        },
        flags: CLEARED,
        defaults: { clock: 64, event: { track: 7 } },
        sequence: 1,
      },
      { time: 3, event: { type: BEGIN, name: 'a' }, sequence: 1 },
      { time: 2, event: { type: END }, sequence: 1 },
      { ...begin(5000, 7, 'b'), clock: BOOTTIME, sequence: 2 },
      { ...end(5010, 7), clock: BOOTTIME, sequence: 2 },
    );
    assert.deepEqual(drawn(trace), ['worker: b 0+10', 'worker: a 30+20']);
  });
  it('that nothing relates to the others leave their events out', async () => {
    const { trace } = await read(THREAD, ...both(BOOTTIME, 10), ...both(77, 5));
    assert.deepEqual(drawn(trace), ['worker: a 0+1']);
    assert.deepEqual(problems(trace), ['2 noTime']);
  });
});

describe('counters', () => {
  it('are values of their tracks, whole, fractional, and beside slices', async () => {
    const { trace } = await read(
      THREAD,
      { track: { uuid: 20, name: 'memory', counter: { unit: 3 } } },
      { track: { uuid: 21, name: 'load', counter: {} } },
      { time: 10, event: { type: COUNTER, track: 20, counter: -5 }, sequence: 1 },
      { time: 5, event: { type: COUNTER, track: 21, doubleCounter: 0.5 }, sequence: 1 },
      begin(0, 7, 'a', { extraTracks: [20], extraValues: [8] }),
      end(20, 7),
    );
    assert.deepEqual(samples(trace), ['memory (bytes): 0=8 10=-5', 'load: 5=0.5']);
  });
  it('that count up add to the value before, in their unit, and begin anew when cleared', async () => {
    const value = (time: number, counter: number): Packet => ({ time, event: { type: COUNTER, track: 20, counter }, sequence: 1 });
    const { trace } = await read(
      { track: { uuid: 20, name: 'sum', counter: { incremental: true, multiplier: 10 } } },
      value(0, 1),
      value(5, 2),
      { flags: CLEARED, sequence: 1 },
      value(9, 4),
    );
    assert.deepEqual(samples(trace), ['sum: 0=10 5=30 9=40']);
  });
});

describe('flows', () => {
  it('go through events, end where they say so, and are told apart in all 64 bits', async () => {
    const near = 13_610_297_945_874_756_457n;
    const { trace } = await read(
      THREAD,
      { track: { uuid: 8, thread: { pid: 10, tid: 12, name: 'other' } } },
      begin(0, 7, 'from', { flows: [near, near + 1n] }),
      end(5, 7),
      begin(10, 8, 'through', { flows: [near] }),
      end(15, 8),
      begin(20, 7, 'to', { endingFlows: [near] }),
      end(25, 7),
      begin(30, 7, 'old', { oldFlows: [Number(5n)] }),
      end(35, 7),
    );
    const { slices, strings, flows } = trace;
    const name = (slice: number): string => strings.get(slices.name[slice]);
    assert.deepEqual(Array.from(flows.from, (from, i) => `${name(from)} → ${name(flows.to[i])}`).sort(), ['from → through', 'through → to']);
  });
});

describe('legacy phases', () => {
  const event = (phase: string, time: number, more: Packet = {}, name = 'x'): Packet => ({
    time,
    event: { track: 7, name, categories: ['c'], legacy: { phase: phase.charCodeAt(0), ...more } },
    sequence: 1,
  });
  it('mean what they mean in Chrome JSON', async () => {
    const { trace } = await read(
      THREAD,
      event('X', 0, { durUs: 2 }, 'whole'),
      event('B', 3000, {}, 'begun'),
      event('E', 4000),
      event('I', 5000, {}, 'instant'),
      event('b', 6000, { id: 1 }, 'async 1'),
      event('b', 6500, { id: 2 }, 'async 2'),
      event('e', 7000, { id: 1 }),
      event('e', 8000, { id: 2 }),
      event('?', 9000),
    );
    assert.deepEqual(drawn(trace), [
      'worker: whole 0+2000',
      'worker: begun 3000+1000',
      'worker: instant 5000+0',
      'c: async 1 6000+1000',
      'c: async 2 6500+1500',
    ]);
    assert.deepEqual(problems(trace), ['1 otherPhase']);
  });
  it('counters have a series for each annotation', async () => {
    const counter = (time: number, args: Packet[]): Packet => ({ time, event: { track: 7, name: 'mem', args, legacy: { phase: 67 } }, sequence: 1 });
    const { trace } = await read(
      THREAD,
      counter(0, [
        { name: 'used', int: 3 },
        { name: 'free', uint: 4 },
      ]),
      begin(0, 7, 'a'),
      end(2, 7),
    );
    assert.deepEqual(samples(trace), ['mem used: 0=3', 'mem free: 0=4']);
  });
  it('name their own process and thread', async () => {
    const { trace } = await read({ time: 0, event: { name: 'x', legacy: { phase: 88, durUs: 1, pid: 3, tid: 4 } }, sequence: 1 });
    assert.deepEqual(
      trace.tracks.map(({ process, thread }) => [process, thread]),
      [['3', '4']],
    );
  });
});

describe('args', () => {
  const args: Packet[] = [
    { name: 'bool', bool: true },
    { name: 'uint', uint: 18_446_744_073_709_551_615n },
    { name: 'int', int: -3 },
    { name: 'double', double: 0.25 },
    { name: 'text', text: 'a "quoted" text' },
    { name: 'pointer', pointer: 255 },
    { name: 'json', json: '{"x":[1]}' },
    { name: 'no json', json: '{x' },
    {
      name: 'dict',
      dict: [
        { name: 'a', int: 1 },
        { name: 'b', array: [{ int: 2 }, { text: 'c' }] },
      ],
    },
    { name: 'dict', dict: [{ name: 'c', dict: [{ name: 'd', bool: false }] }] },
    { name: 'nested', nested: { type: 1, keys: ['k', 'l'], values: [{ int: 5 }, { type: 2, elements: [{ text: 'm' }, { bool: true }] }] } },
    { nameIid: 1, textIid: 1 },
    { nameIid: 2, int: 1 },
  ];
  const wanted = {
    args: {
      bool: true,
      uint: '18446744073709551615',
      int: -3,
      double: 0.25,
      text: 'a "quoted" text',
      pointer: '0xff',
      json: { x: [1] },
      'no json': '{x',
      dict: { a: 1, b: [2, 'c'], c: { d: false } },
      nested: { k: 5, l: ['m', true] },
      'interned name': 'interned text',
      '(text 2 is not in the recording)': 1,
      'source location': 'model.py:12 forward',
    },
  };
  const packets: Packet[] = [
    THREAD,
    {
      flags: CLEARED,
      interned: {
        argNames: [{ iid: 1, text: 'interned name' }],
        argTexts: [{ iid: 1, text: 'interned text' }],
        locations: [{ iid: 1, file: 'model.py', function: 'forward', line: 12 }],
      },
      sequence: 1,
    },
    begin(0, 7, 'a', { args, locationIid: 1 }),
    end(1, 7),
    { flags: CLEARED, interned: { argNames: [{ iid: 1, text: 'changed' }] }, sequence: 1 },
    begin(10, 7, 'b', { args: [{ nameIid: 1, textIid: 1 }] }),
    end(11, 7),
  ];
  const plain = encode(...packets);
  const files: [string, Uint8Array][] = [
    ['plain', plain],
    ['gzip', gzipSync(plain)],
    ['zstd', zstd(plain)],
    ['compressed packets', encode({ compressed: deflateSync(encode(...packets.slice(0, 3))) }, { compressed: deflateSync(encode(...packets.slice(3))) })],
    ['packets compressed with zstd', encode(THREAD, { zstd: zstd(plain) })],
  ];
  for (const [name, bytes] of files) {
    it(`${name}: decoded when asked, at once or all in one pass, and from a stored index`, async () => {
      const file = memoryFile('t', bytes);
      const { trace, records } = await readTrace(file);
      assert.deepEqual(check(trace), []);
      assert.deepEqual(drawn(trace), ['worker: a 0+1', 'worker: b 10+1']);
      const places = Float64Array.from([recordOf(trace, 0), recordOf(trace, 1)]);
      for (const found of [records, await openRecords(file, records.save())]) {
        const text = await found.text(places[0]);
        assert.match(text, /"uint":18446744073709551615,/);
        assert.deepEqual(JSON.parse(text.replace(/(\d{20})/, '"$1"')), wanted);
        assert.equal(await found.text(places[1]), '{"args":{"changed":"(text 1 is not in the recording)"}}');
        const passed: string[] = [];
        await found.pass(places, (index, record) => (passed[index] = record));
        assert.deepEqual(passed, [text, await found.text(places[1])]);
        await assert.rejects(found.text(places[0] + 1), /There is no event at byte \d+ of t: the file has changed/);
      }
    });
  }
  it('nested deeper than anybody does on purpose are refused', async () => {
    let arg: Packet = { name: 'x', int: 1 };
    for (let depth = 0; depth < 300; depth++) arg = { name: 'x', dict: [arg] };
    const { trace, records } = await read(THREAD, begin(0, 7, 'a', { args: [arg] }), end(1, 7));
    await assert.rejects(records.text(recordOf(trace, 0)));
  });
});

describe('ROCm', () => {
  it('joins calls and kernels by corr_id, and puts kernels on the queues of their agent', async () => {
    const facts = (corr: number, more: Packet[] = []): Packet[] => [{ name: 'corr_id', uint: corr }, ...more];
    const { trace } = await read(
      { track: { uuid: 7, thread: { pid: 10, tid: 10, name: 'main' } } },
      { track: { uuid: 20, name: 'COMPUTE GPU [0] QUEUE [1] GPU' } },
      { track: { uuid: 21, name: 'COPY to AGENT [4] THREAD [0] (GPU)' } },
      begin(0, 7, 'hipMemcpy', { categories: ['hip_api'], args: facts(1) }),
      end(9, 7),
      begin(10, 7, 'hipLaunchKernel', { categories: ['hip_api'], args: facts(2) }),
      end(15, 7),
      begin(2, 21, 'MEMORY_COPY_HOST_TO_DEVICE', {
        categories: ['memory_copy'],
        args: facts(1, [
          { name: 'dst_agent', uint: 4 },
          { name: 'copy_bytes', uint: 4096 },
        ]),
      }),
      end(8, 21),
      begin(20, 20, 'gemm', {
        categories: ['kernel_dispatch'],
        args: facts(2, [
          { name: 'agent', text: '4' },
          { name: 'queue', uint: 1 },
        ]),
      }),
      end(30, 20),
    );
    const { gpu, slices, strings, categories } = trace;
    const described = Array.from({ length: gpu.count }, (_, slice) => {
      const kind = categories[slices.category[slice]].kind;
      return `${kind} ${strings.get(slices.name[slice])} ← ${strings.get(slices.name[gpu.launch[slice]])}, ${gpu.bytes[slice]} bytes`;
    });
    assert.deepEqual(described.sort(), ['kernel gemm ← hipLaunchKernel, 0 bytes', 'memcpy MEMORY_COPY_HOST_TO_DEVICE ← hipMemcpy, 4096 bytes']);
    assert.deepEqual(
      trace.groups.map(({ name, kind }) => [name, kind]),
      [
        ['GPU 4', 'gpu'],
        ['Process 10', 'process'],
      ],
    );
    assert.equal(trace.meta.producer, 'ROCm profiler');
  });
});

describe('AWS Neuron', () => {
  const model = (part: string, rank: number, bucket: number): Packet[] => [
    { name: 'model_name', text: `tmp/nxd_model/${part}_model/_tp${rank}_bk${bucket}/model.MODULE_6d16+ad9e.neff` },
  ];
  it('tells prefill from decode by the model that an execution runs', async () => {
    const { trace } = await read(
      THREAD,
      { track: { uuid: 9, name: 'nc 0' } },
      begin(0, 7, 'nrt_execute', { args: model('context_encoding', 0, 1) }),
      end(10, 7),
      begin(20, 7, 'nrt_execute', { args: model('token_generation', 0, 0) }),
      end(30, 7),
      begin(40, 7, 'nrt_execute', { args: [{ name: 'model_name', text: 'graph.neff' }] }),
      end(50, 7),
      begin(2, 9, 'nc_exec_running', { args: [{ name: 'nc_idx', uint: 3 }] }),
      end(8, 9),
    );
    assert.deepEqual(drawn(trace), [
      'nc 0: nc_exec_running 2+6',
      'worker: nrt_execute [prefill tp0 bk1] 0+10',
      'worker: nrt_execute [decode tp0 bk0] 20+10',
      'worker: nrt_execute 40+10',
    ]);
    const kinds = Array.from(trace.slices.category, (category) => trace.categories[category].kind);
    assert.deepEqual(kinds, ['kernel', 'annotation', 'annotation', 'launch']);
    assert.equal(trace.groups[0].name, 'GPU 3');
    assert.equal(trace.meta.producer, 'AWS Neuron');
    assert.equal(trace.meta.rank, 0);
    assert.deepEqual(trace.meta.facts.find(({ key }) => key === 'models')?.value, 'context_encoding (prefill) tp0 bk1, token_generation (decode) tp0 bk0');
  });
});

describe('what is no track event', () => {
  it('is counted as a fact', async () => {
    const { trace } = await read(
      THREAD,
      { ftrace: { cpu: 1 } },
      { ftrace: { cpu: 2 } },
      { other: 'x' },
      { system: { service: 'Perfetto v44.0' } },
      begin(0, 7, 'a'),
      end(1, 7),
    );
    assert.deepEqual(
      trace.meta.facts.map(({ key, value }) => `${key}: ${value}`),
      ['packets: 7', 'packets not shown: 2 ftrace events, 1 of field 999', 'recorded by: Perfetto v44.0'],
    );
  });
  it('alone is refused', async () => {
    await assert.rejects(read({ ftrace: { cpu: 1 }, sequence: 1 }), (error) => {
      assert.ok(error instanceof NotATrace);
      assert.match(error.message, /^A Perfetto trace without track events, which holds 1 ftrace events\. Kernel Lens opens/);
      return true;
    });
  });
  it('is told from text by its bytes, whatever the length of the first packet', async () => {
    for (let length = 1; length < 300; length++) {
      const file = memoryFile('t', encode({ sequence: 1, cleared: true, other: 'x'.repeat(length) }, THREAD));
      assert.equal((await sniff(file)).format, 'perfetto', `${length}`);
    }
    assert.equal((await sniff(memoryFile('t', gzipSync(encode(THREAD))))).format, 'perfetto');
    for (const text of ['\n[{"ph": "X"}]', '\n{"traceEvents": [{"ph":"X"}]}'])
      assert.equal((await sniff(memoryFile('t', new TextEncoder().encode(text)))).format, 'chrome');
  });
});
