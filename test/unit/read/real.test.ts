/** Both parsers against JSON.parse on every record of every real trace. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { chromeTraces } from '../../traces.js';
import { createOracle, isObject, parseJson } from './oracle.js';
import { inPieces, parsers, type Row } from './parsers.js';

const traces = chromeTraces();
const fields: (keyof Row)[] = ['ph', 'cat', 'name', 'pid', 'tid', 'ts', 'dur', 'id', 'correlation', 'external', 'gridX', 'bytes', 'device', 'stream', 'bind'];

describe('every record of every real trace', { skip: traces.length === 0 && 'the real traces are not there' }, () => {
  for (const { name, path } of traces) {
    it(name, async () => {
      const file = readFileSync(path);
      const text = file[0] === 0x1f ? gunzipSync(file) : file;
      const parsed = parseJson(text.toString());
      const events = isObject(parsed) ? parsed.traceEvents : parsed;
      assert.ok(Array.isArray(events));
      for (const [parser, parse] of parsers) {
        const oracle = createOracle();
        let index = 0;
        let waiting: Row | undefined; // for where the next record begins
        const compare = (row: Row, end: number): void => {
          const event: unknown = events[index++];
          assert.ok(isObject(event), `${parser}: record ${index} is one too many`);
          assert.ok(row.record < end && text[row.record] === 0x7b, `${parser}: record ${index} begins elsewhere`);
          const want = oracle.row(event, text.toString('latin1', row.record, end), row.record);
          for (const field of fields) {
            if (row[field] !== want[field]) assert.fail(`${parser}: ${field} of record ${index} at byte ${row.record} is ${row[field]}, not ${want[field]}`);
          }
          if (want.args !== row.args) assert.equal(JSON.stringify(parseJson(row.args ?? 'null')), want.args);
        };
        const end = await parse(inPieces(text, 300_007), (row) => {
          if (waiting) compare(waiting, row.record);
          waiting = row;
        });
        if (waiting) compare(waiting, Math.min(text.length, waiting.record + 10_000));
        assert.equal(index, events.length, parser);
        assert.equal(end.baseNs, oracle.base());
        const members = isObject(parsed) ? Object.keys(parsed).filter((key) => key !== 'traceEvents') : [];
        assert.deepEqual(
          end.members.map(({ key }) => key),
          members,
        );
        for (const { key, text } of end.members) if (isObject(parsed)) assert.deepEqual(JSON.parse(text), parsed[key]);
      }
    });
  }
});
