/** What links one kernel, by each kind of evidence: none of them where it does not apply. */
import type { Evidence, ModelMap, Slot, SourcePlace } from '../../shared/model.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type AlignedWork, isShaping } from './alignSteps.js';
import type { CompiledWork } from './compiledPieces.js';
import type { LaunchStack, ModuleCall } from './launchStack.js';
import { locateModule } from './modulePaths.js';
import { OWNERSHIP } from './segments.js';
import type { FoundModule } from './slotTree.js';

/** Hand-set, and checked against recordings whose stacks were hidden. */
export const CONFIDENCE = {
  stack: 0.98,
  stackSkewed: 0.9,
  insideStack: 0.9,
  capture: 0.95,
  noted: 0.95,
  compiler: 0.9,
  frame: 0.95,
  op: 0.6,
  compiledBonus: 0.05,
  renamed: 0.65,
};
/** An alignment worse than this is no link. */
const LEAST_FIT = 0.5;

/** One link before it is written into columns. */
export interface Found {
  slot?: Slot;
  owner?: Slot;
  layer: number;
  evidence: Evidence;
  confidence: number;
  reason: string;
  place?: SourcePlace;
}

/** What the order of the kernels says of one. */
export interface ByAlignment {
  slot?: Slot;
  isOwn: boolean;
  /** only the function that calls the slot is meant: kernels that move data say nothing of a leaf */
  ownerOnly: boolean;
  layer: number;
  fit: number;
  renamed: boolean;
  /** runs in another model of the step */
  draft: boolean;
}

export function alignedSlot(
  model: ModelMap | undefined,
  { slot, own, layer, fit, renamed, draft }: AlignedWork,
  roles: Uint8Array,
  slice: number,
): ByAlignment {
  return {
    slot: slot[slice] < 0 ? undefined : model?.slots[slot[slice]],
    isOwn: OWNERSHIP[own[slice]] === 'own',
    ownerOnly: OWNERSHIP[own[slice]] === 'owner' || (OWNERSHIP[own[slice]] === 'beside' && isShaping(roles[slice]) && renamed[slice] === 0),
    layer: layer[slice],
    fit: fit[slice],
    renamed: renamed[slice] === 1,
    draft: draft[slice] === 1,
  };
}

/** The module on the stack is a slot, or it is one that holds slots: then the order says which, for kernels that say more than "copy". */
export function byModule(
  finder: ((call: ModuleCall) => FoundModule | undefined) | undefined,
  call: ModuleCall | undefined,
  { slot, isOwn, layer }: ByAlignment,
  evidence: 'launchStack' | 'capture',
): Found | undefined {
  const module = call && finder?.(call);
  if (call === undefined || module === undefined || module.inside === undefined) return undefined;
  const whose = evidence === 'capture' ? 'The stack of its launch in the capture trace' : 'The stack of its launch';
  const known = { layer: module.layer >= 0 ? module.layer : layer, evidence };
  const sure = evidence === 'capture' ? CONFIDENCE.capture : CONFIDENCE.stack;
  if (module.slot !== undefined) {
    return { ...known, slot: module.slot, owner: module.slot, confidence: sure, reason: `${whose} is inside nn.Module ${call.className}.` };
  }
  if (isOwn && slot?.path.startsWith(module.path === '' ? '' : `${module.path}.`) && slot.className === '') {
    return {
      ...known,
      slot,
      owner: slot,
      confidence: CONFIDENCE.insideStack,
      reason: `${whose} is inside nn.Module ${call.className}; the order of its kernels says which call.`,
    };
  }
  return {
    ...known,
    owner: module.inside,
    confidence: sure,
    reason: `${whose} is inside the forward of nn.Module ${call.className}, in no module of its own.`,
  };
}

/** The recording itself notes the module at a kernel of a graph. */
export function byNote(model: ModelMap | undefined, path: string | undefined, { layer }: ByAlignment): Found | undefined {
  const module = model && path !== undefined ? locateModule(model, path) : undefined;
  const owner = module?.slot ?? module?.inside;
  if (module === undefined || owner === undefined) return undefined;
  const reason = `Its node in the graph is noted to be of ${path?.replace(/\d+/, '*')}.`;
  return { slot: module.slot, owner, layer: module.layer >= 0 ? module.layer : layer, evidence: 'graphNode', confidence: CONFIDENCE.noted, reason };
}

/** The compiler wrote down what its kernels are made from. Of calls that were fused into one kernel the order says whose it is, else the last. */
export function byCompiler(work: CompiledWork | undefined, { slot, layer }: ByAlignment): Found | undefined {
  const agrees = slot !== undefined && work?.slots.includes(slot);
  const own = agrees ? slot : work?.slots.at(-1);
  const owner = own ?? work?.owner;
  if (work === undefined || owner === undefined) return undefined;
  const what = own === undefined ? `lines of ${owner.owner.symbol}` : work.slots.map(({ path }) => path).join(' and ');
  return {
    slot: own,
    owner,
    layer: owner.section === 'layer' ? layer : -1,
    evidence: 'compileArtifact',
    confidence: CONFIDENCE.compiler + (agrees ? CONFIDENCE.compiledBonus : 0),
    reason: `What the compiler wrote says that it computes ${what}.`,
  };
}

/** Launched by the engine's own Python code. */
export function byFrame(trace: Trace, stack: LaunchStack, placeOf: (frame: number) => SourcePlace | undefined): Found | undefined {
  const name = stack.modelFrame === NONE ? stack.frame : stack.modelFrame;
  const place = name === NONE || stack.graph ? undefined : placeOf(name);
  if (place === undefined) return undefined;
  const frame = trace.strings.get(name);
  return { layer: -1, evidence: 'frameworkFrame', confidence: CONFIDENCE.frame, reason: `It was launched by "${frame}".`, place };
}

/** The order of the kernels from attention to attention fits the calls of the layer. */
export function byOrder(aligned: ByAlignment, stack: LaunchStack | undefined, captured: LaunchStack | undefined): Found | undefined {
  const { slot, ownerOnly, layer, fit, renamed } = aligned;
  if (slot === undefined || fit < LEAST_FIT) return undefined;
  const compiled = stack?.compiled === true && !stack.graph;
  const evidence = compiled || captured?.compiled === true ? 'compiledAlignment' : 'graphAlignment';
  const confidence = renamed ? Math.min(fit, CONFIDENCE.renamed) : fit + (evidence === 'compiledAlignment' ? CONFIDENCE.compiledBonus : 0);
  const where = evidence === 'compiledAlignment' ? 'In compiled code' : stack?.graph ? 'In a graph' : 'Without a Python stack';
  const what = renamed
    ? "the profiler gave this layer's names to the wrong kernels; its position tells the call"
    : ownerOnly
      ? `the order of the layer's kernels tells the function, which calls ${slot.path} there`
      : `the order of the layer's kernels tells the call of ${slot.path}`;
  return { slot: ownerOnly ? undefined : slot, owner: slot, layer, evidence, confidence, reason: `${where} ${what}.` };
}

export function byOp(trace: Trace, stack: LaunchStack | undefined, { layer, slot, draft }: ByAlignment): Found {
  if (stack !== undefined && stack.op !== NONE && !stack.graph) {
    return { layer, evidence: 'op', confidence: CONFIDENCE.op, reason: `Only the op ${trace.strings.get(stack.op)} that launched it is known.` };
  }
  const reason = draft
    ? 'It runs before or after the model, which sampled in between: in a draft model.'
    : slot === undefined
      ? 'Nothing in the recording says what caused it.'
      : "It fits none of the layer's calls well enough.";
  return { layer, evidence: 'none', confidence: 0, reason };
}
