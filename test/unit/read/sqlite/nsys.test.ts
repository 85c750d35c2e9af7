import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { memoryFile } from '../../../../src/core/read/bytes.js';
import { NotATrace, openRecords, readTrace, sniff } from '../../../../src/core/read/read.js';
import { check } from '../../../../src/core/trace/check.js';
import { NONE, type Trace } from '../../../../src/core/trace/trace.js';
import { openFile } from '../../../../src/node/files.js';
import { nodePlatform } from '../../../../src/node/platform.js';
import { readFrom, type Tables, withDatabase } from './database.js';

/** HW 255 and VM 1: the sign bit is set, and no double holds the whole number. */
const MACHINE = -(1n << 56n) + (1n << 48n);
const process = (pid: number): bigint => MACHINE + (BigInt(pid) << 24n);
const thread = (pid: number, tid: number): bigint => process(pid) + BigInt(tid);

const STRINGS: Tables[string] = [
  'id value',
  [1, 'gemm<float>'],
  [2, 'cudaLaunchKernel_v7000'],
  [3, 'cudaGraphLaunch_v10000_ptsz'],
  [4, 'from textId'],
  [5, 'worker'],
  [6, 'attention'],
  [7, 'cuLaunchKernel'],
];
const KERNELS =
  'start end deviceId streamId correlationId globalPid demangledName gridX gridY gridZ blockX blockY blockZ staticSharedMemory dynamicSharedMemory graphNodeId';
const CALLS = 'start end eventClass globalTid correlationId nameId';

/** Two processes on one GPU that use the same stream and the same correlation ids. */
const TWO: Tables = {
  StringIds: STRINGS,
  CUPTI_ACTIVITY_KIND_KERNEL: [
    KERNELS,
    [1000, 1100, 0, 7, 5, process(10), 1, 2, 3, 4, 32, 1, 1, 100, 20, null],
    [1050, 1200, 0, 7, 5, process(11), 6, 8, 1, 1, 64, 1, 1, 0, 0, 77],
    [5000, 5100, 0, 7, 9, process(10), 1, 1, 1, 1, 1, 1, 1, 0, 0, null],
  ],
  CUPTI_ACTIVITY_KIND_RUNTIME: [CALLS, [900, 950, 0, thread(10, 100), 5, 2], [910, 960, 1, thread(11, 110), 5, 7], [-50, -40, 0, thread(10, 100), 1, 3]],
  NVTX_EVENTS: [
    'start end eventType text textId globalTid domainId',
    [0, null, 75, 'NCCL', null, thread(10, 100), 3],
    [800, 990, 59, 'layer 1', null, thread(10, 100), 0],
    [820, 980, 59, null, 4, thread(10, 100), 3],
    [100, 4000, 60, 'open elsewhere', null, thread(10, 100), 0],
    [850, null, 34, 'mark', null, thread(10, 100), 0],
    [840, null, 59, 'never popped', null, thread(11, 110), 0],
  ],
  ThreadNames: ['nameId globalTid', [5, thread(10, 100)]],
  PROCESSES: ['globalPid pid name', [process(10), 10, '/home/somebody/bin/python3']],
  TARGET_INFO_SESSION_START_TIME: ['utcEpochNs', [1_777_842_320_181_574_423n]],
  META_DATA_EXPORT: ['name value', ['EXPORT_PRODUCT_VERSION', '2026.1.1'], ['EXPORT_SCHEMA_VERSION', '3.24.14']],
  META_DATA_CAPTURE: [
    'name value',
    ['PROCESS_0:ENVIRONMENT_VARIABLE', 'TOKEN=secret'],
    ['PROCESS_0:USER_NAME', 'somebody'],
    ['CUDA_TRACE_SCOPE', 'ProcessTree'],
  ],
  TARGET_INFO_SYSTEM_ENV: ['name value', ['HOSTNAME', 'secret']],
};

/** Each slice as "track: name start+dur launch". */
function drawn({ slices, strings, rows, tracks, groups, gpu, categories }: Trace): string[] {
  return Array.from({ length: slices.count }, (_, slice) => {
    let row = 0;
    while (rows.first[row + 1] <= slice) row++;
    const { info } = tracks[rows.track[row]];
    const call = slice < gpu.count ? gpu.launch[slice] : NONE;
    const by = call === NONE ? '' : ` by ${strings.get(slices.name[call])} at ${slices.startNs[call]}`;
    const place = `${groups[info.group].name}, ${info.name}`;
    return `${place}: ${categories[slices.category[slice]].text} "${strings.get(slices.name[slice])}" ${slices.startNs[slice]}+${slices.durNs[slice]}${by}`;
  });
}

describe('an Nsight Systems export', () => {
  it('joins calls and kernels of each process, names threads, and nests ranges', () =>
    withDatabase(TWO, async (file) => {
      const { trace } = await readFrom(file);
      assert.deepEqual(check(trace), []);
      // The trace begins with the earliest call, 50 ns before the recording's zero.
      assert.deepEqual(drawn(trace), [
        'GPU 0, Stream 7: kernel "gemm<float>" 1050+100 by cudaLaunchKernel at 950',
        'GPU 0, Stream 7: kernel "gemm<float>" 5050+100',
        'GPU 0, Stream 7 of 11: kernel "attention" 1100+150 by cuLaunchKernel at 960',
        'python3, worker: cuda_runtime "cudaGraphLaunch_ptsz" 0+10',
        'python3, worker: nvtx "layer 1" 850+190',
        'python3, worker: nvtx NCCL "from textId" 870+160',
        'python3, worker: nvtx_mark "mark" 900+0',
        'python3, worker: cuda_runtime "cudaLaunchKernel" 950+50',
        'Process 11, Thread 110: nvtx "never popped" 890+4260',
        'Process 11, Thread 110: cuda_driver "cuLaunchKernel" 960+50',
        'python3, NVTX: nvtx "open elsewhere" 150+3900',
      ]);
      assert.equal(trace.meta.epochNs, String(1_777_842_320_181_574_423n - 50n));
      assert.equal(trace.meta.producer, 'Nsight Systems 2026.1.1');
    }));

  it('never tells environments, users and commands', () =>
    withDatabase(TWO, async (file) => {
      const { trace } = await readFrom(file);
      const { strings, meta, groups } = trace;
      const said = JSON.stringify([meta, groups, Array.from({ length: trace.slices.count }, (_, slice) => strings.get(trace.slices.name[slice]))]);
      for (const secret of ['secret', 'somebody', 'TOKEN', 'HOSTNAME']) assert.ok(!said.includes(secret), secret);
      assert.deepEqual(
        meta.facts.map(({ key }) => key),
        ['nsys version', 'export schema', 'CUDA trace scope'],
      );
    }));

  it('gives the args of a slice by the names that Kineto has, also after it was opened again', () =>
    withDatabase(TWO, async (file) => {
      const { trace, records } = await readFrom(file);
      const second = Array.from({ length: 3 }, (_, slice) => slice).find((slice) => trace.strings.get(trace.slices.name[slice]) === 'attention') ?? 0;
      const record = trace.slices.recordHigh[second] * 2 ** 32 + trace.slices.recordLow[second];
      const opened = await openFile(file);
      const again = await openRecords(opened, records.save(), nodePlatform(file));
      for (const source of [records, again]) {
        const { args } = JSON.parse(await source.text(record));
        assert.deepEqual([args.grid, args.block, args['graph node id'], args.demangledName, args.stream], [[8, 1, 1], [64, 1, 1], 77, 'attention', 7]);
      }
      const offsets = Float64Array.from(trace.slices.recordLow.slice(0, 3), (low, slice) => low + trace.slices.recordHigh[slice] * 2 ** 32).sort();
      const grids: unknown[] = [];
      await records.pass(offsets, (index, text) => (grids[index] = JSON.parse(text).args.grid));
      assert.deepEqual(grids, [
        [2, 3, 4],
        [8, 1, 1],
        [1, 1, 1],
      ]);
      await opened.close();
    }));

  it('reads exports of 2021: other table for versions, fewer columns', () =>
    withDatabase(
      {
        StringIds: STRINGS,
        EXPORT_META_DATA: ['name value', ['EXPORT_PRODUCT_VERSION', '2021.3.1']],
        CUPTI_ACTIVITY_KIND_KERNEL: ['start end deviceId streamId correlationId globalPid demangledName', [10, 20, 0, 7, 1, process(10), 1]],
        CUPTI_ACTIVITY_KIND_RUNTIME: ['start end globalTid correlationId nameId', [5, 9, thread(10, 10), 1, 2]],
        CUPTI_ACTIVITY_KIND_MEMCPY: ['start end deviceId streamId correlationId globalPid bytes copyKind', [30, 40, 0, 7, 2, process(10), 4096, 1]],
      },
      async (file) => {
        const { trace } = await readFrom(file);
        assert.deepEqual(drawn(trace), [
          'GPU 0, Stream 7: kernel "gemm<float>" 5+10 by cudaLaunchKernel at 0',
          'GPU 0, Stream 7: gpu_memcpy "Memcpy HtoD" 25+10',
          'Process 10, Main thread: cuda_runtime "cudaLaunchKernel" 0+4',
        ]);
        assert.deepEqual([trace.meta.producer, trace.gpu.bytes[1]], ['Nsight Systems 2021.3.1', 4096]);
      },
    ));

  it('shows graphs that were recorded as a whole, and says what is missing', () =>
    withDatabase(
      {
        StringIds: STRINGS,
        CUPTI_ACTIVITY_KIND_GRAPH_TRACE: ['start end deviceId streamId correlationId globalPid graphId', [20, 90, 0, 7, 1, process(10), 12]],
        CUPTI_ACTIVITY_KIND_RUNTIME: [CALLS, [5, 9, 0, thread(10, 10), 1, 3]],
        CUPTI_ACTIVITY_KIND_SYNCHRONIZATION: [
          'start end deviceId streamId correlationId globalPid syncType',
          [90, 95, 0, 7, 2, process(10), 3],
          [96, 97, 0, 99, 3, process(10), 1],
          [97, 98, 0, 4_294_967_295, 4, process(10), 4],
        ],
        GPU_METRICS: ['timestamp typeId metricId value', [10, 256, 1, 40], [20, 256, 1, 60]],
        TARGET_INFO_GPU_METRICS: ['typeId metricId metricName', [256, 1, 'SMs Active']],
      },
      async (file) => {
        const { trace } = await readFrom(file);
        assert.deepEqual(drawn(trace), [
          'GPU 0, Stream 7: graph_kernel "CUDA graph 12" 15+70 by cudaGraphLaunch_ptsz at 0',
          'GPU 0, Annotations: cuda_sync "Stream Sync" 85+5',
          'GPU 0, Annotations: cuda_sync "Event Sync" 91+1',
          'GPU 0, Annotations: cuda_sync "Context Sync" 92+1',
          'Process 10, Main thread: cuda_runtime "cudaGraphLaunch_ptsz" 0+4',
        ]);
        // Streams that did nothing share a track.
        assert.deepEqual(
          trace.tracks.filter(({ info }) => info.kind === 'gpuAnnotation').map(({ info }) => info.detail),
          ['stream 7', 'all streams'],
        );
        assert.match(trace.meta.problems[0].message, /--cuda-graph-trace=node/);
        const counter = trace.tracks.find(({ info }) => info.kind === 'counter');
        assert.deepEqual([counter?.info.name, [...trace.counters.value]], ['SMs Active', [40, 60]]);
      },
    ));

  it('numbers GPUs as the machine does, not as the process does', () =>
    withDatabase({ ...TWO, TARGET_INFO_CUDA_DEVICE: ['gpuId cudaId pid', [0, 0, 10], [3, 0, 11]], TARGET_INFO_GPU: ['id name', [3, 'H100']] }, async (file) => {
      const { trace } = await readFrom(file);
      assert.deepEqual(
        trace.groups.map(({ name }) => name),
        ['GPU 0', 'GPU 3 · H100', 'python3', 'Process 11'],
      );
    }));

  it('stops when it is told to, and keeps what was read', () =>
    withDatabase(
      {
        StringIds: STRINGS,
        CUPTI_ACTIVITY_KIND_KERNEL: [
          KERNELS,
          ...Array.from({ length: 9000 }, (_, i) => [i * 10, i * 10 + 5, 0, 7, i, process(10), 1, 1, 1, 1, 1, 1, 1, 0, 0, null]),
        ],
      },
      async (file) => {
        const { trace } = await readFrom(file, { cancelled: () => true });
        assert.match(trace.meta.damage ?? '', /^Reading was cancelled/);
        assert.ok(trace.slices.count > 0 && trace.slices.count < 9000);
      },
    ));
});

describe('databases that are refused', () => {
  const cases: [name: string, tables: Tables, message: RegExp][] = [
    ['nvprof', { StringTable: ['_id_ value'], CUPTI_ACTIVITY_KIND_DRIVER: ['start'] }, /^An nvprof database/],
    ['Ascend', { CANN_API: ['startNs'], STRING_IDS: ['id value'] }, /^A database of Ascend's/],
    ['a browser', { urls: ['id url'], visits: ['id'] }, /^A browser's history/],
    ['anything', { customers: ['id'], orders: ['id'] }, /^An SQLite database with the tables customers, orders, and none of a profiler's\. Kernel Lens opens/],
    ['an export in which nothing happened', { StringIds: STRINGS, META_DATA_EXPORT: ['name value'] }, /^No GPU activity, call or range/],
    ['columns that mean nothing', { StringIds: STRINGS, CUPTI_ACTIVITY_KIND_KERNEL: ['a b c', [1, 2, 3]] }, /^No GPU activity/],
  ];
  for (const [name, tables, message] of cases) {
    it(name, () =>
      withDatabase(tables, async (file) => {
        await assert.rejects(readFrom(file), (error) => {
          assert.ok(error instanceof NotATrace);
          assert.match(error.message, message);
          return true;
        });
      }),
    );
  }

  it('views are not read: they run what the file says', () =>
    withDatabase(
      { StringIds: STRINGS, META_DATA_EXPORT: ['name value'] },
      async (file) => void (await assert.rejects(readFrom(file), /No GPU activity/)),
      'CREATE VIEW CUPTI_ACTIVITY_KIND_KERNEL AS WITH RECURSIVE n(start) AS (SELECT 1 UNION ALL SELECT start + 1 FROM n) SELECT * FROM n;',
    ));

  it('where there is no SQLite', () =>
    withDatabase(TWO, async (file) => {
      await assert.rejects(readTrace(memoryFile('a.sqlite', readFileSync(file))), /desktop VS Code/);
    }));
});

describe('a damaged database', () => {
  const MANY: Tables = {
    StringIds: STRINGS,
    CUPTI_ACTIVITY_KIND_KERNEL: [
      KERNELS,
      ...Array.from({ length: 3000 }, (_, i) => [i * 10, i * 10 + 5, 0, 7, i, process(10), 1, 1, 1, 1, 1, 1, 1, 0, 0, null]),
    ],
  };

  it('that ends early shows what can be read, or is refused in a sentence', () =>
    withDatabase(MANY, async (file) => {
      const whole = readFileSync(file);
      for (const share of [0.9, 0.5, 0.2, 0.01]) {
        writeFileSync(file, whole);
        truncateSync(file, Math.floor(whole.length * share));
        const result = await readFrom(file).catch((error: unknown) => error);
        if (result instanceof Error) assert.ok(result instanceof NotATrace && result.message.length > 20, String(result));
        else assert.match((result as Awaited<ReturnType<typeof readFrom>>).trace.meta.damage ?? '', /damaged/, `${share}`);
      }
    }));

  it('of which any byte is wrong never does worse than that', () =>
    withDatabase(MANY, async (file) => {
      const whole = readFileSync(file);
      let seed = 7;
      for (let round = 0; round < 40; round++) {
        const bytes = Buffer.from(whole);
        for (let i = 0; i < 30; i++) {
          seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
          bytes[16 + (seed % (bytes.length - 16))] = seed >> 8;
        }
        writeFileSync(file, bytes);
        const result = await readFrom(file).catch((error: unknown) => error);
        if (result instanceof Error) assert.ok(result instanceof NotATrace, result.stack);
      }
    }));

  it('leaves nothing beside the file', () =>
    withDatabase(TWO, async (file) => {
      await readFrom(file);
      assert.deepEqual(readdirSync(path.dirname(file)), ['trace.sqlite']);
    }));
});

it('a database is told by the tables in its first pages', () =>
  withDatabase(TWO, async (file) => {
    assert.deepEqual(await sniff(memoryFile('t', readFileSync(file))), { format: 'sqlite', says: 'Nsight Systems export' });
    await withDatabase({ customers: ['id'] }, async (other) => assert.equal((await sniff(memoryFile('t', readFileSync(other)))).format, 'none'));
  }));
