/** Python frames as a trace names them: which package a file belongs to, and which frame is the model's own code. */
import type { ChainLink, Frame } from '../../shared/protocol.js';

/** Packages that hold model code or what it calls; their frames can be found in another checkout by the path inside the package. */
const PACKAGES = ['vllm', 'sglang', 'transformers', 'aiter', 'flashinfer', 'triton_kernels', 'torch'] as const;

/** Packages whose code people change: where "the model's code" may lie. */
const MODEL_PACKAGES: ReadonlySet<string> = new Set(['vllm', 'sglang', 'transformers']);

const IN_PACKAGE = new RegExp(`^.*/((${PACKAGES.join('|')})/.*)$`);
const INSTALLED = /^.*\/(?:site|dist)-packages\/(([^/]+)\/.*)$/;
/** Code that Inductor wrote lies below folders that carry a package's name and is no part of it. */
const GENERATED = /torch_compile_cache|torchinductor_|inductor_cache/;

export interface ModulePath {
  /** "vllm"; '' when the path does not tell */
  package: string;
  /** from the package on: "vllm/model_executor/models/qwen2.py" */
  path: string;
}

/**
 * Where a file lies inside its package, whatever machine it was recorded on. Undefined for what is no file:
 * "<string>", "<eval_with_key>.162". torch records pip packages relative to site-packages and others by absolute path.
 */
export function modulePath(file: string): ModulePath | undefined {
  const path = file.replaceAll('\\', '/');
  if (path === '' || path.startsWith('<')) return undefined;
  const rooted = path.startsWith('/') ? path : `/${path}`;
  const match = GENERATED.test(path) ? null : (IN_PACKAGE.exec(rooted) ?? INSTALLED.exec(rooted));
  return match ? { package: match[2]!, path: match[1]! } : { package: '', path: rooted.slice(1) };
}

/** Whether a file defines models: vllm/model_executor/models/…, vllm/models/…, sglang/srt/models/…, transformers/models/…. */
export function isModelFile({ package: name, path }: ModulePath): boolean {
  return MODEL_PACKAGES.has(name) && /\/models\//.test(path);
}

/**
 * The frame that people mean by "the model code" of a slice: its own frame when it is one, else the innermost one in a
 * model file, else the innermost one inside an nn.Module, else the innermost one of a model package, else any.
 */
export function modelFrame(chain: readonly ChainLink[]): Frame | undefined {
  const own = chain.at(-1)?.frame;
  if (own) return own;
  const placed = chain.flatMap(({ frame }) => {
    const place = frame && modulePath(frame.file);
    return place ? [{ frame, place }] : [];
  });
  const inPackage = placed.filter(({ place }) => MODEL_PACKAGES.has(place.package));
  const found = inPackage.findLast(({ place }) => isModelFile(place)) ?? inPackage.findLast(({ frame }) => frame.module !== undefined) ?? inPackage.at(-1);
  return (found ?? placed.at(-1))?.frame;
}

/** How people and messages name a frame: "Qwen2DecoderLayer.forward in vllm/model_executor/models/qwen2.py". */
export function frameText({ file, function: name, module }: Frame): string {
  return `${module ? `${module}.` : ''}${name} in ${modulePath(file)?.path ?? file}`;
}
