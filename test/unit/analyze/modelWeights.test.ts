import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWeights } from '../../../src/core/analyze/modelWeights.js';

const LLAMA_3_8B = { hiddenSize: 4096, layers: 32, heads: 32, kvHeads: 8, headSize: 128, intermediateSize: 14336, vocabularySize: 128256, bytesPerWeight: 2 };

test('Llama 3 8B has 8.03 billion weights, 0.53 billion of them embeddings, which a step does not read', () => {
  const { bytes, source } = decodeWeights(LLAMA_3_8B, 1, 1);
  assert.equal((bytes / 2 / 1e9).toFixed(2), '7.50');
  assert.equal(source, 'config.json, 2 bytes a weight');
});

test('each of the ranks reads its part', () => {
  const { bytes, source } = decodeWeights({ ...LLAMA_3_8B, bytesPerWeight: 1 }, 1, 4);
  assert.equal(bytes, decodeWeights(LLAMA_3_8B, 1, 1).bytes / 8);
  assert.equal(source, 'config.json, 1 byte a weight, over 4 ranks');
});

test('Qwen3 30B A3B reads about 3 billion weights for one token, and nearly all for many', () => {
  const experts = { count: 128, perToken: 8, shared: 0 };
  const model = {
    hiddenSize: 2048,
    layers: 48,
    heads: 32,
    kvHeads: 4,
    headSize: 128,
    intermediateSize: 768,
    vocabularySize: 151936,
    bytesPerWeight: 1,
    experts,
  };
  assert.equal((decodeWeights(model, 1, 1).bytes / 1e9).toFixed(1), '3.0');
  assert.equal((decodeWeights(model, 1000, 1).bytes / 1e9).toFixed(1), '30.2');
});
