/** What is read beside a recording, or from its records, before its kernels are linked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../src/core/read/read.js';
import { readCompilerOutput } from '../../../src/core/session/compilerOutput.js';
import { notedModules } from '../../../src/core/session/graphNotes.js';
import { pipelineStage } from '../../../src/core/session/identity.js';
import { linkKernels } from '../../../src/core/source/link.js';
import { vendorOf } from '../../../src/core/trace/vendor.js';
import type { SourceFiles } from '../../../src/shared/model.js';
import type { FrameCost } from '../../../src/shared/protocol.js';
import { draw } from '../../draw.js';
import { LLAMA } from '../../models.js';

function memoryFiles(texts: Record<string, string>): SourceFiles {
  return { list: async (_, endings) => Object.keys(texts).filter((path) => endings.some((end) => path.endsWith(end))), read: async (_, path) => texts[path] };
}

const CACHE = memoryFiles({
  '9c8392/rank_0_0/backbone/computation_graph.py': 'graph',
  '9c8392/rank_0_0/inductor_cache/5h/c5hq2.py': 'ran',
  '9c8392/rank_0_0/inductor_cache/bb/cbbfv.py': 'of another model',
  '9c8392/rank_0_0/transformed_code.py': 'bytecode',
});
const frame = (file: string): FrameCost => ({ frame: { file, function: 'call', line: 366 } }) as FrameCost;

test('of a compile cache: graphs, and the code whose frames were recorded, or all where none were', async () => {
  const recorded = await readCompilerOutput(CACHE, '', [frame('/root/.cache/vllm/torch_compile_cache/9c8392/rank_0_0/inductor_cache/5h/c5hq2.py')]);
  assert.deepEqual(recorded, { graphs: ['graph'], code: ['ran'] });
  const all = await readCompilerOutput(CACHE, '', [frame('vllm/model_executor/models/llama.py')]);
  assert.deepEqual(all, { graphs: ['graph'], code: ['ran', 'of another model'] });
});

/** Two replays of one graph, one of another, one of a graph with the same kernels as the first; then a launch of its own. */
const REPLAYS = draw(
  `
  cpu     |G G G G L
  stream7 |          nga nga gn nga k
`,
  { legend: { n: 'rms_norm_kernel', g: 'nvjet_gemm', a: 'flash_fwd_kernel', k: 'argmax_kernel' }, launchedBy: [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4] },
);

/** Records that note modules, by what the drawing's n-th slice from the left is. */
function noting(notes: Record<string, object>): { records: Records; reads: number[] } {
  const reads: number[] = [];
  const { slices } = REPLAYS;
  const text = async (offset: number): Promise<string> => {
    reads.push(offset);
    const slice = Array.from({ length: REPLAYS.gpu.count }, (_, one) => one).find((one) => slices.recordLow[one] === offset) ?? 0;
    return JSON.stringify({ ph: 'X', args: { stream: 7, ...notes[String(slices.startNs[slice])] } });
  };
  return { records: { text, pass: async () => {}, save: () => new Uint8Array(0) }, reads };
}

const WORK = Uint32Array.from({ length: REPLAYS.gpu.count }, (_, slice) => slice).sort((a, b) => REPLAYS.slices.startNs[a] - REPLAYS.slices.startNs[b]);
const NODES = {
  10: { 'graph id': 5, 'graph node id': 1, module_fqn: 'model.layers.0.input_layernorm' },
  11: { 'graph id': 5, 'graph node id': 2, module_fqn: 'model.layers.0.self_attn.qkv_proj' },
  12: { 'graph id': 5, 'graph node id': 3, name: 'model.layers.0.self_attn' },
  14: { 'graph id': 5, 'graph node id': 1 },
  18: { 'graph id': 6, 'graph node id': 1, name: 'forward' },
  19: { 'graph id': 6, 'graph node id': 2, name: 'model.layers.1.mlp.down_proj' },
  21: { 'graph id': 7, 'graph node id': 1, name: 'model.layers.1.input_layernorm' },
};

test('one replay of each graph is read, and says what the others are', async () => {
  const { records, reads } = noting(NODES);
  const noted = await notedModules(REPLAYS, records, WORK);
  const layer0 = ['input_layernorm', 'self_attn.qkv_proj', 'self_attn'].map((path) => `model.layers.0.${path}`);
  assert.deepEqual(
    [...WORK].map((slice) => noted?.get(slice) ?? ''),
    [...layer0, ...layer0, 'forward', 'model.layers.1.mlp.down_proj', 'model.layers.1.input_layernorm', '', '', ''],
  );
  assert.equal(new Set(reads).size, 9, 'of a replay that is known only the first kernel is read');
});

test('without nodes one record is read; a node of number 0 is none; a file that is gone notes nothing', async () => {
  const plain = noting({});
  assert.equal(await notedModules(REPLAYS, plain.records, WORK), undefined);
  assert.equal(plain.reads.length, 1);
  assert.equal(await notedModules(REPLAYS, noting({ 10: { 'graph id': 0, 'graph node id': 0, name: 'x' } }).records, WORK), undefined);
  const nodesOnly = noting(Object.fromEntries(Object.keys(NODES).map((at) => [at, { 'graph id': 5, 'graph node id': Number(at) }])));
  assert.equal(await notedModules(REPLAYS, nodesOnly.records, WORK), undefined);
  assert.equal(new Set(nodesOnly.reads).size, 3, 'of nodes without notes one replay is looked at');
  const gone: Records = { text: () => Promise.reject(new Error('gone')), pass: async () => {}, save: () => new Uint8Array(0) };
  assert.equal(await notedModules(REPLAYS, gone, WORK), undefined);
});

test('a noted module is a slot of its layer, or a function; names that are no module say nothing', async () => {
  const notes = await notedModules(REPLAYS, noting(NODES).records, WORK);
  const count = REPLAYS.gpu.count;
  const index = { work: WORK, stepOf: new Int32Array(count), layerOf: new Int16Array(count).fill(-1) };
  const links = linkKernels(REPLAYS, index, { model: LLAMA, notedModules: notes });
  const lines = [...WORK].map((slice) => {
    const { slot, layer, evidence, calledFrom } = links.linkOf(slice);
    return `${layer} ${slot < 0 ? `(${calledFrom?.symbol ?? ''})` : LLAMA.slots[slot].path} ${evidence}`;
  });
  assert.deepEqual(lines.slice(3, 8), [
    '0 input_layernorm graphNode',
    '0 self_attn.qkv_proj graphNode',
    '0 (LlamaAttention.forward) graphNode',
    '-1 () none',
    '1 mlp.down_proj graphNode',
  ]);
});

test('whose GPUs a recording is of', () => {
  const on = (name: string) => draw('cpu |L\nstream7 | k', { devices: [{ id: '0', name }] });
  assert.deepEqual([vendorOf(on('NVIDIA H100 80GB HBM3')), vendorOf(on('AMD Instinct MI300X'))], ['nvidia', 'amd']);
  const launchedBy = (name: string) => draw('cpu |X\nstream7 | k', { legend: { X: { name, category: 'cuda_runtime' } } });
  assert.deepEqual([vendorOf(launchedBy('cudaLaunchKernel')), vendorOf(launchedBy('hipGraphLaunch'))], ['nvidia', 'amd']);
  assert.equal(vendorOf(draw('stream7 |k')), undefined);
});

test('stages of a pipeline, from the name of the file', () => {
  const names = ['dp0_pp1_tp0_dcp0_ep0_rank4.1784.pt.trace.json.gz', 'dp0_pp0_tp0_rank0.pt.trace.json', 'app2_trace.json', 'rank0.pt.trace.json'];
  assert.deepEqual(names.map(pipelineStage), [1, 0, undefined, undefined]);
});
