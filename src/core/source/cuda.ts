/** Kernels of CUDA and HIP files, and the ops they are given to torch as. */
import type { KernelSymbol, OpSymbol } from './symbols.js';

/** What follows `__global__` up to the body or the end of a declaration. */
const KERNEL = /__global__([^{;]*)/g;
/** Lines of the preprocessor, and attributes like `__launch_bounds__(256, (1 + 1))`, stand between it and the kernel's name. */
const BETWEEN = /^[ \t]*#.*$|\b__\w+__\s*\((?:[^()]|\([^()]*\))*\)/gm;
/** `ops.def("name(Tensor …` and `ops.impl("name", …` */
const OP = /\b\w*(?:ops|m)\.(?:def|impl)\(\s*"(\w+)/g;

/** What one C++ or CUDA file defines. */
export function cudaSymbols(file: string, text: string): { kernels: KernelSymbol[]; ops: OpSymbol[] } {
  const kernels = [...text.matchAll(KERNEL)].flatMap(({ 1: head = '', index }) => {
    // Blanks instead of what is left out, so that the name stays where it is.
    const name = /(\w+)\s*\(/.exec(head.replace(BETWEEN, (left) => left.replace(/[^\n]/g, ' ')));
    return name?.[1] ? [{ name: name[1], position: index + '__global__'.length + name.index }] : [];
  });
  const ops = [...text.matchAll(OP)].map((match) => ({ name: match[1]!, position: match.index + match[0].lastIndexOf(match[1]!) }));
  return {
    kernels: withLines(text, kernels).map(({ name, line }) => ({ name, kind: 'cuda', file, line })),
    ops: withLines(text, ops).map(({ name, line }) => ({ name, file, line })),
  };
}

/** Lines, from 1, of positions that ascend. */
function withLines(text: string, found: readonly { name: string; position: number }[]): { name: string; line: number }[] {
  let line = 1;
  let counted = 0;
  return found.map(({ name, position }) => {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    return { name, line };
  });
}
