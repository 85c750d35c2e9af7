/** Which frame of a chain people mean by "the model code" of a slice: one rule for what is shown and for what is opened. */
import type { ChainLink } from './protocol.js';

/** Frames of the machinery that calls a module's forward: they are in every chain and say nothing about this one. */
const WRAPPER_FILES =
  /(?:^|\/)(?:torch\/(?:nn\/modules\/module|utils\/_contextlib|_ops|(?:_dynamo|_functorch|_inductor|_library|autograd|fx|jit)\/.*|cuda\/graphs)|contextlib|threading|functools)\.py$/;

/** vLLM, SGLang and transformers keep model definitions in a folder named so. */
const MODEL_FILES = /(?:^|\/)(?:models|modeling_[^/]*)\/|(?:^|\/)modeling_[^/]*\.py$/;

export function isModelFile(file: string): boolean {
  return MODEL_FILES.test(file);
}

/** Whether a frame only passes a call on: what it calls says all that it would. */
export function isWrapperFile(file: string): boolean {
  return WRAPPER_FILES.test(file);
}

export function isWrapper({ frame, role }: ChainLink): boolean {
  return role === 'frame' && (!frame || frame.file.startsWith('<') || isWrapperFile(frame.file));
}

export interface ModelLink {
  /** place in the chain */
  index: number;
  /** why it is the one: the slice itself, the innermost frame in a model file, in an nn.Module, or of any code */
  because: 'own' | 'modelFile' | 'module' | 'any';
}

/** The link of a chain that leads to model code; undefined when no Python frame was recorded around the slice. */
export function modelLink(chain: readonly ChainLink[]): ModelLink | undefined {
  const last = chain.length - 1;
  if (chain[last]?.role === 'frame') return { index: last, because: 'own' };
  const inCode = (link: ChainLink): boolean => link.role === 'frame' && !isWrapper(link);
  const choices: [ModelLink['because'], (link: ChainLink) => boolean][] = [
    ['modelFile', (link) => link.role === 'frame' && link.frame !== undefined && isModelFile(link.frame.file)],
    ['module', (link) => inCode(link) && link.frame?.module !== undefined],
    ['any', inCode],
    ['any', ({ frame }) => frame !== undefined && !frame.file.startsWith('<')],
  ];
  for (const [because, fits] of choices) {
    const index = chain.findLastIndex(fits);
    if (index >= 0) return { index, because };
  }
  return undefined;
}
