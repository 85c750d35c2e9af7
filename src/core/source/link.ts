/** Links every piece of GPU work to the line of model code that caused it, by the best evidence there is. */
import { EVIDENCE, type ModelLink, type ModelMap, type SourcePlace, type VersionSkew } from '../../shared/model.js';
import { parseFrame } from '../../shared/names.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type AlignedWork, alignSteps, workRoles } from './alignSteps.js';
import { joinCapture } from './captureJoin.js';
import { compiledWork } from './compiledPieces.js';
import { definitionOf } from './definitions.js';
import { alignedSlot, byCompiler, byFrame, byModule, byNote, byOp, byOrder, CONFIDENCE, type Found } from './evidence.js';
import { modulePath } from './frames.js';
import { type LaunchStack, launchesOf, launchStacks, moduleCalls } from './launchStack.js';
import type { Known, SourceSymbols, WorkIndex } from './linkInput.js';
import { createModuleFinder } from './slotTree.js';
import { matchTree, type TreeMatch } from './versionSkew.js';

/** Columns over GPU work. */
export interface Links {
  /** its own slot, −1 for none */
  slot: Int16Array;
  /** slot whose owner's forward caused it, −1 for none; copies have no slot of their own and point there */
  owner: Int16Array;
  layer: Int16Array;
  /** index into EVIDENCE */
  evidence: Uint8Array;
  confidence: Float32Array;
  /** index into `reasons` */
  reason: Uint16Array;
  reasons: string[];
  /** line outside of the model's slots, index into `places`; −1 for none */
  place: Int32Array;
  places: SourcePlace[];
  layersPerStep: number[];
  /** share of the trace's frames of the tree's packages whose first line is the tree's; undefined without frames or tree */
  lineMatch?: number;
  skew?: VersionSkew;
  warnings: string[];
  linkOf(slice: number): ModelLink;
}

const ONE_STEP = 0.1;

/** Without a model, kernels still get layers, frames and ops. */
export function linkKernels(trace: Trace, index: WorkIndex, { model, symbols, capture, compiler, notedModules }: Known = {}): Links {
  const stacks = launchStacks(trace, launchesOf(trace));
  const roles = workRoles(trace);
  const stackOf = (slice: number): LaunchStack | undefined => stacks.get(trace.gpu.launch[slice]);
  const aligned = alignSteps(trace, index, roles, model, (slice) => !isEngines(stackOf(slice)));
  const match = symbols && matchTree(trace, symbols);
  const sameVersion = match?.skew === undefined;
  const modules = moduleCalls(trace);
  const captured = capture && joinCapture(trace, index, capture);
  const compiled = model && compiler && compiledWork(trace, index, roles, model, compiler);
  const columns = emptyLinks(trace, aligned, match);
  const finder = model && createModuleFinder(model);
  const places = createPlaces(trace, columns, symbols);
  const note = createReasons(columns);
  for (let slice = 0; slice < trace.gpu.count; slice++) {
    const stack = stackOf(slice);
    const capturedStack = captured?.stackOf(slice);
    const byAlignment = alignedSlot(model, aligned, roles, slice);
    const found =
      (stack && byModule(finder, modules.get(stack.module), byAlignment, 'launchStack')) ??
      (capturedStack && byModule(finder, captured?.modules.get(capturedStack.module), byAlignment, 'capture')) ??
      byNote(model, notedModules?.get(slice), byAlignment) ??
      byCompiler(compiled?.get(slice), byAlignment) ??
      (stack && !stack.graph && stack.module === NONE && !stack.compiled ? byFrame(trace, stack, places.ofFrame) : undefined) ??
      byOrder(byAlignment, stack, capturedStack) ??
      (stack && byFrame(trace, stack, places.ofFrame)) ??
      byOp(trace, stack, byAlignment);
    write(columns, slice, found, sameVersion, note);
    columns.place[slice] = found.place === undefined ? -1 : places.index(found.place);
  }
  columns.warnings.push(...warningsOf(columns, aligned, model));
  if (compiled?.size === 0) columns.warnings.push('What torch.compile wrote fits none of the kernels: it is of another model or run.');
  columns.linkOf = linkReader(trace, columns, model, symbols);
  return columns;
}

/** Launched by the engine's own code, before or after the model's forward. */
function isEngines(stack: LaunchStack | undefined): boolean {
  return stack !== undefined && !stack.graph && !stack.compiled && stack.module === NONE && stack.modelFrame === NONE && stack.frame !== NONE;
}

function emptyLinks({ gpu: { count } }: Trace, { layersPerStep }: AlignedWork, match: TreeMatch | undefined): Links {
  return {
    slot: new Int16Array(count),
    owner: new Int16Array(count),
    layer: new Int16Array(count),
    evidence: new Uint8Array(count),
    confidence: new Float32Array(count),
    reason: new Uint16Array(count),
    reasons: [],
    place: new Int32Array(count),
    places: [],
    layersPerStep,
    lineMatch: match?.lineMatch,
    skew: match?.skew,
    warnings: [],
    linkOf: () => ({ slot: -1, layer: -1, evidence: 'none', confidence: 0, reason: '' }),
  };
}

function write(links: Links, slice: number, found: Found, sameVersion: boolean, note: (reason: string) => number): void {
  const { slot, owner, layer, evidence, confidence, reason } = found;
  links.slot[slice] = slot?.id ?? -1;
  links.owner[slice] = owner?.id ?? -1;
  links.layer[slice] = layer;
  links.evidence[slice] = EVIDENCE.indexOf(evidence);
  links.confidence[slice] =
    sameVersion || confidence === 0 ? confidence : evidence === 'launchStack' ? Math.min(confidence, CONFIDENCE.stackSkewed) : confidence - ONE_STEP;
  links.reason[slice] = note(reason);
}

function createReasons(links: Links): (reason: string) => number {
  const known = new Map<string, number>();
  return (reason) => {
    const index = known.get(reason) ?? links.reasons.push(reason) - 1;
    known.set(reason, index);
    return index;
  };
}

interface Places {
  /** line of the tree, or of the recording where the tree has none */
  ofFrame(name: number): SourcePlace | undefined;
  index(place: SourcePlace): number;
}

function createPlaces({ strings }: Trace, links: Links, symbols: SourceSymbols | undefined): Places {
  const ofName = new Map<number, SourcePlace | undefined>();
  const indices = new Map<SourcePlace, number>();
  const find = (name: number): SourcePlace | undefined => {
    const frame = parseFrame(strings.get(name));
    const path = frame && modulePath(frame.file)?.path;
    if (frame === undefined || path === undefined) return undefined;
    const functions = symbols?.functionsIn(path, frame.function) ?? [];
    const nearest = [...functions].sort((a, b) => Math.abs(a.firstLine - frame.line) - Math.abs(b.firstLine - frame.line))[0];
    return nearest?.place ?? { file: frame.file, line: frame.line, symbol: frame.function };
  };
  return {
    ofFrame(name) {
      if (!ofName.has(name)) ofName.set(name, find(name));
      return ofName.get(name);
    },
    index(place) {
      const index = indices.get(place) ?? links.places.push(place) - 1;
      indices.set(place, index);
      return index;
    },
  };
}

function linkReader({ slices, strings }: Trace, links: Links, model: ModelMap | undefined, symbols: SourceSymbols | undefined): Links['linkOf'] {
  const definitions = new Map<number, ModelLink['definedAt']>();
  const definedAt = (name: number): ModelLink['definedAt'] => {
    if (!definitions.has(name)) definitions.set(name, definitionOf(strings.get(name), symbols));
    return definitions.get(name);
  };
  return (slice) => {
    const slot = links.slot[slice];
    const own = slot < 0 ? undefined : model?.slots[slot];
    const owner = links.owner[slice] < 0 ? undefined : model?.slots[links.owner[slice]];
    return {
      slot,
      layer: links.layer[slice],
      evidence: EVIDENCE[links.evidence[slice]],
      confidence: links.confidence[slice],
      reason: links.reasons[links.reason[slice]],
      calledFrom: own?.call ?? owner?.owner ?? links.places[links.place[slice]],
      definedAt: definedAt(slices.name[slice]),
    };
  };
}

function warningsOf(links: Links, aligned: AlignedWork, model: ModelMap | undefined): string[] {
  const warnings: string[] = [];
  if (links.skew) warnings.push(links.skew.warning);
  if (aligned.renamedLayers > 0) {
    warnings.push(`The profiler gave kernel names to the wrong kernels in ${aligned.renamedLayers} layers inside of graphs; there positions are used instead.`);
  }
  if (aligned.draftLayers > 0) {
    const layers = `${aligned.draftLayers} ${aligned.draftLayers === 1 ? 'layer' : 'layers'}`;
    warnings.push(`In a step ${layers} of a draft model run besides the model: they are linked only where their launches have stacks.`);
  }
  const different = [...new Set(links.layersPerStep.filter((layers) => layers > 0))];
  if (model !== undefined && different.length > 1) warnings.push(`Steps have different numbers of layers: ${different.join(', ')}.`);
  return warnings;
}
