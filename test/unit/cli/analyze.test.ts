import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import * as v from 'valibot';
import { run } from '../../../src/cli/run.js';

const folder = mkdtempSync(join(tmpdir(), 'kernel-lens-analyze-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Two decode steps of one graph each: eight microseconds of a product, two of communication, one idle between the steps. */
function decode(product = 'nvjet_tst_64x8_bf16'): string {
  const cpu = (cat: string, name: string, ts: number, dur: number, args = {}) => ({ ph: 'X', cat, name, pid: 9, tid: 9, ts, dur, args });
  const work = (name: string, ts: number, dur: number, correlation: number) => {
    return { ph: 'X', cat: 'kernel', name, pid: 0, tid: 7, ts, dur, args: { device: 0, stream: 7, correlation } };
  };
  const step = (ts: number, correlation: number) => [
    cpu('user_annotation', 'execute_context_0(0)_generation_1(1)', ts, 11),
    cpu('cuda_runtime', 'cudaGraphLaunch', ts, 1, { correlation }),
    work(product, ts + 1, 8, correlation),
    work('ncclDevKernel_AllReduce_Sum_bf16_RING_LL', ts + 9, 2, correlation),
  ];
  return JSON.stringify({
    schemaVersion: 1,
    deviceProperties: [{ id: 0, name: 'NVIDIA H100 80GB HBM3' }],
    traceEvents: [...step(1000, 1), ...step(1011, 2)],
  });
}

/** A model of one layer; an H100 reads its weights in 0.8 µs. */
const CONFIG = JSON.stringify({
  hidden_size: 1,
  num_attention_heads: 1,
  num_hidden_layers: 1,
  head_dim: 1,
  vocab_size: 1,
  intermediate_size: 446_665,
  hidden_act: 'silu',
  dtype: 'bfloat16',
});

async function command(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const stream = (key: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => void (text[key] += chunk.toString()));
  const code = await run(argv, { stdout: stream('out'), stderr: stream('err') });
  return { code, ...text };
}

const good = file('plain/good.pt.trace.json', decode());
const withConfig = file('model/good.pt.trace.json', decode());
const config = file('model/config.json', CONFIG);

const Document = v.looseObject({
  verdict: v.array(v.looseObject({ phase: v.string(), bound: v.string() })),
  findings: v.array(v.looseObject({ rule: v.string(), atStakeNs: v.number() })),
  roofline: v.looseObject({ weightRead: v.looseObject({ withheld: v.optional(v.string()), idealNs: v.optional(v.number()), source: v.optional(v.string()) }) }),
});

async function json(...argv: string[]): Promise<v.InferOutput<typeof Document> & { out: string }> {
  const { code, out, err } = await command('analyze', ...argv, '--json');
  assert.deepEqual([code, err], [0, '']);
  return { ...v.parse(Document, JSON.parse(out)), out };
}

test('--json has the documented keys, in this order, and times as whole nanoseconds', async () => {
  const document = await json(good);
  assert.deepEqual(
    Object.keys(JSON.parse(document.out)),
    'schema trace headline facts steps phases gpu gaps launches communication memory operators categories roofline verdict findings health'.split(' '),
  );
  assert.deepEqual(
    document.verdict.map(({ phase, bound }) => [phase, bound]),
    [['decode', 'memory']],
  );
  assert.deepEqual(
    document.findings.map(({ rule, atStakeNs }) => [rule, atStakeNs]),
    [
      ['weightTypes', 8000],
      ['exposedCommunication', 2000],
      ['betweenSteps', 500],
    ],
  );
  assert.doesNotMatch(document.out, /"\w*Ns": *-?\d+\.\d+/);
});

test('text: verdict, phases, findings, trust', async () => {
  const { code, out } = await command('analyze', good);
  assert.equal(code, 0);
  for (const line of [
    /^decode: Memory-bound, 19\.0 % exposed communication$/m,
    /^ {2}76\.2 % of the time the GPU computes, 19\.0 % it only communicates, 4\.8 % it is idle;/m,
    /^Phase +Steps +Median step/m,
    /^decode +2 +10\.00 µs +100\.0 %/m,
    /^Findings, most time at stake first:$/m,
    /^ {2}Decode reads 16-bit weights: 8\.00 µs a step, 76\.2 %, confidence medium$/m,
    /^ {2}fine +Graph replays: 2 of 2 hold kernels/m,
  ]) {
    assert.match(out, line);
  }
});

test('--markdown: a page whose names cannot break it', async () => {
  const { code, out } = await command('analyze', file('plain/odd.json', decode('gemm|*<b>bf16_tst')), '--markdown');
  assert.equal(code, 0);
  assert.match(out, /^## 2 decode steps\n\nodd\.json · /);
  assert.match(out, /^\| Phase \| Steps \| Median step \|/m);
  assert.match(out, /^### Findings$/m);
  assert.match(out, /^### Trust$/m);
  assert.doesNotMatch(out, /<b>/);
});

test('config.json: beside the trace, or named, or not there', async () => {
  const beside = (await json(withConfig)).roofline.weightRead;
  assert.deepEqual([beside.idealNs, beside.source], [800, 'config.json, 2 bytes a weight; NVIDIA H100 data sheet, SXM, dense']);
  const named = await json(good, '--config', config);
  assert.equal(named.roofline.weightRead.idealNs, 800);
  assert.equal(named.findings[0].rule, 'slowWeightReads');
  assert.match((await json(good)).roofline.weightRead.withheld ?? '', /put its config\.json beside the trace/);
});

test('exit codes', async () => {
  const missing = join(folder, 'no-config.json');
  assert.deepEqual(await command('analyze', good, '--config', missing), {
    code: 2,
    out: '',
    err: `kernel-lens: ${good}: it could not be read: ${missing}: no such file\n`,
  });
  assert.deepEqual((await command('analyze', good, '--csv')).err, 'kernel-lens: analyze has no --csv; it has --json, --markdown\n');
  assert.equal((await command('summarize', good, '--config', config)).code, 2);
  const both = await command('analyze', good, join(folder, 'none.json'));
  assert.equal(both.code, 2);
  assert.match(both.out, /Memory-bound/);
});
