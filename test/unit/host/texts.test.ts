import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts, factsLine, headlineText, shortGpu } from '../../../src/host/facts.js';
import { shortLabels } from '../../../src/host/labels.js';
import { tableText } from '../../../src/host/tables.js';

const gpus: [string, string][] = [
  ['NVIDIA H100 80GB HBM3', 'H100'],
  ['AMD Instinct MI300X', 'MI300X'],
  ['NVIDIA A100-SXM4-80GB', 'A100'],
  ['NVIDIA GB200', 'GB200'],
  ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
  ['Some Accelerator', 'Some Accelerator'],
];
for (const [name, expected] of gpus) test(`short GPU name of ${name}`, () => assert.equal(shortGpu(name), expected));

const facts: Facts = { gpu: 'H100', rank: 0, worldSize: 4, durationNs: 261_900_000, kernelCount: 13_508, format: 'Kineto JSON', headline: '' };
const lines: [Partial<Facts>, string][] = [
  [{}, 'H100 · rank 0/4 · 261.9 ms · 13,508 kernels'],
  [{ worldSize: undefined }, 'H100 · rank 0 · 261.9 ms · 13,508 kernels'],
  [{ gpu: '', rank: undefined }, '261.9 ms · 13,508 kernels'],
  [{ gpu: '', rank: undefined, kernelCount: 0, emptyReason: 'The front end has no GPU.' }, '261.9 ms · no GPU work'],
];
for (const [change, expected] of lines) test(`facts: ${expected}`, () => assert.equal(factsLine({ ...facts, ...change }), expected));

test('what ran comes first where there is little room', () => {
  assert.equal(headlineText({ ...facts, headline: '1 prefill + 9 decode' }), '1 prefill + 9 decode · H100 · rank 0/4');
  assert.equal(headlineText(facts), 'H100 · rank 0/4 · 261.9 ms · 13,508 kernels');
});

const labels: [string[], string[]][] = [
  [['vllm-h100-tp4.pt.trace.json.gz'], ['vllm-h100-tp4']],
  [
    ['dp0_pp0_tp0_rank0.17640036766.pt.trace.json.gz', 'dp0_pp0_tp1_rank1.17640036769.pt.trace.json.gz', 'host_1.async_llm.17640036769.pt.trace.json.gz'],
    ['rank0', 'rank1', 'host_1.async'],
  ],
  [
    ['vllm-h100-tp4.json', 'vllm-mi300x-tp4.json.gz'],
    ['h100-tp4', 'mi300x-tp4'],
  ],
  [
    ['amd-sglang-mi300x-qwen3-8b.json', 'amd-vllm-mi300x-tp4-1000isl.json', 'nvidia-vllm-h100-tp4.json'],
    ['amd-sglang-mi300x', 'amd-vllm-mi300x', 'nvidia-vllm-h100'],
  ],
  [
    ['before.rank0.json', 'after.rank0.json'],
    ['before.rank0', 'after.rank0'],
  ],
  [
    ['run.json', 'run.pt.trace.json.gz'],
    ['run', 'run'],
  ],
  [
    ['a.json', 'a.b.json'],
    ['a', 'a.b'],
  ],
  [['.json'], ['json']],
];
for (const [names, expected] of labels) test(`labels of ${names.join(', ')}`, () => assert.deepEqual(shortLabels(names), expected));

const table = {
  name: 't',
  columns: ['name', 'totalNs'],
  rows: [
    ['gemm<a, "b">|x', 12],
    ['second', 3],
  ],
};
test('a table as CSV', () => assert.equal(tableText(table, 'CSV'), 'name,totalNs\r\n"gemm<a, ""b"">|x",12\r\nsecond,3\r\n'));
test('a table as JSON', () =>
  assert.deepEqual(JSON.parse(tableText(table, 'JSON')), [
    { name: 'gemm<a, "b">|x', totalNs: 12 },
    { name: 'second', totalNs: 3 },
  ]));
test('a table as Markdown', () =>
  assert.equal(tableText(table, 'Markdown'), '| name | totalNs |\n| --- | ---: |\n| gemm\\<a, "b"\\>\\|x | 12 |\n| second | 3 |\n'));
