/** Python frames as a trace names them: which package a file belongs to. */
import type { Frame } from '../../shared/protocol.js';

/** Packages that hold model code or what it calls; their frames can be found in another checkout by the path inside the package. */
const PACKAGES = ['vllm', 'sglang', 'transformers', 'aiter', 'flashinfer', 'triton_kernels', 'torch'] as const;

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

/** How people and messages name a frame: "Qwen2DecoderLayer.forward in vllm/model_executor/models/qwen2.py". */
export function frameText({ file, function: name, module }: Frame): string {
  return `${module ? `${module}.` : ''}${name} in ${modulePath(file)?.path ?? file}`;
}
