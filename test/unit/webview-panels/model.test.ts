import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinkReport, ModuleCost, PhaseCost } from '../../../src/shared/model.js';
import type { KernelCategory, KernelRow } from '../../../src/shared/protocol.js';
import { confidenceText, evidenceWords, mainEvidence } from '../../../webview/panels/evidence.js';
import { boxAt, layOutIcicle } from '../../../webview/panels/model/icicle.js';
import { moduleTree, ownPart, perLayerNs, total, weigh } from '../../../webview/panels/model/tree.js';
import { servedModules, shortPath, sliceName } from '../../../webview/panels/modelPaths.js';
import { moduleRows } from '../../../webview/panels/moduleRows.js';

/** [path of the module, decode ns of two steps, prefill ns of one, layers]; a dot in the path is a level, the first line of each root has no path. */
const MODULES: [label: string, path: string, parent: number, decode: number, prefill: number, layers: number][] = [
  ['Model', '', -1, 900, 450, 0],
  ['layers', 'layers.*', 0, 800, 400, 2],
  ['attn', 'layers.*.attn', 1, 300, 100, 2],
  ['mlp', 'layers.*.mlp', 1, 400, 300, 2],
  ['norm', 'norm', 0, 100, 50, 0],
  ['Unattributed', 'Unattributed', -1, 100, 0, 0],
];

function phase(name: 'decode' | 'prefill', ns: number, layers: number): PhaseCost {
  return { phase: name, ns, count: ns / 10, steps: name === 'decode' ? 2 : 1, layers };
}

const modules: ModuleCost[] = MODULES.map(([label, path, parent, decode, prefill, layers], id) => ({
  id,
  parent,
  label,
  path,
  className: '',
  place: path === 'norm' ? { file: 'vllm/m.py', line: 9, symbol: 'M.forward' } : undefined,
  totalNs: decode + prefill,
  phases: [phase('decode', decode, layers), phase('prefill', prefill, layers)],
  evidence: { graphAlignment: decode, launchStack: prefill },
  confidence: 0.9,
  search: '',
}));

const row = (nameId: number, shortName: string, category: KernelCategory): KernelRow =>
  ({ nameId, name: shortName, shortName, category, kind: 'kernel' }) as KernelRow;
const ROWS = [row(0, 'gemm', 'gemm'), row(1, 'rms', 'norm'), row(2, 'fill', 'elementwise')];

const report: LinkReport = {
  architecture: 'Model',
  root: '/src',
  version: '',
  layersPerStep: [],
  coverage: {},
  modules,
  lines: [],
  kernels: [
    {
      nameId: 0,
      slots: [
        { path: 'layers.*.mlp', ns: 700, count: 70 },
        { path: 'layers.*.attn', ns: 300, count: 30 },
      ],
    },
    {
      nameId: 1,
      slots: [
        { path: 'norm', ns: 150, count: 15 },
        { path: 'layers.*.attn', ns: 100, count: 10 },
      ],
    },
    { nameId: 2, slots: [{ path: 'layers.*', ns: 100, count: 10 }] },
  ],
  warnings: [],
};

const tree = moduleTree(report, ROWS);
const node = (label: string) => tree.all.find(({ cost }) => cost.label === label)!;

describe('module tree', () => {
  test('holds children under their parents, with the kernels of each', () => {
    deepEqual(
      tree.all.map(({ cost, level, kernels, category }) =>
        `${'  '.repeat(level - 1)}${cost.label} ${kernels.map((one) => one.row.shortName)} ${category ?? ''}`.trimEnd(),
      ),
      ['Model', '  layers fill', '    attn gemm,rms gemm', '    mlp gemm gemm', '  norm rms norm', 'Unattributed'],
    );
  });

  test('weighs a decode step, all prefill, or all', () => {
    deepEqual(
      (['decode', 'prefill', 'all'] as const).map((weight) => [weigh(node('mlp'), weight, tree), total(tree, weight)]),
      [
        [200, 500],
        [300, 450],
        [700, 1450],
      ],
    );
  });

  test('tells the mean of a layer of a step, where there are layers', () => {
    equal(perLayerNs(node('mlp'), 'decode'), 100);
    equal(perLayerNs(node('mlp'), 'all'), 700 / 6);
    equal(perLayerNs(node('norm'), 'decode'), undefined);
  });

  test('what runs in modules themselves adds up to everything', () => {
    const own = tree.all.flatMap((one) => ownPart(one) ?? []);
    deepEqual(
      own.map(({ cost }) => `${cost.label} ${cost.totalNs}`),
      ['layers 100', 'attn 400', 'mlp 700', 'norm 150', 'Unattributed 100'],
    );
    equal(
      own.reduce((sum, { cost }) => sum + cost.totalNs, 0),
      total(tree, 'all'),
    );
    deepEqual(
      own[0]!.cost.phases.map(({ ns, count }) => [ns, count]),
      [
        [100, 10],
        [0, 0],
      ],
    );
  });

  test('rows of the grouped kernel table follow filter and categories', () => {
    const rows = (text: string, hidden: KernelCategory[] = []) =>
      moduleRows(tree, text, ({ name }) => name.includes(text), new Set(hidden)).map(({ cost }) => cost.label);
    deepEqual(rows(''), ['layers', 'attn', 'mlp', 'norm', 'Unattributed']);
    deepEqual(rows('rms'), ['attn', 'norm']);
    deepEqual(rows('layers'), ['layers', 'attn', 'mlp']);
    deepEqual(rows('', ['gemm']), ['layers', 'attn', 'norm', 'Unattributed'], 'a module goes when all of its kernels are hidden');
  });
});

describe('icicle', () => {
  const boxes = layOutIcicle(tree.roots, tree, 'decode', 500, 120);

  test('gives every module its share of the width, leaves reach to the bottom', () => {
    deepEqual(
      boxes.map(({ node: { cost }, left, right, top, bottom }) => `${cost.label} ${left}–${right} ${top}–${bottom}`),
      ['Model 0–450 0–30', 'layers 0–400 30–60', 'attn 0–150 60–120', 'mlp 150–350 60–120', 'norm 400–450 30–120', 'Unattributed 450–500 0–120'],
    );
  });

  test('finds the module under the pointer', () => {
    equal(boxAt(boxes, 200, 100)?.cost.label, 'mlp');
    equal(boxAt(boxes, 380, 100), undefined, 'what runs in the layer itself has no box of its own');
  });

  test('a part fills the width alone', () => {
    const [first] = layOutIcicle([node('mlp')], tree, 'decode', 500, 120);
    deepEqual([first!.left, first!.right], [0, 500]);
  });
});

test('kernels name the modules they serve, most time first', () => {
  const served = servedModules(report);
  deepEqual(
    served.get(1)!.map(({ path, place }) => `${path} ${place?.line ?? ''}`.trim()),
    ['norm 9', 'attn'],
  );
  equal(servedModules({ reason: 'No tree.', fix: 'none' }).size, 0);
});

test('paths are short, slices are called by their module', () => {
  equal(shortPath('model.layers.*.self_attn.qkv_proj'), 'self_attn.qkv_proj');
  equal(shortPath('model.norm'), 'norm');
  const ref = { shortName: 'gemm' } as Parameters<typeof sliceName>[0]['ref'];
  const model = { slot: 3, path: 'model.layers.*.self_attn.qkv_proj' } as NonNullable<Parameters<typeof sliceName>[0]['model']>;
  equal(sliceName({ ref, model }), 'qkv_proj');
  equal(sliceName({ ref, model: { ...model, slot: -1 } }), 'gemm', 'the owner of a fill is not its name');
  equal(sliceName({ ref }), 'gemm');
});

test('inferred evidence carries a tilde', () => {
  equal(confidenceText('graphAlignment', 0.854), '≈ 0.85');
  equal(confidenceText('launchStack', 1), '1.00');
  equal(evidenceWords('graphAlignment'), 'graph alignment');
  equal(mainEvidence({ op: 1, capture: 5, none: 2 }), 'capture');
  equal(mainEvidence({}), undefined);
});
