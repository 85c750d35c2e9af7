import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBuilder, sliceBatch, type TraceBuilder } from '../../../src/core/trace/builder.js';
import { domainOf, kindOf } from '../../../src/core/trace/categories.js';
import { check } from '../../../src/core/trace/check.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';
import { draw, picture, sliceNamed } from '../../draw.js';

const META = { format: '', producer: '', devices: [], facts: [], events: 0, textBytes: 0 };

/** A trace of what `push` pushes; it must be sound. */
function built(push: (builder: TraceBuilder) => void, clock: { baseNs: bigint; epochOffsetNs?: bigint } = { baseNs: 0n }): Trace {
  const builder = createBuilder();
  push(builder);
  const trace = builder.finish(META, clock);
  assert.deepEqual(check(trace), []);
  return trace;
}

function problems(trace: Trace): [string, number][] {
  return trace.meta.problems.map(({ kind, count }) => [kind, count]);
}

/** What people see, in display order. */
function listing({ order, tracks, groups }: Trace): string[] {
  const lines: string[] = [];
  let group = -1;
  for (const track of order) {
    const { info } = tracks[track];
    if (info.group !== group) lines.push(`${groups[info.group].name} (${groups[info.group].detail})`);
    group = info.group;
    lines.push(`  ${info.name} (${info.detail})`);
  }
  return lines;
}

describe('strings', () => {
  it('are the same for the same bytes', () => {
    const builder = createBuilder();
    const bytes = new TextEncoder().encode('xx aten::mm — größer xx');
    const id = builder.stringBytes(bytes, 3, bytes.length - 3);
    assert.equal(builder.string('aten::mm — größer'), id);
    assert.notEqual(builder.string('aten::mm'), id);
  });

  it('survive growing', () => {
    const builder = createBuilder();
    const ids = Array.from({ length: 20_000 }, (_, i) => builder.string(`void kernel<${i}>`));
    for (const [i, id] of ids.entries()) assert.equal(builder.string(`void kernel<${i}>`), id);
    const { strings } = builder.finish(META, { baseNs: 0n });
    for (const [i, id] of ids.entries()) assert.equal(strings.get(id), `void kernel<${i}>`);
  });
});

describe('categories', () => {
  const CASES: [string, string, string][] = [
    ['kernel', 'kernel', 'gpu'],
    ['Kernel', 'kernel', 'gpu'],
    ['gpu_memcpy', 'memcpy', 'gpu'],
    ['Memcpy', 'memcpy', 'gpu'],
    ['gpu_memset', 'memset', 'gpu'],
    ['Memset', 'memset', 'gpu'],
    ['gpu_user_annotation', 'gpuAnnotation', 'gpuAnnotation'],
    ['cuda_sync', 'other', 'gpuAnnotation'],
    ['cuda_event', 'other', 'gpuAnnotation'],
    ['mtia_ccp_events', 'other', 'gpuAnnotation'],
    ['cpu_op', 'op', 'cpu'],
    ['Operator', 'op', 'cpu'],
    ['hpu_op', 'op', 'cpu'],
    ['cuda_runtime', 'launch', 'cpu'],
    ['cuda_driver', 'launch', 'cpu'],
    ['hip_runtime', 'launch', 'cpu'],
    ['xpu_runtime', 'launch', 'cpu'],
    ['mtia_runtime', 'launch', 'cpu'],
    ['privateuse1_runtime', 'launch', 'cpu'],
    ['privateuse1_driver', 'launch', 'cpu'],
    ['Runtime', 'launch', 'cpu'],
    ['python_function', 'python', 'cpu'],
    ['user_annotation', 'annotation', 'cpu'],
    ['overhead', 'overhead', 'cpu'],
    ['cpu_instant_event', 'other', 'cpu'],
    ['', 'other', 'cpu'],
    ['Trace', 'other', 'cpu'],
  ];
  for (const [text, kind, domain] of CASES) it(`"${text}" is ${kind} on ${domain}`, () => assert.deepEqual([kindOf(text), domainOf(text)], [kind, domain]));
});

describe('time', () => {
  it('begins with the first slice, and is exact to the nanosecond', () => {
    const trace = built(
      (builder) => {
        const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
        builder.slice(track, builder.string('b'), builder.category(''), 4_000_000_000_000_003, 1, NONE, NONE, 0, 0, 1);
        builder.slice(track, builder.string('a'), builder.category(''), 4_000_000_000_000_001, 1, NONE, NONE, 0, 0, 0);
      },
      { baseNs: 5n, epochOffsetNs: 1_700_000_000_000_000_000n },
    );
    assert.deepEqual([...trace.slices.startNs], [0, 2]);
    assert.equal(trace.durationNs, 3);
    assert.equal(trace.meta.epochNs, '1704000000000000006');
  });

  it('is not stretched by the span of the whole recording, which is kept', () => {
    const trace = draw(
      `
      cpu  |  AAAA
      cpu9 |TTTTTTTTTTTT
    `,
      { legend: { T: { name: 'PyTorch Profiler (0)', category: 'Trace' } } },
    );
    assert.equal(trace.durationNs, 4);
    assert.equal(trace.slices.startNs[sliceNamed(trace, 'PyTorch Profiler (0)')], -2);
    assert.deepEqual(check(trace), []);
  });

  it('that is impossible is counted with an example', () => {
    const trace = built((builder) => {
      const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
      const [name, category] = [builder.string('op'), builder.category('')];
      for (const [startNs, durNs] of [
        [0, -1],
        [Number.NaN, 1],
        [0, Number.POSITIVE_INFINITY],
        [1e300, 1],
        [0, 1],
      ])
        builder.slice(track, name, category, startNs, durNs, NONE, NONE, 0, 0, 0);
    });
    assert.equal(trace.slices.count, 1);
    assert.deepEqual(problems(trace), [['badTime', 4]]);
    assert.match(trace.meta.problems[0].message, /"op".*lasts -1 ns/);
  });
});

describe('a batch of slices', () => {
  /** 70,000 rows fill more than one block of the buffer; every ninth is GPU work, and record offsets pass 4 GB. */
  const ROWS = 70_000;
  const build = (durNs: (row: number) => number, isBatch: boolean): Trace =>
    built((builder) => {
      const tracks = [builder.track({ process: '1', thread: '1', domain: 'cpu' }), builder.track({ process: '0', thread: '7', domain: 'gpu' })];
      const [name, category] = [builder.string('op'), builder.category('kernel')];
      const batch = sliceBatch(ROWS);
      for (let row = 0; row < ROWS; row++) {
        const track = tracks[row % 9 === 0 ? 1 : 0];
        const record = row * 1e6;
        if (!isBatch) builder.slice(track, name, category, row * 10, durNs(row), row, NONE, row + 1, row * 2 ** 32, record);
        batch.track[row] = track;
        batch.name[row] = name;
        batch.category[row] = category;
        batch.start[row] = row * 10;
        batch.dur[row] = durNs(row);
        batch.correlation[row] = row;
        batch.external[row] = NONE;
        batch.gridX[row] = row + 1;
        batch.bytes[row] = row * 2 ** 32;
        batch.recordLow[row] = record;
        batch.recordHigh[row] = record / 2 ** 32;
      }
      if (isBatch) builder.slices(batch, ROWS);
    });

  for (const [what, durNs] of [
    ['is the same as its slices one by one', () => 5],
    ['is so when some of them are impossible', (row: number) => (row % 1000 === 17 ? -1 : 5)],
  ] as const)
    it(what, () => {
      const [one, many] = [build(durNs, false), build(durNs, true)];
      assert.deepEqual(many.slices, one.slices);
      assert.deepEqual(many.gpu, one.gpu);
      assert.deepEqual(many.meta, one.meta);
      assert.equal(many.slices.count, durNs(17) < 0 ? ROWS - 70 : ROWS);
    });
});

describe('begin and end records', () => {
  it('pair inside out, in time order, and in file order where times are equal', () => {
    const trace = built((builder) => {
      const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
      const category = builder.category('');
      builder.begin(track, builder.string('A'), category, 0, 0);
      builder.end(track, 9);
      builder.begin(track, builder.string('B'), category, 2, 1);
      builder.begin(track, builder.string('C'), category, 2, 2);
      builder.end(track, 4);
      builder.end(track, 6);
    });
    assert.deepEqual(picture(trace), ['cpu1|AAAAAAAAA', 'cpu1|  BBBB', 'cpu1|  CC']);
    assert.deepEqual(problems(trace), []);
  });

  it('without a partner are counted; an open one lasts as long as its track', () => {
    const trace = built((builder) => {
      const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
      builder.end(track, 0);
      builder.begin(track, builder.string('A'), builder.category(''), 1, 0);
      builder.begin(track, builder.string('B'), builder.category(''), 2, 0);
      builder.end(track, 5);
    });
    assert.deepEqual(picture(trace), ['cpu1|AAAA', 'cpu1| BBB']);
    assert.deepEqual(problems(trace), [
      ['endWithoutBegin', 1],
      ['beginWithoutEnd', 1],
    ]);
  });

  it('of async spans pair by id and may overlap', () => {
    const trace = built((builder) => {
      const category = builder.category('request');
      builder.asyncBegin('1', category, 1, builder.string('A'), 0, 0);
      builder.asyncBegin('1', category, 2, builder.string('B'), 2, 1);
      builder.asyncEnd('1', category, 1, 4);
      builder.asyncEnd('1', category, 2, 6);
    });
    assert.deepEqual(picture(trace), ['asyncrequest|AAAA', 'asyncrequest|  BBBB']);
  });
});

describe('launches', () => {
  it('are joined by correlation, a graph launch to all its kernels in time order', () => {
    const trace = draw(
      `
      cpu     |LL  GG
      stream7 |   AA  CCCC
      stream8 |     BB   DD
    `,
      { launchedBy: [0, 1, 1, 1] },
    );
    const graph = sliceNamed(trace, 'cudaGraphLaunch');
    assert.equal(trace.gpu.launch[sliceNamed(trace, 'A')], sliceNamed(trace, 'cudaLaunchKernel'));
    assert.deepEqual(
      Array.from(trace.gpu.byLaunch, (slice) => trace.strings.get(trace.slices.name[slice])),
      ['A', 'B', 'C', 'D'],
    );
    assert.deepEqual(
      ['B', 'C', 'D'].map((name) => trace.gpu.launch[sliceNamed(trace, name)]),
      [graph, graph, graph],
    );
  });

  it('that were not recorded leave their kernels last', () => {
    const trace = draw(
      `
      cpu     |    LL
      stream7 |AA    BB
    `,
      { launchedBy: [-1, 0] },
    );
    assert.equal(trace.gpu.launch[sliceNamed(trace, 'A')], NONE);
    assert.deepEqual([...trace.gpu.byLaunch], [sliceNamed(trace, 'B'), sliceNamed(trace, 'A')]);
  });

  const SHARED: [string, string[], string][] = [
    ['the call that enqueues', ['cudaStreamIsCapturing', 'cudaLaunchKernelExC', 'cuLaunchKernelEx'], 'cudaLaunchKernelExC'],
    ['the first one when none does', ['hipFoo', 'hipBar'], 'hipFoo'],
    ['a copy', ['cudaStreamSynchronize', 'hipMemcpyAsync'], 'hipMemcpyAsync'],
  ];
  for (const [what, calls, expected] of SHARED) {
    it(`that share a correlation: ${what}`, () => {
      const trace = built((builder) => {
        const cpu = builder.track({ process: '1', thread: '1', domain: 'cpu' });
        calls.forEach((call, i) => void builder.slice(cpu, builder.string(call), builder.category('cuda_runtime'), calls.length - i, 1, 42, NONE, 0, 0, i));
        const gpu = builder.track({ process: '0', thread: '7', domain: 'gpu' });
        builder.slice(gpu, builder.string('kernel'), builder.category('kernel'), 10, 1, 42, NONE, 128, 0, 9);
      });
      assert.equal(trace.strings.get(trace.slices.name[trace.gpu.launch[0]]), expected);
      assert.equal(trace.gpu.gridX[0], 128);
    });
  }
});

describe('flows', () => {
  const cpu = { process: '1', thread: '1', domain: 'cpu' } as const;
  const flowTrace = (push: (builder: TraceBuilder, track: number) => void): string[] => {
    const trace = built((builder) => {
      const track = builder.track(cpu);
      for (const [name, startNs, durNs] of [
        ['A', 0, 10],
        ['B', 2, 4],
        ['C', 20, 5],
        ['D', 30, 5],
      ] as const)
        builder.slice(track, builder.string(name), builder.category('cpu_op'), startNs, durNs, NONE, NONE, 0, 0, startNs);
      push(builder, track);
    });
    const name = (slice: number) => trace.strings.get(trace.slices.name[slice]);
    return [...trace.flows.from].map((from, i) => `${name(from)}→${name(trace.flows.to[i])}`).sort();
  };

  it('bind to the innermost slice, or to the next', () => {
    assert.deepEqual(
      flowTrace((builder, track) => {
        builder.flow('start', 1, track, 3, 'enclosing');
        builder.flow('end', 1, track, 12, 'next');
      }),
      ['B→C'],
    );
  });

  it('go on through steps, and one start may have many ends', () => {
    assert.deepEqual(
      flowTrace((builder, track) => {
        builder.flow('end', 1, track, 32, 'enclosing');
        builder.flow('step', 1, track, 21, 'enclosing');
        builder.flow('start', 1, track, 3, 'enclosing');
        builder.flow('start', 2, track, 8, 'enclosing');
        builder.flow('end', 2, track, 22, 'enclosing');
        builder.flow('end', 2, track, 33, 'enclosing');
      }),
      ['A→C', 'A→D', 'B→C', 'C→D'],
    );
  });

  it('do not repeat launches, and find the stream that shares ids with a thread', () => {
    const trace = built((builder) => {
      const call = builder.track({ process: '1', thread: '1', domain: 'cpu' });
      const stray = builder.track({ process: '0', thread: '7', domain: 'cpu' });
      const stream = builder.track({ process: '0', thread: '7', domain: 'gpu' });
      builder.slice(call, builder.string('launch'), builder.category('cuda_runtime'), 0, 2, 5, NONE, 0, 0, 0);
      builder.slice(stray, builder.string('frame'), builder.category('python_function'), 0, 99, NONE, NONE, 0, 0, 1);
      builder.slice(stream, builder.string('kernel'), builder.category('kernel'), 10, 2, 5, NONE, 0, 0, 2);
      builder.flow('start', 5, call, 0, 'enclosing');
      builder.flow('end', 5, stray, 10, 'enclosing');
    });
    assert.equal(trace.flows.from.length, 0);
    assert.deepEqual(problems(trace), []);
  });
});

describe('counters', () => {
  it('are sorted into one track each', () => {
    const trace = draw(`
      cpu               |AAAAAAAA
      counter queue     |0  2  1
      counter blocks    | 5
    `);
    const [blocks, queue] = trace.tracks.filter(({ info }) => info.kind === 'counter').sort((a, b) => a.info.name.localeCompare(b.info.name));
    assert.deepEqual([blocks.sampleCount, queue.sampleCount], [1, 3]);
    assert.deepEqual([...trace.counters.value.subarray(queue.firstSample, queue.firstSample + 3)], [0, 2, 1]);
    assert.deepEqual([...trace.counters.timeNs.subarray(queue.firstSample, queue.firstSample + 3)], [0, 3, 6]);
  });

  it('alone make a trace', () => {
    const trace = built((builder) => {
      builder.counter('1', 'q', 50, 1);
      builder.counter('1', 'q', 20, 2);
    });
    assert.equal(trace.durationNs, 30);
    assert.deepEqual([...trace.counters.timeNs], [0, 30]);
  });
});

describe('tracks', () => {
  it('stand in the order of their work, with names for people', () => {
    const trace = built((builder) => {
      const kernel = builder.category('kernel');
      const put = (process: string, thread: string, category: string, name: string, startNs: number, durNs: number, correlation = NONE) => {
        const id = builder.category(category);
        builder.slice(builder.track({ process, thread, domain: builder.domain(id) }), builder.string(name), id, startNs, durNs, correlation, NONE, 0, 0, 0);
      };
      assert.equal(builder.domain(kernel), 'gpu');
      put('Spans', 'PyTorch Profiler', 'Trace', 'PyTorch Profiler (0)', 0, 99);
      put('-1', '0', 'overhead', 'Buffer Flush', 0, 1);
      put('8013', '9000', 'cpu_op', 'busy', 0, 1);
      put('8013', '9000', 'cpu_op', 'busy', 2, 1);
      put('8013', '8013', 'cuda_runtime', 'cudaLaunchKernel', 4, 1, 1);
      put('0', '171', 'kernel', 'ncclDevKernel_AllReduce', 10, 80);
      put('0', '9', 'gpu_memcpy', 'Memcpy HtoD', 10, 80);
      put('0', '7', 'kernel', 'gemm', 6, 4, 1);
      put('0', '7', 'gpu_user_annotation', 'execute', 6, 4);
      builder.counter('8013', 'queue', 3, 1);
      builder.track({ process: '8013', thread: '1', domain: 'cpu' });
      builder.threadName('8013', '9000', 'thread 9000 (pt_worker)');
      builder.processName('8013', 'python3');
      builder.processName('0', 'python3');
      builder.processLabel('0', 'GPU 0');
    });
    assert.deepEqual(listing(trace), [
      'GPU 0 ()',
      '  Stream 7 (compute)',
      '  Annotations (stream 7)',
      '  Stream 171 (NCCL)',
      '  Stream 9 (copies)',
      'python3 (pid 8013)',
      '  Main thread (8013)',
      '  pt_worker (9000)',
      '  queue ()',
      'Profiler ()',
      '  Overhead ()',
      '  PyTorch Profiler ()',
    ]);
  });

  it('know the GPU and the rank', () => {
    const trace = draw(
      `
      cpu          |LL
      gpu3 stream7 |  AA
    `,
      { rank: 3, devices: [{ id: '3', name: 'NVIDIA H100 80GB HBM3' }] },
    );
    assert.deepEqual(
      trace.groups.map(({ name, detail }) => [name, detail]),
      [
        ['GPU 3 · NVIDIA H100 80GB HBM3', 'rank 3'],
        ['Process 1', 'pid 1 · rank 3'],
      ],
    );
  });

  it('take recorded names that say more than an id', () => {
    const trace = built((builder) => {
      const kernel = builder.category('kernel');
      const put = (process: string, thread: string, category: number) =>
        builder.slice(builder.track({ process, thread, domain: builder.domain(category) }), builder.string('x'), category, 0, 1, NONE, NONE, 0, 0, 0);
      put('17', '3536', kernel);
      put('17', '20001', kernel);
      put('17', '5', kernel);
      put('17', '4294967295', builder.category('cuda_sync'));
      put('17', '0', builder.category('python_function'));
      builder.processLabel('17', 'MTIA 17');
      builder.threadName('17', '3536', 'Stream 101');
      builder.threadName('17', '20001', 'stream 20001 ');
      builder.threadName('17', '5', 'thread 5 (python3)');
      builder.threadName('17', '0', 'thread 0 (python3)');
    });
    assert.deepEqual(listing(trace), [
      'MTIA 17 ()',
      '  Stream 5 (compute)',
      '  Stream 101 ()',
      '  Stream 20001 ()',
      '  Annotations (all streams)',
      '17 (thread not recorded)',
      '  python3 (0)',
    ]);
  });

  it('follow the sort index of the file where it says something', () => {
    const trace = built((builder) => {
      for (const thread of ['1', '2', '3'])
        builder.slice(builder.track({ process: 'p', thread, domain: 'cpu' }), builder.string('x'), builder.category(''), 0, 1, NONE, NONE, 0, 0, 0);
      builder.threadSort('p', '3', -5);
      builder.threadSort('p', '2', 2);
    });
    assert.deepEqual(listing(trace), ['p ()', '  Thread 3 ()', '  Thread 1 ()', '  Thread 2 ()']);
  });
});
