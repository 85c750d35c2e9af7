/** Kernels of CUDA and HIP files, and the ops they are given to torch as. */
import type { KernelSymbol, OpSymbol } from './symbols.js';

/** `__global__ void __launch_bounds__(…) name(`: the name is the last word before the parameters. */
const KERNEL = /__global__\s+(?:(?:static|inline|void|__launch_bounds__\s*\((?:[^()]|\([^()]*\))*\)|[A-Z][A-Z0-9_]*(?:\([^()]*\))?)\s+)*(\w+)\s*\(/g;
/** `ops.def("name(Tensor …` and `ops.impl("name", …` */
const OP = /\b\w*(?:ops|m)\.(?:def|impl)\(\s*"(\w+)/g;

/** What one C++ or CUDA file defines. */
export function cudaSymbols(file: string, text: string): { kernels: KernelSymbol[]; ops: OpSymbol[] } {
  return {
    kernels: found(text, KERNEL).map(({ name, line }) => ({ name, kind: 'cuda', file, line })),
    ops: found(text, OP).map(({ name, line }) => ({ name, file, line })),
  };
}

function found(text: string, pattern: RegExp): { name: string; line: number }[] {
  let line = 1;
  let counted = 0;
  return [...text.matchAll(pattern)].map((match) => {
    const name = match[1]!;
    const position = match.index + match[0].lastIndexOf(name);
    for (let at = text.indexOf('\n', counted); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    return { name, line };
  });
}
