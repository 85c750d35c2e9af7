import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSession } from '../../../src/core/session/session.js';
import { KERNEL_CATEGORIES, KERNEL_GROUPINGS, type KernelGroup } from '../../../src/shared/protocol.js';
import { draw } from '../../draw.js';

const mark = (name: string) => ({ name, category: 'gpu_user_annotation' });
const LEGEND = {
  P: mark('execute_context_1(7)_generation_0(0)'),
  D: mark('execute_context_0(0)_generation_1(1)'),
  E: mark('execute_context_0(0)_generation_1(1)'),
  M: { name: 'Memcpy HtoD (Pinned -> Device)', category: 'gpu_memcpy' },
  g: 'some_gemm',
  a: 'flash_fwd_kernel',
  n: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
};
const DRAWING = `
  notes7       |  PPPPPPPPPP DDDDD EEEEE
  stream7      |g aaaagggg   a ggg a gg
  stream9      |        MM     n
  gpu1 stream7 |  gg
`;
const session = createSession(
  draw(DRAWING, { legend: LEGEND }),
  { text: async () => '', pass: async () => {}, save: () => new Uint8Array(0) },
  { fileName: 'drawn', fileBytes: 0 },
);

/** "gemm 9 of 5" for a row: its label, time and calls. */
const short = ({ label, totalNs, count }: KernelGroup): string => `${label}: ${totalNs} in ${count}`;

test('kernels by what they have in common, in the order of steps, streams and categories; what belongs to none comes last', async () => {
  const expected: Record<string, string[]> = {
    category: ['gemm: 12 in 5', 'attention: 6 in 3', 'communication: 1 in 1'],
    phase: ['prefill: 10 in 3', 'decode: 8 in 5', 'outside of steps: 1 in 1'],
    step: ['prefill #0: 10 in 3', 'decode #1: 5 in 3', 'decode #2: 3 in 2', 'outside of steps: 1 in 1'],
    stream: ['GPU 0 · Stream 7: 16 in 7', 'GPU 0 · Stream 9: 1 in 1', 'GPU 1 · Stream 7: 2 in 1'],
    device: ['GPU 0: 17 in 8', 'GPU 1: 2 in 1'],
  };
  for (const [by, rows] of Object.entries(expected)) {
    const grouping = KERNEL_GROUPINGS.find((known) => known === by) ?? assert.fail(by);
    assert.deepEqual((await session.kernelGroups(grouping)).map(short), rows, by);
  }
});

test('each group’s statistics, split by phase and by category', async () => {
  const [gemm] = await session.kernelGroups('category');
  const { avgNs, medianNs, minNs, maxNs, prefillNs, decodeNs, mixedNs } = gemm;
  assert.deepEqual([avgNs, medianNs, minNs, maxNs], [12 / 5, 2, 1, 4]);
  assert.deepEqual([prefillNs, decodeNs, mixedNs], [6, 5, 0]);
  const decode = (await session.kernelGroups('step'))[1];
  assert.equal(decode.percent, (100 * 5) / 19);
  const spent = KERNEL_CATEGORIES.flatMap((category, at) => (decode.categoryNs[at] > 0 ? [[category, decode.categoryNs[at]]] : []));
  assert.deepEqual(spent, [
    ['gemm', 3],
    ['attention', 1],
    ['communication', 1],
  ]);
});

test('the search of a group finds what it counted, and the kernel table can be of that alone', async () => {
  for (const by of KERNEL_GROUPINGS) {
    const groups = await session.kernelGroups(by);
    assert.equal(
      groups.reduce((sum, { totalNs }) => sum + totalNs, 0),
      19,
      by,
    );
    for (const { label, search, count, totalNs } of groups) {
      const found = await session.search(search);
      assert.deepEqual([found.count, found.totalNs], [count, totalNs], label);
      const { rows, kernelCount, kernelTimeNs } = await session.kernels(search);
      assert.deepEqual([kernelCount, kernelTimeNs], [count, totalNs], label);
      assert.equal(
        rows.reduce((sum, row) => sum + row.percent, 0),
        100,
      );
    }
  }
});
