/** What was on the stack of each launch: modules, frames of the engine's packages, the op. */
import { isThreadRoot, moduleOf, parseFrame } from '../../shared/names.js';
import { firstAfter, firstRows, rowOf } from '../trace/rows.js';
import { NONE, type Trace } from '../trace/trace.js';
import { modulePath } from './frames.js';

/** One launch; slices and names are NONE where there is none. */
export interface LaunchStack {
  /** slice of the innermost nn.Module that is no wrapper of a compiler */
  module: number;
  /** name of the innermost frame of vLLM or SGLang */
  frame: number;
  /** name of the innermost frame of a model's file */
  modelFrame: number;
  /** name of the outermost op */
  op: number;
  /** inside of what torch.compile made */
  compiled: boolean;
  /** a launch of a whole graph */
  graph: boolean;
}

const COMPILED_MODULE = /^(?:GraphModule|OptimizedModule|PiecewiseCompileInterpreter|CompiledFxGraph)/;
const COMPILED_FRAME = /<eval_with_key>|torch_compile_cache|inductor_cache|torchinductor_/;
const MODEL_FILE = /\/models\//;
const ENGINES = new Set(['vllm', 'sglang']);

type Meaning = 'module' | 'modelFrame' | 'frame' | 'compiled' | 'op' | 'root' | 'nothing';

function meaningOf(name: string, isOp: boolean): Meaning {
  if (isOp) return 'op';
  if (isThreadRoot(name)) return 'root';
  const module = moduleOf(name);
  if (module !== undefined) return COMPILED_MODULE.test(module) ? 'compiled' : 'module';
  if (COMPILED_FRAME.test(name)) return 'compiled';
  const frame = parseFrame(name);
  const path = frame && modulePath(frame.file);
  if (path === undefined || !ENGINES.has(path.package) || /\/compilation\/|profiler/.test(path.path)) return 'nothing';
  return MODEL_FILE.test(path.path) ? 'modelFrame' : 'frame';
}

/** Slice ids of the calls that launched GPU work, ascending. */
export function launchesOf({ gpu }: Trace): Uint32Array {
  const calls = gpu.byLaunch.map((slice) => gpu.launch[slice]);
  return calls.filter((call, at) => call !== NONE && call !== calls[at - 1]);
}

/** Reads the stacks of launches, by their slice ids, which are ascending. */
export function launchStacks(trace: Trace, launches: Uint32Array): Map<number, LaunchStack> {
  const { slices, rows, strings, categories, tracks } = trace;
  const isPython = categories.map(({ kind }) => kind === 'python');
  const isOp = categories.map(({ kind }) => kind === 'op');
  const meanings = new Map<number, Meaning>();
  const meaning = (slice: number): Meaning => {
    const category = slices.category[slice];
    if (!isPython[category] && !isOp[category]) return 'nothing';
    const name = slices.name[slice];
    let known = meanings.get(name);
    if (known === undefined) meanings.set(name, (known = meaningOf(strings.get(name), isOp[category])));
    return known;
  };
  const rowsOfTrack = firstRows(rows, tracks.length);
  // Launches come in slice order, so in time order inside a row: in every row above, the search goes on where it stopped.
  const reached = rows.first.slice();
  const stacks = new Map<number, LaunchStack>();
  let searchedFor = NONE;
  for (const call of launches) {
    const row = rowOf(rows, call);
    const outermost = rowsOfTrack[rows.track[row]];
    if (row !== searchedFor) for (let above = outermost; above < row; above++) reached[above] = rows.first[above];
    searchedFor = row;
    const stack: LaunchStack = emptyStack(/GraphLaunch/.test(strings.get(slices.name[call])));
    for (let above = outermost; above < row; above++) {
      reached[above] = firstAfter(slices, reached[above], rows.first[above + 1], slices.startNs[call]);
      if (reached[above] > rows.first[above]) push(stack, reached[above] - 1, slices.name[reached[above] - 1], meaning(reached[above] - 1));
    }
    stacks.set(call, stack);
  }
  return stacks;
}

function emptyStack(graph: boolean): LaunchStack {
  return { module: NONE, frame: NONE, modelFrame: NONE, op: NONE, compiled: false, graph };
}

function push(stack: LaunchStack, slice: number, name: number, meaning: Meaning): void {
  switch (meaning) {
    case 'module':
      stack.module = slice;
      break;
    case 'modelFrame':
      stack.modelFrame = stack.frame = name;
      break;
    case 'frame':
      stack.frame = name;
      break;
    case 'compiled':
      stack.compiled = true;
      break;
    case 'op':
      if (stack.op === NONE) stack.op = name;
      break;
    case 'root':
      // What is outside of it is another thread's, waiting.
      Object.assign(stack, emptyStack(stack.graph));
      break;
  }
}

/** An nn.Module call of a recording and its place among its siblings. */
export interface ModuleCall {
  className: string;
  parent?: ModuleCall;
  /** among the modules of its class that its parent calls, from 0 */
  ordinal: number;
}

/** Every nn.Module call by its slice id, without the wrappers of compilers. */
export function moduleCalls(trace: Trace): Map<number, ModuleCall> {
  const { slices, rows, strings, categories } = trace;
  const isPython = categories.map(({ kind }) => kind === 'python');
  const classes = new Map<number, string | undefined>();
  const found: { slice: number; track: number; name: number; className: string }[] = [];
  for (let row = 0; row < rows.count; row++) {
    for (let slice = Math.max(rows.first[row], trace.gpu.count); slice < rows.first[row + 1]; slice++) {
      if (!isPython[slices.category[slice]]) continue;
      const name = slices.name[slice];
      if (!classes.has(name)) classes.set(name, moduleOf(strings.get(name)));
      const className = classes.get(name);
      if (className !== undefined && !COMPILED_MODULE.test(className)) found.push({ slice, track: rows.track[row], name, className });
    }
  }
  found.sort(
    (a, b) => a.track - b.track || slices.startNs[a.slice] - slices.startNs[b.slice] || slices.durNs[b.slice] - slices.durNs[a.slice] || a.slice - b.slice,
  );
  const calls = new Map<number, ModuleCall>();
  let open: { call: ModuleCall; endNs: number; track: number; seen: Map<string, Set<number>> }[] = [];
  for (const { slice, track, name, className } of found) {
    open = open.filter((one) => one.track === track && one.endNs > slices.startNs[slice]);
    const parent = open.at(-1);
    const siblings = parent?.seen.get(className) ?? new Set<number>();
    parent?.seen.set(className, siblings);
    // One instance may be called more than once; its name, which numbers instances, is the same.
    siblings.add(name);
    const call: ModuleCall = { className, parent: parent?.call, ordinal: [...siblings].indexOf(name) };
    calls.set(slice, call);
    open.push({ call, endNs: slices.startNs[slice] + slices.durNs[slice], track, seen: new Map() });
  }
  return calls;
}
