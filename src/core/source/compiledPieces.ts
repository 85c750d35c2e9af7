/** Kernels of compiled code linked by what the compiler wrote: where a run of kernels is that of one compiled function, each is known. */
import type { ModelMap, Slot } from '../../shared/model.js';
import type { Trace } from '../trace/trace.js';
import { type GraphNode, type GraphPiece, readComputationGraph } from './computationGraph.js';
import { modulePath } from './frames.js';
import { type CompiledCall, readInductorOutput } from './inductorOutput.js';
import type { CompilerOutput, WorkIndex } from './linkInput.js';
import { locateModule } from './modulePaths.js';
import { roleIndex } from './roles.js';

/** What the operations of one kernel are in the model. */
export interface CompiledWork {
  /** in the order of the operations; more than one where calls were fused */
  slots: readonly Slot[];
  /** a slot of the function that has a line of it, where no call is known */
  owner?: Slot;
}

/** A compiled function: its calls, and what each is. */
interface Piece {
  calls: { kernel: string; work: CompiledWork }[];
  kernels: string[];
}

/** Less of the operations in common, and a graph is not what was compiled. */
const LEAST_COMMON = 0.5;

/** By slice, for kernels in runs that are exactly those of a compiled function. */
export function compiledWork(trace: Trace, { work, stepOf }: WorkIndex, roles: Uint8Array, model: ModelMap, output: CompilerOutput): Map<number, CompiledWork> {
  const graphs = output.graphs.flatMap(readComputationGraph);
  const pieces = output.code.map(readInductorOutput).flatMap((calls) => pieceOf(calls, graphs, model) ?? []);
  pieces.sort((a, b) => b.kernels.length - a.kernels.length);
  const found = new Map<number, CompiledWork>();
  if (pieces.length === 0) return found;
  const mine = [...work].filter((slice) => stepOf[slice] >= 0);
  const names = mine.map((slice) => trace.strings.get(trace.slices.name[slice]));
  const compiled = mine.flatMap((_, at) => (names[at].startsWith('triton_') ? [at] : []));
  for (let from = 0; from < compiled.length; ) {
    const piece = pieces.find(({ kernels }) => kernels.every((name, at) => names[compiled[from + at]] === name));
    const to = from + (piece?.kernels.length ?? 1);
    // From behind the compiled kernel before the run up to the one after it.
    if (piece) linkPiece(piece, mine, roles, [from === 0 ? -1 : compiled[from - 1], ...compiled.slice(from, to), compiled[to] ?? mine.length], found);
    from = to;
  }
  return found;
}

/** Between two kernels of the compiler are the products that its function calls there, if there are as many. */
function linkPiece({ calls }: Piece, work: readonly number[], roles: Uint8Array, borders: readonly number[], found: Map<number, CompiledWork>): void {
  let next = 1;
  let products: CompiledWork[] = [];
  const linkProducts = (): void => {
    const recorded = productsIn(work.slice(borders[next - 1] + 1, borders[next]), roles);
    // What runs before the first kernel or after the last can be another's too.
    const count = products.length;
    const own = next === 1 ? recorded.slice(Math.max(0, recorded.length - count)) : next === borders.length - 1 ? recorded.slice(0, count) : recorded;
    if (own.length === count) for (const [index, kernels] of own.entries()) for (const slice of kernels) found.set(slice, products[index]);
    products = [];
  };
  for (const { kernel, work: what } of calls) {
    if (kernel === '') products.push(what);
    else {
      linkProducts();
      found.set(work[borders[next]], what);
      next++;
    }
  }
  linkProducts();
}

/** The kernels of each product: its own, and the sums of its split parts. */
function productsIn(work: readonly number[], roles: Uint8Array): number[][] {
  const products: number[][] = [];
  for (const slice of work) {
    if (roles[slice] === LINEAR) products.push([slice]);
    else if (roles[slice] === LINEAR_SUM) products.at(-1)?.push(slice);
  }
  return products;
}

/** Undefined for a function without kernels of its own, or of another model. */
function pieceOf(calls: readonly CompiledCall[], graphs: readonly GraphPiece[], model: ModelMap): Piece | undefined {
  const kernels = calls.flatMap(({ kernel }) => (kernel === '' ? [] : [kernel]));
  const sources = graphsOf(calls, graphs);
  if (kernels.length === 0 || sources.length === 0) return undefined;
  return { kernels, calls: calls.map(({ kernel, nodes }) => ({ kernel, work: workOf(kernel === '' ? nodes.slice(-1) : nodes, sources, model) })) };
}

/** The pieces of a graph that a function was compiled from: those with most of its operations. Layers that are alike have equal ones. */
function graphsOf(calls: readonly CompiledCall[], graphs: readonly GraphPiece[]): GraphPiece[] {
  const used = new Set(calls.flatMap(({ nodes }) => nodes));
  const common = graphs.map((graph) => {
    const both = [...used].filter((name) => graph.has(name)).length;
    return both < LEAST_COMMON * used.size ? 0 : both / (used.size + graph.size - both);
  });
  const most = Math.max(0, ...common);
  return graphs.filter((_, at) => most > 0 && common[at] === most);
}

function workOf(nodes: readonly string[], graphs: readonly GraphPiece[], model: ModelMap): CompiledWork {
  const slots = new Set<Slot>();
  let owner: Slot | undefined;
  for (const node of nodes.flatMap((name) => graphs.flatMap((graph) => graph.get(name) ?? []))) {
    const named = node.modules.flatMap((module) => locateModule(model, module)?.slot ?? []);
    const called = named.length > 0 ? named : slotsAt(model, node);
    for (const slot of called) slots.add(slot);
    owner ??= ownerOf(model, node);
  }
  return { slots: [...slots], owner };
}

/** Slots that a line calls, or whose own code it is; of several modules of one file nothing says which. */
function slotsAt({ slots }: ModelMap, { file, line }: GraphNode): Slot[] {
  const isCalled = slots.filter(({ call, otherCalls = [] }) => [call, ...otherCalls].some((place) => place.line === line && isFile(place.file, file)));
  if (isCalled.length > 0) return isCalled;
  const isOwn = slots.filter(({ forward }) => forward !== undefined && isFile(forward.file, file));
  return new Set(isOwn.map(({ path }) => path)).size === 1 ? isOwn : [];
}

/** A slot of the function that a line is in: the last that begins before it. */
function ownerOf({ slots }: ModelMap, { file, line = 0 }: GraphNode): Slot | undefined {
  const inFile = slots.filter(({ owner }) => owner.line <= line && isFile(owner.file, file));
  return inFile.sort((a, b) => b.owner.line - a.owner.line)[0];
}

/** A file of the tree and one of the machine that compiled: "vllm/…" in both. */
function isFile(file: string, recorded: string | undefined): boolean {
  return recorded !== undefined && modulePath(recorded)?.path === modulePath(file)?.path;
}

const LINEAR = roleIndex('linear');
const LINEAR_SUM = roleIndex('linearAux');
