import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { SAMPLE_SHAPE, workerTrace } from '../../sample/make.js';

const folder = mkdtempSync(join(tmpdir(), 'kernel-lens-locate-'));
after(() => rmSync(folder, { recursive: true }));
const SOURCE = join(import.meta.dirname, '../../sample/source');
const TRACE = join(folder, 'rank0.pt.trace.json');
writeFileSync(TRACE, workerTrace(0));
const NO_FRAMES = join(folder, 'no-frames.json');
writeFileSync(
  NO_FRAMES,
  JSON.stringify({ traceEvents: [{ ph: 'X', cat: 'kernel', name: 'gemm', pid: 0, tid: 7, ts: 1, dur: 2, args: { device: 0, stream: 7, correlation: 1 } }] }),
);

async function command(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const stream = (key: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => void (text[key] += chunk.toString()));
  const code = await run(argv, { stdout: stream('out'), stderr: stream('err') });
  return { code, ...text };
}

interface LocateJson {
  schema: number;
  source: object;
  steps: number;
  layersPerStep: number[];
  coverage: { byEvidence: Record<string, number> };
  kernels: { name: string; slot: string | null; totalNs: number; count: number }[];
  warnings: string[];
}

test('locate --json has the documented schema', async () => {
  const { code, out, err } = await command('locate', TRACE, '--source', SOURCE, '--json');
  assert.deepEqual([code, err], [0, '']);
  const json: LocateJson = JSON.parse(out);
  assert.deepEqual(Object.keys(json), ['schema', 'trace', 'source', 'architecture', 'steps', 'layersPerStep', 'coverage', 'kernels', 'modules', 'warnings']);
  assert.deepEqual(json.source, { root: SOURCE, version: '', lineMatch: 1 });
  assert.deepEqual([json.steps, json.layersPerStep.length, json.layersPerStep[0]], [7, 7, SAMPLE_SHAPE.layers]);
  const percent = Object.values(json.coverage.byEvidence).reduce((sum, one) => sum + one, 0);
  assert.equal(percent.toFixed(2), '100.00');
  const { totalNs, count, name, ...kernel } = json.kernels.find(({ slot }) => slot === 'mlp.gate_up_proj') ?? assert.fail('no gate_up_proj');
  assert.ok(totalNs > 0 && name.includes('gemm'));
  assert.equal(count, SAMPLE_SHAPE.layers * SAMPLE_SHAPE.decodeSteps);
  assert.deepEqual(kernel, {
    slot: 'mlp.gate_up_proj',
    module: 'model.layers.*.mlp.gate_up_proj',
    path: 'vllm/model_executor/models/qwen2.py',
    line: 22,
    symbol: 'Qwen2MLP.forward',
    evidence: 'graphAlignment',
    confidence: 0.85,
    kernelSource: null,
  });
});

test('--gpu-events --csv has a row for every kernel call', async () => {
  const { code, out } = await command('locate', TRACE, '--source', SOURCE, '--gpu-events', '--csv');
  const [head, ...rows] = out.trimEnd().split('\n');
  assert.deepEqual([code, head], [0, 'startNs,durationNs,name,step,phase,layer,slot,module,path,line,symbol,evidence,confidence']);
  const kernels = await command('kernels', TRACE, '--csv');
  assert.equal(rows.length, kernels.out.trimEnd().split('\n').length - 1);
  const inLayer = rows.filter((row) => row.includes(',2,decode,7,mlp.down_proj,'));
  assert.deepEqual(
    inLayer.map((row) => row.slice(row.indexOf(',2,decode,7,'))),
    Array(2).fill(',2,decode,7,mlp.down_proj,model.layers.*.mlp.down_proj,vllm/model_executor/models/qwen2.py,24,Qwen2MLP.forward,graphAlignment,0.85'),
    'the product and its sum over ranks',
  );
});

test('text has coverage and the module tree', async () => {
  const { code, out } = await command('locate', TRACE, '--source', join(SOURCE, 'vllm'));
  assert.equal(code, 0);
  assert.match(out, /Qwen3ForCausalLM · .* · 100 % of the recorded frame lines match · 7 steps with 12 layers/);
  assert.match(out, /^≈ graph alignment +\d+\.\d$/m);
  assert.match(out, /^ {8}gate_up_proj MergedColumnParallelLinear .* qwen2\.py:22$/m);
  assert.match(out, /^Unattributed /m);
  assert.match(out, /^Kernel time .* 100\.0$/m);
});

const REFUSALS: [string, string[], RegExp][] = [
  ['no source', [TRACE], /locate needs the source of the model: --source/],
  ['a folder without a package', [TRACE, '--source', folder], /there is no package vllm or sglang in it/],
  ['an unknown model', [TRACE, '--source', SOURCE, '--arch', 'Nope'], /rank0.*: Nope is no model of the source in/],
  ['a model that nothing names', [NO_FRAMES, '--source', SOURCE], /no-frames.*: Which model ran\? .* --arch/],
  ['no folder of torch.compile', [TRACE, '--source', SOURCE, '--artifacts', join(folder, 'none')], /none: there is no such folder/],
  ['events as text', [TRACE, '--source', SOURCE, '--gpu-events'], /add --csv/],
];
for (const [what, argv, expected] of REFUSALS) {
  test(`${what}: one line, exit code 2`, async () => {
    const { code, out, err } = await command('locate', ...argv);
    assert.deepEqual([code, out, err.trimEnd().split('\n').length], [2, '', 1]);
    assert.match(err, expected);
  });
}

test('--artifacts of another run: said, and everything else is as without', async () => {
  const cache = join(folder, 'torch_compile_cache');
  mkdirSync(cache);
  const [without, artifacts] = [
    await command('locate', TRACE, '--source', SOURCE, '--json'),
    await command('locate', TRACE, '--source', SOURCE, '--artifacts', cache, '--json'),
  ];
  const [plain, json]: LocateJson[] = [JSON.parse(without.out), JSON.parse(artifacts.out)];
  assert.deepEqual(json.kernels, plain.kernels);
  assert.deepEqual(json.warnings, [...plain.warnings, 'What torch.compile wrote fits none of the kernels: it is of another model or run.']);
});

test('options of locate are no options of other verbs', async () => {
  const { code, err } = await command('summarize', TRACE, '--source', SOURCE);
  assert.equal(code, 2);
  assert.match(err, /summarize has no --source/);
});
