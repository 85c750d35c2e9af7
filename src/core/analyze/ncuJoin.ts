/**
 * Joins launches that Nsight Compute measured to the kernels of a trace. The two are different runs, and the two tools write C++
 * names differently (namespaces, `true` or `1`, `const float` or `float const`, parameters), so names are compared in three steps:
 * as written, by function and template arguments, and by function alone where one side says no more than that.
 */
import { declarator, demangled } from '../../shared/names.js';
import type { NcuLaunch } from '../../shared/ncu.js';
import type { NameId, SliceId } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';

export interface NcuJoin {
  /** measured launches of a kernel, in order of launch */
  launches: ReadonlyMap<NameId, NcuLaunch[]>;
  /** names of measured kernels that the trace has not, with how many launches each */
  missing: ReadonlyMap<string, number>;
  /** the n-th launch of a kernel that the trace recorded is the n-th that was measured; −1 when that one was not */
  indexOf(slice: SliceId): number;
  /** how many launches of a kernel the trace has */
  traced(name: NameId): number;
}

interface Key {
  function: string;
  /** '' where the name has none */
  template: string;
}

/** What a name says however it is written. */
export function kernelKey(name: string): Key {
  const trimmed = name.trim();
  if (trimmed.startsWith('_Z')) return { function: lastPart(demangled(trimmed)), template: '' };
  const signature = trimmed.replaceAll(/\(anonymous namespace\)::|<unnamed>::/g, '');
  const { name: qualified, template } = declarator(signature);
  return { function: lastPart(qualified), template: plainTemplate(template) };
}

function lastPart(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf(':') + 1);
}

function plainTemplate(template: string): string {
  return template
    .replace(/\((?:bool|int|unsigned int|long|unsigned long|short|char)\)/g, '')
    .replace(/\bconst\b/g, '')
    .replace(/\btrue\b/g, '1')
    .replace(/\bfalse\b/g, '0')
    .replace(/\w+::/g, '')
    .replace(/\s+/g, '');
}

export function joinNcu(trace: Trace, measured: readonly NcuLaunch[]): NcuJoin {
  const slices = slicesByName(trace);
  const find = finder(trace, [...slices.keys()]);
  const launches = new Map<NameId, NcuLaunch[]>();
  const missing = new Map<string, number>();
  for (const launch of measured) {
    const name = find(launch.kernel);
    if (name === undefined) missing.set(launch.kernel, (missing.get(launch.kernel) ?? 0) + 1);
    else listed(launches, name).push(launch);
  }
  return {
    launches,
    missing,
    traced: (name) => slices.get(name)?.length ?? 0,
    indexOf(slice) {
      const name = trace.slices.name[slice];
      return (
        slices
          .get(name)
          ?.slice(0, launches.get(name)?.length ?? 0)
          .indexOf(slice) ?? -1
      );
    },
  };
}

function listed<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Kernels of each name by start, which is the order of launch on one stream. */
function slicesByName({ slices, gpu, categories }: Trace): Map<NameId, SliceId[]> {
  const found = new Map<NameId, SliceId[]>();
  for (let slice = 0; slice < gpu.count; slice++) {
    if (categories[slices.category[slice]].kind !== 'kernel') continue;
    listed(found, slices.name[slice]).push(slice);
  }
  for (const same of found.values()) same.sort((a, b) => slices.startNs[a] - slices.startNs[b]);
  return found;
}

/** Finds the trace's kernel of a name; undefined when there is none, or several and nothing to tell them apart. */
function finder({ strings }: Trace, names: readonly NameId[]): (kernel: string) => NameId | undefined {
  const exact = new Map<string, NameId>();
  const byFunction = new Map<string, { name: NameId; template: string }[]>();
  for (const name of names) {
    const text = strings.get(name);
    exact.set(text, name);
    const key = kernelKey(text);
    listed(byFunction, key.function).push({ name, template: key.template });
  }
  return (kernel) => {
    const known = exact.get(kernel);
    if (known !== undefined) return known;
    const key = kernelKey(kernel);
    const namesakes = byFunction.get(key.function) ?? [];
    const same = namesakes.filter(({ template }) => template === key.template);
    if (same.length > 0) return same.length === 1 ? same[0].name : undefined;
    const [only] = namesakes;
    return namesakes.length === 1 && (key.template === '' || only.template === '') ? only.name : undefined;
  };
}
