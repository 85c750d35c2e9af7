/** Kernels of CUDA and HIP files, and the ops they are given to torch as. */
import type { KernelSymbol, OpSymbol } from './symbols.js';

/** What follows `__global__` up to the body or the end of a declaration. */
const KERNEL = /__global__([^{;]*)/g;
/** Lines of the preprocessor, and attributes like `__launch_bounds__(256, (1 + 1))`, stand between it and the kernel's name. */
const BETWEEN = /^[ \t]*#.*$|\b__\w+__\s*\((?:[^()]|\([^()]*\))*\)/gm;
/** Namespaces that open, and close with the comment that the style guides of these trees ask for. */
const NAMESPACE = /^[ \t]*(?:inline\s+)?namespace\b[ \t]*([\w:]*)[^;={]*\{|^[ \t]*\}[ \t]*\/[/*][ \t]*(?:end |anonymous )*namespace/gm;
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
    kernels: withLines(text, kernels).map(({ name, position, line }) => ({ name, kind: 'cuda', scope: scopeAt(text, position), file, line })),
    ops: withLines(text, ops).map(({ name, line }) => ({ name, file, line })),
  };
}

/** The namespaces that are open at a position, without anonymous ones: "vllm::moe". */
function scopeAt(text: string, position: number): string {
  const open: string[] = [];
  for (const { 0: found, 1: name = '', index } of text.matchAll(NAMESPACE)) {
    if (index > position) break;
    if (found.endsWith('{')) open.push(name);
    else open.pop();
  }
  return open.flatMap((name) => (name === '' ? [] : [/^[A-Z_]+$/.test(name) ? macro(text, name) : name])).join('::');
}

/** Marlin's kernels are compiled for several namespaces: the file's own `#define` is the one it has when nobody else says. */
function macro(text: string, name: string): string {
  return new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}[ \\t]+(\\w+)`, 'm').exec(text)?.[1] ?? name;
}

/** Lines, from 1, of positions that ascend. */
function withLines(text: string, found: readonly { name: string; position: number }[]): { name: string; position: number; line: number }[] {
  let line = 1;
  let counted = 0;
  return found.map(({ name, position }) => {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    return { name, position, line };
  });
}
