/** AWS Neuron's system_profile.json, after what its documentation and public readers say of it: no real file is public. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { executionName, neuronKind, readNeuronModel } from '../../../src/core/read/neuron/names.js';
import { openRecords, readTrace, sniff } from '../../../src/core/read/read.js';
import { check } from '../../../src/core/trace/check.js';

const AT = 1_729_888_371_056_597_613n;
const event = (name: string, start: number, duration: number, more = ''): string =>
  `{"name": "${name}", "timestamp": ${AT + BigInt(start)}, "duration": ${duration}, "group": "nrt-nc-000", "instance_id": "i-0f20", "process_id": "701", "thread_id": 9, "lnc_idx": "0", "worker_gid": 2, "type": "neuron_rt"${more}}`;
const model = (part: string, bucket: number): string => `, "model_name": "tmp/nxd_model/${part}_model/_tp0_bk${bucket}/graph.neff"`;
const events = [
  event('nrt_execute', 0, 10, model('context_encoding', 0)),
  event('nc_exec_running', 2, 6, ', "exec_id": 5'),
  event('nrt_model_submit', 1, 1, ', "exec_id": 5'),
  event('nrt_execute', 20, 5, model('token_generation', 1)),
  event('nrt_tensor_read', 30, 3, ', "size": 4096'),
].join(',\n');

describe('system_profile.json', () => {
  const texts: [string, string][] = [
    ['trace_events', `{"trace_events": [${events}], "mem_usage": [], "cpu_util": [{"a": 1}]}`],
    ['trace_event', `{"trace_event": [${events}]}`],
    ['a bare list', `[${events}]`],
  ];
  for (const [name, text] of texts) {
    it(`${name}: executions by phase, work on the core with its launch, args as recorded`, async () => {
      for (const bytes of [Buffer.from(text), gzipSync(text)]) {
        const file = memoryFile('system_profile.json', bytes);
        assert.equal((await sniff(file)).says, 'AWS Neuron system profile');
        const { trace, records } = await readTrace(file);
        assert.deepEqual(check(trace), []);
        const { slices, strings, categories, gpu, meta } = trace;
        assert.deepEqual(
          Array.from(
            slices.name,
            (id, slice) => `${strings.get(id)} ${slices.startNs[slice]}+${slices.durNs[slice]} ${categories[slices.category[slice]].kind}`,
          ),
          [
            'nc_exec_running 2+6 kernel',
            'nrt_execute [prefill tp0 bk0] 0+10 annotation',
            'nrt_execute [decode tp0 bk1] 20+5 annotation',
            'nrt_tensor_read 30+3 launch',
            'nrt_model_submit 1+1 launch',
          ],
        );
        assert.equal(strings.get(slices.name[gpu.launch[0]]), 'nrt_model_submit');
        assert.deepEqual([meta.format, meta.rank, meta.epochNs, meta.damage], ['Neuron JSON', 0, String(AT), undefined]);
        assert.deepEqual(
          trace.groups.map((group) => group.name),
          ['NC 0', 'i-0f20'],
        );
        const place = slices.recordHigh[0] * 2 ** 32 + slices.recordLow[0];
        for (const found of [records, await openRecords(file, records.save())]) {
          assert.equal(await found.text(place), `{"args":${event('nc_exec_running', 2, 6, ', "exec_id": 5')}}`);
        }
      }
    });
  }
  it('cut short: what was read, and where it ends', async () => {
    const text = `{"trace_events": [${events}`;
    for (let length = event('nrt_execute', 0, 10, model('context_encoding', 0)).length + 20; length < text.length; length += 13) {
      const { trace } = await readTrace(memoryFile('system_profile.json', Buffer.from(text.slice(0, length))));
      assert.match(trace.meta.damage ?? '', /^The file ends early, at byte \d+ of the JSON; the \d events? before it (was|were) read\.$/);
    }
  });
});

describe('raw captures', () => {
  for (const name of ['2120860766_instid_0_vnc_0.ntff', 'neff_2120860766.neff', 'ntrace.pb']) {
    it(`${name} is refused with the command that converts it`, async () => {
      await assert.rejects(
        readTrace(memoryFile(name, Uint8Array.of(10, 3, 8, 1, 16))),
        /Run `neuron-explorer view -d .* --output-format perfetto` and open the system_profile\.pftrace/,
      );
    });
  }
});

describe('names', () => {
  const models: [string, string | undefined][] = [
    ['tmp/nxd_model/context_encoding_model/_tp0_bk3/model.MODULE_6d16+ad9e.neff', 'x [prefill tp0 bk3]'],
    ['token_generation_model/_tp12_bk0/graph.neff', 'x [decode tp12 bk0]'],
    ['/tmp/nxd_model/fused_speculation_model/_tp1_bk0/graph.neff', 'x [fused_speculation tp1 bk0]'],
    ['graph.neff', undefined],
    ['', undefined],
  ];
  for (const [name, called] of models) {
    it(name || 'nothing', () => {
      const read = readNeuronModel(name);
      assert.equal(read && executionName('x', read), called);
    });
  }
  it('kinds', () => {
    assert.deepEqual(['nc_exec_running', 'cc_running', 'nrt_execute', 'kbl_exec_pre', 'aten::mm'].map(neuronKind), [
      'kernel',
      'kernel',
      'launch',
      'launch',
      undefined,
    ]);
  });
});
