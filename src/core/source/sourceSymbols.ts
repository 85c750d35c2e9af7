/** What links need of an index of source files. */
import type { SourceSymbols } from './linkInput.js';
import type { SymbolIndex } from './symbols.js';

/** Answers from the index as it is when asked. */
export function sourceSymbols(index: SymbolIndex): SourceSymbols {
  const engine = [...index.files].some((file) => file.startsWith('vllm/')) ? 'vLLM' : 'SGLang';
  return {
    title: index.version === '' ? `${engine} in ${index.root}` : `${engine} ${index.version}`,
    kernelsNamed: (name) => (index.kernels.get(name) ?? []).map(({ file, line, scope }) => ({ place: { file, line, symbol: name }, scope })),
    functionsIn: (path, name) =>
      (index.functions.get(name) ?? [])
        .filter(({ file }) => `/${file}`.endsWith(`/${path}`))
        .map(({ file, line, firstLine, qualified }) => ({ place: { file, line, symbol: qualified }, firstLine })),
  };
}
