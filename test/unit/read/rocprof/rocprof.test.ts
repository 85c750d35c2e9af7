import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type ByteFile, memoryFile } from '../../../../src/core/read/bytes.js';
import { NotATrace, openRecords, readTrace, sniff } from '../../../../src/core/read/read.js';
import { cells, eachLine } from '../../../../src/core/read/rocprof/csv.js';
import { walkJson } from '../../../../src/core/read/rocprof/walkJson.js';
import { check } from '../../../../src/core/trace/check.js';
import { NONE, type Trace } from '../../../../src/core/trace/trace.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function drawn({ slices, strings, gpu, categories }: Trace): string[] {
  return Array.from({ length: slices.count }, (_, slice) => {
    const by = slice < gpu.count && gpu.launch[slice] !== NONE ? ` by ${strings.get(slices.name[gpu.launch[slice]])}` : '';
    return `${categories[slices.category[slice]].text} "${strings.get(slices.name[slice])}" ${slices.startNs[slice]}+${slices.durNs[slice]}${by}`;
  });
}

const record = ({ slices }: Trace, slice: number): number => slices.recordHigh[slice] * 2 ** 32 + slices.recordLow[slice];

/** A text in pieces of one size. */
function* pieces(text: string, size: number): Generator<Uint8Array> {
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

describe('objects of a JSON text', () => {
  const text = '{"a b": [{"x": "}\\"{", "y": [1]}, {"z": 2}], "c": {"d": {"e": "ü"}}, "a": [[{"no": 1}]], "list": ["{", "key: "]}';
  const found = (size: number): string[] => {
    const objects: string[] = [];
    const walker = walkJson(
      (path) => path === '.a b[]' || path === '.c.d',
      (path, object, offset) => objects.push(`${path} ${offset} ${object}`),
    );
    for (const piece of pieces(text, size)) walker.push(piece);
    assert.ok(walker.isWhole());
    return objects;
  };
  for (const size of [1, 2, 3, 7, 1000]) {
    it(`in pieces of ${size}`, () => {
      assert.deepEqual(found(size), ['.a b[] 9 {"x": "}\\"{", "y": [1]}', '.a b[] 34 {"z": 2}', '.c.d 56 {"e": "ü"}']);
    });
  }
  it('nested without end are refused', () => {
    assert.throws(() => walkJson(() => false, assert.fail).push(bytes('['.repeat(1000))), NotATrace);
  });
});

describe('lines of CSV', () => {
  it('end where no quote is open, wherever the pieces end', () => {
    for (const size of [1, 3, 100]) {
      const lines: string[] = [];
      const reader = eachLine((line, offset) => lines.push(`${offset} ${cells(line).join('|')}`));
      for (const piece of pieces('a,"b,\n""c"""\r\n,x\n"",last', size)) reader.push(piece);
      reader.finish();
      assert.deepEqual(lines, ['0 a|b,\n"c"', '14 |x', '17 |last']);
    }
  });
});

const KERNELS = `"Kind","Agent_Id","Queue_Id","Stream_Id","Thread_Id","Kernel_Name","Correlation_Id","Start_Timestamp","End_Timestamp","Workgroup_Size_X","Grid_Size_X"
"KERNEL_DISPATCH","Agent 1","2","3","9","gemm<float, 1>(float const*, int)","40","1777842320181574423","1777842320181574433","256","1024"
"KERNEL_DISPATCH","Agent 1","2","3","9","copy","41","1777842320181574450","1777842320181574460","64","64"
"KERNEL_DISPATCH","ragged"
`;
const CALLS = `"Domain","Function","Process_Id","Thread_Id","Correlation_Id","Start_Timestamp","End_Timestamp"
"HIP_RUNTIME_API_EXT","hipLaunchKernel","9","9","40","1777842320181574400","1777842320181574410"
`;

describe('CSV of rocprofv3', () => {
  const beside = async (name: string): Promise<ByteFile | undefined> => (name === 'run_hip_api_trace.csv' ? memoryFile(name, bytes(CALLS)) : undefined);

  it('is one trace with the files of its run', async () => {
    const file = memoryFile('run_kernel_trace.csv', bytes(KERNELS));
    const { trace, records } = await readTrace(file, { platform: { beside } });
    assert.deepEqual(check(trace), []);
    assert.deepEqual(drawn(trace), [
      'kernel "gemm<float, 1>(float const*, int)" 23+10 by hipLaunchKernel',
      'kernel "copy" 50+10',
      'hip_api "hipLaunchKernel" 0+10',
    ]);
    assert.match(trace.meta.problems[0].message, /^The line at byte \d+ has 2 cells, its header has 11/);
    const again = await openRecords(file, records.save(), { beside });
    for (const source of [records, again]) {
      assert.equal(JSON.parse(await source.text(record(trace, 0))).args.Kernel_Name, 'gemm<float, 1>(float const*, int)');
      assert.equal(JSON.parse(await source.text(record(trace, 2))).args.Function, 'hipLaunchKernel');
    }
    assert.equal((await sniff(file)).format, 'rocprof');
  });

  it('is a trace alone', async () => {
    const { trace } = await readTrace(memoryFile('run_kernel_trace.csv', bytes(KERNELS)));
    assert.deepEqual(drawn(trace), ['kernel "gemm<float, 1>(float const*, int)" 0+10', 'kernel "copy" 27+10']);
  });

  it('without rows, or of other tools, is refused', async () => {
    await assert.rejects(readTrace(memoryFile('a.csv', bytes(CALLS.split('\n')[0]))), /has no kernel, copy or call in it/);
    await assert.rejects(readTrace(memoryFile('a.csv', bytes('a,b\n1,2\n'))), /^NotATrace|A text file/);
  });
});

const JSON_TEXT = JSON.stringify({
  'rocprofiler-sdk-tool': [
    {
      metadata: { pid: 9, command: ['secret'] },
      agents: [
        { id: { handle: 1 }, type: 1, product_name: 'Xeon' },
        { id: { handle: 2 }, type: 2, product_name: 'MI300X' },
      ],
      strings: {
        buffer_records: [
          { kind: 'NONE', operations: [] },
          { kind: 'HIP_RUNTIME_API', operations: ['hipNothing', 'hipLaunchKernel'] },
        ],
      },
      kernel_symbols: [{ kernel_id: 8, formatted_kernel_name: 'gemm(int)', kernel_name: '_Z4gemm' }],
      buffer_records: {
        kernel_dispatch: [
          {
            thread_id: 9,
            correlation_id: { internal: 5 },
            start_timestamp: 'START1',
            end_timestamp: 'END1',
            dispatch_info: { agent_id: { handle: 2 }, queue_id: { handle: 'BIG' }, kernel_id: 8, workgroup_size: { x: 64 }, grid_size: { x: 256 } },
          },
        ],
        hip_api: [{ kind: 1, operation: 1, thread_id: 9, correlation_id: { internal: 5 }, start_timestamp: 'START2', end_timestamp: 'END2' }],
      },
    },
  ],
})
  .replace('"START1"', '1777842320181574423')
  .replace('"END1"', '1777842320181574433')
  .replace('"START2"', '1777842320181574403')
  .replace('"END2"', '1777842320181574408')
  .replace('"BIG"', '18446744073709551615');

describe('JSON of rocprofv3', () => {
  for (const [name, content] of [
    ['plain', bytes(JSON_TEXT)],
    ['gzip', gzipSync(JSON_TEXT)],
  ] as const) {
    it(name, async () => {
      const file = memoryFile('results.json', content);
      const { trace, records } = await readTrace(file);
      assert.deepEqual(check(trace), []);
      assert.deepEqual(drawn(trace), ['kernel "gemm(int)" 20+10 by hipLaunchKernel', 'hip_api "hipLaunchKernel" 0+5']);
      assert.deepEqual(trace.meta.devices, [{ id: '2', name: 'MI300X' }]);
      assert.deepEqual([trace.gpu.gridX[0], trace.tracks[0].info.stream], [4, '18446744073709551615']);
      for (const source of [records, await openRecords(file, records.save())]) {
        assert.match(await source.text(record(trace, 0)), /^{"args":{"thread_id":9,/);
      }
      assert.equal(trace.meta.damage, undefined);
    });
  }

  it('that ends early shows what was read', async () => {
    const { trace } = await readTrace(memoryFile('results.json', bytes(JSON_TEXT.slice(0, JSON_TEXT.indexOf('"hip_api"')))));
    assert.deepEqual(drawn(trace), ['kernel "gemm(int)" 0+10']);
    assert.match(trace.meta.damage ?? '', /^The file ends early, at byte \d+ of the JSON/);
  });

  it('without records is refused', async () => {
    await assert.rejects(readTrace(memoryFile('a.json', bytes('{"rocprofiler-sdk-tool": []}'))), (error) => error instanceof NotATrace);
  });
});
