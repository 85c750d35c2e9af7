/** Names and categories of events as the builder numbers them. */
import type { SliceKind } from '../../../shared/protocol.js';
import type { TraceBuilder } from '../../trace/builder.js';
import { executionName, type NeuronModel, neuronKind, readNeuronModel } from '../neuron/names.js';
import { utf8 } from '../text.js';

/** The builder numbers them in 16 bits. */
const MOST_CATEGORIES = 0x10000;

export interface Vocabulary {
  noName: number;
  name(bytes: Uint8Array, from: number, to: number): number;
  nameText(name: number): string;
  category(text: string): number;
  /** several categories of one event */
  categories(ids: number[]): number;
  categoryText(category: number): string;
  categoryTexts(): string[];
  /** the category of a slice: what Neuron calls something tells its kind, which its category does not */
  categoryOf(category: number, name: number): number;
  /** name and category of a slice that executes a model; undefined when the name of the model does not say what it is */
  execution(category: number, name: number, modelName: string): { name: number; category: number } | undefined;
  /** whether there were names of Neuron's runtime */
  isNeuron(): boolean;
  models(): NeuronModel[];
}

export function createVocabulary(builder: TraceBuilder): Vocabulary {
  const noName = builder.string('');
  const texts: string[] = [];
  const names: string[] = [];
  let isNeuron = false;
  /** by name: the kind of Neuron's, null for all others */
  const kinds: (SliceKind | null)[] = [];
  const models = new Map<string, NeuronModel | undefined>();
  const executions = new Map<string, number>();
  /** categories of Neuron's names */
  const ofNames = new Map<number, number>();

  const category = (text: string, kind?: SliceKind): number => {
    const id = builder.category(text, kind);
    texts[id] = text;
    return id;
  };
  const noCategory = category('');
  const textOf = (id: number): string => (id < 0 ? '' : texts[id]);

  return {
    noName,
    name(bytes, from, to) {
      const id = builder.stringBytes(bytes, from, to);
      if (kinds[id] === undefined) {
        names[id] = utf8(bytes.subarray(from, to));
        kinds[id] = neuronKind(names[id]) ?? null;
        isNeuron ||= kinds[id] !== null;
      }
      return id;
    },
    category,
    categories: (ids) => category(ids.map(textOf).join(',')),
    categoryText: textOf,
    categoryTexts: () => texts.filter((text) => text !== undefined),
    categoryOf(id, name) {
      const kind = kinds[name] ?? null;
      if (kind === null) return id < 0 ? noCategory : id;
      const key = name * MOST_CATEGORIES + id + 1;
      const known = ofNames.get(key) ?? category(textOf(id), kind);
      ofNames.set(key, known);
      return known;
    },
    execution(id, name, modelName) {
      const text = names[name];
      if (text === undefined || !kinds[name]) return undefined;
      if (!models.has(modelName)) models.set(modelName, readNeuronModel(modelName));
      const model = models.get(modelName);
      if (model === undefined) return undefined;
      const called = executionName(text, model);
      const known = executions.get(called) ?? builder.string(called);
      executions.set(called, known);
      return { name: known, category: category(textOf(id), kinds[name] === 'launch' ? 'annotation' : (kinds[name] ?? undefined)) };
    },
    isNeuron: () => isNeuron,
    nameText: (name) => names[name] ?? '',
    models: () => [...models.values()].filter((model) => model !== undefined),
  };
}
