/** What a source tree defines, found by the shape of its lines: all files in well under a second, without a syntax tree. */
import type { SourceFiles } from '../../shared/model.js';
import { type FileSymbols, NOTHING, symbolsOf } from './fileSymbols.js';
import type { RegisteredModel } from './registry.js';
import { isUnstorable, parseSymbols, symbolText } from './symbolText.js';

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
  /** another text when any file is another one */
  stamp: string;
  /** reads these files again; a file that is gone is forgotten */
  update(paths: readonly string[]): Promise<void>;
}

/** Folders that hold no code which runs in a model, and many files. */
const SKIPPED = /(?:^|\/)(?:node_modules|\.git|tests?|build|\.venv|__pycache__)\//;
const ENDINGS = ['.py', '.cu', '.cuh', '.h', '.hip', '.cpp'];
/** Files read at a time: enough to keep the disk busy. */
const AT_ONCE = 32;

/** What was found in a tree, and when: a file of the same stamp is not read again. */
export interface StampedSymbols {
  stamp: string;
  symbols: FileSymbols;
}

/** Keeps what was found in source trees, for other traces and other days. */
export interface TreeStore {
  /** a text that is another one when a file has changed; '' when that cannot be said */
  stamp(root: string, path: string): string;
  load(key: string): Promise<string | undefined>;
  save(key: string, text: string): Promise<void>;
}

/** Reads the whole tree below `root`; with a store only what has changed since. */
export async function indexSymbols(files: SourceFiles, root: string, store?: TreeStore): Promise<SymbolIndex> {
  const paths = (await files.list(root, ENDINGS)).filter((path) => !SKIPPED.test(path) && !isUnstorable(path));
  const stored = parseSymbols((await store?.load(storeKey(root))) ?? '');
  let byFile = new Map<string, StampedSymbols>();
  const read: string[] = [];
  for (const path of paths) {
    const stamp = store?.stamp(root, path) ?? '';
    const known = stored.get(path);
    const isCurrent = known !== undefined && stamp !== '' && known.stamp === stamp;
    if (!isCurrent) read.push(path);
    // Files keep the order of the list, whichever is read first.
    byFile.set(path, isCurrent ? known : { stamp, symbols: NOTHING });
  }
  const waiting = read.values();
  const readOn = async (): Promise<void> => {
    for (const path of waiting) byFile.get(path)!.symbols = symbolsOf(path, await files.read(root, path));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
  if (read.length > 0 || stored.size > byFile.size) {
    const text = symbolText(byFile);
    await store?.save(storeKey(root), text);
    // Names cut out of files would hold on to all of their text, those cut out of this one to a twentieth of it.
    byFile = parseSymbols(text);
  }

  const index = { root, ...joined(byFile) };
  return Object.assign(index, {
    modulePath: (dotted: string) => modulePath(byFile, dotted),
    async update(changed: readonly string[]) {
      for (const path of changed) {
        const stamp = store?.stamp(root, path) ?? '';
        const text = await files.read(root, path).catch(() => undefined);
        if (text === undefined) byFile.delete(path);
        else byFile.set(path, { stamp, symbols: symbolsOf(path, text) });
      }
      Object.assign(index, joined(byFile));
    },
  });
}

const storeKey = (root: string): string => `symbols\n${root}`;

function modulePath(files: { has(path: string): boolean }, dotted: string): string | undefined {
  const path = dotted.replaceAll('.', '/');
  // SGLang's package lies in a folder "python".
  return [`${path}.py`, `${path}/__init__.py`, `python/${path}.py`, `python/${path}/__init__.py`].find((file) => files.has(file));
}

function joined(files: ReadonlyMap<string, StampedSymbols>) {
  const all = [...files.values()].map(({ symbols }) => symbols);
  const registry = new Map<string, RegisteredModel>();
  for (const file of all) for (const [architecture, model] of file.registry) if (!registry.has(architecture)) registry.set(architecture, model);
  return {
    files: new Set(files.keys()),
    stamp: [...files].map(([path, { stamp }]) => `${path}\t${stamp}`).join('\n'),
    version: all.find(({ version }) => version !== '')?.version ?? '',
    classes: byName(all.map(({ classes }) => classes)),
    functions: byName(all.map(({ functions }) => functions)),
    kernels: byName(all.map(({ kernels }) => kernels)),
    ops: byName(all.map(({ ops }) => ops)),
    registry,
  };
}

function byName<T extends { name: string }>(files: readonly T[][]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const symbols of files) {
    for (const symbol of symbols) {
      const list = map.get(symbol.name);
      if (list) list.push(symbol);
      else map.set(symbol.name, [symbol]);
    }
  }
  return map;
}
