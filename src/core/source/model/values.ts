/** What an expression of a model's code can be, as far as modules go: classes, instances, functions. Numbers and tensors are nothing. */
import type { SyntaxNode } from '@lezer/common';
import type { Assignment } from './scopes.js';
import type { ClassDef, FunctionDef, Module } from './syntax.js';

export type Value = ClassValue | Instance | FunctionValue | ListValue | { kind: 'module'; name: string } | { kind: 'none' };

export interface ClassValue {
  kind: 'class';
  /** "Qwen2MLP", or "torch.nn.Linear" of a package that is not in the tree */
  name: string;
  /** undefined when it is not in the tree */
  cls?: ClassDef;
  /** of functools.partial */
  preset?: Arguments;
}

export interface Instance {
  kind: 'instance';
  name: string;
  cls?: ClassDef;
  /** the library function that made it: get_rope */
  made?: FunctionDef;
  args: Arguments;
  /** attributes on the way from the model, "model.layers.*.mlp"; undefined until it is one's attribute */
  path?: string;
  attributes: Map<string, Value[]>;
}

export interface FunctionValue {
  kind: 'function';
  name: string;
  def?: FunctionDef;
  lambda?: SyntaxNode;
  /** the object of a method */
  self?: Instance;
  /** the scope around a lambda or an inner function */
  around?: Scope;
  preset?: Arguments;
}

/** ModuleList, Sequential, ModuleDict, a list, a dict. */
export interface ListValue {
  kind: 'list';
  items: Value[];
  /** a Sequential: called as a whole, one after the other */
  inOrder?: boolean;
}

/** Arguments are looked at when somebody asks. */
export interface Arguments {
  positional: (() => Value[])[];
  named: Map<string, () => Value[]>;
}

export const NO_ARGUMENTS: Arguments = { positional: [], named: new Map() };

/** Names inside a function at one call of it; or of a whole file. */
export interface Scope {
  module: Module;
  def?: FunctionDef;
  params?: FunctionDef['params'];
  args: Arguments;
  self?: Instance;
  around?: Scope;
  locals: Map<string, Assignment[]>;
  known: Map<string, Value[]>;
}

/** Equal in what matters: the same class made into the same attribute. */
export function keyOf(value: Value): string {
  if (value.kind === 'none') return 'none';
  if (value.kind === 'list') return `list ${value.items.map(keyOf).join()}`;
  if (value.kind === 'instance') return `instance ${value.name} ${value.cls?.module.path ?? ''} ${value.path ?? ''}`;
  if (value.kind === 'function') return `function ${value.name} ${value.def?.module.path ?? ''} ${value.lambda?.from ?? ''} ${value.self?.path ?? ''}`;
  return `${value.kind} ${value.name}`;
}

export function distinct(values: readonly Value[]): Value[] {
  return values.length < 2 ? [...values] : [...new Map(values.toReversed().map((value) => [keyOf(value), value])).values()].toReversed();
}

/** The things in lists, and what is in no list. */
export function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (value.kind === 'list' ? flat(value.items) : [value]));
}
