import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeWork } from '../../../src/core/source/placement.js';
import { type Costs, reportCosts } from '../../../src/core/source/report.js';
import type { ModelLink, ModelMap, Slot, SourcePlace } from '../../../src/shared/model.js';
import { draw } from '../../draw.js';

const place = (line: number, symbol: string, file = 'vllm/models/tiny.py'): SourcePlace => ({ file, line, symbol });
const slot = (id: number, path: string, className: string, line: number, section: Slot['section'] = 'layer'): Slot => ({
  id,
  path,
  className,
  role: 'other',
  section,
  variant: '',
  optional: false,
  call: place(line, 'TinyLayer.forward'),
  owner: path.startsWith('mlp.') ? place(10, 'TinyMLP.forward') : place(20, 'TinyLayer.forward'),
  forward: className === 'RMSNorm' ? place(5, 'RMSNorm.forward', 'vllm/layers/norm.py') : undefined,
});

const MODEL: ModelMap = {
  architecture: 'TinyForCausalLM',
  layerClass: 'TinyLayer',
  classes: [
    { path: '', className: 'TinyForCausalLM', place: place(40, 'TinyForCausalLM'), forward: place(44, 'TinyForCausalLM.forward') },
    {
      path: 'model',
      className: 'TinyModel',
      place: place(30, 'TinyModel'),
      forward: place(33, 'TinyModel.forward'),
      call: place(45, 'TinyForCausalLM.forward'),
    },
    {
      path: 'model.layers.*',
      className: 'TinyLayer',
      place: place(18, 'TinyLayer'),
      forward: place(20, 'TinyLayer.forward'),
      call: place(35, 'TinyModel.forward'),
    },
    {
      path: 'model.layers.*.mlp',
      className: 'TinyMLP',
      place: place(8, 'TinyMLP'),
      forward: place(10, 'TinyMLP.forward'),
      call: place(24, 'TinyLayer.forward'),
    },
  ],
  slots: [
    slot(0, 'model.embed', 'Embedding', 34, 'before'),
    slot(1, 'norm', 'RMSNorm', 21),
    slot(2, 'mlp.up', 'Linear', 11),
    slot(3, 'model.norm', 'RMSNorm', 36, 'after'),
  ],
  warnings: [],
};

/** One step of prefill and two of decode with two layers each: e embeds, n norms, u multiplies, c copies in the MLP, s samples, x is unknown. */
const TRACE = draw(`
  stream7 |eeeeee nnuuuuuuuucnnuuuuuuuuc nn sss xx  e n uu n uu n s  e n uu n uu n s
`);
const { slices, strings } = TRACE;
const WORK = Array.from({ length: TRACE.gpu.count }, (_, slice) => slice);
const letter = (slice: number): string => strings.get(slices.name[slice]);
const STEP_OF = Int32Array.from(WORK, (slice) => (slices.startNs[slice] < 42 ? 0 : slices.startNs[slice] < 59 ? 1 : 2));

/** Links as the letters say; the third norm of a step is the model's last. */
const LINKS = WORK.map((slice): ModelLink => {
  const before = WORK.filter((other) => other < slice && STEP_OF[other] === STEP_OF[slice]);
  const nth = before.filter((other) => letter(other) === letter(slice)).length;
  const inLayer = (id: number): ModelLink => ({ slot: id, layer: nth, evidence: 'graphAlignment', confidence: 0.8, reason: 'in order' });
  switch (letter(slice)) {
    case 'e':
      return { slot: 0, layer: -1, evidence: 'launchStack', confidence: 1, reason: 'frames' };
    case 'n':
      return nth < 2 ? inLayer(1) : { ...inLayer(3), layer: -1 };
    case 'u':
      return inLayer(2);
    case 'c':
      return { ...inLayer(-1), calledFrom: place(10, 'TinyMLP.forward') };
    case 's':
      return {
        slot: -1,
        layer: -1,
        evidence: 'frameworkFrame',
        confidence: 0.95,
        reason: 'frames',
        calledFrom: place(3, 'Sampler.forward', 'vllm/v1/sampler.py'),
      };
    default:
      return { slot: -1, layer: -1, evidence: 'none', confidence: 0, reason: 'nothing fits' };
  }
});

const costs: Costs = reportCosts({
  trace: TRACE,
  model: MODEL,
  kernels: Uint32Array.from(WORK),
  phases: ['prefill', 'decode', 'decode'],
  stepOf: STEP_OF,
  linkOf: (slice) => LINKS[slice],
  placement: placeWork(MODEL, TRACE.gpu.count, {
    slot: Int16Array.from(LINKS, ({ slot }) => slot),
    owner: Int16Array.from(LINKS, ({ slot, calledFrom }) => (calledFrom?.symbol === 'TinyMLP.forward' ? 2 : slot)),
    linkOf: (slice) => LINKS[slice],
  }),
  definedAt: (name) => (strings.get(name) === 'n' ? place(70, 'norm_kernel', 'csrc/norm.cu') : undefined),
});
const kernelNs = WORK.reduce((sum, slice) => sum + slices.durNs[slice], 0);

test('the module tree, weighted: parents hold their parts, the roots hold all kernel time', () => {
  const { modules } = costs;
  const depth = (id: number): number => (modules[id].parent < 0 ? 0 : 1 + depth(modules[id].parent));
  assert.deepEqual(
    modules.map(({ id, label, className, totalNs }) => `${'  '.repeat(depth(id))}${label} ${className} ${totalNs}`.replace(/ +(\d+)$/, ' $1')),
    [
      'TinyForCausalLM TinyForCausalLM 46',
      'Outside the model 5',
      'Unattributed 2',
      '  model TinyModel 46',
      '    embed Embedding 8',
      '    layers TinyLayer 34',
      '      norm RMSNorm 8',
      '      mlp TinyMLP 26',
      '        up Linear 24',
      '    norm RMSNorm 4',
      '  Sampler.forward 5',
    ],
  );
  assert.equal(
    modules.filter(({ parent }) => parent < 0).reduce((sum, { totalNs }) => sum + totalNs, 0),
    kernelNs,
  );
});

test('costs by phase: time, calls, steps of the phase, layers', () => {
  const up = costs.modules.find(({ path }) => path === 'model.layers.*.mlp.up');
  assert.deepEqual(up?.phases, [
    { phase: 'prefill', ns: 16, count: 2, steps: 1, layers: 2 },
    { phase: 'decode', ns: 8, count: 4, steps: 2, layers: 2 },
  ]);
  assert.deepEqual(
    costs.modules.find(({ path }) => path === 'model')?.phases.map(({ phase, layers }) => [phase, layers]),
    [
      ['prefill', 0],
      ['decode', 0],
    ],
    'what runs outside of layers too has no cost per layer',
  );
  assert.deepEqual([up?.search, costs.modules[0].search, up?.evidence], ['slot:model.layers.*.mlp.up', 'slot:TinyForCausalLM', { graphAlignment: 24 }]);
});

test('modules are as sure as their kernels, by time', () => {
  const sure = costs.modules.filter(({ path }) => ['model.embed', 'model.layers.*.norm', 'outside', 'unattributed', ''].includes(path));
  assert.deepEqual(
    sure.map(({ label, confidence }) => `${label} ${confidence.toFixed(2)}`),
    // 8 of 46 for certain, 38 at 0.8
    ['TinyForCausalLM 0.83', 'Outside the model 0.95', 'Unattributed 0.00', 'embed 1.00', 'norm 0.80'],
  );
});

test('lines: calls, forwards and classes around them, definitions of kernels; each kernel counts once', () => {
  const lines = costs.lines.map(({ place: { file, line }, kind, totalNs }) => `${file.slice(file.lastIndexOf('/') + 1)}:${line} ${kind} ${totalNs}`);
  assert.deepEqual(lines.sort(), [
    'norm.cu:70 kernel 12',
    'norm.py:5 forward 12',
    'sampler.py:3 forward 5',
    'tiny.py:10 forward 26',
    'tiny.py:11 call 24',
    'tiny.py:18 class 34',
    'tiny.py:20 forward 34',
    'tiny.py:21 call 8',
    'tiny.py:24 call 26',
    'tiny.py:30 class 46',
    'tiny.py:33 forward 46',
    'tiny.py:34 call 8',
    'tiny.py:35 call 34',
    'tiny.py:36 call 4',
    'tiny.py:40 class 46',
    'tiny.py:44 forward 46',
    'tiny.py:45 call 46',
    'tiny.py:8 class 26',
  ]);
  const mlp = costs.lines.find(({ place: { line } }) => line === 10);
  assert.deepEqual(
    [mlp?.search, mlp?.evidence, mlp?.reason, mlp?.confidence.toFixed(2), mlp?.percent.toFixed(1)],
    ['at:tiny.py:10', 'graphAlignment', 'in order', '0.80', ((100 * 26) / kernelNs).toFixed(1)],
  );
  assert.deepEqual(
    mlp?.kernels.map(({ name, phase, count, totalNs }) => [name, phase, count, totalNs]),
    [
      ['u', 'prefill', 2, 16],
      ['u', 'decode', 4, 8],
      ['c', 'prefill', 2, 2],
    ],
  );
});

test('kernel names and what they serve, most time first', () => {
  const norm = costs.kernels.find(({ nameId }) => strings.get(nameId) === 'n');
  assert.deepEqual(norm?.slots, [
    { path: 'model.layers.*.norm', ns: 8, count: 6, phaseNs: { prefill: 4, decode: 4 } },
    { path: 'model.norm', ns: 4, count: 3, phaseNs: { prefill: 2, decode: 2 } },
  ]);
});

test('coverage adds up to 100 percent, and what is unknown is said', () => {
  assert.deepEqual(Object.keys(costs.coverage), ['launchStack', 'graphAlignment', 'frameworkFrame', 'none']);
  assert.equal(
    Object.values(costs.coverage).reduce((sum, percent) => sum + percent, 0),
    100,
  );
  assert.deepEqual(costs.warnings, ['3.8 % of kernel time is linked to no line of code: it is listed as unattributed.']);
});
