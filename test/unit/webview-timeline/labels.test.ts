import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ellipsize, fitLabel, frameLabel, rememberWidths } from '../../../webview/timeline/labels.js';

/** Every letter is ten pixels wide. */
const measure = (text: string): number => [...text].length * 10;

describe('labels', () => {
  it('cuts names at the end, and leaves out what is under four letters', () => {
    const table: [number, string][] = [
      [120, 'gate_up_proj'],
      [119, 'gate_up_pr…'],
      [60, 'gate_…'],
      [50, 'gate…'],
      [49, ''],
    ];
    for (const [width, text] of table) assert.equal(ellipsize('gate_up_proj', width, measure), text, `${width} px`);
  });

  it('adds numbers only whole', () => {
    const texts = (width: number): string[] => fitLabel('down_proj', ['81.8 µs', 'GEMM'], width, measure).map(({ text }) => text);
    assert.deepEqual(texts(240), ['down_proj', '81.8 µs', 'GEMM']);
    assert.deepEqual(texts(239), ['down_proj', '81.8 µs']);
    assert.deepEqual(texts(179), ['down_proj']);
    assert.deepEqual(texts(80), ['down_pr…'], 'no number after a cut name');
    assert.deepEqual(texts(30), []);
  });

  it('places texts one after another', () => {
    assert.deepEqual(fitLabel('abcd', ['1', '· 2'], 200, measure), [
      { text: 'abcd', x: 0 },
      { text: '1', x: 60 },
      { text: '· 2', x: 80 },
    ]);
  });

  it('names frames so that they tell something', () => {
    const table: [string, string, string][] = [
      ['vllm/model_executor/models/llama.py(343): forward', 'llama.forward', ':343'],
      ['/usr/lib/python3/vllm/v1/worker/gpu_worker.py(263): execute_model', 'execute_model', 'gpu_worker.py:263'],
      ['nn.Module: LlamaForCausalLM_0', 'LlamaForCausalLM_0', ''],
      ['<eval_with_key>.162(4): forward', 'graph 162 forward', ''],
      ['<built-in method sum of type object>', '<built-in method sum of type object>', ''],
    ];
    for (const [name, text, place] of table) assert.deepEqual(frameLabel(name), { text, place });
  });

  it('measures a text once', () => {
    let calls = 0;
    const remembered = rememberWidths((text) => text.length + 0 * calls++);
    assert.equal(remembered('abc') + remembered('abc'), 6);
    assert.equal(calls, 1);
  });
});
