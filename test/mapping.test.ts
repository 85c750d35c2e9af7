/** Kernels of real recordings linked to hand-written model maps: how much is linked by what, and whether it is right. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexGpu } from '../src/core/analyze/gpu.js';
import { findSteps } from '../src/core/analyze/steps.js';
import { readTrace } from '../src/core/read/read.js';
import { type Links, linkKernels } from '../src/core/source/link.js';
import type { Capture } from '../src/core/source/linkInput.js';
import type { Trace } from '../src/core/trace/trace.js';
import { openFile } from '../src/node/files.js';
import { EVIDENCE, type Evidence, type ModelMap } from '../src/shared/model.js';
import { GLM, GPT_OSS, LLAMA, QWEN3, QWEN3_MOE } from './models.js';
import { missingTraces, tracePath } from './traces.js';

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
  { file: 'nvidia-vllm-glm52moe-tp4ep4-decode-rank0.pt.trace.json.gz', model: GLM, layers: 78, steps: 8, coverage: { graphAlignment: 89.5 }, none: 10 },
];

async function load(file: string) {
  const opened = await openFile(tracePath(file));
  const read = await readTrace(opened);
  return { ...read, close: () => opened.close() };
}

function link(trace: Trace, model: ModelMap, capture?: Capture): Links {
  const gpu = indexGpu(trace);
  const { stepOf, layerOf } = findSteps(trace, gpu);
  return linkKernels(trace, { work: gpu.work, stepOf, layerOf }, model, undefined, capture);
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

const skip = missingTraces(ROWS.length + 2);

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

test('a capture trace joins every kernel of a replay', { skip }, async () => {
  const execution = await load('amd-vllm-decode-fullgraph-execution.json.gz');
  const captured = await load('amd-vllm-decode-fullgraph-capture.pt.trace.json.gz');
  const links = link(execution.trace, GPT_OSS, { trace: captured.trace, launchedName: () => undefined });
  const coverage = coverageOf(execution.trace, links);
  assert.ok((coverage.compiledAlignment ?? 0) + (coverage.capture ?? 0) >= 96.6, JSON.stringify(coverage));
  await execution.close();
  await captured.close();
});
