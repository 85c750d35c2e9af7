/** Which models of a tree may have run, where nothing says it: those whose layers have the products that the recorded layers have. */
import type { Candidate, ModelMap, Slot, SlotRole } from '../../shared/model.js';
import { KERNEL_ROLES, kernelRole, roleIndex } from '../source/roles.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';

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
export function rankModels(models: readonly ModelMap[], shapes: readonly LayerShape[]): Candidate[] {
  const layers = shapes.reduce((sum, shape) => sum + shape.layers, 0);
  return models
    .flatMap((model): Candidate[] => {
      const slots = model.slots.filter(({ section }) => section === 'layer');
      if (slots.length === 0 || layers === 0) return [];
      const fitting = shapes.reduce((sum, shape) => sum + (fits(model, shape) ? shape.layers : 0), 0);
      const file = model.classes[0]?.place.file ?? '';
      return fitting === 0
        ? []
        : [{ architecture: model.architecture, file, fit: `${fitting} of ${layers} layers fit`, score: fitting / layers + tightness(model) }];
    })
    .sort((a, b) => b.score - a.score || (a.architecture < b.architecture ? -1 : 1))
    .filter(({ score }, _, ranked) => ranked.length <= MOST || score >= ranked[MOST - 1].score);
}

/** A linear slot has one product of its own, so their numbers can be compared. */
function fits(model: ModelMap, { counts }: LayerShape): boolean {
  const [fewest, most] = linearSlots(model);
  const products = counts[roleIndex('linear')];
  if (products < fewest || products > most) return false;
  const slotsOf = (role: SlotRole): Slot[] => model.slots.filter((slot) => slot.section === 'layer' && slot.role === role);
  if (counts[roleIndex('norm')] > slotsOf('norm').length) return false;
  if (FUSABLE.some((role) => counts[roleIndex(role)] > 0 && slotsOf(role).length === 0)) return false;
  return PRESENT.every((role) => {
    const mine = slotsOf(role);
    return counts[roleIndex(role)] > 0 ? mine.length > 0 : mine.every(({ optional, variant }) => optional || variant !== '');
  });
}

/** Fewest and most linear slots, gates of experts among them, that one layer can have. */
function linearSlots({ slots }: ModelMap): [number, number] {
  const mine = slots.filter(({ section, role }) => section === 'layer' && (role === 'linear' || role === 'router'));
  return [mine.filter(({ optional, variant }) => !optional && variant === '').length, mine.length];
}

/** A model that could be anything fits everything: of two that fit, the one with fewer choices explains more. */
function tightness(model: ModelMap): number {
  const [fewest, most] = linearSlots(model);
  return 0.1 / (1 + most - fewest);
}
