/**
 * What recordings note at the kernels of CUDA graphs. Since 2026 Kineto writes "graph node id" with them, and
 * torch.cuda's annotations, merged into a recording by that id, add the keys that were given while the graph was captured
 * (torch/cuda/_annotate_cuda_graph_trace.py): "name", or "module_fqn" where a compiler pass notes modules.
 */
import type { Records } from '../read/read.js';
import { recordArgs, valueText } from '../read/record.js';
import { replaysOf } from '../source/captureJoin.js';
import type { Trace } from '../trace/trace.js';
import { recordOffset } from './detail.js';

const MODULE_KEYS = ['module_fqn', 'name'];

interface Note {
  /** the node and its graph; '' for work that is of none */
  node: string;
  module?: string;
}

/** Paths of modules by slice; undefined without notes, also where the recording's file cannot be read any more. */
export async function notedModules(trace: Trace, records: Records, work: Uint32Array): Promise<ReadonlyMap<number, string> | undefined> {
  return readNotes(trace, records, work).catch(() => undefined);
}

/** Of each graph one replay is read: the others begin with the same node, and run the same kernels. */
async function readNotes(trace: Trace, records: Records, work: Uint32Array): Promise<ReadonlyMap<number, string> | undefined> {
  const found = new Map<number, string>();
  const known = new Map<string, (string | undefined)[]>();
  for (const kernels of replaysOf(trace, work)) {
    const first = await noteOf(trace, records, kernels[0]);
    // Recordings are all of a kind: where one kernel of a graph has no node, none has.
    if (first.node === '') return undefined;
    const graph = [first.node, ...kernels.map((slice) => trace.slices.name[slice])].join();
    let modules = known.get(graph);
    if (modules === undefined) {
      if (known.size === 0 && !(await isNoted(trace, records, kernels))) return undefined;
      modules = [first.module];
      for (const slice of kernels.slice(1)) modules.push((await noteOf(trace, records, slice)).module);
      known.set(graph, modules);
    }
    for (const [at, module] of modules.entries()) if (module !== undefined) found.set(kernels[at], module);
  }
  return found.size === 0 ? undefined : found;
}

/** Kernels that are looked at before a whole replay is read: newer recordings have nodes, and notes only where somebody took them. */
const PROBES = 32;

async function isNoted(trace: Trace, records: Records, kernels: readonly number[]): Promise<boolean> {
  const stride = Math.ceil(kernels.length / PROBES);
  for (let at = 0; at < kernels.length; at += stride) if ((await noteOf(trace, records, kernels[at])).module !== undefined) return true;
  return false;
}

async function noteOf(trace: Trace, records: Records, slice: number): Promise<Note> {
  const args = new Map(recordArgs(await records.text(recordOffset(trace, slice))).map(({ key, text }) => [key, valueText(text)]));
  const node = args.get('graph node id') ?? '';
  if (node === '' || node === '0') return { node: '' };
  return { node: `${args.get('graph id') ?? ''} ${node}`, module: MODULE_KEYS.map((key) => args.get(key)).find((value) => value !== undefined) };
}
