/** The module tree of a report, ready to show: children, kernels of each module, and what a module weighs. */
import type { LinkReport, ModuleCost } from '../../../src/shared/model.js';
import type { KernelCategory, KernelRow, Phase } from '../../../src/shared/protocol.js';
import type { NoModel } from '../../../src/shared/view.js';

/** What modules are weighed by: their time per decode step, in all prefill steps and so on, or in the whole trace. */
export type Weight = Phase | 'all';

export interface KernelShare {
  row: KernelRow;
  ns: number;
  count: number;
  phaseNs: Partial<Record<Phase, number>>;
}

export interface ModuleNode {
  cost: ModuleCost;
  parent?: ModuleNode;
  children: ModuleNode[];
  /** from 1, as aria-level counts */
  level: number;
  /** what runs in this module itself, most time first */
  kernels: KernelShare[];
  /** of its kernels, the one with most time; undefined for modules that only hold others */
  category?: KernelCategory;
}

export interface ModuleTree {
  roots: ModuleNode[];
  /** each before its children */
  all: ModuleNode[];
  /** steps of each phase that the recording has */
  steps: ReadonlyMap<Phase, number>;
}

/** Whether kernels are linked. */
export function isLinked(model: LinkReport | NoModel | undefined): model is LinkReport {
  return model !== undefined && 'modules' in model;
}

/** A slot's path counts from the layer or from the model, a module's from the model: the shortest that ends in it is meant. */
function moduleOfSlot(modules: readonly ModuleNode[], path: string): ModuleNode | undefined {
  const matches = modules.filter(({ cost }) => cost.path === path || cost.path.endsWith(`.${path}`));
  return matches.sort((a, b) => a.cost.path.length - b.cost.path.length)[0];
}

/** Builds the tree; modules keep their order, which is that of the calls. */
export function moduleTree({ modules, kernels }: LinkReport, rows: readonly KernelRow[]): ModuleTree {
  const nodes = new Map(modules.map((cost) => [cost.id, { cost, children: [], level: 1, kernels: [] } as ModuleNode]));
  const roots: ModuleNode[] = [];
  for (const node of nodes.values()) {
    node.parent = nodes.get(node.cost.parent);
    (node.parent?.children ?? roots).push(node);
  }
  const all: ModuleNode[] = [];
  const visit = (node: ModuleNode): void => {
    node.level = (node.parent?.level ?? 0) + 1;
    all.push(node);
    node.children.forEach(visit);
  };
  roots.forEach(visit);

  const rowOf = new Map(rows.map((row) => [row.nameId, row]));
  for (const { nameId, slots } of kernels) {
    const row = rowOf.get(nameId);
    if (row) for (const { path, ...share } of slots) moduleOfSlot(all, path)?.kernels.push({ row, ...share });
  }
  for (const node of all) {
    node.kernels.sort((a, b) => b.ns - a.ns);
    if (node.children.length === 0) node.category = node.kernels[0]?.row.category;
  }
  const steps = new Map<Phase, number>();
  for (const { phases } of modules) for (const { phase, steps: of } of phases) steps.set(phase, Math.max(of, steps.get(phase) ?? 0));
  return { roots, all, steps };
}

/** Nanoseconds: of one decode step, of all steps of another phase, or of everything. */
export function weigh({ cost }: ModuleNode, weight: Weight, tree: Pick<ModuleTree, 'steps'>): number {
  if (weight === 'all') return cost.totalNs;
  return perStep(cost.phases.find(({ phase }) => phase === weight)?.ns ?? 0, weight, tree);
}

/** What a kernel weighs in its module. */
export function weighKernel({ ns, phaseNs }: KernelShare, weight: Weight, tree: Pick<ModuleTree, 'steps'>): number {
  return weight === 'all' ? ns : perStep(phaseNs[weight] ?? 0, weight, tree);
}

function perStep(ns: number, weight: Phase, { steps }: Pick<ModuleTree, 'steps'>): number {
  return weight === 'decode' ? ns / Math.max(1, steps.get('decode') ?? 1) : ns;
}

/** Mean time in one layer of one step; undefined for what is not in a layer. */
export function perLayerNs({ cost }: ModuleNode, weight: Weight): number | undefined {
  const phases = cost.phases.filter(({ phase, layers }) => layers > 0 && (weight === 'all' || phase === weight));
  const layers = phases.reduce((sum, { steps, layers }) => sum + steps * layers, 0);
  return layers > 0 ? phases.reduce((sum, { ns }) => sum + ns, 0) / layers : undefined;
}

/** What runs in a module itself, as a module without children; undefined when nothing does. */
export function ownPart(node: ModuleNode): ModuleNode | undefined {
  const { cost, children } = node;
  const ownNs = children.reduce((rest, child) => rest - child.cost.totalNs, cost.totalNs);
  // Sums of floating-point numbers leave crumbs of a nanosecond.
  if (ownNs < 1) return undefined;
  if (children.length === 0) return node;
  const phases = cost.phases.map((phase) => {
    const below = children.flatMap((child) => child.cost.phases.filter((other) => other.phase === phase.phase));
    return {
      ...phase,
      ns: below.reduce((rest, { ns }) => rest - ns, phase.ns),
      count: below.reduce((rest, { count }) => rest - count, phase.count),
    };
  });
  return { ...node, cost: { ...cost, totalNs: ownNs, phases }, children: [], category: node.kernels[0]?.row.category };
}

/** All of it: what the roots weigh together. */
export function total(tree: ModuleTree, weight: Weight): number {
  return tree.roots.reduce((sum, root) => sum + weigh(root, weight, tree), 0);
}
