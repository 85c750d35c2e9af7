/** Paths of modules as torch spells them, "model.layers.3.self_attn.qkv_proj", found in a model. */
import type { ModelMap, Slot } from '../../shared/model.js';

export interface LocatedModule {
  /** the slot that the module is, or that it is part of */
  slot?: Slot;
  /** a slot that the module's own forward calls, where it is no slot itself */
  inside?: Slot;
  /** −1 outside of layers */
  layer: number;
}

/** The first number in a path is the layer's. What stands before it depends on where the recording began to count. */
const IN_LAYER = /^(?:\w+\.)*?(\d+)(?:\.(.+))?$/;

/** Undefined for modules that the model has not. */
export function locateModule(model: ModelMap, path: string): LocatedModule | undefined {
  const inLayer = IN_LAYER.exec(path);
  const own = inLayer ? (inLayer[2] ?? '') : path;
  const slots = model.slots.filter(({ section }) => (section === 'layer') === (inLayer !== null));
  const layer = inLayer ? Number(inLayer[1]) : -1;
  const around = slots.filter((one) => one.className !== '' && (isPart(own, one.path) || (!inLayer && `.${own}`.endsWith(`.${one.path}`))));
  const [slot] = around.sort((a, b) => b.path.length - a.path.length);
  if (slot !== undefined) return { slot, layer };
  const inside = slots.find((one) => one.path.slice(0, Math.max(0, one.path.lastIndexOf('.'))) === own);
  return inside && { inside, layer };
}

/** Whether a path is a slot's or of something in it: "attn.impl" of "attn". */
function isPart(path: string, slot: string): boolean {
  return path === slot || path.startsWith(`${slot}.`);
}
