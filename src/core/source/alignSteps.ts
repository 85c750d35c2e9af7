/** Aligns every step of a trace, and puts right what the profiler named wrongly. */
import type { ModelMap } from '../../shared/model.js';
import { NONE, type Trace } from '../trace/trace.js';
import type { WorkIndex } from './linkInput.js';
import { mainRun, modelRuns } from './modelRuns.js';
import { KERNEL_ROLES, kernelRole, roleIndex } from './roles.js';
import { ATTENDING, attentionAnchors, createAligner, FITS_PARTLY, type StepAlignment } from './segments.js';
import { nameShift } from './skew.js';

/** Columns over GPU work. */
export interface AlignedWork {
  /** −1 for none */
  slot: Int16Array;
  layer: Int16Array;
  /** 0 … 1; 0 where nothing was aligned */
  fit: Float32Array;
  /** index into OWNERSHIP */
  own: Uint8Array;
  /** 1 where the kernel's place counts, because its name is another kernel's */
  renamed: Uint8Array;
  /** 1 for what runs in a step's draft model */
  draft: Uint8Array;
  layersPerStep: number[];
  /** the most layers that draft models ran in one step */
  draftLayers: number;
  /** layers whose names are wrong, over all steps */
  renamedLayers: number;
}

/** Roles of GPU work: copies and sets by their kind, kernels by their names. */
export function workRoles({ gpu, slices, strings, categories }: Trace): Uint8Array {
  const isKernel = categories.map(({ kind }) => kind === 'kernel');
  const roleOfName = new Map<number, number>();
  const roles = new Uint8Array(gpu.count).fill(roleIndex('copy'));
  for (let slice = 0; slice < gpu.count; slice++) {
    if (!isKernel[slices.category[slice]]) continue;
    const name = slices.name[slice];
    let role = roleOfName.get(name);
    if (role === undefined) roleOfName.set(name, (role = roleIndex(kernelRole(strings.get(name)))));
    roles[slice] = role;
  }
  return roles;
}

/** `inModel` tells which work may be the model's: what the engine's own code launched is not. */
export function alignSteps(trace: Trace, index: WorkIndex, roles: Uint8Array, model: ModelMap | undefined, inModel: (slice: number) => boolean): AlignedWork {
  const { count } = trace.gpu;
  const aligned: AlignedWork = {
    slot: new Int16Array(count).fill(-1),
    layer: index.layerOf.slice(),
    fit: new Float32Array(count),
    own: new Uint8Array(count),
    renamed: new Uint8Array(count),
    draft: new Uint8Array(count),
    layersPerStep: [],
    draftLayers: 0,
    renamedLayers: 0,
  };
  const aligner = model && createAligner(model);
  const stepsOfCount = new Map<number, Uint32Array[]>();
  for (const work of workOfSteps(trace, index)) {
    if (work.length === 0) continue;
    const all = work.filter(inModel);
    const rolesOfAll = Uint8Array.from(all, (slice) => roles[slice]);
    const layers = Int16Array.from(all, (slice) => index.layerOf[slice]);
    const allAnchors = attentionAnchors(rolesOfAll, layers, aligner?.attends ?? ATTENDING);
    const main = mainRun(modelRuns(allAnchors, sampledBefore(work, roles, inModel)));
    for (const [at, slice] of all.entries()) {
      if (at >= main.from && at < main.to) continue;
      aligned.draft[slice] = 1;
      aligned.layer[slice] = -1;
    }
    const mine = all.subarray(main.from, main.to);
    const roleOf = rolesOfAll.subarray(main.from, main.to);
    const anchors = allAnchors.slice(main.firstLayer, main.firstLayer + main.layers).map((anchor) => anchor - main.from);
    aligned.layersPerStep.push(anchors.length);
    aligned.draftLayers = Math.max(aligned.draftLayers, allAnchors.length - anchors.length);
    stepsOfCount.set(anchors.length, [...(stepsOfCount.get(anchors.length) ?? []), mine]);
    if (aligner === undefined || anchors.length === 0) continue;
    const step = aligner.step(roleOf, anchors);
    write(aligned, mine, step);
    for (let layer = 0; layer < step.layers; layer++) shiftNames(trace, aligned, mine, roleOf, step, layer);
  }
  // A model has one number of layers: steps with another one were cut wrongly, or are a draft model's.
  const [, ...unusual] = [...stepsOfCount.values()].sort((a, b) => b.length - a.length);
  for (const slice of unusual.flatMap((steps) => steps.flatMap((work) => [...work]))) aligned.fit[slice] = Math.min(aligned.fit[slice], FITS_PARTLY);
  return aligned;
}

/** For each piece of work that may be the model's, how many kernels that sample came before it; the engine launches some of those. */
function sampledBefore(work: Uint32Array, roles: Uint8Array, inModel: (slice: number) => boolean): Int32Array {
  const counts: number[] = [];
  let sampled = 0;
  for (const slice of work) {
    if (inModel(slice)) counts.push(sampled);
    if (roles[slice] === SAMPLING) sampled++;
  }
  return Int32Array.from(counts);
}

const SAMPLING = roleIndex('sampling');

/** Work of each step on the device that has most of it, in time order. */
function workOfSteps(trace: Trace, { work, stepOf }: WorkIndex): Uint32Array[] {
  const onMain = onMainDevice(trace);
  const steps: number[][] = [];
  for (const slice of work) if (stepOf[slice] >= 0 && onMain(slice)) (steps[stepOf[slice]] ??= []).push(slice);
  return Array.from(steps, (slices) => Uint32Array.from(slices ?? []));
}

/** Whether a GPU slice ran on the device with most GPU work; layers are told for that one only. */
function onMainDevice({ rows, tracks, gpu }: Trace): (slice: number) => boolean {
  const deviceOf = new Uint16Array(gpu.count);
  const names: (string | undefined)[] = [];
  const counts: number[] = [];
  for (let row = 0; row < rows.count && rows.first[row] < gpu.count; row++) {
    const { device } = tracks[rows.track[row]].info;
    const index = names.includes(device) ? names.indexOf(device) : names.push(device) - 1;
    deviceOf.fill(index, rows.first[row], rows.first[row + 1]);
    counts[index] = (counts[index] ?? 0) + rows.first[row + 1] - rows.first[row];
  }
  const main = counts.indexOf(Math.max(...counts));
  return (slice) => deviceOf[slice] === main;
}

function write(aligned: AlignedWork, work: Uint32Array, step: StepAlignment): void {
  for (let at = 0; at < work.length; at++) {
    const slice = work[at];
    aligned.slot[slice] = step.slot[at];
    aligned.layer[slice] = step.layer[at];
    aligned.fit[slice] = step.fit[at];
    aligned.own[slice] = step.own[at];
  }
}

/** Where a layer's names come some positions too early, what was found for a name is true of the kernel that many positions on. */
function shiftNames(trace: Trace, aligned: AlignedWork, work: Uint32Array, roles: Uint8Array, step: StepAlignment, layer: number): void {
  const [from, to] = [step.borders[layer + 1], step.borders[layer + 2]];
  // The last segment holds what follows the layers as well.
  if (layer === step.layers - 1 || !isHipGraph(trace, work[from])) return;
  const durNs = Float64Array.from(work.subarray(from, to), (slice) => trace.slices.durNs[slice]);
  const shift = nameShift(roles.subarray(from, to), durNs);
  if (shift === 0) return;
  aligned.renamedLayers++;
  for (let at = Math.max(from, -shift); at < to && at + shift < work.length; at++) {
    const slice = work[at + shift];
    aligned.slot[slice] = step.slot[at];
    aligned.layer[slice] = step.layer[at];
    aligned.fit[slice] = step.fit[at];
    aligned.own[slice] = step.own[at];
    aligned.renamed[slice] = 1;
  }
}

/** CUPTI names kernels of graphs rightly; only roctracer was seen not to. */
function isHipGraph({ gpu, slices, strings }: Trace, slice: number): boolean {
  const launch = gpu.launch[slice];
  return launch !== NONE && strings.get(slices.name[launch]).startsWith('hipGraphLaunch');
}

/** Whether a kernel only moves or shapes data, so that it says nothing of a leaf of its own. */
export function isShaping(role: number): boolean {
  return KERNEL_ROLES[role] === 'copy' || KERNEL_ROLES[role] === 'elementwise';
}
