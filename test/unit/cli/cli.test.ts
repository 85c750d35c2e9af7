import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { chromeTraces, missingTraces } from '../../traces.js';

const folder = mkdtempSync(join(tmpdir(), 'kernel-lens-cli-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Kineto's own layout, small: two kernels and a copy under one step. */
function trace(kernel = 'my, "gemm"'): string {
  const launch = (ts: number, correlation: number) => ({
    ph: 'X',
    cat: 'cuda_runtime',
    name: 'cudaLaunchKernel',
    pid: 9,
    tid: 9,
    ts,
    dur: 2,
    args: { correlation },
  });
  const work = (cat: string, name: string, ts: number, dur: number, correlation: number) => ({
    ph: 'X',
    cat,
    name,
    pid: 0,
    tid: 7,
    ts,
    dur,
    args: { device: 0, stream: 7, correlation },
  });
  return JSON.stringify({
    schemaVersion: 1,
    deviceProperties: [{ id: 0, name: 'NVIDIA H100' }],
    distributedInfo: { backend: 'nccl', rank: 1, world_size: 4 },
    traceEvents: [
      { ph: 'X', cat: 'user_annotation', name: 'execute_context_1(7)_generation_0(0)', pid: 9, tid: 9, ts: 1000, dur: 20, args: {} },
      launch(1001, 1),
      launch(1004, 2),
      launch(1007, 3),
      work('kernel', kernel, 1010, 4.25, 1),
      work('kernel', kernel, 1015, 2, 2),
      work('gpu_memcpy', 'Memcpy HtoD (Pinned -> Device)', 1018, 1, 3),
    ],
  });
}

/** What a command printed, and its exit code. */
async function command(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' };
  const stream = (key: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => void (text[key] += chunk.toString()));
  const code = await run(argv, { stdout: stream('out'), stderr: stream('err') });
  return { code, ...text };
}

const good = file('good.pt.trace.json', trace());

test('summarize --json has the documented schema, exactly', async () => {
  const { code, out, err } = await command('summarize', good, '--json');
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(JSON.parse(out), {
    schema: 1,
    trace: {
      path: good,
      format: 'Kineto JSON',
      events: 7,
      durationNs: 20000,
      rank: 1,
      worldSize: 4,
      devices: [{ id: '0', name: 'NVIDIA H100' }],
      problems: [],
      damage: null,
      emptyReason: null,
    },
    totals: { kernelCount: 2, kernelTimeNs: 6250, kernelNames: 1 },
    steps: {
      source: 'annotation',
      reason: 'The recording marks each step, the first one as "execute_context_1(7)_generation_0(0)".',
      headline: '1 prefill of 7 tokens',
      count: 1,
    },
    kernels: [
      {
        name: 'my, "gemm"',
        category: 'gemm',
        count: 2,
        totalNs: 6250,
        avgNs: 3125,
        medianNs: 3125,
        minNs: 2000,
        maxNs: 4250,
        stddevNs: 1591,
        percent: 100,
        prefillNs: 6250,
        decodeNs: 0,
        mixedNs: 0,
      },
    ],
    copies: [
      {
        name: 'Memcpy HtoD (Pinned -> Device)',
        category: 'copy',
        count: 1,
        totalNs: 1000,
        avgNs: 1000,
        medianNs: 1000,
        minNs: 1000,
        maxNs: 1000,
        stddevNs: 0,
        percent: 0,
        prefillNs: 1000,
        decodeNs: 0,
        mixedNs: 0,
      },
    ],
  });
});

test('kernels --csv has a line for every kernel by start', async () => {
  const { out } = await command('kernels', good, '--csv');
  assert.equal(
    out,
    `startNs,durationNs,name,device,stream,correlation,launchDelayNs,step,phase,layer
10000,4250,"my, ""gemm""",0,7,1,9000,0,prefill,
15000,2000,"my, ""gemm""",0,7,2,11000,0,prefill,
`,
  );
});

test('kernels --json has the same fields, null where nothing is known', async () => {
  const { out } = await command('kernels', good, '--json');
  const { schema, kernels } = JSON.parse(out);
  assert.equal(schema, 1);
  assert.deepEqual(kernels[1], {
    startNs: 15000,
    durationNs: 2000,
    name: 'my, "gemm"',
    device: '0',
    stream: '7',
    correlation: 2,
    launchDelayNs: 11000,
    step: 0,
    phase: 'prefill',
    layer: null,
  });
});

test('several traces: an array, a first column, and 2 when one cannot be read', async () => {
  const missing = join(folder, 'missing.json');
  const summaries = await command('summarize', good, missing, good, '--json');
  assert.deepEqual([summaries.code, JSON.parse(summaries.out).length], [2, 2]);
  assert.equal(summaries.err, `kernel-lens: ${missing}: no such file\n`);
  const csv = await command('kernels', good, good, '--csv');
  assert.match(csv.out, /^trace,startNs,/);
  assert.equal(csv.out.split('\n').length, 6);
  const json = await command('kernels', good, good, '--json');
  assert.deepEqual(
    JSON.parse(json.out).map(({ kernels }: { kernels: unknown[] }) => kernels.length),
    [2, 2],
  );
});

test('text for people: what ran, the phases, the kernels, within the width', async () => {
  const { out } = await command('summarize', good);
  assert.match(out, /1 prefill of 7 tokens/);
  assert.match(out, /NVIDIA H100/);
  assert.match(out, /rank 1 of 4/);
  assert.match(out, /^my, "gemm" +gemm +2 +0\.006 +100\.0 +3\.13 +0\.006$/m);
  for (const line of out.split('\n')) assert.ok(line.length <= 160);
  const { out: info } = await command('info', good);
  assert.match(info, /Stream 7/);
  const { out: kernels } = await command('kernels', good);
  assert.match(kernels, /10\.00 µs +4\.25 µs +9\.00 µs +0:7 +prefill 0 +my, "gemm"/);
});

test('control characters of a trace do not reach the terminal', async () => {
  const { out } = await command('summarize', file('esc.json', trace('evil\u001b[31mgemm')));
  assert.ok(!out.includes('\u001b'));
  assert.match(out, /evil�\[31mgemm/);
});

const REFUSED: [name: string, content: string, says: RegExp][] = [
  ['notes.txt', 'just words', /text file/],
  ['empty.json', '', /empty/i],
  ['other.json', '{"name":"x","version":1}', /name, version/],
  ['broken.gz', '\u001f\u008b\u0000', /./],
];

for (const [name, content, says] of REFUSED) {
  test(`${name} is refused in one line`, async () => {
    const path = file(name, content);
    const { code, out, err } = await command('summarize', path);
    assert.deepEqual([code, out, err.split('\n').length], [2, '', 2]);
    assert.ok(err.startsWith(`kernel-lens: ${path}: `));
    assert.match(err, says);
    assert.doesNotMatch(err, /\n\s+at |Error:/);
  });
}

test('a folder is refused', async () => {
  const { code, err } = await command('info', folder);
  assert.deepEqual([code, err], [2, `kernel-lens: ${folder}: this is a folder; give the trace file inside it\n`]);
});

test('a damaged trace is summed up to its damage', async () => {
  const { code, out } = await command('summarize', file('cut.json', trace().slice(0, -60)), '--json');
  const { trace: about, totals } = JSON.parse(out);
  assert.equal(code, 0);
  assert.equal(totals.kernelCount, 2);
  assert.equal(typeof about.damage, 'string');
});

test('summarize --report has what nsys stats has', async () => {
  const csv = await command('summarize', good, '--csv');
  assert.equal(csv.out.split('\n')[0], 'Time (%),Total Time (ns),Instances,Avg (ns),Med (ns),Min (ns),Max (ns),StdDev (ns),Name');
  assert.match(csv.out, /^100\.0,6250,2,3125\.0,.*"my, ""gemm"""$/m);
  const text = await command('summarize', good, '--report', 'cuda_api_sum');
  assert.match(text.out, /^Time \(%\) .* Num Calls .* Name\n.*cudaLaunchKernel/);
  const work = await command('summarize', good, '--report', 'cuda_gpu_trace', '--csv');
  assert.equal(work.out.trimEnd().split('\n').length, 1 + 3);
});

const USAGE: [argv: string[], code: number, says: RegExp][] = [
  [[], 2, /say what to do/],
  [['frobnicate', good], 2, /"frobnicate" is no verb; there are info, summarize, kernels/],
  [['summarize'], 2, /needs a trace file/],
  [['info', good, '--csv'], 2, /info has no --csv/],
  [['summarize', good, '--report', 'gpukernsum'], 2, /"gpukernsum" is no report; there are cuda_gpu_kern_sum, cuda_api_sum/],
  [['summarize', good, '--report', 'nvtx_sum', '--json'], 2, /--report has no --json/],
  [['kernels', good, '--csv', '--json'], 2, /choose one/],
  [['summarize', good, '--yaml'], 2, /--yaml/],
];

for (const [argv, code, says] of USAGE) {
  test(`usage: ${argv.map((word) => (word === good ? 'good.json' : word)).join(' ') || '(nothing)'}`, async () => {
    const result = await command(...argv);
    assert.deepEqual([result.code, result.out, result.err.split('\n').length], [code, '', 2]);
    assert.match(result.err, says);
  });
}

test('help, of the program and of a verb', async () => {
  const { code, out } = await command('--help');
  assert.equal(code, 0);
  for (const verb of ['info', 'summarize', 'kernels']) assert.match(out, new RegExp(`^  ${verb} `, 'm'));
  assert.match((await command('kernels', '--help')).out, /\[--json\] \[--csv\]/);
});

test('a closed pipe is no error', { skip: missingTraces(1) }, async () => {
  const path = chromeTraces().find(({ name }) => name.includes('h100-tp4'))?.path ?? '';
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'kernels', path, '--csv'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.deepEqual([code, err], [0, '']);
});
