/** Which modules ran when on each stream: neighbouring GPU work of one module, told from the slots its kernels are linked to. */
import type { ModuleSpan } from '../../shared/model.js';
import { KERNEL_CATEGORIES, type TrackId } from '../../shared/protocol.js';
import { isOutside, layerPath, type Target, UNATTRIBUTED } from '../source/placement.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';
import type { Linked } from './linked.js';

/** By stream, in time order. */
export type ModuleRuns = ReadonlyMap<TrackId, readonly ModuleSpan[]>;

type Placed = Pick<Linked, 'model' | 'placement' | 'layerOf'>;

interface Module {
  path: string;
  className: string;
}

/** Runs that have not ended. */
interface Open {
  run: ModuleSpan;
  module: Module;
  step: number;
}

export function moduleRuns(trace: Trace, analyses: Pick<Analyses, 'gpu' | 'steps'>, { model, placement, layerOf }: Placed): ModuleRuns {
  const { work, track, category, kind } = analyses.gpu();
  const { stepOf } = analyses.steps();
  const { startNs, durNs } = trace.slices;
  const modules = new Map<string, Module>();
  const moduleOf = placement.targets.map((target) => {
    const path = isOutside(target.path) ? target.path : modulePath(layerPath(model), target.path);
    if (path === undefined || path === UNATTRIBUTED) return undefined;
    const known = modules.get(path) ?? { path, className: classOf(path, target, model.classes) };
    modules.set(path, known);
    return known;
  });
  const runs = new Map<TrackId, ModuleSpan[]>();
  const open = new Map<TrackId, Open>();
  for (const slice of work) {
    const module = moduleOf[placement.targetOf[slice]];
    // Work of the layer itself, or of unknown origin, does not end the module that goes on after it.
    if (module === undefined) continue;
    const [trackId, layer, step] = [track[slice], layerOf[slice], stepOf[slice]];
    const does = kind(slice) === 'kernel' ? KERNEL_CATEGORIES[category[slice]] : undefined;
    const endNs = startNs[slice] + durNs[slice];
    const current = open.get(trackId);
    if (current?.module === module && current.run.layer === layer && current.step === step) {
      const { run } = current;
      run.endNs = Math.max(run.endNs, endNs);
      run.count++;
      run.workNs += durNs[slice];
      if (does !== undefined && does !== run.category) run.category = undefined;
      continue;
    }
    const run: ModuleSpan = { startNs: startNs[slice], endNs, ...module, layer, count: 1, workNs: durNs[slice], category: does };
    open.set(trackId, { run, module, step });
    if (isOutside(module.path)) continue;
    const ofTrack = runs.get(trackId) ?? [];
    ofTrack.push(run);
    runs.set(trackId, ofTrack);
  }
  return runs;
}

/** Where a path leaves the way to the layers: "model.layers.*.mlp" for what is in a layer's mlp. Undefined for what is on that way itself, and for what is not known. */
export function modulePath(layer: string, path: string): string | undefined {
  const way = layer.split('.');
  const parts = path === '' ? [] : path.split('.');
  let depth = 0;
  while (depth < parts.length && parts[depth] === way[depth]) depth++;
  return depth === parts.length ? undefined : parts.slice(0, depth + 1).join('.');
}

function classOf(path: string, target: Target, classes: Placed['model']['classes']): string {
  if (target.path === path) return target.className;
  return classes.find((one) => one.path === path)?.className ?? '';
}
