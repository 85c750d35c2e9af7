/** The calls of one thread as a flame graph: one by one in time, or those of equal stacks as one, from the top or from the bottom. */
import type { Flame, FlameOrder } from '../../shared/analysis.js';
import { SLICE_KINDS, type Span, type TrackId } from '../../shared/protocol.js';
import { NONE, type Trace } from '../trace/trace.js';
import { addUpwards, type CallTree, callTree, indexIn } from './callTree.js';
import type { GpuIndex } from './gpu.js';

/** Nodes as they are found: whatever is around a node comes before it. */
interface Nodes {
  parent: number[];
  /** string id */
  name: number[];
  startNs: number[];
  durNs: number[];
  selfNs: number[];
  gpuNs: number[];
  calls: number[];
  slice: number[];
}

/** Nodes shorter than `minNs` are left out with all that is in them. Times are clipped to the span; merged nodes begin at its start. */
export function flame(trace: Trace, gpu: GpuIndex, track: TrackId, span: Span, order: FlameOrder, minNs: number): Flame {
  const calls = callsIn(trace, gpu, track, span);
  if (order === 'time') return finish(trace, calls, minNs);
  const merged = mergeStacks(calls);
  return finish(trace, placed(order === 'leftHeavy' ? merged : inverted(merged), span.startNs), minNs);
}

function noNodes(): Nodes {
  return { parent: [], name: [], startNs: [], durNs: [], selfNs: [], gpuNs: [], calls: [], slice: [] };
}

/** Adds a node without times; gives its index. */
function addNode(nodes: Nodes, parent: number, name: number, slice: number): number {
  nodes.parent.push(parent);
  nodes.name.push(name);
  nodes.slice.push(slice);
  for (const times of [nodes.startNs, nodes.durNs, nodes.selfNs, nodes.gpuNs, nodes.calls]) times.push(0);
  return nodes.parent.length - 1;
}

/** A node for each call that touches the span. */
function callsIn(trace: Trace, gpu: GpuIndex, track: TrackId, span: Span): Nodes {
  const { slices } = trace;
  const tree = callTree(trace, new Set(SLICE_KINDS), [track]);
  const gpuNs = gpuTimes(trace, gpu, tree, span);
  const nodes = noNodes();
  const nodeOf = new Int32Array(tree.count).fill(-1);
  for (let call = 0; call < tree.count; call++) {
    const slice = tree.slice[call];
    const fromNs = Math.max(slices.startNs[slice], span.startNs);
    const toNs = Math.min(slices.startNs[slice] + slices.durNs[slice], span.endNs);
    if (toNs < fromNs || fromNs >= span.endNs) continue;
    const parent = tree.parent[call] === NONE ? -1 : nodeOf[tree.parent[call]];
    const node = addNode(nodes, parent, slices.name[slice], slice);
    nodeOf[call] = node;
    nodes.startNs[node] = fromNs;
    nodes.durNs[node] = toNs - fromNs;
    nodes.selfNs[node] += toNs - fromNs;
    nodes.gpuNs[node] = gpuNs[call];
    nodes.calls[node] = 1;
    // What outlives its caller takes only what the caller has.
    if (parent >= 0) nodes.selfNs[parent] -= Math.min(toNs, nodes.startNs[parent] + nodes.durNs[parent]) - fromNs;
  }
  return nodes;
}

/** Time of the kernels that were launched under each call, by launches that begin in the span. */
function gpuTimes({ slices, gpu: { launch } }: Trace, gpu: GpuIndex, tree: CallTree, span: Span): Float64Array {
  const gpuNs = new Float64Array(tree.count);
  for (const kernel of gpu.kernels) {
    const call = launch[kernel] === NONE ? NONE : indexIn(tree, launch[kernel]);
    if (call === NONE || slices.startNs[launch[kernel]] < span.startNs || slices.startNs[launch[kernel]] >= span.endNs) continue;
    gpuNs[call] += slices.durNs[kernel];
  }
  return addUpwards(tree, gpuNs);
}

/** One node for calls of one name in equal stacks. */
function mergeStacks(calls: Nodes): Nodes {
  const merged = noNodes();
  const find = finder(merged);
  const nodeOf: number[] = [];
  calls.parent.forEach((parent, call) => {
    const node = find(parent < 0 ? -1 : nodeOf[parent], calls.name[call], calls.slice[call]);
    nodeOf.push(node);
    merged.durNs[node] += calls.durNs[call];
    merged.selfNs[node] += calls.selfNs[call];
    merged.gpuNs[node] += calls.gpuNs[call];
    merged.calls[node]++;
  });
  return merged;
}

/** Each function with the time that it took itself; inside it who called it, and so on up to the root. */
function inverted(merged: Nodes): Nodes {
  const turned = noNodes();
  const find = finder(turned);
  // GPU time of a node without what is under it: else a kernel would count once for every frame of its stack.
  const ownGpuNs = merged.gpuNs.slice();
  merged.parent.forEach((parent, node) => {
    if (parent >= 0) ownGpuNs[parent] -= merged.gpuNs[node];
  });
  merged.parent.forEach((_, leaf) => {
    if (merged.selfNs[leaf] <= 0 && ownGpuNs[leaf] <= 0) return;
    let inside = -1;
    for (let node = leaf; node >= 0; node = merged.parent[node]) {
      inside = find(inside, merged.name[node], merged.slice[leaf]);
      turned.durNs[inside] += merged.selfNs[leaf];
      turned.gpuNs[inside] += ownGpuNs[leaf];
      turned.calls[inside] += merged.calls[leaf];
      if (node === leaf) turned.selfNs[inside] += merged.selfNs[leaf];
    }
  });
  return turned;
}

/** Finds or adds the node of a name in another one. */
function finder(nodes: Nodes): (parent: number, name: number, slice: number) => number {
  const inside: Map<number, number>[] = [new Map()];
  return (parent, name, slice) => {
    const children = inside[parent + 1];
    const known = children.get(name);
    if (known !== undefined) return known;
    const node = addNode(nodes, parent, name, slice);
    children.set(name, node);
    inside.push(new Map());
    return node;
  };
}

/** Gives merged nodes their places: the longest first, side by side from the start of what is around them. */
function placed(nodes: Nodes, startNs: number): Nodes {
  const order = nodes.parent.map((_, node) => node).sort((a, b) => nodes.durNs[b] - nodes.durNs[a] || a - b);
  const children = new Map<number, number[]>();
  for (const node of order) {
    const beside = children.get(nodes.parent[node]);
    if (beside) beside.push(node);
    else children.set(nodes.parent[node], [node]);
  }
  const sorted = noNodes();
  const place = (parent: number, placedParent: number, fromNs: number): void => {
    for (const node of children.get(parent) ?? []) {
      const at = addNode(sorted, placedParent, nodes.name[node], nodes.slice[node]);
      sorted.startNs[at] = fromNs;
      sorted.durNs[at] = nodes.durNs[node];
      sorted.selfNs[at] = nodes.selfNs[node];
      sorted.gpuNs[at] = nodes.gpuNs[node];
      sorted.calls[at] = nodes.calls[node];
      place(node, at, fromNs);
      fromNs += nodes.durNs[node];
    }
  };
  place(-1, -1, startNs);
  return sorted;
}

/** Leaves out what is too small, and gives names small numbers. */
function finish({ strings }: Trace, nodes: Nodes, minNs: number): Flame {
  const kept: number[] = [];
  const placeOf = new Int32Array(nodes.parent.length).fill(-1);
  nodes.parent.forEach((parent, node) => {
    if (nodes.durNs[node] < minNs || (parent >= 0 && placeOf[parent] < 0)) return;
    placeOf[node] = kept.length;
    kept.push(node);
  });
  const parent = Int32Array.from(kept, (node) => (nodes.parent[node] < 0 ? -1 : placeOf[nodes.parent[node]]));
  const depth = new Uint16Array(kept.length);
  parent.forEach((around, node) => {
    depth[node] = around < 0 ? 0 : depth[around] + 1;
  });
  const nameIndex = new Map<number, number>();
  const name = Uint32Array.from(kept, (node) => {
    const id = nodes.name[node];
    if (!nameIndex.has(id)) nameIndex.set(id, nameIndex.size);
    return nameIndex.get(id) ?? 0;
  });
  return {
    count: kept.length,
    parent,
    depth,
    startNs: Float64Array.from(kept, (node) => nodes.startNs[node]),
    durNs: Float64Array.from(kept, (node) => nodes.durNs[node]),
    selfNs: Float64Array.from(kept, (node) => nodes.selfNs[node]),
    gpuNs: Float64Array.from(kept, (node) => nodes.gpuNs[node]),
    calls: Uint32Array.from(kept, (node) => nodes.calls[node]),
    slice: Uint32Array.from(kept, (node) => nodes.slice[node]),
    name,
    names: [...nameIndex.keys()].map((id) => strings.get(id)),
    omitted: nodes.parent.length - kept.length,
  };
}
