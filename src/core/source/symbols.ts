/** What a source tree defines, found by the shape of its lines: all files in well under a second, without a syntax tree. */
import type { SourceFiles } from '../../shared/model.js';
import { cudaSymbols } from './cuda.js';
import { type RegisteredModel, registeredModels } from './registry.js';

export interface ClassSymbol {
  name: string;
  file: string;
  /** line of `class`, from 1 */
  line: number;
  /** as written: "Qwen2Model", "nn.Module" */
  bases: string[];
}

export interface FunctionSymbol {
  name: string;
  /** "Qwen2MLP.forward" */
  qualified: string;
  file: string;
  /** line of `def`, from 1 */
  line: number;
  /** line of the first decorator, or `line`: what a trace records */
  firstLine: number;
}

export interface KernelSymbol {
  name: string;
  kind: 'triton' | 'cuda';
  /** namespace around a CUDA kernel, "vllm::moe"; '' without one, as of Triton's */
  scope: string;
  file: string;
  /** from 1 */
  line: number;
}

/** An op that a name like "vllm::unified_attention" leads to. */
export interface OpSymbol {
  name: string;
  file: string;
  line: number;
}

export interface SymbolIndex {
  root: string;
  /** "0.8.5"; '' when the tree does not say */
  version: string;
  /** every Python, CUDA and C++ file, from the root on */
  files: ReadonlySet<string>;
  /** by name */
  classes: ReadonlyMap<string, ClassSymbol[]>;
  functions: ReadonlyMap<string, FunctionSymbol[]>;
  kernels: ReadonlyMap<string, KernelSymbol[]>;
  ops: ReadonlyMap<string, OpSymbol[]>;
  /** by architecture */
  registry: ReadonlyMap<string, RegisteredModel>;
  /** "vllm.model_executor.models.qwen2" → the file; undefined when the tree has none */
  modulePath(dotted: string): string | undefined;
  /** reads one file again; a file that is gone is forgotten */
  update(path: string): Promise<void>;
}

interface FileSymbols {
  classes: ClassSymbol[];
  functions: FunctionSymbol[];
  kernels: KernelSymbol[];
  ops: OpSymbol[];
  registry: Map<string, RegisteredModel>;
  version: string;
}

/** Folders that hold no code which runs in a model, and many files. */
const SKIPPED = /(?:^|\/)(?:node_modules|\.git|tests?|build|\.venv|__pycache__)\//;
const ENDINGS = ['.py', '.cu', '.cuh', '.h', '.hip', '.cpp'];
/** Files read at a time: enough to keep the disk busy. */
const AT_ONCE = 64;

/** Reads the whole tree below `root`. */
export async function indexSymbols(files: SourceFiles, root: string): Promise<SymbolIndex> {
  const byFile = new Map<string, FileSymbols>();
  const paths = (await files.list(root, ENDINGS)).filter((path) => !SKIPPED.test(path));
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    const texts = await Promise.all(some.map((path) => files.read(root, path)));
    some.forEach((path, index) => {
      byFile.set(path, symbolsOf(path, texts[index]!));
    });
  }
  const index = { root, files: new Set<string>(), ...joined(byFile) };
  return Object.assign(index, {
    files: new Set(byFile.keys()),
    modulePath: (dotted: string) => modulePath(byFile, dotted),
    async update(path: string) {
      const text = await files.read(root, path).catch(() => undefined);
      if (text === undefined) byFile.delete(path);
      else byFile.set(path, symbolsOf(path, text));
      Object.assign(index, { files: new Set(byFile.keys()), ...joined(byFile) });
    },
  });
}

function modulePath(files: { has(path: string): boolean }, dotted: string): string | undefined {
  const path = dotted.replaceAll('.', '/');
  // SGLang's package lies in a folder "python".
  return [`${path}.py`, `${path}/__init__.py`, `python/${path}.py`, `python/${path}/__init__.py`].find((file) => files.has(file));
}

function joined(files: ReadonlyMap<string, FileSymbols>) {
  const all = [...files.values()];
  const registry = new Map<string, RegisteredModel>();
  for (const file of all) for (const [architecture, model] of file.registry) if (!registry.has(architecture)) registry.set(architecture, model);
  return {
    version: all.find(({ version }) => version !== '')?.version ?? '',
    classes: byName(all.flatMap(({ classes }) => classes)),
    functions: byName(all.flatMap(({ functions }) => functions)),
    kernels: byName(all.flatMap(({ kernels }) => kernels)),
    ops: byName(all.flatMap(({ ops }) => ops)),
    registry,
  };
}

function byName<T extends { name: string }>(symbols: T[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const symbol of symbols) {
    const list = map.get(symbol.name);
    if (list) list.push(symbol);
    else map.set(symbol.name, [symbol]);
  }
  return map;
}

function symbolsOf(path: string, text: string): FileSymbols {
  const found: FileSymbols = { classes: [], functions: [], kernels: [], ops: [], registry: new Map(), version: '' };
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
