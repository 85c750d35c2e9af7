/** What one source file defines, found by the shape of its lines. */
import { cudaSymbols } from './cuda.js';
import { type RegisteredModel, registeredModels } from './registry.js';
import type { ClassSymbol, FunctionSymbol, KernelSymbol, OpSymbol } from './symbols.js';

export interface FileSymbols {
  classes: ClassSymbol[];
  functions: FunctionSymbol[];
  kernels: KernelSymbol[];
  ops: OpSymbol[];
  registry: Map<string, RegisteredModel>;
  version: string;
}

/** Of a file that was not read. */
export const NOTHING: FileSymbols = { classes: [], functions: [], kernels: [], ops: [], registry: new Map(), version: '' };

/** Reads a Python, CUDA or C++ file. */
export function symbolsOf(path: string, text: string): FileSymbols {
  const found: FileSymbols = { ...NOTHING, classes: [], functions: [], kernels: [], ops: [] };
  if (path.endsWith('.py')) {
    pythonDefinitions(path, text, found);
    found.registry = registeredModels(path, text);
    if (/(?:^|\/)(?:vllm|sglang)\/_?version\.py$/.test(path))
      found.version = /\bversion\s*=\s*['"]([^'"]+)['"]|__version__\s*=\s*['"]([^'"]+)['"]/.exec(text)?.slice(1).find(Boolean) ?? '';
  } else Object.assign(found, cudaSymbols(path, text));
  return found;
}

/** Definitions, decorators, and the names of ops given to torch. */
const PYTHON = /^([ \t]*)(?:@([\w.]+)|(?:async[ \t]+)?(def|class)[ \t]+(\w+)[ \t]*(?:\(([^)]*)\))?)|\bop_name\s*=\s*["'](\w+)["']/gm;

function pythonDefinitions(path: string, text: string, found: FileSymbols): void {
  const around: { indent: number; name: string }[] = [];
  let line = 1;
  let counted = 0;
  let decorated: { line: number; names: string[] } | undefined;
  for (const match of text.matchAll(PYTHON)) {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < match.index; at = text.indexOf('\n', at + 1)) {
      line++;
      counted = at + 1;
    }
    const [, space = '', decorator, word, name = '', bases = '', op] = match;
    if (op !== undefined) found.ops.push({ name: `vllm::${op}`, file: path, line });
    else if (decorator !== undefined) {
      decorated ??= { line, names: [] };
      decorated.names.push(decorator);
    } else {
      while (around.length > 0 && around.at(-1)!.indent >= space.length) around.pop();
      if (word === 'class') found.classes.push({ name, file: path, line, bases: basesIn(bases) });
      else {
        const qualified = around.length > 0 ? `${around.map((one) => one.name).join('.')}.${name}` : name;
        found.functions.push({ name, qualified, file: path, line, firstLine: decorated?.line ?? line });
        if (decorated?.names.some((one) => /(?:^|\.)jit$|gluon\.jit$/.test(one) && !one.startsWith('torch')))
          found.kernels.push({ name, kind: 'triton', scope: '', file: path, line });
      }
      around.push({ indent: space.length, name });
      decorated = undefined;
    }
  }
}

function basesIn(list: string): string[] {
  return list
    .split(',')
    .map((base) => base.trim())
    .filter((base) => /^[\w.]+$/.test(base));
}
