/** Which models of a tree may have run, where nothing says it: those whose layers have the products that the recorded layers have. */
import type { Candidate, SlotRole } from '../../shared/model.js';
import { KERNEL_ROLES, kernelRole, roleIndex } from '../source/roles.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';
import type { LayerProfile } from './layerProfiles.js';

/** More than these cannot be chosen from; those that fit as well as the last of them cannot be told apart from it. */
const MOST = 20;
/** Kernels of these roles are there or not, in whatever number. */
const PRESENT: readonly SlotRole[] = ['moe', 'linearAttention', 'attention'];
/** These can be fused into others: kernels need a slot, but a slot needs no kernel. */
const FUSABLE: readonly SlotRole[] = ['rope', 'activation'];

/** Kernels of each role in one layer, and how many layers are like that. */
export interface LayerShape {
  counts: Uint16Array;
  layers: number;
}

/** The recorded layers, by shape. */
export function layerShapes(trace: Trace, analyses: Analyses): LayerShape[] {
  const { stepOf, layerOf } = analyses.steps();
  const roleOfName = new Map<number, number>();
  const layers = new Map<string, Uint16Array>();
  for (const kernel of analyses.gpu().kernels) {
    if (layerOf[kernel] < 0) continue;
    const name = trace.slices.name[kernel];
    let role = roleOfName.get(name);
    if (role === undefined) roleOfName.set(name, (role = roleIndex(kernelRole(trace.strings.get(name)))));
    const key = `${stepOf[kernel]} ${layerOf[kernel]}`;
    const counts = layers.get(key) ?? new Uint16Array(KERNEL_ROLES.length);
    counts[role]++;
    layers.set(key, counts);
  }
  const shapes = new Map<string, LayerShape>();
  for (const counts of layers.values()) {
    const shape = shapes.get(counts.join()) ?? { counts, layers: 0 };
    shape.layers++;
    shapes.set(counts.join(), shape);
  }
  return [...shapes.values()];
}

/** The models that fit best, best first. */
export function rankModels(models: readonly LayerProfile[], shapes: readonly LayerShape[]): Candidate[] {
  const layers = shapes.reduce((sum, shape) => sum + shape.layers, 0);
  return models
    .flatMap((model): Candidate[] => {
      const fitting = shapes.reduce((sum, shape) => sum + (fits(model, shape) ? shape.layers : 0), 0);
      const { architecture, file } = model;
      return fitting === 0 ? [] : [{ architecture, file, fit: `${fitting} of ${layers} layers fit`, score: fitting / layers + tightness(model) }];
    })
    .sort((a, b) => b.score - a.score || (a.architecture < b.architecture ? -1 : 1))
    .filter(({ score }, _, ranked) => ranked.length <= MOST || score >= ranked[MOST - 1].score);
}

/** A linear slot has one product of its own, so their numbers can be compared. */
function fits({ linear: [fewest, most], norms, roles, always }: LayerProfile, { counts }: LayerShape): boolean {
  const has = (role: SlotRole): boolean => counts[roleIndex(role)] > 0;
  const products = counts[roleIndex('linear')];
  if (products < fewest || products > most || counts[roleIndex('norm')] > norms) return false;
  if (FUSABLE.some((role) => has(role) && !roles.has(role))) return false;
  return PRESENT.every((role) => (has(role) ? roles.has(role) : !always.has(role)));
}

/** A model that could be anything fits everything: of two that fit, the one with fewer choices explains more. */
function tightness({ linear: [fewest, most] }: LayerProfile): number {
  return 0.1 / (1 + most - fewest);
}
