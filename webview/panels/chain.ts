/** Why a slice ran, read from its chain: which frames matter, what they are called, and which one is model code. */
import { isModelFile, isWrapper, modelLink } from '../../src/shared/modelLink.js';
import type { ChainLink, Frame, SliceDetail } from '../../src/shared/protocol.js';

/** A link of the chain to show; `index` is its place in the chain. */
export interface ChainItem {
  link: ChainLink;
  index: number;
  label: string;
  /** "llama.py:343", '' where there is no code */
  source: string;
}

export interface FoldedChain {
  items: ChainItem[];
  /** what is outside of the engine's step */
  outer: ChainLink[];
  /** how many links are folded in all, `outer` among them */
  folded: number;
}

const GENERIC = new Set(['forward', '__call__', 'run', 'call', 'wrapper', 'inner', '<module>']);

/** The entry of the engine's step: what is outside of it is the same for every slice. */
const ENTRIES = new Set(['execute_model', '_model_forward', 'forward_batch_generation']);
/** How many frames stay when nothing says where the engine's step begins. */
const KEPT_FRAMES = 6;

function isFrame({ role }: ChainLink): boolean {
  return role === 'frame' || role === 'module';
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** "llama.py:343". */
export function sourceText({ file, line }: Frame): string {
  return `${baseName(file)}:${line}`;
}

/** "LlamaModel.forward" for a module's own forward, "llama.forward" for another generic name, "execute_model" otherwise. */
export function frameLabel(frame: Frame, module: string | undefined): string {
  if (!GENERIC.has(frame.function)) return frame.function;
  return `${module ?? baseName(frame.file).replace(/\.py$/, '')}.${frame.function}`;
}

/**
 * The first frame that is not machinery inside an nn.Module frame is that module's own forward; the class name of
 * `frame.module` is only sure for it, since plain functions that forward calls are inside the module too.
 */
function moduleOf(chain: readonly ChainLink[], index: number): string | undefined {
  for (let before = index - 1; before >= 0; before--) {
    const link = chain[before]!;
    if (link.role === 'module') return chain[index]!.frame?.module;
    if (!isWrapper(link)) return undefined;
  }
  return undefined;
}

/** Folds what is outside of the engine's step, the machinery between modules, and modules that their own forward stands for. */
export function foldChain(chain: readonly ChainLink[]): FoldedChain {
  const first = firstFrameToKeep(chain);
  const items = wholeChain(chain).filter(({ link, index }) => index >= first && !isWrapper(link) && !isShownByForward(chain, index));
  return { items, outer: chain.slice(0, first), folded: chain.length - items.length };
}

/** Every link, for when all is unfolded. */
export function wholeChain(chain: readonly ChainLink[]): ChainItem[] {
  return chain.map((_, index) => shownItem(chain, index));
}

function shownItem(chain: readonly ChainLink[], index: number): ChainItem {
  const link = chain[index]!;
  const { frame, ref, role } = link;
  const label = role === 'frame' && frame ? frameLabel(frame, moduleOf(chain, index)) : ref.shortName;
  return { link, index, label, source: frame && role === 'frame' && frame.line > 0 ? sourceText(frame) : '' };
}

function firstFrameToKeep(chain: readonly ChainLink[]): number {
  const entry = chain.findLastIndex(({ frame }) => frame && ENTRIES.has(frame.function));
  if (entry >= 0) return entry;
  const frames = chain.findLastIndex(isFrame) + 1;
  const model = chain.findIndex((link) => link.role === 'module' || (link.frame !== undefined && isModelFile(link.frame.file)));
  return Math.max(0, model >= 0 ? model : frames - KEPT_FRAMES);
}

function isShownByForward(chain: readonly ChainLink[], index: number): boolean {
  if (chain[index]!.role !== 'module') return false;
  const own = chain.findIndex((link, at) => at > index && !isWrapper(link));
  return own >= 0 && chain[own]!.role === 'frame' && moduleOf(chain, own) !== undefined;
}

export interface ModelCode {
  /** the link to open; undefined when no frame leads to code */
  index?: number;
  /** one sentence: how sure this is, or why there is none */
  reason: string;
}

/** The link of `modelLink` and why it is that one; else why there is none. */
export function modelCode({ chain, ref }: SliceDetail): ModelCode {
  const onGpu = ref.kind === 'kernel' || ref.kind === 'memcpy' || ref.kind === 'memset';
  const launch = chain.find(({ role }) => role === 'launch');
  const graph = launch?.ref.colour !== 'graphLaunch' ? undefined : launch.ref.name.startsWith('hip') ? 'a HIP graph' : 'a CUDA graph';
  const found = modelLink(chain);
  const from = !onGpu ? 'Here is' : graph ? `Launched from ${graph}:` : 'Launched from compiled or library code:';
  switch (found?.because) {
    case 'own':
      return { index: found.index, reason: 'The selected frame itself.' };
    case 'modelFile':
      if (graph && onGpu) return { index: found.index, reason: `The kernel was replayed from ${graph}: this frame launched the graph, not this kernel alone.` };
      return { index: found.index, reason: 'The innermost frame in a model file.' };
    case 'module':
      return { index: found.index, reason: `${from} no Python frame in a model file, so this is the innermost one in an nn.Module.` };
    case 'any':
      return { index: found.index, reason: `${from} no Python frame in a model file, so this is the innermost one of any code.` };
  }
  if (onGpu && !launch) return { reason: 'The call that launched it is not in the recording, so nothing says which code caused it.' };
  if (graph) return { reason: `Launched from ${graph}, and no Python frames were recorded above its launch.` };
  return { reason: 'No Python frames were recorded here. Record with stacks (with_stack=True) to see the code.' };
}
