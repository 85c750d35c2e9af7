import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProfilerStep, isStepFrame, readStepNote } from '../../../src/core/analyze/annotations.js';

/** Phase, tokens, requests, then the annotation; dashes where it does not say. */
const NOTES = `
prefill 888   1  | execute_context_1(888)_generation_0(0)
decode  1     1  | execute_context_0(0)_generation_1(1)
mixed   8155  33 | execute_context_2(8124)_generation_31(31)
unknown 0     0  | execute_context_0(0)_generation_0(0)
prefill 888   1  | execute_context_1(888_788544)_generation_0(0_0)
mixed   40    9  | execute_context_1(32_1024)_generation_8(8)
decode  32    32 | execute_32_context_0(sq0sk0sqsq0sqsk0)_generation_32(sq32sk32800sqsq32sqsk32800)
prefill 15360 15 | execute_15360_context_15(sq15360sk15360sqsq15728640sqsk15728640)_generation_0(sq0sk0sqsq0sqsk0)
mixed   -     4  | execute_new_1_cached_3
decode  -     3  | execute_new_0_cached_3
decode  32    32 | step[DECODE bs=32]
prefill 15360 15 | step[EXTEND bs=15 toks=15360]
mixed   40    9  | step[MIXED bs=9 toks=40 c=1 g=8 c_sq=32 c_sk=32 g_sq=8]
decode  -     4  | step[TARGET_VERIFY bs=4]
unknown -     0  | step[IDLE bs=0]
prefill 512   2  | prefill[bs=2 tok=512]
prefill -     -  | nrt_execute [prefill tp0 bk1]
decode  -     -  | nrt_execute [decode tp3 bk0]
decode  16    16 | decode[bs=16/32 tok=16 d=1]
`;

test('step annotations of every engine', () => {
  for (const line of NOTES.trim().split('\n')) {
    const [said, annotation] = line.split('|').map((part) => part.trim());
    const [phase, tokens, requests] = said.split(/\s+/);
    const note = readStepNote(annotation);
    assert.deepEqual(
      [note?.phase, note?.tokens ?? '-', note?.requests ?? '-'],
      [phase, tokens === '-' ? '-' : Number(tokens), requests === '-' ? '-' : Number(requests)],
      annotation,
    );
  }
});

test('what is no step of the target model', () => {
  for (const name of [
    'step[DRAFT_EXTEND bs=4]',
    'step[DRAFT_LOOP raw_bs=3 bs=4 topk=1]',
    'capture_32_FULL',
    'ProfilerStep#3',
    'nccl:all_reduce',
    'Forward',
    'execute_context_1(8)_generation_0',
  ]) {
    assert.equal(readStepNote(name), undefined, name);
  }
  assert.ok(isProfilerStep('ProfilerStep#550'));
  assert.ok(!isProfilerStep('ProfilerStep'));
});

test('calls that run one step', () => {
  assert.ok(isStepFrame('vllm/v1/worker/gpu_worker.py(263): execute_model'));
  assert.ok(isStepFrame('/sgl-workspace/sglang/python/sglang/srt/model_executor/model_runner.py(1600): forward'));
  assert.ok(!isStepFrame('vllm/model_executor/models/llama.py(343): forward'));
  assert.ok(!isStepFrame('vllm/v1/executor/my_gpu_worker.py(1): execute_model'));
});
