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
  /** id of the node in its graph; '' for work that is of none */
  node: string;
  module?: string;
}

/** Paths of modules by slice; undefined without notes, also where the recording's file cannot be read any more. */
export async function notedModules(trace: Trace, records: Records, work: Uint32Array): Promise<ReadonlyMap<number, string> | undefined> {
  return readNotes(trace, records, work).catch(() => undefined);
}

/** One replay of each graph is read: equal runs of kernels are replays of one graph. */
async function readNotes(trace: Trace, records: Records, work: Uint32Array): Promise<ReadonlyMap<number, string> | undefined> {
  const found = new Map<number, string>();
  const known = new Map<string, Note[]>();
  for (const kernels of replaysOf(trace, work)) {
    const names = kernels.map((slice) => trace.slices.name[slice]).join();
    let notes = known.get(names);
    if (notes === undefined) {
      // Recordings are all of a kind: where the first kernel has no node, none has.
      if (known.size === 0 && (await noteOf(trace, records, kernels[0])).node === '') return undefined;
      notes = [];
      for (const slice of kernels) notes.push(await noteOf(trace, records, slice));
      known.set(names, notes);
    }
    for (const [at, { module }] of notes.entries()) if (module !== undefined) found.set(kernels[at], module);
  }
  return found.size === 0 ? undefined : found;
}

async function noteOf(trace: Trace, records: Records, slice: number): Promise<Note> {
  const args = new Map(recordArgs(await records.text(recordOffset(trace, slice))).map(({ key, text }) => [key, valueText(text)]));
  const node = args.get('graph node id') ?? '';
  const module = MODULE_KEYS.map((key) => args.get(key)).find((value) => value !== undefined);
  return node === '' || node === '0' ? { node: '' } : { node, module };
}
