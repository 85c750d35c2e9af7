/** What both parsers make of JSON that is odd, but legal or at least seen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STATE } from '../../../src/core/read/blocks.js';
import { inPieces, parseAll, parsers, type Row } from './parsers.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Parses `text`, whole and in pieces of a few bytes, with both parsers; all four must agree. */
async function parse(text: string): Promise<{ rows: Row[]; end: Awaited<ReturnType<typeof parseAll>>['end'] }> {
  const results = [];
  for (const [, parser] of parsers) for (const size of [1 << 19, 7]) results.push(await parseAll(parser, inPieces(bytes(text), size)));
  for (const other of results.slice(1)) assert.deepEqual(other, results[0]);
  return results[0];
}

/** The only record of `{"traceEvents": [record]}`, without what is absent. */
async function record(text: string): Promise<Partial<Row>> {
  const { rows, end } = await parse(`{"traceEvents": [${text}]}`);
  assert.equal(end.state, STATE.done);
  assert.equal(rows.length, 1);
  const present = Object.entries(rows[0]).filter(([key, value]) => value !== undefined && key !== 'record' && !(key.endsWith('id') && value === ''));
  return Object.fromEntries(present);
}

describe('records', () => {
  const cases: [string, string, Partial<Row>][] = [
    ['nothing', '{}', {}],
    [
      'Kineto',
      '{"ph": "X", "cat": "kernel", "name": "k", "pid": 0, "tid": 7, "ts": 5.001, "dur": 2.5}',
      { ph: 'X', cat: 'kernel', name: 'k', pid: '0', tid: '7', ts: 0, dur: 2500 },
    ],
    ['no white space', '{"ph":"X","ts":1,"pid":"a","tid":"b"}', { ph: 'X', ts: 0, pid: 'a', tid: 'b' }],
    ['much white space', '\n{ \t"ph" :\r\n"i" , "s" : "t" }', { ph: 'i' }],
    ['the last of two', '{"ph": "X", "name": "a", "ph": "i", "name": "b"}', { ph: 'i', name: 'b' }],
    ['escapes', '{"ph": "i", "name": "a\\"b\\\\c\\u00e9\\ud83d\\ude00\\n"}', { ph: 'i', name: 'a"b\\cé😀\n' }],
    [
      'escaped keys',
      '{"\\u0070h": "X", "n\\u0061me": "a", "\\u0074s": 7, "arg\\u0073": {"correl\\u0061tion": 3}}',
      { ph: 'X', name: 'a', ts: 0, correlation: 3 },
    ],
    ['keys that only begin the same', '{"ph": "X", "nam": 1, "names": 2, "tss": 3, "durations": 4, "correlation": 5}', { ph: 'X' }],
    ['UTF-8 in names', '{"ph": "i", "name": "日本語"}', { ph: 'i', name: '日本語' }],
    ['raw control characters', '{"ph": "i", "name": "a\tb\nc\u0000"}', { ph: 'i', name: 'a\tb\nc\u0000' }],
    ['brackets in strings', '{"ph": "i", "args": {"a": "}]{[", "b": "\\"}"}, "name": "n"}', { ph: 'i', name: 'n' }],
    ['names that are numbers', '{"ph": "i", "name": 5, "cat": true}', { ph: 'i', name: '5', cat: 'true' }],
    ['null', '{"ph": "i", "name": null, "cat": null, "pid": null, "ts": null, "id": null}', { ph: 'i', ts: 'bad' }],
    ['long phases', '{"ph": "XX"}', {}],
    ['odd process ids', '{"ph": "i", "pid": "a\\"b", "tid": -1.5e3}', { ph: 'i', pid: 'a"b', tid: '-1.5e3' }],
    ['2021', '{"ph": "X", "cat": "Kernel", "tid": "stream 7", "args": {"external id": 4}}', { ph: 'X', cat: 'Kernel', tid: 'stream 7', external: 4 }],
    ['metadata args', '{"ph": "M", "name": "process_name", "args": {"name": "python3"}}', { ph: 'M', name: 'process_name', args: '{"name": "python3"}' }],
    ['args that are no object', '{"ph": "C", "args": [1], "args": 5}', { ph: 'C' }],
    ['bind point', '{"ph": "f", "bp": "e", "id": 1}', { ph: 'f', bind: 'e', id: 1 }],
    ['Python frames have no ids', '{"ph": "X", "cat": "python_function", "args": {"correlation": 1}}', { ph: 'X', cat: 'python_function' }],
    ['also when the args come first', '{"args": {"correlation": 1}, "ph": "X", "cat": "python_function"}', { ph: 'X', cat: 'python_function' }],
  ];
  for (const [name, text, want] of cases) it(name, async () => assert.deepEqual(await record(text), want));
});

describe('args: only their own members count', () => {
  const cases: [string, string, Partial<Row>][] = [
    [
      'all that is kept',
      '"correlation": 7, "External id": 8, "grid": [4, 5, 6], "bytes": 9, "device": 0, "stream": 7',
      { correlation: 7, external: 8, gridX: 4, bytes: 9, device: '0', stream: '7' },
    ],
    ['not those of an object inside', '"a": {"correlation": 1, "stream": 2}, "correlation": 3', { correlation: 3 }],
    ['nor what looks like one in a string', '"a": "\\"correlation\\": 1", "correlation": 3', { correlation: 3 }],
    ['the last one', '"correlation": 1, "correlation": 2', { correlation: 2 }],
    ['the last one is null', '"correlation": 1, "correlation": null', {}],
    ['beyond 32 bits', '"correlation": 4294967297', { correlation: 4294967297 }],
    [
      'beyond 53 bits',
      '"correlation": 18446744073709551615, "External id": 9007199254740993',
      { correlation: '18446744073709551615', external: '9007199254740993' },
    ],
    ['as strings', '"correlation": "12", "External id": "0x1f"', { correlation: 12, external: '0x1f' }],
    ['spelled differently', '"correlation": 1.0, "External id": 01', { correlation: '1.0', external: '01' }],
    ['negative', '"correlation": -1', { correlation: '-1' }],
    ['a grid that is none', '"grid": [], "bytes": -5', {}],
    ['a grid of something else', '"grid": ["x"], "bytes": 1.5', {}],
    ['a grid with spaces', '"grid": [ 12 , 1]', { gridX: 12 }],
    ['deep nesting', `"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "correlation": 1`, { correlation: 1 }],
  ];
  for (const [name, args, want] of cases) it(name, async () => assert.deepEqual(await record(`{"ph": "X", "args": {${args}}}`), { ph: 'X', ...want }));
});

describe('durations are exact', () => {
  const cases: [string, number | 'bad'][] = [
    ['0', 0],
    ['-0', 0],
    ['1', 1000],
    ['1.5', 1500],
    ['1.05', 1050],
    ['1.005', 1005],
    ['0.0004', 0],
    ['0.0005', 1],
    ['-0.0005', -1],
    ['1.9999', 2000],
    ['2636.1920833587646', 2636192],
    ['4300000000', 4_300_000_000_000],
    ['"12.5"', 12_500],
    ['"1e3"', 1_000_000],
    ['1e3', 1_000_000],
    ['1.5E-3', 2],
    ['25e-4', 3],
    ['1e-400', 0],
    ['0e999999999', 0],
    ['123456789012345678901234567890e-20', 1_234_567_890_123],
    ['4499999999999999.999', Number(4_499_999_999_999_999_999n)],
    ['2478265552368168.1925', Number(2_478_265_552_368_168_193n)],
    ['4500000000000000', 'bad'],
    ['1e300', 'bad'],
    ['NaN', 'bad'],
    ['Infinity', 'bad'],
    ['-Infinity', 'bad'],
    ['null', 'bad'],
    ['""', 'bad'],
    ['"abc"', 'bad'],
    ['"1x"', 'bad'],
    ['[1]', 'bad'],
    ['-', 'bad'],
  ];
  for (const [text, want] of cases) it(text, async () => assert.equal((await record(`{"dur": ${text}}`)).dur, want));
  it('time stamps of 1970 to the nanosecond', async () => {
    const { rows, end } = await parse('[{"ts": 1712195495519689.047}, {"ts": 1712195495519689.048}, {"ts": "1712195495519688.000"}]');
    assert.equal(end.baseNs, 1712195495519689047n);
    assert.deepEqual(
      rows.map(({ ts }) => ts),
      [0, 1, -1047],
    );
  });
});

describe('files', () => {
  const cases: [string, string, Partial<{ rows: number; state: number; members: string; sawEvents: boolean; strangers: number }>][] = [
    ['an object', '{"traceEvents": [{}, {}]}', { rows: 2, state: STATE.done, members: '' }],
    ['an array', '[{}, {}]', { rows: 2, state: STATE.done }],
    ['a byte order mark', '\ufeff[{}]', { rows: 1, state: STATE.done }],
    [
      'members before and after',
      '{"a": 1, "traceEvents": [{}], "b": {"c": [1, "]"]}, "d": "x"}',
      { rows: 1, state: STATE.done, members: 'a=1 b={"c": [1, "]"]} d="x"' },
    ],
    ['a member whose key has escapes', '{"a\\n": true, "traceEvents": []}', { state: STATE.done, members: 'a\n=true' }],
    ['two lists of events', '{"traceEvents": [{}], "traceEvents": [{}]}', { rows: 2, state: STATE.done }],
    ['traceEvents that are no list', '{"traceEvents": {}}', { rows: 0, state: STATE.done, sawEvents: false }],
    ['elements that are no records', '[{}, null, 5, "a,]", [{}], {}]', { rows: 2, strangers: 4, state: STATE.done }],
    ['a comma too many', '{"traceEvents": [{}, {},],}', { rows: 2, state: STATE.done }],
    ['an array without its end', '[{},\n{},\n', { rows: 2, state: STATE.events }],
    ['an end in the middle', '{"traceEvents": [{}, {"ph', { rows: 1, state: STATE.events }],
    ['an end in a member', '{"a": [1, 2', { rows: 0, state: STATE.value }],
    ['no comma', '[{} {}]', { rows: 1, state: STATE.broken }],
    ['no colon', '[{}, {"ph" "X"}]', { rows: 1, state: STATE.broken }],
    ['something behind the end', '{"traceEvents": []} x', { rows: 0, state: STATE.broken }],
    ['white space behind the end', '[]  \n ', { rows: 0, state: STATE.done }],
    ['no value', '{"a":, "traceEvents": []}', { state: STATE.broken }],
    ['no JSON', 'hello', { rows: 0, state: STATE.broken, sawEvents: false }],
    ['nothing', '', { rows: 0, state: STATE.start, sawEvents: false }],
  ];
  for (const [name, text, want] of cases) {
    it(name, async () => {
      const { rows, end } = await parse(text);
      const members = end.members.map((member) => `${member.key}=${member.text}`).join(' ');
      const got = { rows: rows.length, state: end.state, members, sawEvents: end.sawEvents, strangers: end.strangers };
      assert.deepEqual({ ...got, ...want }, got);
    });
  }
});

describe('sizes', () => {
  it('a record longer than any buffer', async () => {
    const long = `{"ph": "X", "name": "${'n'.repeat(3_000_000)}", "args": {"correlation": 5}}`;
    const text = bytes(`[{"ph": "a"}, ${long}, {"ph": "b"}]`);
    for (const [, parser] of parsers) {
      const { rows } = await parseAll(parser, inPieces(text, 100_000));
      assert.deepEqual(
        rows.map(({ ph, name, correlation }) => [ph, name?.length, correlation]),
        [
          ['a', undefined, undefined],
          ['X', 3_000_000, 5],
          ['b', undefined, undefined],
        ],
      );
    }
  });
  it('more records, names, categories and threads than a column has bits for', async () => {
    const count = 70_000;
    const text = bytes(`[${Array.from({ length: count }, (_, i) => `{"ph":"X","cat":"c${i}","name":"n${i}","pid":${i},"tid":"t${i}","ts":${i}}`).join(',')}]`);
    for (const [, parser] of parsers) {
      const { rows } = await parseAll(parser, inPieces(text, 1 << 19));
      assert.equal(rows.length, count);
      for (const [i, { cat, name, pid, tid, ts }] of rows.entries()) assert.deepEqual([cat, name, pid, tid, ts], [`c${i}`, `n${i}`, `${i}`, `t${i}`, i * 1000]);
    }
  });
  it('more counter args than fit into a block', async () => {
    const args = `{"a": "${'x'.repeat(1000)}"}`;
    const text = bytes(`[${Array.from({ length: 3000 }, () => `{"ph":"C","args":${args}}`).join(',')}, {"ph": "M", "args": {"a": "${'y'.repeat(1 << 20)}"}}]`);
    for (const [, parser] of parsers) {
      const { rows } = await parseAll(parser, inPieces(text, 1 << 19));
      assert.equal(rows.filter((row) => row.args === args).length, 3000);
      assert.equal(rows[3000].args, undefined, 'args of more than a megabyte are left out');
    }
  });
  it('a long top-level member keeps only its key', async () => {
    const { end } = await parse(`{"stackFrames": "${'f'.repeat(100_000)}", "traceEvents": []}`);
    assert.deepEqual(end.members, [{ key: 'stackFrames', text: '' }]);
  });
});
