/** Colours and labels of slices: computed once a trace, by category and by name. */
import { isWrapperFile } from '../../shared/modelLink.js';
import { frameLabel, parseFrame, shortName } from '../../shared/names.js';
import { COLOUR_CLASSES, type ColourClass, type NameId, type SliceKind } from '../../shared/protocol.js';
import type { GpuIndex } from '../analyze/gpu.js';
import { foldWrappers } from '../trace/folds.js';
import { COLOUR_BY_NAME, type Look } from '../trace/tile.js';
import type { Trace } from '../trace/trace.js';
import { once } from './analyses.js';

const CLASS_OF_KIND: Record<Exclude<SliceKind, 'kernel' | 'launch'>, ColourClass> = {
  memcpy: 'copy',
  memset: 'copy',
  gpuAnnotation: 'annotation',
  op: 'op',
  python: 'python',
  annotation: 'annotation',
  overhead: 'neutral',
  other: 'neutral',
};

/** A kernel has the colour of its category, a launch says whether it replays a graph, everything else its kind's. */
export function lookOf(trace: Trace, gpu: GpuIndex): Look {
  const { slices, categories, strings } = trace;
  const index = (colour: ColourClass): number => COLOUR_CLASSES.indexOf(colour);
  const colourOfCategory = Uint8Array.from(categories, ({ kind }) => (kind === 'kernel' || kind === 'launch' ? COLOUR_BY_NAME : index(CLASS_OF_KIND[kind])));
  const colourOfName = new Uint8Array(strings.count).fill(COLOUR_BY_NAME);
  const launches = categories.map(({ kind }) => kind === 'launch');
  for (let slice = trace.gpu.count; slice < slices.count; slice++) {
    const name = slices.name[slice];
    if (launches[slices.category[slice]] && colourOfName[name] === COLOUR_BY_NAME) {
      colourOfName[name] = index(/GraphLaunch/.test(strings.get(name)) ? 'graphLaunch' : 'runtime');
    }
  }
  // The kernel categories are the first colour classes, in the same order.
  const kernelNames = new Set<NameId>();
  for (const kernel of gpu.kernels) {
    kernelNames.add(slices.name[kernel]);
    colourOfName[slices.name[kernel]] = gpu.category[kernel];
  }
  const labels = new Map<NameId, string>();
  return {
    colourOfCategory,
    colourOfName,
    folds: once(() => foldWrappers(trace, wrapperNames(trace))),
    label(name) {
      let label = labels.get(name);
      if (label === undefined) {
        label = kernelNames.has(name) ? shortName(strings.get(name)) : frameLabel(strings.get(name));
        labels.set(name, label);
      }
      return label;
    },
  };
}

/** By name id: 1 for frames that only pass a call on. */
function wrapperNames({ strings }: Trace): Uint8Array {
  const isWrapper = new Uint8Array(strings.count);
  for (let id = 0; id < strings.count; id++) {
    const name = strings.get(id);
    const file = name.includes('.py(') ? parseFrame(name)?.file : undefined;
    if (file !== undefined && isWrapperFile(file)) isWrapper[id] = 1;
  }
  return isWrapper;
}
