/** The two public Perfetto traces, against what an independent program read from them (reference.py). */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { readTrace } from '../../../../src/core/read/read.js';
import { check } from '../../../../src/core/trace/check.js';
import { openFile } from '../../../../src/node/files.js';
import { tracePath } from '../../../traces.js';

/** Times in µs with three decimals. */
const Reference = v.object({
  packets: v.number(),
  track_events: v.record(v.string(), v.number()),
  track_descriptors: v.number(),
  ts_range_ns: v.tuple([v.number(), v.number()]),
  slice_count: v.number(),
  slices: v.array(v.object({ name: v.string(), count: v.number(), total: v.number(), min: v.number(), max: v.number() })),
});

const FILES = ['amd-rocprofv3-hip-api-only.pftrace', 'perfetto-nested-tracks.perfetto-trace'];

describe('real traces', () => {
  for (const name of FILES) {
    const path = tracePath(name);
    const skip = existsSync(path) ? false : `${name} is not there`;
    it(`${name}: names, counts and durations to the nanosecond`, { skip }, async () => {
      const reference = v.parse(Reference, JSON.parse(readFileSync(tracePath(`reference/${name}.json`), 'utf8')));
      const { trace, records } = await readTrace(await openFile(path));
      const { slices, strings, meta } = trace;
      assert.deepEqual(check(trace), []);
      assert.deepEqual([meta.problems, meta.damage], [[], undefined]);
      assert.equal(meta.facts.find(({ key }) => key === 'packets')?.value, String(reference.packets));
      assert.equal(
        meta.events,
        Object.values(reference.track_events).reduce((sum, count) => sum + count, 0),
      );
      assert.equal(slices.count, reference.slice_count);
      assert.equal(trace.durationNs, reference.ts_range_ns[1] - reference.ts_range_ns[0]);
      const byName = new Map<string, number[]>();
      for (let slice = 0; slice < slices.count; slice++) {
        const text = strings.get(slices.name[slice]);
        byName.set(text, [...(byName.get(text) ?? []), slices.durNs[slice]]);
      }
      for (const { name, count, total, min, max } of reference.slices) {
        const durs = byName.get(name) ?? [];
        const sum = durs.reduce((all, dur) => all + dur, 0);
        assert.deepEqual([durs.length, sum, Math.min(...durs), Math.max(...durs)], [count, ...[total, min, max].map((us) => Math.round(us * 1000))], name);
      }
      for (const slice of [0, slices.count - 1]) assert.match(await records.text(slices.recordLow[slice]), /^\{"args":\{.*\}\}$/);
    });
  }
  it('rocprofv3: a thread of calls with their args and the time of day', { skip: existsSync(tracePath(FILES[0])) ? false : 'no traces' }, async () => {
    const { trace, records } = await readTrace(await openFile(tracePath(FILES[0])));
    assert.deepEqual(
      trace.groups.map(({ name, detail }) => [name, detail]),
      [['./turbulence.hip', 'pid 3619281']],
    );
    assert.deepEqual(
      trace.categories.filter(({ text }) => text !== '').map(({ text, kind }) => [text, kind]),
      [['hip_api', 'launch']],
    );
    const [first] = trace.slices.recordLow;
    const { args } = v.parse(v.object({ args: v.record(v.string(), v.number()) }), JSON.parse(await records.text(first)));
    assert.deepEqual([args.begin_ns, args.delta_ns, args.corr_id], [1046276861166610, 135538946, 1]);
    // REALTIME − BOOTTIME of its first snapshot, added to the first event.
    assert.equal(trace.meta.epochNs, String(1781700564744605683n - 1046297567067567n + 1046276861166610n));
  });
  it('nested tracks: every arrow, and children behind their parents', { skip: existsSync(tracePath(FILES[1])) ? false : 'no traces' }, async () => {
    const { trace } = await readTrace(await openFile(tracePath(FILES[1])));
    const names = [...trace.order].slice(0, 4).map((id) => trace.tracks[id].info.name);
    assert.deepEqual(names, ['L1 Track 01', 'L2 Track 02', 'L3 Track 03', 'L4 Track 04']);
    // Each of the 1364 tracks but the four outermost has an arrow from its parent.
    assert.equal(trace.flows.from.length, 1360);
  });
});
