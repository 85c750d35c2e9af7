/** The assignments inside of functions: to local names, and to attributes of self. Order of execution does not count. */
import type { SyntaxNode } from '@lezer/common';
import { argumentsOf, type ClassDef, children, type FunctionDef, functionDef, type Import, importsIn } from './syntax.js';

export interface Assignment {
  def: FunctionDef;
  value?: SyntaxNode;
  /** `x` of `for x in value` */
  element?: boolean;
  /** `x.append(value)` */
  appended?: boolean;
  inner?: FunctionDef;
  imported?: Import;
}

interface Assignments {
  locals: Map<string, Assignment[]>;
  attributes: Map<string, Assignment[]>;
  returns: SyntaxNode[];
  /** calls of self's methods and of super().__init__, by the method's name */
  calls: Map<string, SyntaxNode[]>;
}

const read = new WeakMap<FunctionDef, Assignments>();

/** What a function assigns, returns and calls on itself; read once. */
export function assignmentsOf(def: FunctionDef): Assignments {
  const known = read.get(def);
  if (known) return known;
  const found: Assignments = { locals: new Map(), attributes: new Map(), returns: [], calls: new Map() };
  read.set(def, found);
  const body = def.node.getChild('Body');
  if (body) visit(body, def, found);
  return found;
}

const byClass = new WeakMap<ClassDef, Map<string, Assignment[]>>();

/** Every assignment to self.<name> in a class's own methods, those of __init__ first. */
export function attributesOf(cls: ClassDef): Map<string, Assignment[]> {
  const known = byClass.get(cls);
  if (known) return known;
  const found = new Map<string, Assignment[]>();
  byClass.set(cls, found);
  const methods = [...cls.methods.values()].sort((a, b) => Number(b.name === '__init__') - Number(a.name === '__init__'));
  for (const method of methods) for (const [name, list] of assignmentsOf(method).attributes) for (const one of list) push(found, name, one);
  return found;
}

function push<T>(map: Map<string, T[]>, name: string, one: T): void {
  const list = map.get(name);
  if (list) list.push(one);
  else map.set(name, [one]);
}

function visit(node: SyntaxNode, def: FunctionDef, found: Assignments): void {
  const { module } = def;
  for (const child of children(node)) {
    if (child.name === 'ClassDefinition' || child.name === 'LambdaExpression') continue;
    if (child.name === 'FunctionDefinition') {
      const inner = functionDef(child, child, module);
      push(found.locals, inner.name, { def, inner });
      continue;
    }
    if (child.name === 'AssignStatement') assignment(child, def, found);
    else if (child.name === 'ForStatement' || child.name.endsWith('ComprehensionExpression')) loops(child, def, found);
    else if (child.name === 'ReturnStatement' && children(child)[1]) found.returns.push(children(child)[1]!);
    else if (child.name === 'ImportStatement') {
      const home = module.path.slice(0, module.path.lastIndexOf('/')).replaceAll('/', '.');
      for (const [name, imported] of importsIn(module.textOf(child), home).imports) push(found.locals, name, { def, imported });
    } else if (child.name === 'CallExpression') calls(child, def, found);
    visit(child, def, found);
  }
}

function assignment(node: SyntaxNode, def: FunctionDef, found: Assignments): void {
  const parts = children(node).filter(({ name }) => name !== 'TypeDef');
  const last = parts.findLastIndex(({ name }) => name === 'AssignOp');
  const value = parts[last + 1];
  // "a, b = c, d": one for one when there are as many on both sides.
  const all = parts.slice(0, Math.max(last, 0)).filter(({ name }) => name !== 'AssignOp');
  const values = parts.slice(last + 1);
  // "first, end, layers = make_layers(…)": two numbers, which SGLang puts last, and the layers.
  const areLayers = value !== undefined && /^make_layers/.test(def.module.textOf(value));
  const targets = areLayers ? all.filter((one) => !/start|end|first|last/.test(def.module.textOf(one))) : all;
  targets.forEach((one, at) => {
    const each = values.length > 1 && values.length === targets.length ? values[at] : value;
    if (each) target(one, { def, value: each }, found);
  });
}

function target(node: SyntaxNode, one: Assignment, found: Assignments): void {
  const text = one.def.module.textOf(node);
  const attribute = /^self\.(\w+)$/.exec(text);
  if (attribute) push(found.attributes, attribute[1]!, one);
  else if (node.name === 'VariableName') push(found.locals, text, one);
  else if (node.name === 'TupleExpression' || node.name === 'ArrayExpression') for (const part of children(node)) target(part, one, found);
}

function loops(node: SyntaxNode, def: FunctionDef, found: Assignments): void {
  const parts = children(node);
  parts.forEach((part, at) => {
    if (part.name !== 'for') return;
    const into = parts.findIndex(({ name }, index) => index > at && name === 'in');
    const value = parts[into + 1];
    if (into > 0 && value) for (const one of parts.slice(at + 1, into)) target(one, { def, value, element: true }, found);
  });
}

function calls(node: SyntaxNode, def: FunctionDef, found: Assignments): void {
  const callee = node.firstChild;
  const text = callee ? def.module.textOf(callee) : '';
  const appended = /^(self\.)?(\w+)\.append$/.exec(text);
  if (appended) {
    const value = argumentsOf(node, def.module)[0]?.node;
    if (value) push(appended[1] ? found.attributes : found.locals, appended[2]!, { def, value, appended: true });
  }
  const own = /^(?:self|super\([^)]*\)|[A-Z]\w*)\.(\w+)$/.exec(text);
  if (own) push(found.calls, own[1]!, node);
}
