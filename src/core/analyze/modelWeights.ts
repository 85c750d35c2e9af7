/** How many bytes of weights one GPU must read in a decode step, from the sizes in a model's config.json. */
import type { ModelWeights } from './roofline.js';

/** The numbers of a config.json that decide it. */
export interface ModelNumbers {
  hiddenSize: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headSize: number;
  /** of the gated MLP; of one expert where there are experts */
  intermediateSize: number;
  vocabularySize: number;
  bytesPerWeight: number;
  /** layers of a mixture of experts: all, unless the model says otherwise */
  experts?: { count: number; perToken: number; shared: number };
}

/**
 * Projections of attention, MLP and the head; not the embedding, of which only the rows of the tokens are read. Of experts those that
 * the tokens of a step choose, taken as independent: n tokens that choose k of E meet E × (1 − (1 − k / E)^n) of them.
 */
export function decodeWeights(model: ModelNumbers, tokens: number, ranks: number): ModelWeights {
  const { hiddenSize, layers, heads, kvHeads, headSize, intermediateSize, vocabularySize, bytesPerWeight, experts } = model;
  const attention = hiddenSize * headSize * (2 * heads + 2 * kvHeads);
  const mlps = experts === undefined ? 1 : experts.shared + experts.count * (1 - (1 - experts.perToken / experts.count) ** tokens);
  const router = experts === undefined ? 0 : hiddenSize * experts.count;
  const weights = layers * (attention + 3 * hiddenSize * intermediateSize * mlps + router) + hiddenSize * vocabularySize;
  const source = `config.json, ${bytesPerWeight} ${bytesPerWeight === 1 ? 'byte' : 'bytes'} a weight${ranks > 1 ? `, over ${ranks} ranks` : ''}`;
  return { bytes: (weights * bytesPerWeight) / ranks, source };
}
