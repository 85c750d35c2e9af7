/** Reports from the args of real traces against an independent program's figures. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import * as v from 'valibot';
import { readTrace } from '../src/core/read/read.js';
import { createAnalyses } from '../src/core/session/analyses.js';
import { createArgsReports } from '../src/core/session/argsReports.js';
import { openFile } from '../src/node/files.js';
import { isWithheld } from '../src/shared/analysis.js';
import { chromeTraces, missingTraces, tracePath } from './traces.js';

const Oracle = v.object({
  cpu_ops: v.array(v.object({ name: v.string(), count: v.number() })),
  memory_events: v.optional(v.object({ count: v.number(), peak_total_allocated: v.number() })),
  collectives: v.optional(v.array(v.object({ name: v.string(), dtype: v.string(), in_nelems: v.string(), count: v.number() }))),
});
const BYTES: Readonly<Record<string, number>> = { Float: 4, BFloat16: 2, Long: 8 };

const traces = chromeTraces();

describe('args of real traces against the oracle', { skip: missingTraces(traces.length) }, () => {
  const seen = { memory: 0, collectives: 0, roofline: 0 };
  for (const { name, path } of traces) {
    test(name, async () => {
      const oracle = v.parse(Oracle, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
      const file = await openFile(path);
      try {
        const { trace, records } = await readTrace(file);
        const analyses = createAnalyses(trace);
        const reports = createArgsReports(trace, records, analyses);

        const { timeline } = await reports.memory();
        const peak = isWithheld(timeline) ? undefined : timeline.reduce((most, { peakAllocatedBytes }) => Math.max(most, peakAllocatedBytes), 0);
        assert.equal(peak, oracle.memory_events?.peak_total_allocated);
        if (peak !== undefined) seen.memory++;

        const messages = await reports.messages();
        const sent = [...analyses.gpu().kernels].map((kernel) => messages(kernel)?.bytes ?? 0).filter((bytes) => bytes > 0);
        const expected = (oracle.collectives ?? []).flatMap(({ name: collective, dtype, in_nelems, count }) =>
          // The output of an all-gather on four GPUs is four times its input.
          Array(count).fill(Number(in_nelems) * BYTES[dtype] * (collective.includes('allgather') ? 4 : 1)),
        );
        assert.deepEqual(sent.sort(), expected.sort());
        if (sent.length > 0) seen.collectives++;

        const calls = new Map<string, number>();
        for (const row of (await reports.operatorsByShape()).rows) calls.set(row.name, (calls.get(row.name) ?? 0) + row.calls);
        assert.deepEqual(calls, new Map(oracle.cpu_ops.map(({ name: op, count }) => [op, count])));

        const { rows } = await reports.roofline();
        // Nothing is faster than it can be; what fits into the caches seems to read faster than memory can.
        if (!isWithheld(rows)) {
          for (const row of rows) assert.ok(row.bound === 'memory' || row.percentOfRoof <= 100, `${row.name} ${row.shapes}: ${row.percentOfRoof} %`);
          seen.roofline++;
        }
      } finally {
        await file.close();
      }
    });
  }
  after(() => assert.deepEqual(seen, { memory: 4, collectives: 4, roofline: 8 }));
});
