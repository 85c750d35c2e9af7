/** Kernels of real recordings linked to hand-written model maps: how much is linked by what, and whether it is right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../src/core/analyze/gpu.js';
import { findSteps } from '../src/core/analyze/steps.js';
import { readTrace } from '../src/core/read/read.js';
import { workRoles } from '../src/core/source/alignSteps.js';
import { type Links, linkKernels } from '../src/core/source/link.js';
import type { Capture, SourceSymbols } from '../src/core/source/linkInput.js';
import { mapModel } from '../src/core/source/modelMap.js';
import { nameShift } from '../src/core/source/skew.js';
import { sourceSymbols } from '../src/core/source/sourceSymbols.js';
import { indexSymbols } from '../src/core/source/symbols.js';
import type { Trace } from '../src/core/trace/trace.js';
import { openFile } from '../src/node/files.js';
import { sourceFiles } from '../src/node/sourceFiles.js';
import { EVIDENCE, type Evidence, type ModelMap } from '../src/shared/model.js';
import { GLM, GPT_OSS, LLAMA, QWEN3, QWEN3_MOE } from './models.js';
import { missingTraces, tracePath } from './traces.js';
import { missingVllm, vllmRoot } from './vllm.js';

/** At least this many percent of kernel time by each evidence. */
interface Row {
  file: string;
  model: ModelMap;
  layers: number;
  steps: number;
  coverage: Partial<Record<Evidence, number>>;
  /** percent without any link, at most */
  none: number;
}

const ROWS: Row[] = [
  {
    file: 'nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz',
    model: LLAMA,
    layers: 80,
    steps: 10,
    coverage: { compiledAlignment: 41.3, graphAlignment: 57.5 },
    none: 0.1,
  },
  {
    file: 'amd-vllm-mi300x-tp4-1000isl-10osl-32con.pt.trace.json.gz',
    model: LLAMA,
    layers: 80,
    steps: 10,
    coverage: { compiledAlignment: 48.1, graphAlignment: 51 },
    none: 0.1,
  },
  { file: 'amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz', model: QWEN3, layers: 36, steps: 1, coverage: { launchStack: 99.8 }, none: 0 },
  { file: 'amd-sglang-mi300x-qwen3-8b-decode.json.gz', model: QWEN3, layers: 36, steps: 1, coverage: { graphAlignment: 98.8 }, none: 0 },
  { file: 'nvidia-sglang-b300-qwen3-30b-a3b-decode.trace.json.gz', model: QWEN3_MOE, layers: 48, steps: 1, coverage: { graphAlignment: 97.8 }, none: 0 },
  { file: 'amd-sglang-mi300-qwen3-30b-a3b-decode.trace.json.gz', model: QWEN3_MOE, layers: 48, steps: 1, coverage: { graphAlignment: 96.5 }, none: 0 },
  { file: 'amd-vllm-decode-fullgraph-execution.json.gz', model: GPT_OSS, layers: 24, steps: 1, coverage: { graphAlignment: 96.6 }, none: 0.3 },
  { file: 'nvidia-vllm-glm52moe-tp4ep4-decode-rank0.pt.trace.json.gz', model: GLM, layers: 78, steps: 8, coverage: { graphAlignment: 99 }, none: 0.1 },
];

async function load(file: string) {
  const opened = await openFile(tracePath(file));
  const read = await readTrace(opened);
  return { ...read, close: () => opened.close() };
}

function link(trace: Trace, model: ModelMap, capture?: Capture, symbols?: SourceSymbols): Links {
  const gpu = indexGpu(trace);
  const { stepOf, layerOf } = findSteps(trace, gpu);
  return linkKernels(trace, { work: gpu.work, stepOf, layerOf }, { model, symbols, capture });
}

/** Percent of kernel time by evidence. */
function coverageOf(trace: Trace, links: Links): Partial<Record<Evidence, number>> {
  const { kernels } = indexGpu(trace);
  const total = kernels.reduce((sum, slice) => sum + trace.slices.durNs[slice], 0);
  const coverage: Partial<Record<Evidence, number>> = {};
  for (const slice of kernels) {
    const evidence = EVIDENCE[links.evidence[slice]];
    coverage[evidence] = (coverage[evidence] ?? 0) + (100 * trace.slices.durNs[slice]) / total;
  }
  return coverage;
}

/** The recording as it is without Python. */
function withoutStacks(trace: Trace): Trace {
  return { ...trace, categories: trace.categories.map((category) => (category.kind === 'python' ? { ...category, kind: 'other' } : category)) };
}

interface Accuracy {
  kernels: number;
  leafPercent: number;
  ownerPercent: number;
  wrong: string[];
}

/** Compares links with the truth for kernels inside of layers, by GPU time: the same module of the same layer, or the same module around it. */
function compare(trace: Trace, model: ModelMap, truth: Links, guess: Links): Accuracy {
  const isTruth = new Set<Evidence>(['launchStack', 'capture']);
  const module = (links: Links, slice: number): string => (links.slot[slice] < 0 ? '' : model.slots[links.slot[slice]].path);
  const owner = (links: Links, slice: number): string => (links.owner[slice] < 0 ? '' : model.slots[links.owner[slice]].owner.symbol);
  const result: Accuracy = { kernels: 0, leafPercent: 0, ownerPercent: 0, wrong: [] };
  let total = 0;
  for (const slice of indexGpu(trace).kernels) {
    if (!isTruth.has(EVIDENCE[truth.evidence[slice]]) || truth.layer[slice] < 0) continue;
    const ns = trace.slices.durNs[slice];
    total += ns;
    result.kernels++;
    const sameOwner = truth.layer[slice] === guess.layer[slice] && owner(truth, slice) === owner(guess, slice);
    if (sameOwner) result.ownerPercent += ns;
    if (sameOwner && module(truth, slice) === module(guess, slice)) result.leafPercent += ns;
    else if (!sameOwner) result.wrong.push(`${truth.layer[slice]}.${module(truth, slice)} is ${guess.layer[slice]}.${module(guess, slice)}`);
  }
  result.leafPercent *= 100 / total;
  result.ownerPercent *= 100 / total;
  return result;
}

/** The recording as roctracer was seen to spoil others: over some layers of a graph, every name comes some positions too early. */
function misnamed(trace: Trace, links: Links, layers: readonly [number, number], by: number): Trace {
  const { work } = indexGpu(trace);
  const inGraph = [...work].filter((slice) => links.layer[slice] >= layers[0] && links.layer[slice] <= layers[1]);
  const name = trace.slices.name.slice();
  for (const [at, slice] of inGraph.entries()) name[slice] = trace.slices.name[inGraph[(at + by) % inGraph.length]];
  return { ...trace, slices: { ...trace.slices, name } };
}

const skip = missingTraces(ROWS.length + 5);

for (const { file, model, layers, steps, coverage, none } of ROWS) {
  test(`${file}: ${layers} layers in each step, and what links its kernels`, { skip }, async () => {
    const { trace, close } = await load(file);
    const links = link(trace, model);
    assert.deepEqual(links.layersPerStep, Array(steps).fill(layers));
    assert.deepEqual(links.warnings, []);
    const found = coverageOf(trace, links);
    for (const [evidence, least] of Object.entries(coverage)) {
      const percent = found[EVIDENCE.find((one) => one === evidence) ?? 'none'] ?? 0;
      assert.ok(percent >= least - 0.1, `${evidence}: ${percent.toFixed(1)} % instead of ${least} %`);
    }
    assert.ok((found.none ?? 0) <= none + 0.05, `${(found.none ?? 0).toFixed(2)} % without a link`);
    await close();
  });
}

test('with its stacks hidden, an eager recording is linked to the same modules', { skip }, async () => {
  const { trace, close } = await load('amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz');
  const { kernels, leafPercent, ownerPercent, wrong } = compare(trace, QWEN3, link(trace, QWEN3), link(withoutStacks(trace), QWEN3));
  assert.equal(kernels, 504);
  assert.ok(leafPercent >= 96, `${leafPercent.toFixed(1)} % leaf`);
  assert.ok(ownerPercent >= 99, `${ownerPercent.toFixed(1)} % owner: ${wrong.slice(0, 5)}`);
  await close();
});

test('names that the profiler gave to the wrong kernels: positions are used, and it is said', { skip }, async () => {
  const { trace, close } = await load('amd-sglang-mi300x-qwen3-8b-decode.json.gz');
  const right = link(trace, QWEN3);
  const spoilt = link(misnamed(trace, right, [3, 12], 3), QWEN3);
  assert.match(spoilt.warnings.join(), /^The profiler gave kernel names to the wrong kernels in \d+ layers/);
  let kernels = 0;
  let same = 0;
  for (let slice = 0; slice < trace.gpu.count; slice++) {
    // Where the shift begins and ends no layer has all its names.
    if (right.layer[slice] < 4 || right.layer[slice] > 11 || right.slot[slice] < 0) continue;
    kernels++;
    if (spoilt.layer[slice] === right.layer[slice] && spoilt.slot[slice] === right.slot[slice]) same++;
    assert.ok(spoilt.confidence[slice] <= 0.65);
  }
  assert.ok(kernels > 80);
  assert.equal(same, kernels);
  await close();
});

test('no layer of a recording with right names is taken for misnamed', { skip }, async () => {
  let layers = 0;
  for (const { file, model } of ROWS) {
    const { trace, close } = await load(file);
    const { work } = indexGpu(trace);
    const links = link(trace, model);
    const { stepOf } = findSteps(trace, indexGpu(trace));
    const roles = workRoles(trace);
    const runs = new Map<string, number[]>();
    for (const slice of work) {
      if (links.layer[slice] < 0) continue;
      const key = `${stepOf[slice]} ${links.layer[slice]}`;
      const run = runs.get(key) ?? [];
      run.push(slice);
      runs.set(key, run);
    }
    for (const run of runs.values()) {
      const shift = nameShift(
        Uint8Array.from(run, (slice) => roles[slice]),
        Float64Array.from(run, (slice) => trace.slices.durNs[slice]),
      );
      if (shift !== 0) assert.fail(`${file}: a layer of ${run.length} kernels is shifted by ${shift}`);
      layers++;
    }
    await close();
  }
  assert.ok(layers > 2000);
});

test('a capture trace joins every kernel of a replay', { skip }, async () => {
  const execution = await load('amd-vllm-decode-fullgraph-execution.json.gz');
  const captured = await load('amd-vllm-decode-fullgraph-capture.pt.trace.json.gz');
  const links = link(execution.trace, GPT_OSS, { trace: captured.trace, launchedName: () => undefined });
  const replayed = indexGpu(execution.trace).kernels.filter((slice) => EVIDENCE[links.evidence[slice]] === 'compiledAlignment');
  // Its model was compiled, so that the capture has no modules in layers; what it has, agrees with the order.
  assert.ok(replayed.length >= 400, `${replayed.length} kernels joined`);
  const coverage = coverageOf(execution.trace, links);
  assert.ok((coverage.compiledAlignment ?? 0) + (coverage.capture ?? 0) >= 96.6, JSON.stringify(coverage));
  await execution.close();
  await captured.close();
});

/** What torch.compile writes of a Llama layer from attention to attention, shortened, with the names that the H100 recording has. */
const WEIGHT = (layer: number, module: string, kind = 'parameters_weight'): string => `l_self_modules_layers_modules_${layer}_modules_${module}_${kind}_`;
const LLAMA_GRAPH = `
class submod_2(torch.nn.Module):
    def forward(self, attended: "bf16[s0, 8192]", ${[
      WEIGHT(0, 'self_attn_modules_o_proj'),
      WEIGHT(0, 'post_attention_layernorm'),
      WEIGHT(0, 'mlp_modules_gate_up_proj'),
      WEIGHT(0, 'mlp_modules_down_proj'),
      WEIGHT(1, 'input_layernorm'),
      WEIGHT(1, 'self_attn_modules_qkv_proj'),
      WEIGHT(1, 'self_attn_modules_rotary_emb', 'buffers_cos_sin_cache'),
    ]
      .map((name) => `${name}: "bf16[8]"`)
      .join(', ')}):
        linear = torch._C._nn.linear(attended, ${WEIGHT(0, 'self_attn_modules_o_proj')}, None)
        mul = linear * ${WEIGHT(0, 'post_attention_layernorm')}
        linear_1 = torch._C._nn.linear(mul, ${WEIGHT(0, 'mlp_modules_gate_up_proj')}, None)
        # File: LlamaForCausalLM.py:108 in forward, code: x = self.act_fn(x)
        silu = torch.nn.functional.silu(linear_1)
        # No stacktrace found for following nodes
        linear_2 = torch._C._nn.linear(silu, ${WEIGHT(0, 'mlp_modules_down_proj')}, None)
        mul_1 = linear_2 * ${WEIGHT(1, 'input_layernorm')}
        linear_3 = torch._C._nn.linear(mul_1, ${WEIGHT(1, 'self_attn_modules_qkv_proj')}, None)
        index_select = ${WEIGHT(1, 'self_attn_modules_rotary_emb', 'buffers_cos_sin_cache')}.index_select(0, linear_3)
        cat = torch.cat((linear_3, index_select), dim = -1)
`;
const called = (nodes: string, call: string): string =>
  `            # Topologically Sorted Source Nodes: [${nodes}], Original ATen: []\n            ${call}(buf0)\n`;
const LLAMA_CODE = `async_compile.wait(globals())
def call(args):
${[
  called('linear', 'extern_kernels.mm'),
  called('mul', 'triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_0.run'),
  called('mul, linear_1', 'extern_kernels.mm'),
  called('silu', 'triton_poi_fused_mul_silu_1.run'),
  called('silu, linear_2', 'extern_kernels.mm'),
  called('mul_1', 'triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_2.run'),
  called('mul_1, linear_3', 'extern_kernels.mm'),
  called('index_select', 'triton_poi_fused_cat_3.run'),
  called('index_select', 'triton_poi_fused_cat_4.run'),
].join('')}`;

test('what the compiler wrote and the order of the kernels say the same of every kernel', { skip }, async () => {
  const { trace, close } = await load('nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz');
  const gpu = indexGpu(trace);
  const { stepOf, layerOf } = findSteps(trace, gpu);
  const order = linkKernels(trace, { work: gpu.work, stepOf, layerOf }, { model: LLAMA });
  const links = linkKernels(trace, { work: gpu.work, stepOf, layerOf }, { model: LLAMA, compiler: { graphs: [LLAMA_GRAPH], code: [LLAMA_CODE] } });
  const coverage = coverageOf(trace, links);
  assert.ok((coverage.compileArtifact ?? 0) > 75, JSON.stringify(coverage));
  for (const slice of gpu.kernels) {
    const name = trace.strings.get(trace.slices.name[slice]);
    assert.deepEqual([name, links.slot[slice], links.layer[slice]], [name, order.slot[slice], order.layer[slice]]);
  }
  await close();
});

test('the version that was recorded: frames begin on its lines, and calls lead into its files', { skip: skip || missingVllm('0.8.5') }, async () => {
  const index = await indexSymbols(sourceFiles, vllmRoot('0.8.5'));
  const model = await mapModel(sourceFiles, index.root, index, 'LlamaForCausalLM');
  const { trace, close } = await load('nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz');
  const links = link(trace, model, undefined, sourceSymbols(index));
  assert.ok((links.lineMatch ?? 0) > 0.8, `${links.lineMatch} of the frames`);
  assert.deepEqual(links.warnings, []);
  const coverage = coverageOf(trace, links);
  assert.ok((coverage.compiledAlignment ?? 0) + (coverage.graphAlignment ?? 0) > 98.8, JSON.stringify(coverage));
  const attention = indexGpu(trace).kernels.find((slice) => trace.strings.get(trace.slices.name[slice]).includes('FlashAttnFwdSm90'));
  assert.ok(attention !== undefined);
  const { calledFrom } = links.linkOf(attention);
  assert.deepEqual(calledFrom, { file: 'vllm/model_executor/models/llama.py', line: 206, symbol: 'LlamaAttention.forward' });
  await close();
});

test('another engine’s tree: the same modules, and it is said', { skip: skip || missingVllm('0.16.0') }, async () => {
  const index = await indexSymbols(sourceFiles, vllmRoot('0.16.0'));
  const model = await mapModel(sourceFiles, index.root, index, 'Qwen3ForCausalLM');
  const { trace, close } = await load('amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz');
  const truth = link(trace, model, undefined, sourceSymbols(index));
  assert.match(truth.warnings.join(), /^The trace is not about vLLM 0\.16\.0 as it is here/);
  const { kernels, leafPercent, ownerPercent, wrong } = compare(trace, model, truth, link(withoutStacks(trace), model));
  assert.equal(kernels, 504);
  assert.ok(leafPercent >= 96, `${leafPercent.toFixed(1)} % leaf`);
  assert.ok(ownerPercent >= 99, `${ownerPercent.toFixed(1)} % owner: ${wrong.slice(0, 5)}`);
  await close();
});
