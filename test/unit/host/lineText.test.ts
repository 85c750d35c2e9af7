import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heatOf, lineMarkdown, linesOf, lineTitle } from '../../../src/host/lineText.js';
import type { LineCost } from '../../../src/shared/model.js';

const gate: LineCost = {
  place: { file: 'vllm/models/llama.py', line: 91, symbol: 'LlamaMLP.forward' },
  kind: 'call',
  totalNs: 91_680_000,
  percent: 39.6,
  phases: [
    { phase: 'prefill', ns: 32_460_000, count: 80, steps: 1, layers: 80 },
    { phase: 'decode', ns: 59_220_000, count: 720, steps: 9, layers: 80 },
  ],
  evidence: 'graphAlignment',
  confidence: 0.85,
  reason: '80 of 80 layers match; [4] GEMMs = 4 linear slots.',
  search: 'at:llama.py:91',
  kernels: [
    { name: 'sm90<a|b>', shortName: 'sm90`a|b`', phase: 'decode', count: 720, totalNs: 59_220_000 },
    { name: 'sm90_128', shortName: 'sm90_128', phase: 'prefill', count: 80, totalNs: 32_460_000 },
  ],
};

const titles: [string, Partial<LineCost>, string][] = [
  ['two phases', {}, '$(flame)\u00a0decode 6.58 ms/step · 80 layers · 82.25 µs/layer · 39.6 % of GPU · ≈ graph alignment | prefill 32.46 ms'],
  ['cool', { percent: 14.9, phases: [gate.phases[0]!] }, 'prefill 32.46 ms · 80 layers · 405.8 µs/layer · 14.9 % of GPU · ≈ graph alignment'],
  [
    'outside of layers, proven',
    { percent: 3, evidence: 'launchStack', phases: [{ phase: 'decode', ns: 9000, count: 9, steps: 9, layers: 0 }] },
    'decode 1.00 µs/step · 3.0 % of GPU · launch stack',
  ],
  [
    'inherited',
    { percent: 3, phases: [{ phase: 'unknown', ns: 9000, count: 9, steps: 0, layers: 0 }], place: { ...gate.place, via: 'Qwen3DecoderLayer' } },
    'outside of steps 9.00 µs · 3.0 % of GPU · ≈ graph alignment · via Qwen3DecoderLayer',
  ],
];
for (const [name, change, expected] of titles) test(`lens: ${name}`, () => assert.equal(lineTitle({ ...gate, ...change }), expected));

test('a hover lists kernels by phase, and nothing in a name is Markdown', () => {
  assert.equal(
    lineMarkdown(gate),
    `**\`LlamaMLP.forward\`**: 91.68 ms, 39.6 % of GPU time

decode 6.58 ms/step · 80 layers · 82.25 µs/layer (9 steps, 720 kernels)${'  '}
prefill 32.46 ms · 80 layers · 405.8 µs/layer (1 step, 80 kernels)

| Kernel | Phase | Calls | Mean | Per step |
|:--|:--|--:|--:|--:|
| \`sm90'a\\|b'\` | decode | 720 | 82.25 µs | 6.58 ms |
| \`sm90_128\` | prefill | 80 | 405.8 µs | 32.46 ms |

80 of 80 layers match; \\[4\\] GEMMs = 4 linear slots. Confidence 85.0 %.`,
  );
});

test('a file has its own lines that cost something, in their order', () => {
  const at = (file: string, line: number, totalNs: number): LineCost => ({ ...gate, place: { ...gate.place, file, line }, totalNs });
  const lines = [at('a.py', 9, 1), at('b.py', 1, 1), at('a.py', 2, 1), at('a.py', 3, 0)];
  assert.deepEqual(
    linesOf('a.py', lines).map(({ place }) => place.line),
    [2, 9],
  );
});

const heats: [number, LineCost['kind'], number][] = [
  [1, 'call', -1],
  [1.1, 'call', 0],
  [6, 'call', 1],
  [15.1, 'call', 2],
  [39.6, 'call', 3],
  [39.6, 'forward', -1],
];
for (const [percent, kind, expected] of heats) test(`heat of a ${kind} with ${percent} %`, () => assert.equal(heatOf({ ...gate, percent, kind }), expected));
