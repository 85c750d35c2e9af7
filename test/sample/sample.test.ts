/** The sample must be what a real vLLM trace is: these are the facts that the product relies on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { frontEndTrace, SAMPLE_SHAPE, workerTrace } from './make.js';

interface TraceRecord {
  ph: string;
  cat?: string;
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  args?: { [key: string]: unknown };
}

const text = workerTrace(0);
const events: TraceRecord[] = JSON.parse(text).traceEvents;
const of = (category: string) => events.filter((event) => event.cat === category);
const gpuWork = [...of('kernel'), ...of('gpu_memcpy'), ...of('gpu_memset')];
const launches = [...of('cuda_runtime'), ...of('cuda_driver')];

test('it is the same every time, and differs between ranks', () => {
  assert.equal(workerTrace(0), text);
  assert.notEqual(workerTrace(1), text);
});

test('one prefill step and the decode steps are annotated', () => {
  const steps = of('user_annotation').map((event) => event.name);
  assert.equal(steps.filter((name) => name === `execute_context_1(${SAMPLE_SHAPE.promptTokens})_generation_0(0)`).length, 1);
  assert.equal(steps.filter((name) => name === 'execute_context_0(0)_generation_1(1)').length, SAMPLE_SHAPE.decodeSteps);
});

test('all GPU work has one launch, which begins before it', () => {
  const byCorrelation = new Map(launches.map((event) => [event.args?.correlation, event]));
  assert.equal(byCorrelation.size, launches.length);
  for (const work of gpuWork) assert.ok((byCorrelation.get(work.args?.correlation)?.ts ?? Number.POSITIVE_INFINITY) < work.ts, work.name);
});

test('a decode step is one graph launch per layer and one more, each with many kernels', () => {
  const graphs = launches.filter((event) => event.name === 'cudaGraphLaunch');
  assert.equal(graphs.length, SAMPLE_SHAPE.decodeSteps * (SAMPLE_SHAPE.layers + 1));
  for (const graph of graphs) assert.ok(gpuWork.filter((work) => work.args?.correlation === graph.args?.correlation).length >= 6);
});

test('work on a stream does not overlap', () => {
  for (const stream of new Set(gpuWork.map((work) => work.tid))) {
    const row = gpuWork.filter((work) => work.tid === stream).sort((a, b) => a.ts - b.ts);
    row.slice(1).forEach((work, index) => {
      assert.ok(row[index].ts + row[index].dur <= work.ts + 0.001);
    });
  }
});

test('every frame of the model points to the first line of its function', () => {
  const frames = new Set(of('python_function').map((event) => event.name));
  const inModel = [...frames].flatMap((name) => {
    const match = /^(vllm\/\S+\.py)\((\d+)\): (\w+)$/.exec(name);
    return match ? [{ file: match[1], line: Number(match[2]), function: match[3] }] : [];
  });
  assert.ok(inModel.length > 15);
  for (const frame of inModel) {
    const lines = readFileSync(new URL(`source/${frame.file}`, import.meta.url), 'utf8')
      .split('\n')
      .slice(frame.line - 1);
    const definition = lines.find((line) => !/^ *@/.test(line)) ?? '';
    assert.match(definition, new RegExp(`^ *def ${frame.function}\\(`), `${frame.file}:${frame.line}`);
  }
});

test('the front end has no GPU work', () => {
  const front: TraceRecord[] = JSON.parse(frontEndTrace()).traceEvents;
  assert.deepEqual([...new Set(front.map((event) => event.ph))].sort(), ['M', 'X', 'i']);
  assert.deepEqual(
    front.filter((event) => event.ph === 'X').map((event) => event.cat),
    ['Trace'],
  );
});
