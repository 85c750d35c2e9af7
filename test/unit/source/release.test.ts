import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTrace } from '../../../src/core/read/read.js';
import { modulePath } from '../../../src/core/source/frames.js';
import { releaseOf } from '../../../src/core/source/release.js';
import { FIRST_LINES, RELEASES } from '../../../src/core/source/releases.js';
import { openFile } from '../../../src/node/files.js';
import { parseFrame } from '../../../src/shared/names.js';
import { missingTraces, tracePath } from '../../traces.js';

const RUNNER = 'vllm/v1/worker/gpu_model_runner.py';

/** Frames of functions as they begin in a release. */
function framesOf(release: string, count = Number.POSITIVE_INFINITY) {
  const at = RELEASES.indexOf(release);
  const frames = Object.entries(FIRST_LINES).flatMap(([name, lines]) => {
    const [file, fn] = name.split(' ');
    const line = lines.split(' ')[at].split(',')[0];
    return line === '-' ? [] : [{ file, function: fn, line: Number(line) }];
  });
  return frames.slice(0, count);
}

test('the table has a place for each release, and is small', () => {
  for (const [name, lines] of Object.entries(FIRST_LINES)) assert.equal(lines.split(' ').length, RELEASES.length, name);
  assert.ok(JSON.stringify(FIRST_LINES).length < 30_000);
});

for (const release of RELEASES) test(`frames of ${release} say so`, () => assert.equal(releaseOf(framesOf(release)), `vLLM ${release}`));

const moved = framesOf('0.8.5').map((frame, at) => ({ ...frame, line: frame.line + (at % 4 === 0 ? 1 : 0) }));
const elsewhere = framesOf('0.8.5').map((frame) => ({ ...frame, line: frame.line + 5001 }));
for (const [what, frames, said] of [
  ['a quarter of the functions has moved', moved, 'a version near vLLM 0.8.5'],
  ['all have moved', elsewhere, undefined],
  ['seven functions are no proof', framesOf('0.8.5', 7), 'a version near vLLM 0.8.5'],
  ['three functions prove nothing', framesOf('0.8.5', 3), undefined],
  ['functions that the table does not have', [{ file: RUNNER, function: 'no_such_function', line: 1 }], undefined],
  ['no frames', [], undefined],
] as const)
  test(what, () => assert.equal(releaseOf(frames), said));

for (const [file, said] of [
  ['nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz', 'vLLM 0.8.5'],
  ['amd-vllm-mi300x-tp4-1000isl-10osl-32con.pt.trace.json.gz', 'a version near vLLM 0.8.5'],
  ['amd-vllm-decode-fullgraph-execution.json.gz', 'a version near vLLM 0.17.1'],
  ['amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz', undefined],
] as const) {
  test(`${file} is about ${said ?? 'no release that is known'}`, { skip: missingTraces(1) }, async () => {
    const opened = await openFile(tracePath(file));
    const { trace } = await readTrace(opened);
    await opened.close();
    const names = new Set(Array.from({ length: trace.slices.count - trace.gpu.count }, (_, at) => trace.slices.name[trace.gpu.count + at]));
    const frames = [...names].flatMap((name) => {
      const frame = parseFrame(trace.strings.get(name));
      const path = frame && modulePath(frame.file)?.path;
      return frame && path !== undefined ? [{ ...frame, file: path }] : [];
    });
    assert.equal(releaseOf(frames), said);
  });
}
