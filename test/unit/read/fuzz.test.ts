/** The parsers against each other and against JSON.parse on documents that nobody thought of. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { STATE } from '../../../src/core/read/blocks.js';
import { createOracle, isObject, parseJson } from './oracle.js';
import { inPieces, kernelParser, parseAll, parsers, type Row, scannerParser } from './parsers.js';

const RUNS = Number(process.env.FUZZ_RUNS ?? 500);
// Making a counterexample smaller may take for ever.
fc.configureGlobal({ interruptAfterTimeLimit: 60_000 });
const bytes = (text: string) => new TextEncoder().encode(text);

const space = fc.constantFrom('', '', '', ' ', '\n  ', '\t', ' '.repeat(40));
const number = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 9_000_000_000_000_000n }), fc.nat(9999)).map(([whole, decimals]) => `${whole}.${decimals}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
/** As JSON.stringify spells them: another spelling is another id. */
const plainNumber = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
const string = fc
  .string({ unit: fc.constantFrom('a', 'B', '0', '"', '\\', '/', '\n', 'é', '😀', '{', '}', '[', ']', ',', ':', ' ') })
  .map((text) => JSON.stringify(text));
const scalar = fc.oneof(plainNumber, string, fc.constantFrom('null', 'true', 'false', '""'));
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  object: fc.array(fc.tuple(string, tie('value')), { maxLength: 4 }).map((members) => `{${members.map(([key, v]) => `${key}: ${v}`).join(', ')}}`),
}));

function object(members: fc.Arbitrary<[string, string]>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(members, space, space), { maxLength: 9 })
    .map((list) => `{${list.map(([[key, v], before, after]) => `${before}${JSON.stringify(key)}${after}:${before}${v}${after}`).join(',')}}`);
}
const member = (key: fc.Arbitrary<string>, v: fc.Arbitrary<string>): fc.Arbitrary<[string, string]> => fc.tuple(key, v);
const args = object(
  fc.oneof(
    member(fc.constantFrom('correlation', 'External id', 'bytes', 'device', 'stream'), scalar),
    member(
      fc.constant('grid'),
      fc.array(plainNumber).map((n) => `[${n.join(', ')}]`),
    ),
    member(fc.constantFrom('a', 'External', 'correlations', 'Call stack', 'long enough for sixteen bytes and more'), value),
  ),
);
const record = object(
  fc.oneof(
    member(fc.constantFrom('name', 'cat', 'ph', 'pid', 'tid', 'id', 'bp', 's', 'tts'), scalar),
    member(fc.constant('cat'), fc.constantFrom('"kernel"')),
    member(fc.constant('ph'), fc.constantFrom('"X"', '"M"', '"C"', '"f"')),
    member(
      fc.constantFrom('ts', 'dur'),
      fc.oneof(
        number,
        number.map((n) => `"${n}"`),
        scalar,
      ),
    ),
    member(fc.constant('args'), args),
    member(fc.constantFrom('args', 'other'), value),
  ),
);
const someRecords = fc.array(record, { maxLength: 12 });

/** Records as Kineto writes them, all alike but for their values, which is what the kernel learns to expect; some with more behind. */
const alike = fc
  .tuple(fc.constantFrom(['\n    ', ' '], [' ', ''], ['', '']), fc.constantFrom('kernel', 'cpu_op', 'python_function'), fc.constantFrom('851', '"Spans"'))
  .chain(([[line, gap], cat, pid]) => {
    // The args of a Python frame are not read, even if it turns out to be something else.
    const again = cat === 'python_function' ? [] : ['cat'];
    return fc.array(
      fc
        .tuple(
          string,
          number,
          fc.option(number),
          fc.option(args),
          fc.option(member(fc.constantFrom('pid', 'tid', 'ts', 'dur', 'name', 'ph', 'args', ...again), scalar)),
        )
        .map(
          ([name, ts, dur, inner, more]) =>
            `{${line}"ph":${gap}"X",${gap}"cat":${gap}"${cat}",${gap}"name":${gap}${name},${gap}"pid":${gap}${pid},${gap}"tid":${gap}7,${line}"ts":${gap}${ts}` +
            (dur === null ? '' : `,${gap}"dur":${gap}${dur}`) +
            (inner === null ? '' : `,${line}"args":${gap}${inner}`) +
            (more === null ? '' : `,${gap}"${more[0]}":${gap}${more[1]}`) +
            `${line}}`,
        ),
      { minLength: 3, maxLength: 12 },
    );
  });
const file = fc.tuple(fc.oneof(someRecords, alike), space, fc.boolean()).map(([records, gap, bare]) => {
  const list = `[${records.join(`,${gap}`)}]`;
  return bare ? list : `{"schemaVersion": 1,${gap}"traceEvents": ${list}, "traceName": "x"}`;
});

/** Without the args text, which the oracle spells anew. */
function comparable({ args, ...row }: Row): unknown {
  return { ...row, args: args === undefined ? undefined : parseJson(args) };
}

describe('any JSON', () => {
  it('gives what JSON.parse says, whole and in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 60 }), async (text, size) => {
        const parsed: unknown = JSON.parse(text);
        const events = isObject(parsed) ? parsed.traceEvents : parsed;
        assert.ok(Array.isArray(events));
        for (const [, parser] of parsers) {
          const { rows, end } = await parseAll(parser, inPieces(bytes(text), size));
          assert.equal(end.state, STATE.done);
          assert.equal(rows.length, events.length);
          const oracle = createOracle();
          for (const [i, row] of rows.entries()) {
            const event: unknown = events[i];
            assert.ok(isObject(event));
            const next = rows[i + 1]?.record ?? bytes(text).length;
            assert.deepEqual(comparable(row), comparable(oracle.row(event, new TextDecoder().decode(bytes(text).subarray(row.record, next)), row.record)));
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
  it('cut anywhere gives the records before the cut', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.nat(), async (text, at) => {
        const whole = await parseAll(kernelParser, [bytes(text)]);
        const cut = bytes(text).subarray(0, at % bytes(text).length);
        for (const [, parser] of parsers) {
          const { rows, end } = await parseAll(parser, [cut]);
          assert.deepEqual(rows, whole.rows.slice(0, rows.length));
          assert.ok(rows.length === whole.rows.length || whole.rows[rows.length].record < cut.length || end.offset <= cut.length);
          assert.notEqual(end.state, STATE.broken);
        }
      }),
      { numRuns: RUNS },
    );
  });
  it('damaged anywhere is the same to both parsers', async () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(...bytes('"\\{}[]:,0-.e \n\u0000x'), 0x80, 0xff));
    await fc.assert(
      fc.asyncProperty(file, fc.array(change, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 80 }), async (text, changes, size) => {
        const damaged = bytes(text);
        for (const [at, byte] of changes) damaged[at % damaged.length] = byte;
        const want = await parseAll(scannerParser, [damaged]);
        for (const [, parser] of parsers) assert.deepEqual(await parseAll(parser, inPieces(damaged, size)), want);
      }),
      { numRuns: RUNS },
    );
  });
  it('random bytes are the same to both parsers', async () => {
    const noise = fc.array(fc.constantFrom(...bytes('[{"ph": "X", "ts": 1.5e3, "args": {"correlation": 1}}, "name": "a\\"b"}],')), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(noise, async (tail) => {
        const text = Uint8Array.from([...bytes('[{"ph":"X"},'), ...tail]);
        assert.deepEqual(await parseAll(kernelParser, [text]), await parseAll(scannerParser, [text]));
      }),
      { numRuns: 2 * RUNS },
    );
  });
});

describe('a small trace', () => {
  const text = bytes(
    '\ufeff{"schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "H\\u0031"}],\n "traceEvents": [\n' +
      '{"ph": "X", "cat": "kernel", "name": "a\\"b", "pid": 0, "tid": 7, "ts": 1.001, "dur": 2.5,\n "args": {"grid": [3, 1, 1], "correlation": 9, "x": {"correlation": 8}}},\n' +
      '{"ph": "M", "name": "process_name", "pid": 0, "args": {"name": "p]}"}} ,{"ph":"f","id":"0x1","bp":"e","ts":-1e1}\n], "traceName": "t"}\n',
  );
  it('split at every byte', async () => {
    const want = await parseAll(scannerParser, [text]);
    assert.equal(want.rows.length, 3);
    for (const [, parser] of parsers) {
      for (let at = 0; at <= text.length; at++) assert.deepEqual(await parseAll(parser, [text.slice(0, at), text.slice(at)]), want, `split at ${at}`);
    }
  });
});
