/**
 * Kernels linked to model code: what the parts say to each other about it. A model is a list of slots: the places in the
 * forward functions of one decoder layer (and around it) where a module or an op is called, in call order.
 * Times are nanoseconds; confidence is 0 … 1; nothing here imports from outside of this folder.
 */
import type { KernelCategory, NameId, Phase, Span, TrackId } from './protocol.js';

/** Why a kernel is linked to a line, best first. */
export const EVIDENCE = [
  'launchStack', // the launch's Python frames, with nn.Module, name the module
  'capture', // a capture trace of the same graph does
  'graphNode', // the recording notes the module at the node of the graph
  'compileArtifact', // files that torch.compile wrote say what its kernels compute
  'compiledAlignment', // a compiled region's frames, and the order of its kernels in the layer
  'graphAlignment', // only the order of the kernels in the layer
  'frameworkFrame', // the engine's own code: scheduler, sampler, input preparation
  'op', // an op without Python frames
  'none',
] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** What people read; ≈ where the link is inferred from the order of the kernels. */
export const EVIDENCE_TEXT: Readonly<Record<Evidence, string>> = {
  launchStack: 'launch stack',
  capture: 'capture trace',
  graphNode: 'graph annotation',
  compileArtifact: 'compiler output',
  compiledAlignment: '≈ compiled alignment',
  graphAlignment: '≈ graph alignment',
  frameworkFrame: 'Python frame',
  op: 'op only',
  none: 'no evidence',
};

/** What a slot's kernels do; how kernels and slots are matched. */
export const SLOT_ROLES = [
  'embedding',
  'norm',
  'linear',
  'rope',
  'kvCache',
  'attention',
  'linearAttention',
  'activation',
  'moe',
  'router',
  'communication',
  'quant',
  'sampling',
  'copy',
  'elementwise',
  'other',
] as const;
export type SlotRole = (typeof SLOT_ROLES)[number];

/** A line of source. `file` is as the source tree names it (a path, or a URI text in the web). */
export interface SourcePlace {
  file: string;
  /** from 1 */
  line: number;
  /** "Qwen2DecoderLayer.forward" */
  symbol: string;
  /** the class it was reached through, when the function is inherited: "Qwen3DecoderLayer" */
  via?: string;
}

export interface Slot {
  id: number;
  /** place in the module tree, from the layer or from the model: "self_attn.qkv_proj", "norm", "lm_head" */
  path: string;
  /** class of the module, '' for an op called directly: "QKVParallelLinear" */
  className: string;
  role: SlotRole;
  section: 'before' | 'layer' | 'after';
  /** slots of layers that not all layers have: "Llama4MoE" */
  variant: string;
  /** may stay without a kernel: fused away, or not in every configuration */
  optional: boolean;
  /** the line that calls it */
  call: SourcePlace;
  /** lines of other branches that call the same */
  otherCalls?: SourcePlace[];
  /** the function that line is in, from its owner: what copies and elementwise kernels point to */
  owner: SourcePlace;
  /** its own forward, where it has one in the tree */
  forward?: SourcePlace;
}

/** A module that holds others: "model", "model.layers.*", "model.layers.*.self_attn". */
export interface ModuleClass {
  path: string;
  className: string;
  place: SourcePlace;
  forward?: SourcePlace;
  /** the line that calls it, where one does */
  call?: SourcePlace;
}

export interface ModelMap {
  /** "Qwen3ForCausalLM" */
  architecture: string;
  /** class of the decoder layer: "Qwen3DecoderLayer" */
  layerClass: string;
  /** the classes on the way and their forwards, outermost first: where lenses of classes go */
  classes: ModuleClass[];
  /** in call order */
  slots: Slot[];
  /** one sentence for each thing that could not be resolved */
  warnings: string[];
}

/** Where a kernel itself is defined: a line of the tree, or the library it comes from. */
export interface Definition {
  place?: SourcePlace;
  library?: string;
}

/** What one piece of GPU work is linked to. */
export interface ModelLink {
  /** −1 when no slot of the model is its own */
  slot: number;
  layer: number;
  evidence: Evidence;
  confidence: number;
  /** one sentence */
  reason: string;
  calledFrom?: SourcePlace;
  definedAt?: Definition;
}

export interface PhaseCost {
  phase: Phase;
  ns: number;
  count: number;
  /** steps of that phase in the trace; 0 for what ran outside of steps */
  steps: number;
  /** layers in which it ran, per step; 0 when it ran outside of layers too */
  layers: number;
}

/** A node of the module tree, weighted by GPU time. Parents hold their children's time. */
export interface ModuleCost {
  id: number;
  /** −1 for the roots: the model, "Outside the model", "Unattributed" */
  parent: number;
  label: string;
  /** from the model: "model.layers.*.self_attn.qkv_proj" */
  path: string;
  className: string;
  place?: SourcePlace;
  totalNs: number;
  phases: PhaseCost[];
  /** GPU time by evidence */
  evidence: Partial<Record<Evidence, number>>;
  /** mean of its kernels by GPU time */
  confidence: number;
  /** text of a search that finds its slices */
  search: string;
}

/** What a line, a function or a class costs: one CodeLens. */
export interface LineCost {
  place: SourcePlace;
  kind: 'class' | 'forward' | 'call' | 'kernel';
  totalNs: number;
  /** of all kernel time */
  percent: number;
  phases: PhaseCost[];
  evidence: Evidence;
  confidence: number;
  reason: string;
  search: string;
  kernels: { name: string; shortName: string; phase: Phase; count: number; totalNs: number }[];
}

export interface LinkRequest {
  /** folder of the source tree: the one that holds `vllm/` or `sglang/` */
  root: string;
  /** where the recording does not name the model */
  architecture?: string;
  /** files below `root` that changed since they were last read; absent for the first link */
  changed?: string[];
  /** path of a recording of the same run made while its graphs were captured */
  capture?: string;
  /** folder with what torch.compile wrote: `torch_compile_cache`, or one of its folders */
  artifacts?: string;
}

/** How the trace's functions lie in a source tree of another version. */
export interface VersionSkew {
  /** the one of the report's `warnings` that says it */
  warning: string;
  /** functions of the recording that the tree does not have */
  lost: { file: string; line: number; function: string }[];
}

export interface LinkReport {
  architecture: string;
  root: string;
  /** "0.8.5" as the tree says; '' when it does not */
  version: string;
  /** share of the trace's frames of the tree's packages whose first line is the tree's, 0 … 1; undefined without frames */
  lineMatch?: number;
  /** where the tree is another version's */
  skew?: VersionSkew;
  layersPerStep: number[];
  /** percent of GPU time by evidence */
  coverage: Partial<Record<Evidence, number>>;
  modules: ModuleCost[];
  lines: LineCost[];
  /** per kernel name, the slots it serves, most time first */
  kernels: { nameId: NameId; slots: { path: string; ns: number; count: number; phaseNs: Partial<Record<Phase, number>> }[] }[];
  /** sentences people must see: version skew, misassigned names, what is unattributed */
  warnings: string[];
}

/** A model class that may have run. */
export interface Candidate {
  architecture: string;
  file: string;
  /** "80 of 80 layers fit" */
  fit: string;
  /** higher is better; equal ones cannot be told apart */
  score: number;
}

/** GPU work of one module that follows each other on one stream. */
export interface ModuleSpan extends Span {
  /** "model.layers.*.self_attn": what a layer calls, or what the model calls beside its layers */
  path: string;
  /** '' where it is not known */
  className: string;
  /** −1 outside of layers */
  layer: number;
  count: number;
  /** sum of the durations of its GPU work */
  workNs: number;
  /** what all its kernels do; undefined where they do several things */
  category?: KernelCategory;
}

/** What TraceApi answers about model code. */
export interface ModelApi {
  /** links every kernel; asks for an architecture by failing with "Which model ran?" when nothing names it */
  link(request: LinkRequest): Promise<LinkReport>;
  candidates(root: string): Promise<Candidate[]>;
  /** undefined before `link` */
  modelLink(slice: number): Promise<ModelLink | undefined>;
  /** what the timeline writes on slices: the last element of the slot's path, '' without a slot or before `link` */
  modelLabels(slices: number[]): Promise<string[]>;
  /** modules of a stream that touch the span; empty when more than `limit` do, and before `link` */
  modules(track: TrackId, span: Span, limit: number): Promise<ModuleSpan[]>;
}

/** A tree of source files as the core sees it; the platform brings it. */
export interface SourceFiles {
  /** paths of all files below `root` with one of the endings, from `root` on */
  list(root: string, endings: string[]): Promise<string[]>;
  read(root: string, path: string): Promise<string>;
}
