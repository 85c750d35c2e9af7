/** How many bytes of weights one GPU must read in a decode step, from the sizes in a model's config.json. */
import { isWithheld, type Known } from '../../shared/analysis.js';
import { modelNumbers } from './modelConfig.js';
import type { ModelWeights } from './roofline.js';
import type { Steps } from './steps.js';

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

/** The same for the decode steps of a recording, from the text of a config.json, which is believed only where its layers are those of the steps. */
export function weightsOfRun(config: string | undefined, { report }: Steps, ranks: number): Known<ModelWeights> {
  if (config === undefined) return { withheld: 'The size of the model is not known: put its config.json beside the trace.' };
  const model = modelNumbers(config);
  if (isWithheld(model)) return model;
  const decode = report.steps.filter(({ phase }) => phase === 'decode');
  const other = decode.find(({ layers }) => layers > 0 && layers !== model.layers);
  if (other !== undefined) {
    return {
      withheld: `config.json has ${model.layers} layers, but decode steps of the recording have ${other.layers}: it is of another model, or part of it ran elsewhere.`,
    };
  }
  const tokens = decode.map((step) => step.tokens).sort((a = 0, b = 0) => a - b)[(decode.length - 1) >> 1];
  if (tokens === undefined && model.experts !== undefined) return { withheld: 'How many experts a step reads depends on its tokens, which were not recorded.' };
  return decodeWeights(model, tokens ?? 1, ranks);
}
