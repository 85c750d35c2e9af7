/** What AWS Neuron's runtime calls things, and what its model names say. */
import type { Phase, SliceKind } from '../../../shared/protocol.js';

/** Runs on the device: an execution, and a collective. */
const ON_DEVICE = /^(?:nc_exec_running|cc_running)$/;
const RUNTIME = /^(?:nrt|kbl)_\w+$/;

/** The kind of a slice by its name, where the name is one of Neuron's. */
export function neuronKind(name: string): SliceKind | undefined {
  if (ON_DEVICE.test(name)) return 'kernel';
  return RUNTIME.test(name) ? 'launch' : undefined;
}

/** What a model file of NxD Inference is for. */
export interface NeuronModel {
  /** "token_generation" */
  part: string;
  phase: Phase;
  tpRank: number;
  bucket: number;
}

const PHASES: Readonly<Record<string, Phase>> = { context_encoding: 'prefill', token_generation: 'decode' };

/** "tmp/nxd_model/context_encoding_model/_tp0_bk0/model.MODULE_6d16+ad9e.neff", as NxD Inference names its files. */
export function readNeuronModel(modelName: string): NeuronModel | undefined {
  const [, part, tpRank, bucket] = /(?:^|\/)(\w+?)_model\/_tp(\d+)_bk(\d+)\//.exec(modelName) ?? [];
  return part === undefined ? undefined : { part, phase: PHASES[part] ?? 'unknown', tpRank: Number(tpRank), bucket: Number(bucket) };
}

/** "nrt_execute [prefill tp0 bk1]": executions of one model share a name, so that tables tell them apart. */
export function executionName(name: string, { part, phase, tpRank, bucket }: NeuronModel): string {
  return `${name} [${phase === 'unknown' ? part : phase} tp${tpRank} bk${bucket}]`;
}

/** "context_encoding (prefill) tp0 bk0, token_generation (decode) tp0 bk1" */
export function modelsText(models: NeuronModel[]): string {
  const texts = models.map(({ part, phase, tpRank, bucket }) => `${part} (${phase}) tp${tpRank} bk${bucket}`);
  return [...new Set(texts)].sort().join(', ');
}

/** The rank of a recording whose models are all of one. */
export function rankOf(models: NeuronModel[]): number | undefined {
  const ranks = new Set(models.map(({ tpRank }) => tpRank));
  return ranks.size === 1 ? [...ranks][0] : undefined;
}
