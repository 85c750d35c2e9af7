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

  it('does not put one ellipsis after another', () => assert.equal(ellipsize('gemm…64x64', 60, measure), 'gemm…'));

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

  it('take frames apart', () => {
    const table: [string, string, string][] = [
      ['llama.forward :343', 'llama.forward', ':343'],
      ['execute_model gpu_worker.py:263', 'execute_model', 'gpu_worker.py:263'],
      ['LlamaForCausalLM_0', 'LlamaForCausalLM_0', ''],
      ['tolist (built-in)', 'tolist (built-in)', ''],
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
