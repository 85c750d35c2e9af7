/** Drawn recordings linked by their best evidence. One layer of a small model; columns are nanoseconds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Links, linkKernels } from '../../../src/core/source/link.js';
import type { SourceSymbols } from '../../../src/core/source/linkInput.js';
import type { Trace } from '../../../src/core/trace/trace.js';
import type { ModelMap } from '../../../src/shared/model.js';
import { draw } from '../../draw.js';
import { modelFrom } from '../../models.js';

const MODEL = modelFrom(
  'TinyForCausalLM',
  'TinyLayer',
  `
  before embed      VocabEmbedding  embedding  TinyModel
  layer  norm1      RMSNorm         norm       TinyLayer
  layer  attn.qkv   QKVLinear       linear     TinyAttention
  layer  attn.core  Attention       attention  TinyAttention
  layer  attn.out   RowLinear       linear     TinyAttention
  layer  norm2      RMSNorm         norm       TinyLayer
  layer  mlp.up     ColumnLinear    linear     TinyMLP
  layer  mlp.down   RowLinear       linear     TinyMLP
  after  norm       RMSNorm         norm       TinyModel
`,
);

const python = (name: string) => ({ name, category: 'python_function' });
const KERNELS = {
  N: 'rms_norm_kernel',
  K: 'nvjet_gemm',
  C: 'elementwise_kernel<direct_copy>',
  A: 'flash_fwd_kernel',
};
const FRAMES = {
  M: python('nn.Module: TinyModel_0'),
  Y: python('nn.Module: TinyLayer_0'),
  T: python('nn.Module: TinyAttention_0'),
  P: python('nn.Module: TinyMLP_0'),
  n: python('nn.Module: RMSNorm_0'),
  m: python('nn.Module: RMSNorm_1'),
  q: python('nn.Module: QKVLinear_0'),
  a: python('nn.Module: Attention_0'),
  r: python('nn.Module: RowLinear_0'),
  u: python('nn.Module: ColumnLinear_0'),
  d: python('nn.Module: RowLinear_1'),
  X: python('vllm/v1/worker/gpu_model_runner.py(100): execute_model'),
  S: python('vllm/v1/worker/gpu_model_runner.py(50): _prepare_inputs'),
  W: python('nn.Module: GraphModule_0'),
};

/** Every kernel of stream 7 in time order, the layer being all of them but those in `outside`. */
function link(
  trace: Trace,
  options: { model?: ModelMap; symbols?: SourceSymbols; outside?: number[]; layers?: number[] } = {},
): { links: Links; lines: string[] } {
  const work = Uint32Array.from({ length: trace.gpu.count }, (_, slice) => slice).sort((a, b) => trace.slices.startNs[a] - trace.slices.startNs[b]);
  const layerOf = new Int16Array(trace.gpu.count);
  for (const at of options.outside ?? []) layerOf[work[at]] = -1;
  for (const [at, layer] of (options.layers ?? []).entries()) layerOf[work[at]] = layer;
  const links = linkKernels(trace, { work, stepOf: new Int32Array(trace.gpu.count), layerOf }, options);
  const lines = [...work].map((slice) => {
    const { slot, evidence, confidence, calledFrom } = links.linkOf(slice);
    const where = slot >= 0 ? options.model?.slots[slot].path : `(${calledFrom?.symbol ?? ''})`;
    return `${trace.strings.get(trace.slices.name[slice]).slice(0, 5)} ${where} ${evidence} ${confidence.toFixed(2)}`;
  });
  return { links, lines };
}

const EAGER = draw(
  `
  cpu     |XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
          |SSS MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM
          | L  YYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYYY
          |    nnn TTTTTTTTTTTTTTTT mmm PPPPPPP
          |     L  qqq L aaa rrr     L  uuu ddd
          |         L    L    L          L   L
  stream7 |  C  N   K  C  A    K      N   K   K
`,
  { legend: { ...KERNELS, ...FRAMES } },
);

test('the stack of a launch names the module; a launch in no module of its own belongs to the module around it', () => {
  assert.deepEqual(link(EAGER, { model: MODEL, outside: [0] }).lines, [
    'eleme (_prepare_inputs) frameworkFrame 0.95',
    'rms_n norm1 launchStack 0.98',
    'nvjet attn.qkv launchStack 0.98',
    'eleme (TinyAttention.forward) launchStack 0.98',
    'flash attn.core launchStack 0.98',
    'nvjet attn.out launchStack 0.98',
    'rms_n norm2 launchStack 0.98',
    'nvjet mlp.up launchStack 0.98',
    'nvjet mlp.down launchStack 0.98',
  ]);
});

test('a tree that calls the classes otherwise: they are found by what they do and by their order', () => {
  const renamed: ModelMap = {
    ...MODEL,
    slots: MODEL.slots.map((slot) => ({ ...slot, className: slot.className.replace('QKVLinear', 'FusedLinear').replace('RMSNorm', 'LayerNorm') })),
  };
  const { lines } = link(EAGER, { model: renamed, outside: [0] });
  assert.deepEqual([lines[1], lines[2], lines[6]], ['rms_n norm1 launchStack 0.98', 'nvjet attn.qkv launchStack 0.98', 'rms_n norm2 launchStack 0.98']);
});

test('without a model there are still frames and layers', () => {
  const { lines, links } = link(EAGER, { outside: [0] });
  assert.equal(lines[0], 'eleme (_prepare_inputs) frameworkFrame 0.95');
  assert.equal(lines[2], 'nvjet (execute_model) frameworkFrame 0.95');
  assert.deepEqual(links.layersPerStep, [1]);
});

/** The layer as one graph: nothing but the order of its kernels. */
const IN_GRAPH = `
  stream7 | N K C A K N K K
`;

test('a graph replay is linked by the order of its kernels, and copies to the function around', () => {
  const trace = draw(`cpu |G\n${IN_GRAPH}`, { legend: KERNELS, launchedBy: Array(8).fill(0) });
  assert.deepEqual(link(trace, { model: MODEL }).lines, [
    'rms_n norm1 graphAlignment 0.85',
    'nvjet attn.qkv graphAlignment 0.85',
    'eleme (TinyAttention.forward) graphAlignment 0.85',
    'flash attn.core graphAlignment 0.85',
    'nvjet attn.out graphAlignment 0.85',
    'rms_n norm2 graphAlignment 0.85',
    'nvjet mlp.up graphAlignment 0.85',
    'nvjet mlp.down graphAlignment 0.85',
  ]);
});

test('a draft model of the same step, after tokens were sampled: not linked to the model, and it is said', () => {
  const layer = 'N K A K N K K';
  const trace = draw(`cpu |G\nstream7 | ${layer} ${layer} N K S E N K A K N K K`, {
    legend: { ...KERNELS, S: 'argmax_kernel', E: 'embedding_kernel' },
    launchedBy: Array(27).fill(0),
  });
  const layers = [...Array(7).fill(0), ...Array(7).fill(1), -1, -1, -1, -1, ...Array(7).fill(2)];
  const { lines, links } = link(trace, { model: MODEL, layers });
  assert.deepEqual(links.layersPerStep, [2]);
  assert.deepEqual(lines.slice(7, 16), [
    'rms_n norm1 graphAlignment 0.85',
    'nvjet attn.qkv graphAlignment 0.85',
    'flash attn.core graphAlignment 0.85',
    'nvjet attn.out graphAlignment 0.85',
    'rms_n norm2 graphAlignment 0.85',
    'nvjet mlp.up graphAlignment 0.85',
    'nvjet mlp.down graphAlignment 0.85',
    'rms_n norm graphAlignment 0.85',
    'nvjet () none 0.00',
  ]);
  assert.deepEqual(new Set(lines.slice(17).map((line) => line.slice(line.indexOf(' ')))), new Set([' () none 0.00']));
  assert.equal(links.linkOf(20).reason, 'It runs before or after the model, which sampled in between: in a draft model.');
  assert.deepEqual(links.warnings, ['In a step 1 layer of a draft model run besides the model: they are linked only where their launches have stacks.']);
});

test('inside of compiled code the frames confirm the order', () => {
  const trace = draw(`cpu |WWWWWWWWWWWWWWWWWW\n    |LLL\n${IN_GRAPH}`, { legend: { ...KERNELS, ...FRAMES }, launchedBy: Array(8).fill(0) });
  assert.equal(link(trace, { model: MODEL }).lines[6], 'nvjet mlp.up compiledAlignment 0.90');
});

test('an op without frames, and nothing at all', () => {
  const trace = draw('cpu |OOO\n    | L\nstream7 |  C D', { legend: { ...KERNELS, O: 'aten::copy_', D: 'unknown_thing' }, launchedBy: [0, -1] });
  const { lines, links } = link(trace, { outside: [0, 1] });
  assert.deepEqual(lines, ['eleme () op 0.60', 'unkno () none 0.00']);
  assert.deepEqual(links.reasons, ['Only the op aten::copy_ that launched it is known.', 'Nothing in the recording says what caused it.']);
});

/** A tree where execute_model and _prepare_inputs begin on the given lines. */
function tree(executeModel: number, prepareInputs: number): SourceSymbols {
  const lines = new Map([
    ['execute_model', executeModel],
    ['_prepare_inputs', prepareInputs],
  ]);
  return {
    title: 'vLLM 0.33.0',
    kernelsNamed: () => [],
    functionsIn(path, name) {
      const line = lines.get(name);
      return line === undefined ? [] : [{ place: { file: path, line, symbol: `GPUModelRunner.${name}` }, firstLine: line }];
    },
  };
}

test('frames lead to the functions of the tree', () => {
  const { links, lines } = link(EAGER, { model: MODEL, symbols: tree(100, 50), outside: [0] });
  assert.equal(lines[0], 'eleme (GPUModelRunner._prepare_inputs) frameworkFrame 0.95');
  assert.equal(links.lineMatch, 1);
  assert.deepEqual(links.warnings, []);
});

test('a tree of another version: said, and less is certain', () => {
  const { links, lines } = link(EAGER, { model: MODEL, symbols: tree(222, 333), outside: [0] });
  assert.equal(links.lineMatch, 0);
  const warning =
    'The trace is not about vLLM 0.33.0 as it is here. 0 % of its frames begin on the same line, 100 % are found by name, 0 % are gone. Code is mapped by name, and every confidence is lower.';
  assert.deepEqual(links.warnings, [warning]);
  assert.deepEqual(links.skew, { warning, lost: [] });
  assert.deepEqual([lines[0], lines[1]], ['eleme (GPUModelRunner._prepare_inputs) frameworkFrame 0.85', 'rms_n norm1 launchStack 0.90']);
});

test('a tree without the functions of the recording names them', () => {
  const { links } = link(EAGER, { model: MODEL, symbols: { ...tree(0, 0), functionsIn: () => [] }, outside: [0] });
  assert.match(links.skew?.warning ?? '', / 0 % are found by name, 100 % are gone\./);
  assert.deepEqual(
    links.skew?.lost.map(({ file, line, function: name }) => `${file}:${line} ${name}`),
    ['vllm/v1/worker/gpu_model_runner.py:100 execute_model', 'vllm/v1/worker/gpu_model_runner.py:50 _prepare_inputs'],
  );
});
