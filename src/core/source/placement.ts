/** Which part of the model each kernel belongs to: a slot, a module's own forward, code outside of the model, or nothing known. */
import type { ModelLink, ModelMap, ModuleClass, Slot, SourcePlace } from '../../shared/model.js';
import type { Links } from './link.js';

/** Paths of what is no module. */
export const OUTSIDE = 'outside';
export const UNATTRIBUTED = 'unattributed';

/** Kernels with one target are one part of the report. */
export interface Target {
  /** in the module tree: "model.layers.*.self_attn.qkv_proj", "outside.GPUModelRunner.execute_model", "unattributed" */
  path: string;
  className: string;
  slot?: Slot;
  /** the line that people mean by it: the call of a slot, the function of everything else */
  place?: SourcePlace;
}

export interface Placement {
  targets: Target[];
  /** index of the target of each GPU slice */
  targetOf: Uint16Array;
}

/** What places work: columns of the links. */
export type PlacedBy = Pick<Links, 'slot' | 'owner' | 'linkOf'>;

/** Places every GPU slice by its link. */
export function placeWork(model: ModelMap, count: number, links: PlacedBy): Placement {
  const targets = model.slots.map((slot): Target => ({ path: slotPath(model, slot), className: slot.className, slot, place: slot.call }));
  const owners = model.slots.map((slot): Target => ownerTarget(model, slot));
  const known = new Map<string, number>();
  const add = (target: Target): number => {
    const key = `${target.path} ${target.place ? placeKey(target.place) : ''}`;
    const index = known.get(key) ?? targets.push(target) - 1;
    known.set(key, index);
    return index;
  };
  const targetOf = new Uint16Array(count);
  for (let slice = 0; slice < count; slice++) {
    const slot = links.slot[slice];
    const owner = links.owner[slice];
    targetOf[slice] = slot >= 0 ? slot : add(owner >= 0 ? owners[owner] : placeWithoutSlot(model, links.linkOf(slice)));
  }
  return { targets, targetOf };
}

/** The module whose function calls a slot: what copies between its calls belong to. */
function ownerTarget(model: ModelMap, slot: Slot): Target {
  const path = slotPath(model, slot);
  const owners = model.classes.filter((module) => isFunctionOf(module, slot.owner));
  const owner = owners.findLast((module) => isAround(module.path, path)) ?? owners[0];
  return { path: owner?.path ?? path.slice(0, Math.max(0, path.lastIndexOf('.'))), className: owner?.className ?? '', place: slot.owner };
}

/** Work of no slot: a module's own, or the engine's. */
function placeWithoutSlot(model: ModelMap, { calledFrom, evidence }: ModelLink): Target {
  if (calledFrom === undefined) return { path: evidence === 'op' ? `${OUTSIDE}.ops` : UNATTRIBUTED, className: '' };
  const module = model.classes.find((one) => isFunctionOf(one, calledFrom));
  if (module !== undefined) return { path: module.path, className: module.className, place: calledFrom };
  return { path: `${OUTSIDE}.${functionName(calledFrom)}`, className: '', place: calledFrom };
}

/** "GPUModelRunner.execute_model"; a function without a class is named by its file, "scheduler.run_batch", for many are called "forward". */
function functionName({ file, symbol }: SourcePlace): string {
  return symbol.includes('.') ? symbol : `${file.slice(file.lastIndexOf('/') + 1).replace(/\.\w+$/, '')}.${symbol}`;
}

/** Whether a function is a module's: of its class, or its inherited forward. */
function isFunctionOf({ className, forward }: ModuleClass, { file, line, symbol, via }: SourcePlace): boolean {
  const ofClass = via ?? symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
  return className === ofClass || (forward !== undefined && forward.file === file && forward.line === line);
}

/** Path of a slot from the model on. Around the layers a slot's path begins at the module that has the layers, or at the model. */
export function slotPath(model: ModelMap, slot: Slot): string {
  const layer = layerPath(model);
  if (slot.section === 'layer') return joined(layer, slot.path);
  const around = layer.slice(0, Math.max(0, layer.replace(/\.\*$/, '').lastIndexOf('.')));
  const isThere = model.classes.some((module) => module.path === around && isFunctionOf(module, slot.owner));
  return isThere ? joined(around, slot.path) : slot.path;
}

/** "model.layers.*" */
export function layerPath({ classes, layerClass }: ModelMap): string {
  return classes.find(({ className }) => className === layerClass)?.path ?? 'layers.*';
}

function joined(path: string, rest: string): string {
  return path === '' ? rest : `${path}.${rest}`;
}

/** Whether a module is `path` or around it. */
export function isAround(module: string, path: string): boolean {
  return module === '' || path === module || path.startsWith(`${module}.`);
}

/** Whether a path is what people type for a module, or in it: from the model or from the layer on, or the model's own name. */
export function isInModule(model: ModelMap, path: string, text: string): boolean {
  if (text === model.architecture) return !isOutside(path);
  const layer = layerPath(model);
  return isAround(text, path) || (path.startsWith(`${layer}.`) && isAround(text, path.slice(layer.length + 1)));
}

/** Classes of the modules around a target, its own included, outermost first. */
export function classesAround({ classes }: ModelMap, { path, className, slot }: Target): ModuleClass[] {
  if (isOutside(path)) return [];
  const around = new Map<string, ModuleClass>();
  for (const module of classes) {
    if (!isAround(module.path, path)) continue;
    // Where layers differ, one place holds modules of several classes.
    const isMeant = slot === undefined ? module.className === className : module.className === slot.variant || isFunctionOf(module, slot.owner);
    if (isMeant || !around.has(module.path)) around.set(module.path, module);
  }
  return [...around.values()];
}

export function isOutside(path: string): boolean {
  return isAround(OUTSIDE, path) || path === UNATTRIBUTED;
}

export function placeKey({ file, line }: SourcePlace): string {
  return `${file}:${line}`;
}
