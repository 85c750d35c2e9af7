import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryFile } from '../../../src/core/read/bytes.js';
import type { Records } from '../../../src/core/read/read.js';
import type { Sources } from '../../../src/core/session/model.js';
import { openTrace } from '../../../src/core/session/open.js';
import { createSession } from '../../../src/core/session/session.js';
import { openFile } from '../../../src/node/files.js';
import { nodeSources } from '../../../src/node/sources.js';
import type { LinkReport } from '../../../src/shared/model.js';
import { draw } from '../../draw.js';
import { SAMPLE_SHAPE, workerTrace } from '../../sample/make.js';
import { tracePath } from '../../traces.js';

const ROOT = join(import.meta.dirname, '../../sample/source');
const MODELS = 'vllm/model_executor/models';
const SAMPLE = memoryFile('sample.pt.trace.json', new TextEncoder().encode(workerTrace(0)));
const STEPS = 1 + SAMPLE_SHAPE.decodeSteps;

const session = await openTrace(SAMPLE, {}, nodeSources);
const before = {
  label: await session.modelLabels([0]),
  link: await session.modelLink(0),
  search: await session.search('slot:mlp'),
  detail: await session.detail(0),
};
const report = await session.link({ root: ROOT });

function module({ modules }: LinkReport, path: string) {
  const found = modules.find((one) => one.path === path);
  assert.ok(found, `no module ${path}`);
  return found;
}

test('before it is linked a trace says so', () => {
  assert.deepEqual([before.label, before.link, before.detail.model], [[''], undefined, undefined]);
  assert.match(before.search.error ?? '', /needs kernels that are linked to model code/);
});

test('frames name the model; every layer of every step is linked to its lines', () => {
  const { architecture, root, layersPerStep, lineMatch, coverage } = report;
  assert.deepEqual({ architecture, root, lineMatch }, { architecture: 'Qwen3ForCausalLM', root: ROOT, lineMatch: 1 });
  assert.deepEqual(layersPerStep, Array(STEPS).fill(SAMPLE_SHAPE.layers));
  assert.equal(coverage.none, undefined);
  const gateUp = module(report, 'model.layers.*.mlp.gate_up_proj');
  assert.deepEqual(gateUp.place, { file: `${MODELS}/qwen2.py`, line: 22, symbol: 'Qwen2MLP.forward' });
  assert.deepEqual(
    gateUp.phases.map(({ phase, count, steps, layers }) => [phase, count, steps, layers]),
    [
      ['prefill', SAMPLE_SHAPE.layers, 1, SAMPLE_SHAPE.layers],
      ['decode', SAMPLE_SHAPE.layers * SAMPLE_SHAPE.decodeSteps, SAMPLE_SHAPE.decodeSteps, SAMPLE_SHAPE.layers],
    ],
  );
});

test('the roots hold all kernel time', async () => {
  const { kernelTimeNs } = await session.kernels();
  const rootsNs = report.modules.filter(({ parent }) => parent < 0).reduce((sum, { totalNs }) => sum + totalNs, 0);
  assert.ok(Math.abs(rootsNs - kernelTimeNs) < 1);
});

test('the line that calls a module of modules costs what the module costs', () => {
  const call = report.lines.find(({ kind, place }) => kind === 'call' && place.file.endsWith('qwen3.py') && place.line === 53);
  assert.deepEqual([call?.place.symbol, call?.totalNs], ['Qwen3DecoderLayer.forward', module(report, 'model.layers.*.self_attn').totalNs]);
});

test('the search of every module and line finds what its cost counts', async () => {
  for (const { search, totalNs } of [...report.modules, ...report.lines]) {
    const found = await session.search(search);
    assert.deepEqual([search, found.error, Math.round(found.totalNs)], [search, undefined, Math.round(totalNs)]);
  }
});

const SEARCHES: [string, number][] = [
  ['slot:mlp.gate_up_proj', STEPS * SAMPLE_SHAPE.layers],
  ['slot:model.layers.*.mlp.gate_up_proj', STEPS * SAMPLE_SHAPE.layers],
  ['slot:mlp.gate_up_proj layer:3', STEPS],
  ['slot:mlp.gate_up_proj step:2', SAMPLE_SHAPE.layers],
  ['slot:mlp.gate_up_proj step:2 layer:3', 1],
  ['slot:mlp.gate', 0],
  ['at:qwen2.py:22', STEPS * SAMPLE_SHAPE.layers],
  ['at:models/qwen2.py:22 step:0', SAMPLE_SHAPE.layers],
  ['at:2.py:22', 0],
  ['layer:99', 0],
];
for (const [query, count] of SEARCHES) test(`${query} finds ${count}`, async () => assert.equal((await session.search(query)).count, count));

test('layers and steps are numbers', async () => assert.match((await session.search('layer:last')).error ?? '', /needs a number, for example layer:3/));

test('a slice says what it is linked to, in the details and on the timeline', async () => {
  const hit = await session.searchHit('slot:self_attn.qkv_proj step:1 layer:5', 0);
  assert.ok(hit);
  const link = await session.modelLink(hit.slice);
  assert.deepEqual(
    [link?.layer, link?.evidence, link?.calledFrom],
    [5, 'graphAlignment', { file: `${MODELS}/qwen3.py`, line: 30, symbol: 'Qwen3Attention.forward' }],
  );
  const { model } = await session.detail(hit.slice);
  assert.deepEqual(model, { ...link, path: 'model.layers.*.self_attn.qkv_proj', className: 'QKVParallelLinear' });
  const cpu = (await session.info()).sliceCount - 1;
  assert.deepEqual(await session.modelLabels([hit.slice, cpu]), ['qkv_proj', '']);
  assert.equal(await session.modelLink(cpu), undefined);
});

/** Sources that count what is read. */
function counted(texts: Record<string, string> = {}) {
  const reads: string[] = [];
  const sources: Sources = {
    ...nodeSources,
    files: {
      list: nodeSources.files.list,
      read: async (root, path) => {
        reads.push(path);
        return texts[path] ?? nodeSources.files.read(root, path);
      },
    },
  };
  return { reads, sources, texts };
}

test('a tree is read once, and a changed file once more', async () => {
  const { reads, sources, texts } = counted();
  const api = await openTrace(SAMPLE, {}, sources);
  const first = await api.link({ root: ROOT });
  const read = reads.length;
  assert.equal(await api.link({ root: ROOT }), first);
  assert.equal(reads.length, read);

  const path = `${MODELS}/qwen2.py`;
  texts[path] = `# one more line\n${await nodeSources.files.read(ROOT, path)}`;
  const moved = await api.link({ root: ROOT, changed: [path] });
  assert.equal(module(moved, 'model.layers.*.mlp.gate_up_proj').place?.line, 23);
  assert.equal((await api.search('at:qwen2.py:23')).count, STEPS * SAMPLE_SHAPE.layers);
});

const LAYERS = draw('stream7 |ngaggngagg', { legend: { n: 'rms_norm_kernel', g: 'some_gemm', a: 'flash_fwd_kernel' } });
const records: Records = { text: async () => '{}', pass: async () => {}, save: () => new Uint8Array(0) };

test('a later stage of a pipeline says how its layers are numbered', async () => {
  const file = { fileName: 'dp0_pp1_tp0_rank1.pt.trace.json', fileBytes: 0 };
  const { warnings } = await createSession(LAYERS, records, file, { sources: nodeSources }).link({ root: ROOT, architecture: 'Qwen3ForCausalLM' });
  assert.ok(
    warnings.includes("This is stage 1 of a pipeline, counted from 0: its layers are numbered from the first that it runs, not from the model's first."),
  );
});

test('what cannot be linked says why', async () => {
  const file = { fileName: '', fileBytes: 0 };
  const unnamed = createSession(LAYERS, records, file, { sources: nodeSources });
  await assert.rejects(unnamed.link({ root: ROOT }), /Which model ran\?/);
  await assert.rejects(unnamed.link({ root: ROOT, architecture: 'NoSuchModel' }), /NoSuchModel is no model of the source in/);
  const empty = createSession(draw('cpu |oo'), records, file, { sources: nodeSources });
  await assert.rejects(empty.link({ root: ROOT }), /No kernels were recorded/);
  await assert.rejects(createSession(LAYERS, records, file).link({ root: ROOT }), /Source files cannot be read here/);
});

test('models are ranked by how their layers fit', async () => {
  assert.deepEqual(
    (await session.candidates(ROOT)).map(({ architecture, file, fit }) => [architecture, file, fit]),
    [['Qwen3ForCausalLM', `${MODELS}/qwen3.py`, `${STEPS * SAMPLE_SHAPE.layers} of ${STEPS * SAMPLE_SHAPE.layers} layers fit`]],
  );
});

const VLLM = join(import.meta.dirname, '../../../.cache/vllm-0.8.5');
const H100 = tracePath('nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz');
const missing = [VLLM, H100].filter((path) => !existsSync(path));

test('Llama on an H100, linked to vLLM 0.8.5', { skip: missing.length > 0 && `1 test did not run: there is no ${missing.join(', no ')}` }, async () => {
  const file = await openFile(H100);
  const api = await openTrace(file, {}, nodeSources);
  const linked = await api.link({ root: VLLM });
  assert.deepEqual([linked.architecture, linked.version, linked.layersPerStep], ['LlamaForCausalLM', '0.8.5', Array(10).fill(80)]);
  assert.ok((linked.coverage.compiledAlignment ?? 0) > 41 && (linked.coverage.graphAlignment ?? 0) > 57, JSON.stringify(linked.coverage));
  const gateUp = module(linked, 'model.layers.*.mlp.gate_up_proj');
  assert.deepEqual([gateUp.place?.file, gateUp.place?.line], [`${MODELS}/llama.py`, 91]);
  const decode = gateUp.phases.find(({ phase }) => phase === 'decode');
  // What the cuBLAS kernels of these shapes take when their names are added up by hand.
  assert.equal(((decode?.ns ?? 0) / 9 / 80 / 1000).toFixed(1), '82.2');
  assert.ok((await api.candidates(VLLM)).some(({ architecture }) => architecture === 'LlamaForCausalLM'));
  await file.close();
});
