/** Whole files through the door: damage, refusals, other compressions, records on demand, cancelling. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { NotATrace, openRecords, readTrace, sniff } from '../../../src/core/read/read.js';
import { membersOf, recordArgs } from '../../../src/core/read/record.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import { chromeTraces } from '../../traces.js';
import { zstd } from './zstd.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const kernels = Array.from(
  { length: 200 },
  (_, i) =>
    `{"ph": "X", "cat": "kernel", "name": "k${i % 7}", "pid": 0, "tid": 7, "ts": ${i * 10}.5, "dur": 2.001, "args": {"correlation": ${i}, "big": 1234567890123456789012}}`,
);
const json = `{"traceEvents": [\n${kernels.join(',\n')}\n]}`;

function names(trace: Trace): string[] {
  return Array.from({ length: trace.slices.count }, (_, i) => trace.strings.get(trace.slices.name[i]));
}

describe('compression', () => {
  const files: [string, Uint8Array][] = [
    ['none', bytes(json)],
    ['gzip', gzipSync(json)],
    ['gzip in two members', Buffer.concat([gzipSync(json.slice(0, 5000)), gzipSync(json.slice(5000))])],
    ['zstd', zstd(bytes(json))],
  ];
  for (const [name, content] of files) {
    for (const wasm of [true, false]) {
      it(`${name}, ${wasm ? 'kernel' : 'scanner'}: all events, and the text of each record`, async () => {
        const file = memoryFile('t.json', content);
        const { trace, records } = await readTrace(file, { platform: { wasm } });
        assert.equal(trace.meta.damage, undefined);
        assert.deepEqual(
          names(trace),
          kernels.map((_, i) => `k${i % 7}`),
        );
        const again = await openRecords(file, records.save());
        for (const i of [0, 1, 150, 199]) {
          assert.equal(await records.text(trace.slices.recordLow[i]), kernels[i]);
          assert.equal(await again.text(trace.slices.recordLow[i]), kernels[i]);
        }
        await assert.rejects(records.text(5), /no record at byte 5 of t\.json/);
      });
    }
  }
  it('numbers of a record stay as they were written', () => {
    assert.deepEqual(recordArgs('{"ph":"X","args":{"a":12345678901234567890,"b c":[1, {"d":"}"}],"e\\n":1.50,"f":"x"},"args2":{}}'), [
      { key: 'a', text: '12345678901234567890' },
      { key: 'b c', text: '[1, {"d":"}"}]' },
      { key: 'e\n', text: '1.50' },
      { key: 'f', text: '"x"' },
    ]);
    assert.deepEqual(
      membersOf(' { "ph" : "X" , "id" : 99999999999999999999 } ').map(({ key, text }) => `${key}=${text}`),
      ['ph="X"', 'id=99999999999999999999'],
    );
  });
});

describe('damage', () => {
  const gz = gzipSync(json);
  it('gzip cut at every length gives the events before, and says how many and where', async () => {
    let most = 0;
    for (let length = 60; length < gz.length; length += 7) {
      const { trace } = await readTrace(memoryFile('t.json.gz', gz.subarray(0, length))).catch((error: unknown) => {
        assert.ok(error instanceof NotATrace && length < 400, `${length}: ${error}`);
        return { trace: undefined };
      });
      if (!trace) continue;
      const { events, damage } = trace.meta;
      assert.ok(events >= most, `${length} bytes`);
      most = events;
      assert.equal(
        damage,
        `The file ends early, at byte ${length.toLocaleString('en-US')} of the gzip stream; ${events} ${events === 1 ? 'event was' : 'events were'} read.`,
      );
      assert.equal(trace.slices.count, events);
    }
    assert.ok(most > 190);
  });
  it('JSON cut at every length', async () => {
    for (let length = 20; length < json.length - 2; length += 211) {
      const { trace } = await readTrace(memoryFile('t.json', bytes(json.slice(0, length))));
      assert.match(trace.meta.damage ?? '', /^The file ends early, at byte [\d,]+ of the JSON; \d+ events? (was|were) read\.$/);
      assert.equal(trace.slices.count, json.slice(0, length).split('}}').length - 1);
    }
  });
  const cases: [string, Uint8Array, RegExp][] = [
    ['a changed byte in gzip', Buffer.concat([gz.subarray(0, gz.length - 30), Buffer.from([1, 2, 3]), gz.subarray(gz.length - 27)]), /damaged at byte [\d,]+/],
    [
      'a wrong checksum',
      Buffer.concat([gz.subarray(0, -8), Buffer.from([1, 2, 3, 4]), gz.subarray(-4)]),
      /^The checksum at byte [\d,]+ of the gzip stream is wrong: some of the 200 events may have changed\.$/,
    ],
    ['JSON that stops being JSON', bytes(json.replace(kernels[50], 'oops')), /^The JSON is damaged at byte [\d,]+; the 50 events before it were read\.$/],
    ['text behind the end', bytes(`${json} trailing`), /^The JSON is damaged at byte [\d,]+; the 200 events before it were read\.$/],
  ];
  for (const [name, content, want] of cases) {
    it(name, async () => {
      const { trace } = await readTrace(memoryFile('t', content));
      assert.match(trace.meta.damage ?? '', want);
    });
  }
  it('an array without its end is none', async () => {
    const { trace } = await readTrace(memoryFile('t', bytes(`[${kernels.join(',\n')},\n`)));
    assert.equal(trace.meta.damage, undefined);
  });
});

describe('records that cannot be used', () => {
  it('are counted by kind, with an example, and the others are kept', async () => {
    const good = '{"ph": "X", "name": "good", "pid": 1, "tid": 1, "ts": 1, "dur": 1}';
    const odd = [
      '{"ph": "X", "name": "a", "ts": 5, "dur": -3}',
      '{"ph": "X", "name": "b", "ts": 5, "dur": NaN}',
      '{"ph": "X", "name": "c", "ts": 5}',
      '{"ph": "X", "name": "d", "dur": 5}',
      '{"ph": "X", "name": "e", "ts": "soon", "dur": 5}',
      '{"name": "f"}',
      '{"name": "g"}',
      '{"ph": "Q", "name": "h", "ts": 1}',
      '{"ph": "s", "name": "i", "ts": 1}',
      '{"ph": "b", "name": "j", "ts": 1}',
      '{"ph": "C", "name": "k", "ts": 1, "args": {"value": "high"}}',
    ];
    const { trace } = await readTrace(memoryFile('t', bytes(`[${[good, ...odd].join(',')}]`)));
    const found = Object.fromEntries(trace.meta.problems.map(({ kind, count }) => [kind, count]));
    assert.deepEqual(found, {
      badTime: 1,
      badDur: 1,
      missingDur: 1,
      missingTs: 1,
      badTs: 1,
      missingPhase: 2,
      otherPhase: 1,
      flowWithoutId: 1,
      asyncWithoutId: 1,
      counterValue: 1,
    });
    assert.deepEqual(names(trace).sort(), ['b', 'c', 'good']);
    assert.equal(
      trace.meta.problems.find(({ kind }) => kind === 'missingPhase')?.message,
      `The record at byte ${1 + good.length + 1 + odd.slice(0, 5).join(',').length + 1} has no ph. It was left out.`,
    );
  });
});

describe('refusals', () => {
  const what =
    "Kernel Lens opens traces of PyTorch's profiler and Chrome (.json, .json.gz, .json.zst), Perfetto (.pftrace, .perfetto-trace), Nsight Systems (.sqlite) and ROCm (.db, .rpd, .json, .csv), and PyTorch's memory snapshots (.pickle) and memory timelines (.json).";
  const cases: [string, Uint8Array | string, string][] = [
    [
      'package-lock.json',
      '{"name": "x", "lockfileVersion": 3, "packages": {"a": []}}',
      'JSON with the top-level keys name, lockfileVersion, packages, and no traceEvents',
    ],
    ['one key', '{"some-tool": []}', 'JSON with the top-level key some-tool, and no traceEvents'],
    [
      'many keys',
      JSON.stringify(Object.fromEntries('abcdefgh'.split('').map((key) => [key, 1]))),
      'JSON with the top-level keys a, b, c, d, e, f and 2 more, and no traceEvents',
    ],
    ['traceEvents of another kind', '{"traceEvents": 5}', 'JSON with the top-level key traceEvents, and no traceEvents'],
    ['numbers', '[[1, 2], [3, 4]]', 'A JSON array whose elements are not trace events: they have no ph'],
    ['other objects', '[{"a": 1}]', 'A JSON array whose elements are not trace events: they have no ph'],
    ['[]', '[]', 'A JSON array with nothing in it'],
    ['empty', '', 'An empty file'],
    ['HTML', '<!DOCTYPE html><html>', 'An HTML or XML page'],
    [
      'memory timeline as HTML',
      '<html><head><meta charset="utf-8" /><title>GPU Memory HTML</title></head>',
      'The picture of a memory timeline, without its data: export it as .raw.json.gz',
    ],
    ['text', 'Hello', 'A text file'],
    [
      'nsys-rep',
      'NVIDIA Tegra Profiler Report 2025\0',
      "An Nsight Systems report, which only NVIDIA's nsys can read: export it with `nsys export --type sqlite` and open the .sqlite",
    ],
    [
      'ncu-rep',
      'NVR\0\x02',
      "An Nsight Compute report, which only NVIDIA's ncu can read: run `ncu --import <file> --csv --page details > <file>.ncu.csv` and put that beside a trace of the same work",
    ],
    [
      'ncu --csv',
      '==PROF== Connected to process 7\n"ID","Process ID","Process Name","Host Name","Kernel Name"\n',
      'Metrics of Nsight Compute (ncu --csv), which belong to a trace: put the file beside one as <name>.ncu.csv, or attach it with the command Attach Nsight Compute CSV…',
    ],
    ['zip', 'PK\x03\x04....', 'A zip archive: unpack it and open the trace inside'],
    ['pickle', Buffer.from([0x80, 4, 0x95, 6, 1]), 'A Python pickle that is no PyTorch memory snapshot'],
    ['zeros', Buffer.alloc(1000), 'A file of zero bytes, as a failed copy leaves it'],
    ['binary', Buffer.from([1, 2, 0, 3]), 'A binary file'],
    ['UTF-16', Buffer.from('\ufeff[{"ph": "X"}]', 'utf16le'), 'Text in UTF-16, which must be saved as UTF-8 first'],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0xff]), 'Gzip data in which nothing can be read'],
    ['HTML in gzip', gzipSync('<html>'), 'An HTML or XML page'],
  ];
  for (const [name, content, says] of cases) {
    it(name, async () => {
      const file = memoryFile(name, typeof content === 'string' ? bytes(content) : content);
      for (const wasm of [true, false]) {
        await assert.rejects(readTrace(file, { platform: { wasm } }), (error) => {
          assert.ok(error instanceof NotATrace);
          assert.equal(error.title, 'This is not a trace');
          assert.equal(error.message, `${says}. ${what}`);
          return true;
        });
      }
      assert.equal((await sniff(file)).format, 'none');
    });
  }
  it('sniffing tells traces', async () => {
    const told = async (text: string) => sniff(memoryFile('t', gzipSync(text)));
    assert.deepEqual(await told(json), { format: 'chrome', says: 'PyTorch profiler trace' });
    assert.deepEqual(await told('[{"ph": "B", "name": "x"}'), { format: 'chrome', says: 'Chrome trace' });
    assert.deepEqual(await told(`{"deviceProperties": [], "x": "${'y'.repeat(300_000)}", "traceEvents": []}`), {
      format: 'chrome',
      says: 'PyTorch profiler trace',
    });
    for (const { path } of chromeTraces()) assert.equal((await sniff(memoryFile(path, readFileSync(path)))).format, 'chrome', path);
  });
});

describe('a trace that takes a while', () => {
  const long = gzipSync(
    `[${Array.from({ length: 12 }, () => kernels.join(','))
      .join(',')
      .repeat(1)}${`,${kernels.join(',')}`.repeat(2000)}]`,
  );
  it('says at once that it was cancelled, then shows what was read', async (test) => {
    const stages: string[] = [];
    let cancelledAt = Number.NaN;
    const options = {
      progress: ({ readBytes, fileBytes, stage }: { readBytes: number; fileBytes: number; stage: string }) => {
        assert.ok(readBytes > 0 && readBytes <= fileBytes);
        stages.push(stage);
        if (stage === 'Reading') cancelledAt = performance.now();
        else test.diagnostic(`${(performance.now() - cancelledAt).toFixed(1)} ms after it was cancelled`);
      },
      cancelled: () => !Number.isNaN(cancelledAt),
      platform: { wasm: false },
    };
    const { trace } = await readTrace(memoryFile('t', long), options);
    assert.deepEqual(stages, ['Reading', 'Stopped. Building the timeline of what was read']);
    assert.match(trace.meta.damage ?? '', /^Reading was cancelled at byte [\d,]+ of [\d,]+; [\d,]+ events were read\.$/);
    assert.ok(trace.meta.events > 0 && trace.meta.events < 402_400);
  });
});

describe('records of a real trace', () => {
  const [real] = chromeTraces().filter(({ name }) => name.startsWith('amd-xdit'));
  it('are found again through checkpoints', { skip: !real && 'the real traces are not there' }, async () => {
    const content = readFileSync(real.path);
    const text = gunzipSync(content);
    const file = memoryFile(real.name, content);
    const { trace, records } = await readTrace(file);
    const again = await openRecords(file, records.save());
    const { recordLow, name, count } = trace.slices;
    const slices = Array.from({ length: 100 }, (_, i) => Math.floor((i * count) / 100));
    await Promise.all(
      slices.map(async (slice) => {
        const record = await again.text(recordLow[slice]);
        assert.equal(record, text.toString('utf8', recordLow[slice], recordLow[slice] + Buffer.byteLength(record)));
        assert.equal(JSON.parse(record).name, trace.strings.get(name[slice]));
      }),
    );
  });
});
