import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinkReport, ModuleCost, PhaseCost } from '../../../src/shared/model.js';
import type { KernelCategory, KernelRow } from '../../../src/shared/protocol.js';
import { confidenceText, evidenceDetail, evidenceWords, mainEvidence, moduleConfidence } from '../../../webview/panels/evidence.js';
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
        { path: 'layers.*.mlp', ns: 700, count: 70, phaseNs: { decode: 400, prefill: 300 } },
        { path: 'layers.*.attn', ns: 300, count: 30, phaseNs: { decode: 250, prefill: 50 } },
      ],
    },
    {
      nameId: 1,
      slots: [
        { path: 'norm', ns: 150, count: 15, phaseNs: { decode: 100, prefill: 50 } },
        { path: 'layers.*.attn', ns: 100, count: 10, phaseNs: { decode: 50, prefill: 50 } },
      ],
    },
    { nameId: 2, slots: [{ path: 'layers.*', ns: 100, count: 10, phaseNs: { decode: 100, prefill: 0 } }] },
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

  test('gives every module its share of the width; leaves and the own time of others reach down to the row of kernels', () => {
    deepEqual(
      boxes.map(
        ({ node: { cost }, part, kernel, left, right, top, bottom }) => `${cost.label} ${kernel?.row.shortName ?? part} ${left}–${right} ${top}–${bottom}`,
      ),
      [
        'Model module 0–450 0–30',
        'layers module 0–400 30–60',
        'attn module 0–150 60–86',
        'attn gemm 0–125 86–120',
        'attn rms 125–150 86–120',
        'mlp module 150–350 60–86',
        'mlp gemm 150–350 86–120',
        'layers own 350–400 60–86',
        'layers fill 350–400 86–120',
        'norm module 400–450 30–86',
        'norm rms 400–450 86–120',
        'Unattributed module 450–500 0–86',
      ],
    );
  });

  test('kernels are as wide as they are in the phase', () => {
    const prefill = layOutIcicle([node('attn')], tree, 'prefill', 100, 120).filter(({ kernel }) => kernel);
    deepEqual(
      prefill.map(({ kernel, left, right, ns }) => `${kernel!.row.shortName} ${left}–${right} ${ns}`),
      ['gemm 0–50 50', 'rms 50–100 50'],
    );
  });

  test('finds what is under the pointer', () => {
    const under = (x: number, y: number) => {
      const on = boxAt(boxes, x, y);
      return on && `${on.node.cost.label} ${on.kernel?.row.shortName ?? on.part}`;
    };
    deepEqual(
      [under(200, 70), under(200, 100), under(380, 70), under(380, 100), under(470, 100)],
      ['mlp module', 'mlp gemm', 'layers own', 'layers fill', undefined],
    );
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
  equal(evidenceDetail({ launchStack: 1000, graphAlignment: 3000 }), 'graph alignment 3.00 µs, launch stack 1.00 µs');
  deepEqual(
    [{ launchStack: 1, graphAlignment: 3 }, { launchStack: 3, graphAlignment: 1 }, { none: 1 }, {}].map((evidence) =>
      moduleConfidence({ evidence, confidence: 0.9 }),
    ),
    ['≈ 0.90', '0.90', 'none', '–'],
  );
});
