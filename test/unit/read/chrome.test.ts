/** What becomes of each phase of a record, read off the finished trace. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { readTrace } from '../../../src/core/read/read.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';

async function read(records: string[], members = ''): Promise<Trace> {
  const text = `{"traceEvents": [${records.join(',\n')}]${members}}`;
  return (await readTrace(memoryFile('t.json', new TextEncoder().encode(text)))).trace;
}

/** Every slice as "track/depth name start+dur". */
function drawn({ slices, rows, tracks, strings }: Trace): string[] {
  const lines: string[] = [];
  for (let row = 0; row < rows.count; row++) {
    const { info, process, thread } = tracks[rows.track[row]];
    for (let i = rows.first[row]; i < rows.first[row + 1]; i++) {
      lines.push(`${info.kind} ${process}/${thread}/${rows.depth[row]} ${strings.get(slices.name[i])} ${slices.startNs[i]}+${slices.durNs[i]}`);
    }
  }
  return lines.sort();
}

const X = (name: string, ts: number, dur: number, more = '') => `{"ph": "X", "name": "${name}", "pid": 1, "tid": 1, "ts": ${ts}, "dur": ${dur}${more}}`;
const P = (ph: string, name: string, ts: number, more = '') => `{"ph": "${ph}", "name": "${name}", "pid": 1, "tid": 1, "ts": ${ts}${more}}`;

describe('phases', () => {
  const cases: [string, string[], string[]][] = [
    ['X', [X('a', 0, 5), X('b', 1, 2)], ['thread 1/1/0 a 0+5000', 'thread 1/1/1 b 1000+2000']],
    ['B, E', [P('B', 'a', 0), P('B', 'b', 1), P('E', '', 2), P('E', '', 4)], ['thread 1/1/0 a 0+4000', 'thread 1/1/1 b 1000+1000']],
    ['i, I', [P('i', 'a', 0), P('I', 'b', 1)], ['thread 1/1/0 a 0+0', 'thread 1/1/0 b 1000+0']],
    [
      'b, n, e',
      [P('b', 'a', 0, ', "cat": "c", "id": 1'), P('n', 'b', 1, ', "cat": "c", "id": 1'), P('e', 'a', 3, ', "cat": "c", "id": 1')],
      ['async 1/c/0 a 0+3000', 'async 1/c/1 b 1000+0'],
    ],
    ['S, T, F', [P('S', 'a', 0, ', "id": "0x1"'), P('T', 'a', 1, ', "id": "0x1"'), P('F', 'a', 3, ', "id": "0x1"')], ['async 1//0 a 0+3000']],
    [
      'ids that differ only beyond 53 bits',
      [
        P('b', 'a', 0, ', "id": 9007199254740992'),
        P('b', 'b', 1, ', "id": 9007199254740993'),
        P('e', 'a', 2, ', "id": 9007199254740992'),
        P('e', 'b', 4, ', "id": 9007199254740993'),
      ],
      ['async 1//0 a 0+2000', 'async 1//1 b 1000+3000'],
    ],
  ];
  for (const [name, records, want] of cases) {
    it(name, async () => {
      const lines = drawn(await read(records));
      assert.deepEqual(
        lines.map((line) => line.trim()),
        want,
      );
    });
  }
  it('C: a series for each arg', async () => {
    const trace = await read([
      X('a', 0, 9),
      P('C', 'memory', 1, ', "args": {"used": 5, "free": 7.5}'),
      P('C', 'memory', 2, ', "args": {"used": 6, "free": "6"}'),
      P('C', 'queue', 2, ', "args": {"value": 1}'),
    ]);
    const series = trace.tracks
      .filter(({ info }) => info.kind === 'counter')
      .map(({ info, firstSample, sampleCount }) => {
        const values = trace.counters.value.subarray(firstSample, firstSample + sampleCount);
        return `${info.name}: ${Array.from(values).join(' ')}`;
      });
    assert.deepEqual(series.sort(), ['memory free: 7.5 6', 'memory used: 5 6', 'queue: 1']);
  });
  it('M: names and order', async () => {
    const M = (name: string, args: string) => `{"ph": "M", "name": "${name}", "pid": 1, "tid": 2, "args": {${args}}}`;
    const trace = await read([
      '{"ph": "X", "name": "a", "pid": 1, "tid": 2, "ts": 0, "dur": 9}',
      M('process_name', '"name": "py\\u0074hon3"'),
      M('thread_name', '"name": "worker"'),
      M('process_sort_index', '"sort_index": 5'),
    ]);
    assert.match(trace.groups[0].name, /python3/);
    assert.match(trace.tracks[0].info.name, /worker/);
  });
  it('s, f: recorded arrows, but not those from launches to kernels', async () => {
    const arrow = (cat: string) => [P('s', cat, 1, `, "cat": "${cat}", "id": 7`), P('f', cat, 6, `, "cat": "${cat}", "id": 7, "bp": "e"`)];
    const trace = await read([X('from', 0, 3), X('to', 5, 3), ...arrow('fwdbwd'), ...arrow('ac2g')]);
    const name = (slice: number) => trace.strings.get(trace.slices.name[slice]);
    assert.deepEqual(
      Array.from(trace.flows.from, (from, i) => [name(from), name(trace.flows.to[i])]),
      [['from', 'to']],
    );
  });
});

describe('GPU records', () => {
  const kernel = (cat: string, args: string) => `{"ph": "X", "cat": "${cat}", "name": "k", "pid": 0, "tid": 7, "ts": 5, "dur": 2, "args": {${args}}}`;
  it('lie on streams, also when a thread has the same ids', async () => {
    const thread = '{"ph": "X", "cat": "cpu_op", "name": "op", "pid": 0, "tid": 7, "ts": 4, "dur": 9}';
    assert.deepEqual(
      drawn(await read([thread, kernel('kernel', '')])),
      ['stream 0/7/0 k 5000+2000', 'thread 0/7/0 op 4000+9000'].map((line) =>
        line.replace(/(\d)000\+/, (_, d) => `${Number(d) - 4}000+`).replace(' 0000+', ' 0+'),
      ),
    );
  });
  it('of every backend and year', async () => {
    for (const cat of ['kernel', 'Kernel', 'gpu_memcpy', 'Memcpy', 'gpu_memset', 'Memset', 'privateuse1_kernel']) {
      const { gpu } = await read([kernel(cat, '')]);
      assert.equal(gpu.count, 1, cat);
    }
  });
  it('device and stream are those of the args', async () => {
    const { tracks } = await read([kernel('kernel', '"device": 3, "stream": "20"')]);
    assert.deepEqual([tracks[0].info.device, tracks[0].info.stream], ['3', '20']);
  });
  it('grid, bytes and ids', async () => {
    const { gpu, slices } = await read([
      kernel('gpu_memcpy', '"grid": [12, 1, 1], "bytes": 5000000000, "correlation": 8, "External id": 9'),
      kernel('kernel', ''),
    ]);
    const at = slices.correlation.indexOf(8);
    assert.deepEqual([gpu.gridX[at], gpu.bytes[at], slices.external[at]], [12, 5_000_000_000, 9]);
    assert.deepEqual([gpu.gridX[1 - at], gpu.bytes[1 - at], slices.correlation[1 - at], slices.external[1 - at]], [0, 0, NONE, NONE]);
  });
  it('correlations beyond 32 bits still find their launch', async () => {
    const launch = (id: string, ts: number) =>
      `{"ph": "X", "cat": "cuda_runtime", "name": "l${id}", "pid": 1, "tid": 1, "ts": ${ts}, "dur": 1, "args": {"correlation": ${id}}}`;
    for (const id of ['4294967296', '4294967295', '18446744073709551615']) {
      const { gpu, slices, strings } = await read([launch('1', 0), launch(id, 2), kernel('kernel', `"correlation": ${id}`)]);
      assert.equal(strings.get(slices.name[gpu.launch[0]]), `l${id}`);
    }
  });
});

describe('frames that ran before the recording', () => {
  const frame = (name: string, pid: number, tid: number, ts: number, dur: number) =>
    `{"ph": "X", "cat": "python_function", "name": "${name}", "pid": ${pid}, "tid": ${tid}, "ts": ${ts}, "dur": ${dur}}`;
  it('go to the main thread', async () => {
    const trace = await read([frame('main', 0, 0, 0, 100), frame('run', 50, 0, 1, 90), frame('f', 50, 50, 5, 10)]);
    assert.deepEqual(drawn(trace), ['thread 50/50/0 main 0+100000', 'thread 50/50/1 run 1000+90000', 'thread 50/50/2 f 5000+10000']);
  });
  it('stay where they are when there are two', async () => {
    const trace = await read([frame('main', 0, 0, 0, 100), frame('f', 50, 50, 5, 10), frame('g', 60, 60, 5, 10)]);
    assert.deepEqual(drawn(trace), ['thread 0/0/0 main 0+100000', 'thread 50/50/0 f 5000+10000', 'thread 60/60/0 g 5000+10000']);
  });
});

describe('what a file says of itself', () => {
  it('Kineto', async () => {
    const members =
      ', "schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "NVIDIA H100"}], "distributedInfo": {"backend": "nccl", "rank": 3, "world_size": 8}, "baseTimeNanoseconds": 1743521598000000000, "with_stack": 1, "traceName": "/tmp/a \\"b\\".json"';
    const { meta } = await read([X('a', 3676599907409.475, 1)], members);
    assert.equal(meta.format, 'Kineto JSON');
    assert.equal(meta.producer, 'PyTorch profiler');
    assert.deepEqual(meta.devices, [{ id: '0', name: 'NVIDIA H100' }]);
    assert.deepEqual([meta.rank, meta.worldSize], [3, 8]);
    assert.equal(meta.epochNs, String(1743521598000000000n + 3676599907409475n));
    assert.deepEqual(meta.facts, [
      { key: 'backend', value: 'nccl' },
      { key: 'schemaVersion', value: '1' },
      { key: 'with_stack', value: '1' },
      { key: 'traceName', value: '/tmp/a "b".json' },
    ]);
  });
  it('Chrome', async () => {
    const { meta } = await read([X('a', 5, 1)]);
    assert.deepEqual([meta.format, meta.producer, meta.epochNs, meta.rank, meta.events], ['Chrome JSON', '', '', undefined, 1]);
  });
  it('Kineto of 2021, whose time stamps count from 1970', async () => {
    const { meta } = await read([
      '{"ph": "X", "cat": "Trace", "name": "PyTorch Profiler (0)", "pid": "Traces", "tid": "PyTorch Profiler", "ts": 1606910596288053, "dur": 5}',
      X('a', 1606910596288055, 1),
    ]);
    assert.deepEqual([meta.format, meta.epochNs.slice(0, 13)], ['Kineto JSON', '1606910596288']);
  });
});
