/** The modules of a model as a tree, in which the nn.Module calls of a recording are found again. */
import type { ModelMap, Slot } from '../../shared/model.js';
import type { ModuleCall } from './launchStack.js';
import { classRole } from './roles.js';

interface Node {
  path: string;
  className: string;
  slot?: Slot;
  /** a slot that this module's own forward calls: its owner is what unnamed work of the module points to */
  inside?: Slot;
  children: Node[];
}

/** What a recorded module is in the model. */
export interface FoundModule {
  slot?: Slot;
  /** any slot whose owner is the module */
  inside?: Slot;
  path: string;
  /** −1 outside of layers */
  layer: number;
}

/** Finds recorded modules; undefined for those that are not the model's. */
export function createModuleFinder(model: ModelMap): (call: ModuleCall) => FoundModule | undefined {
  const layer = treeOf(
    model.slots.filter(({ section }) => section === 'layer'),
    model.layerClass,
  );
  const around = model.slots.filter(({ section }) => section !== 'layer');
  const nodes = new Map<ModuleCall, { node: Node; layer: number; exact: boolean } | undefined>();
  const nodeOf = (call: ModuleCall): { node: Node; layer: number; exact: boolean } | undefined => {
    if (nodes.has(call)) return nodes.get(call);
    let found: { node: Node; layer: number; exact: boolean } | undefined;
    if (call.className === model.layerClass) found = { node: layer, layer: call.ordinal, exact: true };
    else if (call.parent !== undefined) {
      const parent = nodeOf(call.parent);
      const child = parent && childOf(parent.node, call);
      // Inside of a module that is a slot, or is unknown here, everything belongs to that module.
      found = parent && { node: child ?? parent.node, layer: parent.layer, exact: child !== undefined || parent.node.slot !== undefined };
    }
    nodes.set(call, found);
    return found;
  };
  return (call) => {
    const found = nodeOf(call);
    if (found !== undefined)
      return { slot: found.exact ? found.node.slot : undefined, inside: found.node.inside ?? found.node.slot, path: found.node.path, layer: found.layer };
    const slot = slotAround(around, call);
    return slot && { slot, inside: slot, path: slot.path, layer: -1 };
  };
}

/** A class outside of the layers, in the order that its parent calls it. */
function slotAround(slots: readonly Slot[], call: ModuleCall): Slot | undefined {
  const ofClass = slots.filter(({ className }) => className === call.className);
  return ofClass[Math.min(call.ordinal, ofClass.length - 1)];
}

function treeOf(slots: readonly Slot[], className: string): Node {
  const root: Node = { path: '', className, children: [] };
  for (const slot of slots) {
    let node = root;
    const names = slot.path.split('.');
    for (let depth = 0; depth < names.length; depth++) {
      const path = names.slice(0, depth + 1).join('.');
      const isSlot = depth === names.length - 1;
      if (isSlot) node.inside ??= slot;
      const className = isSlot ? slot.className : depth === names.length - 2 ? ownerClass(slot) : '';
      let child = node.children.find((one) => one.path === path && (one.className === className || one.className === '' || className === ''));
      if (child === undefined) node.children.push((child = { path, className, children: [] }));
      if (child.className === '') child.className = className;
      if (isSlot && className !== '') child.slot ??= slot;
      node = child;
    }
  }
  return root;
}

/** The class whose forward has the call, as it is when it runs. */
function ownerClass({ owner }: Slot): string {
  const dot = owner.symbol.lastIndexOf('.');
  return owner.via ?? (dot < 0 ? '' : owner.symbol.slice(0, dot));
}

/** The child of the recorded class, by its place among those; a class that a tree calls otherwise is found by what it does. */
function childOf({ children }: Node, { className, ordinal }: ModuleCall): Node | undefined {
  const ofClass = children.filter((child) => child.className === className);
  if (ofClass.length > 0) return ofClass[Math.min(ordinal, ofClass.length - 1)];
  const role = classRole(className);
  const alike = children.filter((child) => child.className !== '' && (child.slot?.role ?? classRole(child.className)) === role);
  return alike.length === 1 ? alike[0] : alike[ordinal];
}
