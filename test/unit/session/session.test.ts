import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { openTrace } from '../../../src/core/session/open.js';
import { createSession } from '../../../src/core/session/session.js';
import { openFile } from '../../../src/node/files.js';
import { COLOUR_CLASSES, type SliceRef, type TraceApi } from '../../../src/shared/protocol.js';
import { cells } from '../../../src/shared/tile.js';
import { draw, sliceNamed } from '../../draw.js';
import { chromeTraces, missingTraces } from '../../traces.js';

const python = (name: string) => ({ name, category: 'python_function' });
const LEGEND = {
  P: { name: 'execute_context_1(7)_generation_0(0)', category: 'user_annotation' },
  X: python('nn.Module: LlamaForCausalLM_0'),
  F: python('llama.py(343): forward'),
  O: { name: 'aten::mm', category: 'cpu_op' },
  g: 'some_gemm',
  a: 'flash_fwd_kernel',
  c: 'reshape_and_cache_kernel',
  M: { name: 'Memset (Device)', category: 'gpu_memset' },
};
const trace = draw(
  `
  cpu     |PPPPPPPPPPPPPPPPPPPP
          |XXXXXXXXXXXXXXXXXX
          |FFFFFFFFFFFFFFFF
          |OOOOO
          | LL    G
  stream7 |     gggg  cc aaaaaa g
  stream9 |          MM
  `,
  { legend: LEGEND, launchedBy: [0, 1, 1, 1, 1] },
);
const RECORD = '{"ph": "X", "args": {"grid": [112, 1, 1], "block": [384, 1, 1], "shared memory": 231424, "blocks per SM": NaN, "id": 12345678901234567890}}';
const records: Records = { text: async () => RECORD, pass: async () => {}, save: () => new Uint8Array(0) };
const session: TraceApi = createSession(trace, records, { fileName: 'drawn.json', fileBytes: 10 });

test('a kernel’s details: its launch, place, facts and what led to it', async () => {
  const detail = await session.detail(sliceNamed(trace, 'flash_fwd_kernel'));
  const { durNs, afterCallNs, launchDelayNs, launchIndex, launchCount, stream, step, selfNs, kernel, sameName } = detail;
  assert.deepEqual(
    { durNs, afterCallNs, launchDelayNs, launchIndex, launchCount, stream, step, selfNs, sameName },
    {
      durNs: 6,
      afterCallNs: 6,
      launchDelayNs: 7,
      launchIndex: 3,
      launchCount: 4,
      stream: '7',
      step: { index: 0, phase: 'prefill' },
      selfNs: undefined,
      sameName: { count: 1, medianNs: 6, totalNs: 6 },
    },
  );
  assert.deepEqual(kernel?.grid, [112, 1, 1]);
  assert.deepEqual([kernel?.sharedMemoryBytes, kernel?.blocksPerSm], [231424, undefined]);
  assert.deepEqual(
    detail.chain.map(({ role, ref, frame }) => [role, ref.shortName, frame?.module]),
    [
      ['annotation', 'execute_context_1(7)_generation_0(0)', undefined],
      ['module', 'LlamaForCausalLM_0', undefined],
      ['frame', 'llama.forward :343', 'LlamaForCausalLM'],
      ['launch', 'cudaGraphLaunch', undefined],
      ['kernel', 'flash_fwd_kernel', undefined],
    ],
  );
});

test('args are exactly what was recorded; a record that is gone says so', async () => {
  const { args } = await session.detail(0);
  assert.deepEqual(args[args.length - 1], { key: 'id', text: '12345678901234567890' });
  const gone = createSession(trace, { ...records, text: () => Promise.reject(new Error('The file has changed.')) }, { fileName: '', fileBytes: 0 });
  const { args: none, argsMissing } = await gone.detail(0);
  assert.deepEqual([none, argsMissing], [[], 'The file has changed.']);
});

test('a call tells how much it launched, and arrows stop at the limit', async () => {
  const launch = sliceNamed(trace, 'cudaGraphLaunch');
  const { launchCount, step, selfNs, kernel } = await session.detail(launch);
  assert.deepEqual([launchCount, step?.index, selfNs, kernel], [4, 0, 1, undefined]);
  const { outgoing, moreOutgoing, incoming } = await session.links(launch, 3);
  assert.deepEqual([outgoing.map(({ name }) => name), moreOutgoing, incoming], [['Memset (Device)', 'reshape_and_cache_kernel', 'flash_fwd_kernel'], 1, []]);
});

test('moves', async () => {
  const name = async (slice: number, move: Parameters<TraceApi['move']>[1]): Promise<string | undefined> => (await session.move(slice, move))?.name;
  const attention = sliceNamed(trace, 'flash_fwd_kernel');
  assert.equal(await name(attention, 'toLaunch'), 'cudaGraphLaunch');
  assert.equal(await name(sliceNamed(trace, 'cudaLaunchKernel'), 'toKernel'), 'some_gemm');
  assert.equal(await name(attention, 'previous'), 'reshape_and_cache_kernel');
  assert.equal(await name(sliceNamed(trace, 'aten::mm'), 'up'), 'llama.py(343): forward');
  assert.equal(await name(attention, 'nextSameName'), undefined);
  assert.equal((await session.move(sliceNamed(trace, 'some_gemm'), 'nextSameName'))?.startNs, 21);
  assert.equal((await session.move(sliceNamed(trace, 'some_gemm'), 'shorterSameName'))?.startNs, 21);
});

test('search: count, hits in time order, ticks, and an error in a sentence', async () => {
  assert.deepEqual(await session.search('cat:gemm'), { count: 2, names: 1, totalNs: 5 });
  assert.equal((await session.searchHit('cat:gemm', 1))?.startNs, 21);
  assert.equal(await session.searchHit('cat:gemm', 2), null);
  assert.equal(await session.searchIndexAt('cat:gemm', 6), 1);
  assert.deepEqual(await session.searchTicks('cat:gemm', { startNs: 0, endNs: 23 }, 2), Uint32Array.of(1, 1));
  assert.equal((await session.search('phase:prefill cat:gemm,attention')).error, undefined);
  assert.match((await session.search('phase:first')).error ?? '', /^"phase:first" needs one of prefill, decode, mixed, unknown/);
  const { count, error } = await session.search('/(/');
  assert.equal(count, 0);
  assert.match(error ?? '', /./);
  assert.deepEqual(await session.searchTicks('/(/', { startNs: 0, endNs: 23 }, 2), new Uint32Array(2));
});

test('tiles carry colours by what kernels do, labels, and flagged hits', async () => {
  const stream = (await session.info()).tracks.find(({ kind, stream: id }) => kind === 'stream' && id === '7');
  const [tile] = await session.tiles({ tracks: [stream?.id ?? -1], startNs: 0, endNs: 23, widthPx: 2300, search: 'flash' });
  const { colour, flags } = cells(tile);
  assert.deepEqual(
    Array.from(colour, (index) => COLOUR_CLASSES[index]),
    ['gemm', 'kvCache', 'attention', 'gemm'],
  );
  assert.deepEqual([...flags], [0, 0, 1, 0]);
  assert.ok(tile.labels.some(([, text]) => text === 'flash_fwd_kernel'));
});

test('colours of everything else', async () => {
  const colour = async (name: string): Promise<SliceRef['colour']> => (await session.slice(sliceNamed(trace, name))).colour;
  assert.equal(await colour('cudaLaunchKernel'), 'runtime');
  assert.equal(await colour('cudaGraphLaunch'), 'graphLaunch');
  assert.equal(await colour('llama.py(343): forward'), 'python');
  assert.equal(await colour('aten::mm'), 'op');
  assert.equal(await colour('Memset (Device)'), 'copy');
  assert.equal(await colour('execute_context_1(7)_generation_0(0)'), 'annotation');
});

test('an area adds up by name; a cell says what it stands for', async () => {
  const tracks = (await session.info()).tracks.filter(({ kind }) => kind === 'stream').map(({ id }) => id);
  const { rows, sliceCount, totalNs } = await session.area(tracks, { startNs: 0, endNs: 23 });
  assert.deepEqual([sliceCount, totalNs], [5, 15]);
  assert.deepEqual(
    rows.map(({ name, colour, count, avgNs, share }) => [name, colour, count, avgNs, Math.round(share)]),
    [
      ['flash_fwd_kernel', 'attention', 1, 6, 40],
      ['some_gemm', 'gemm', 2, 2.5, 33],
      ['reshape_and_cache_kernel', 'kvCache', 1, 2, 13],
      ['Memset (Device)', 'copy', 1, 2, 13],
    ],
  );
  assert.equal((await session.cell(0, 3)).count, 3);
});

test('occurrences: in time order, thinned evenly above the limit', async () => {
  const { nameId } = await session.slice(sliceNamed(trace, 'some_gemm'));
  const all = await session.occurrences(nameId, 10);
  assert.deepEqual([all.count, [...all.startNs], [...all.durNs], [...all.step]], [2, [5, 21], [4, 1], [0, 0]]);
  const one = await session.occurrences(nameId, 1);
  assert.deepEqual([one.count, [...one.startNs]], [2, [5]]);
});

test('a slice that does not exist is an error', async () => {
  await assert.rejects(session.slice(9999), /There is no slice 9999/);
  await assert.rejects(session.slice(-1), /There is no slice/);
});

test('layers of a span, or none when there are too many', { skip: missingTraces(1) }, async () => {
  const path = chromeTraces().find(({ name }) => name.includes('h100-tp4'))?.path ?? '';
  const file = await openFile(path);
  try {
    const api = await openTrace(file);
    const { steps } = await api.steps();
    const { length } = await api.layers(steps[3], 1000);
    assert.equal(length, 80);
    assert.deepEqual(await api.layers(steps[3], 79), []);

    // A figure that people can look up: the fourth kernel of a graph replay in the third decode step.
    const query = 'name:=sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas';
    const hit = await api.searchHit(query, await api.searchIndexAt(query, steps[3].startNs));
    const { kernel, launchIndex, launchCount, step, chain } = await api.detail(hit?.slice ?? -1);
    assert.deepEqual(
      [kernel?.grid, kernel?.block, kernel?.registersPerThread, kernel?.sharedMemoryBytes, kernel?.occupancyPercent],
      [[112, 1, 1], [384, 1, 1], 168, 231424, 0],
    );
    assert.deepEqual([launchIndex, launchCount, step], [4, 12, { index: 3, phase: 'decode' }]);
    assert.deepEqual(
      chain.filter(({ frame }) => frame?.file.includes('/models/')).map(({ ref, frame }) => [ref.shortName, frame?.module]),
      [
        ['llama.forward :549', 'LlamaForCausalLM'],
        ['llama.forward :343', 'LlamaForCausalLM'],
      ],
    );
    assert.equal(chain[0].ref.name, '<string>(1): <module>');
  } finally {
    await file.close();
  }
});
