/** One Python file as the model map needs it: its definitions and imports, with syntax trees for what is looked at closely. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import type { Vendor } from '../../trace/vendor.js';
import { certain } from './slotRoles.js';

export interface FunctionDef {
  name: string;
  module: Module;
  /** the class it is a method of */
  owner?: ClassDef;
  node: SyntaxNode;
  /** line of `def`, from 1 */
  line: number;
  params: Param[];
  isStatic: boolean;
}

export interface Param {
  name: string;
  star: '' | '*' | '**';
  fallback?: SyntaxNode;
  annotation?: SyntaxNode;
}

export interface ClassDef {
  name: string;
  module: Module;
  line: number;
  bases: SyntaxNode[];
  methods: Map<string, FunctionDef>;
  /** class-level assignments: the value, or the annotation when there is no value */
  variables: Map<string, SyntaxNode>;
}

export interface Import {
  module: string;
  /** undefined: the module itself */
  name?: string;
}

export interface Module {
  path: string;
  text: string;
  /** whose GPUs it is read for; undefined for all */
  vendor: Vendor | undefined;
  classes: Map<string, ClassDef>;
  functions: Map<string, FunctionDef>;
  variables: Map<string, SyntaxNode>;
  imports: Map<string, Import>;
  /** modules of `from … import *` */
  stars: string[];
  lineOf(node: SyntaxNode): number;
  textOf(node: SyntaxNode): string;
}

/** Children of a node without the punctuation in between. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (!PUNCTUATION.has(child.name)) found.push(child);
  return found;
}
const PUNCTUATION = new Set(['(', ')', '[', ']', '{', '}', ',', ':', '.', 'Comment']);

/** The arguments of a call: positional ones, and those with a name; a spread `*x` or `**x` is named by its stars. */
export function argumentsOf(call: SyntaxNode, module: Module): { name: string; node: SyntaxNode }[] {
  const list = call.getChild('ArgList');
  if (!list) return [];
  const parts = children(list);
  const found: { name: string; node: SyntaxNode }[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    if (part.name === '*' || part.name === '**') found.push({ name: part.name, node: parts[++at]! });
    else if (parts[at + 1]?.name === 'AssignOp' && parts[at + 2]) {
      found.push({ name: module.textOf(part), node: parts[at + 2]! });
      at += 2;
    } else found.push({ name: '', node: part });
  }
  return found;
}

/** Reads one file; a file that does not parse gives what could be read. */
export function parseModule(path: string, text: string, dotted: string, vendor?: Vendor): Module {
  const starts = lineStarts(text);
  const module: Module = {
    path,
    text,
    vendor,
    classes: new Map(),
    functions: new Map(),
    variables: new Map(),
    imports: new Map(),
    stars: [],
    lineOf: ({ from }) => lineAt(starts, from),
    textOf: ({ from, to }) => text.slice(from, to),
  };
  const home = path.endsWith('/__init__.py') ? dotted : dotted.slice(0, Math.max(0, dotted.lastIndexOf('.')));
  for (const statement of statements(parser.parse(text).topNode, module)) {
    const node = definitionIn(statement);
    if (node.name === 'ClassDefinition') setOnce(module.classes, classDef(node, module));
    else if (node.name === 'FunctionDefinition') setOnce(module.functions, functionDef(node, statement, module));
    else if (node.name === 'AssignStatement') assign(module.variables, node, module);
    else if (node.name === 'ImportStatement') {
      const { imports, stars } = importsIn(module.textOf(node), home);
      for (const [name, target] of imports) if (!module.imports.has(name)) module.imports.set(name, target);
      module.stars.push(...stars);
    }
  }
  return module;
}

/** What an import statement brings; `home` is the package that a leading dot means. */
export function importsIn(statement: string, home: string): { imports: [string, Import][]; stars: string[] } {
  const text = statement
    .replace(/#.*$/gm, '')
    .replace(/[\\()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const from = /^from (\.*) ?([\w.]*) ?import (.+)$/.exec(text);
  if (from) {
    const [, dots = '', name = '', what = ''] = from;
    const above = home.split('.').slice(0, home.split('.').length - dots.length + 1);
    const source = dots === '' ? name : [...above, ...(name ? [name] : [])].join('.');
    if (what.trim() === '*') return { imports: [], stars: [source] };
    return { imports: named(what).map(([local, original]) => [local, { module: source, name: original }]), stars: [] };
  }
  const plain = /^import (.+)$/.exec(text);
  const modules = plain ? named(plain[1]!) : [];
  return {
    imports: modules.map(([local, original]) =>
      local === original ? [local.split('.')[0]!, { module: local.split('.')[0]! }] : [local, { module: original }],
    ),
    stars: [],
  };
}

/** "a, b as c" → [a, a], [c, b] */
function named(list: string): [string, string][] {
  return [...list.matchAll(/([\w.]+)(?: as (\w+))?/g)].map(([, original = '', local = original]) => [local, original]);
}

/** Statements of a file or class body, those inside of `if`, `try` and `with` included: all define names, but for those of other machines. */
function* statements(body: SyntaxNode, module: Module): Generator<SyntaxNode> {
  for (const node of children(body)) {
    if (node.name === 'IfStatement') for (const inner of branchesOf(node, module)) yield* statements(inner, module);
    else if (node.name === 'TryStatement' || node.name === 'WithStatement') for (const inner of node.getChildren('Body')) yield* statements(inner, module);
    else yield node;
  }
}

/** The branches of an `if` that may run on the machine that is meant. */
function branchesOf(node: SyntaxNode, module: Module): SyntaxNode[] {
  const branches: SyntaxNode[] = [];
  let happens: boolean | undefined;
  for (const part of children(node)) {
    if (part.name === 'Body') {
      if (happens !== false) branches.push(part);
      if (happens) break;
      happens = undefined;
    } else if (part.name !== 'if' && part.name !== 'elif' && part.name !== 'else') happens = certain(module.textOf(part), module.vendor);
  }
  return branches;
}

function definitionIn(statement: SyntaxNode): SyntaxNode {
  if (statement.name !== 'DecoratedStatement') return statement;
  return statement.getChild('ClassDefinition') ?? statement.getChild('FunctionDefinition') ?? statement;
}

/** Of several definitions the first counts: `if cuda: … else: …` names the common one first. */
function setOnce<T extends { name: string }>(map: Map<string, T>, one: T): void {
  if (!map.has(one.name)) map.set(one.name, one);
}

function assign(variables: Map<string, SyntaxNode>, node: SyntaxNode, module: Module): void {
  const [target, ...rest] = children(node);
  const value = rest.findLast(({ name }) => name !== 'AssignOp');
  if (target?.name === 'VariableName' && value && !variables.has(module.textOf(target))) variables.set(module.textOf(target), value);
}

function nameOf(node: SyntaxNode, module: Module): string {
  const name = node.getChild('VariableName');
  return name ? module.textOf(name) : '';
}

function classDef(node: SyntaxNode, module: Module): ClassDef {
  const bases = argumentsOf(node, module).filter(({ name }) => name === '');
  const found: ClassDef = {
    name: nameOf(node, module),
    module,
    line: module.lineOf(node),
    bases: bases.map((base) => base.node),
    methods: new Map(),
    variables: new Map(),
  };
  const body = node.getChild('Body');
  for (const statement of body ? statements(body, module) : []) {
    const inner = definitionIn(statement);
    if (inner.name === 'FunctionDefinition') setOnce(found.methods, functionDef(inner, statement, module, found));
    else if (inner.name === 'AssignStatement') assign(found.variables, inner, module);
  }
  return found;
}

/** A function; `statement` is the node that holds its decorators too. */
export function functionDef(node: SyntaxNode, statement: SyntaxNode, module: Module, owner?: ClassDef): FunctionDef {
  const decorators = statement.getChildren('Decorator').map(module.textOf);
  const isStatic = decorators.some((text) => text.startsWith('@staticmethod'));
  return { name: nameOf(node, module), module, owner, node, line: module.lineOf(node), params: paramsOf(node, module), isStatic };
}

/** The parameters of a function or lambda. */
export function paramsOf(node: SyntaxNode, module: Module): Param[] {
  const list = node.getChild('ParamList');
  const params: Param[] = [];
  let star: Param['star'] = '';
  let fallback = false;
  for (const part of list ? children(list) : []) {
    const last = params.at(-1);
    if (part.name === '*' || part.name === '**') star = part.name;
    else if (part.name === 'AssignOp') fallback = true;
    else if (part.name === 'TypeDef' && last) last.annotation = part.firstChild?.nextSibling ?? undefined;
    else if (fallback && last) {
      last.fallback = part;
      fallback = false;
    } else if (part.name === 'VariableName') {
      params.push({ name: module.textOf(part), star });
      star = '';
    }
  }
  return params;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: number[], position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
