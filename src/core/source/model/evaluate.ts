/**
 * What the expressions of a model's code can be. Nothing is run: every branch counts, and a name can be several things.
 * Files are read by whoever owns `modules`; one that is not there yet is noted in `missing`, and the answer is incomplete.
 */
import type { SyntaxNode } from '@lezer/common';
import type { SymbolIndex } from '../symbols.js';
import { type Assignment, assignmentsOf, attributesOf } from './scopes.js';
import { isLibrary } from './slotRoles.js';
import { argumentsOf, type ClassDef, children, type FunctionDef, type Module, paramsOf } from './syntax.js';
import { type Arguments, type ClassValue, distinct, type FunctionValue, flat, type Instance, NO_ARGUMENTS, type Scope, type Value } from './values.js';

/** Deep enough for any model seen; code that calls itself ends here. */
const DEEPEST = 60;

/** Calls that give back what they are given. */
const TRANSPARENT =
  /(?:^|\.)(?:enumerate|islice|zip|list|tuple|reversed|iter|next|sorted|cast|compile|wrap_modules|values|items|to|eval|cuda|half|float|chain)$/;
const CONTAINERS = /(?:^|\.)(?:ModuleList|ModuleDict|OrderedDict|dict)$/;

export class Evaluator {
  readonly missing = new Set<string>();
  /** lines where the configuration chooses a model at run time */
  readonly chosenAtRunTime = new Set<string>();
  private depth = 0;
  private readonly open = new Set<string>();
  private readonly orders = new Map<ClassDef, ClassDef[]>();

  constructor(
    readonly modules: ReadonlyMap<string, Module>,
    private readonly symbols: SymbolIndex,
  ) {}

  /** What a name means in a file. */
  lookup(module: Module, name: string): Value[] {
    return this.guarded(`${module.path} ${name}`, () => {
      const cls = module.classes.get(name);
      if (cls) return [{ kind: 'class', name, cls }];
      const def = module.functions.get(name);
      if (def) return [{ kind: 'function', name, def }];
      const imported = module.imports.get(name);
      if (imported) return this.imported(imported.module, imported.name);
      const variable = module.variables.get(name);
      if (variable) return this.evaluate(variable, fileScope(module));
      return module.stars.flatMap((star) => this.imported(star, name, true));
    });
  }

  private imported(from: string, name?: string, star = false): Value[] {
    if (name === undefined) return [{ kind: 'module', name: from }];
    const path = this.symbols.modulePath(from);
    if (path !== undefined) {
      const module = this.modules.get(path);
      if (!module) {
        this.missing.add(path);
        return [];
      }
      const found = this.lookup(module, name);
      if (found.length > 0) return found;
    }
    const inner = `${from}.${name}`;
    if (this.symbols.modulePath(inner) !== undefined) return [{ kind: 'module', name: inner }];
    const isInTree = this.symbols.modulePath(from.split('.')[0]!) !== undefined;
    return star || isInTree ? [] : [{ kind: 'class', name: inner }];
  }

  /** A class and the classes it inherits from, in the order of Python's method resolution. */
  order(cls: ClassDef): ClassDef[] {
    const known = this.orders.get(cls);
    if (known) return known;
    const inherited = this.guarded(`bases ${cls.module.path} ${cls.name}`, () =>
      cls.bases.flatMap((base) => this.base(base, cls)).flatMap((base) => (base.kind === 'class' && base.cls ? this.order(base.cls) : [])),
    );
    const all = [cls, ...inherited];
    const order = all.filter((one, at) => all.lastIndexOf(one) === at);
    if (this.missing.size === 0) this.orders.set(cls, order);
    return order;
  }

  /** `class Llama(Llama)`: the inner name is the imported one. */
  private base(node: SyntaxNode, cls: ClassDef): Value[] {
    const imported = cls.module.imports.get(cls.name);
    if (imported && cls.module.textOf(node) === cls.name) return this.imported(imported.module, imported.name);
    return this.evaluate(node, fileScope(cls.module));
  }

  method(cls: ClassDef, name: string, after?: ClassDef): FunctionDef | undefined {
    const order = this.order(cls);
    const from = after ? order.indexOf(after) + 1 : 0;
    for (const one of order.slice(from)) {
      const found = one.methods.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** The values of an attribute of an instance. */
  attribute(instance: Instance, name: string): Value[] {
    const known = instance.attributes.get(name);
    if (known) return known;
    const { cls } = instance;
    const values = cls ? this.guarded(`attribute ${instance.path} ${cls.name} ${name}`, () => this.findAttribute(instance, cls, name)) : [];
    for (const value of values) {
      if (value.kind === 'instance') value.path ??= joined(instance.path, name);
      else if (value.kind === 'list')
        for (const [at, item] of flat([value]).entries())
          if (item.kind === 'instance') item.path ??= joined(instance.path, `${name}.${value.inOrder ? at : '*'}`);
    }
    const found = distinct(values);
    if (this.missing.size === 0 || found.length > 0) instance.attributes.set(name, found);
    return found;
  }

  private findAttribute(instance: Instance, cls: ClassDef, name: string): Value[] {
    const order = this.order(cls);
    for (const one of order) {
      const assigned = attributesOf(one).get(name);
      if (assigned) {
        const values = assigned.flatMap((assignment) => this.assigned(assignment, this.methodScope(instance, assignment.def)));
        if (values.some(({ kind }) => kind !== 'none')) return values;
      }
      const method = one.methods.get(name);
      if (method) return [{ kind: 'function', name, def: method, self: instance }];
      // A dataclass has its arguments for attributes.
      const passed = instance.args.named.get(name);
      if (passed) return passed();
      const variable = one.variables.get(name);
      if (variable) return this.typed(variable, fileScope(one.module));
    }
    return [];
  }

  /** The scope of a method, with what its callers inside the class pass to it. */
  private methodScope(instance: Instance, def: FunctionDef): Scope {
    return scopeOf(def, def.owner ? this.passed(instance, def, def.owner) : NO_ARGUMENTS, instance);
  }

  private passed(instance: Instance, def: FunctionDef, owner: ClassDef): Arguments {
    const order = instance.cls ? this.order(instance.cls) : [];
    const first = order.find((cls) => cls.methods.has(def.name));
    if (def.name === '__init__' && (first === owner || !first)) return instance.args;
    // Called by another method, or by the __init__ of a class that inherits from this one.
    const callers = order
      .flatMap((cls) => [...cls.methods.values()])
      .filter((method) => (def.name === '__init__' ? method.name === '__init__' : method !== def));
    for (const caller of callers) {
      if (def.name === '__init__' && (!caller.owner || order.indexOf(caller.owner) >= order.indexOf(owner))) continue;
      const call = assignmentsOf(caller).calls.get(def.name)?.[0];
      if (!call) continue;
      const scope = this.guarded(`passed ${instance.path} ${caller.owner?.name}.${caller.name} ${def.name}`, () => [this.methodScope(instance, caller)]);
      if (!scope[0]) return NO_ARGUMENTS;
      const args = this.argumentsAt(call, scope[0]);
      const named = /^[A-Z]/.test(caller.module.textOf(call));
      return named ? { ...args, positional: args.positional.slice(1) } : args;
    }
    return NO_ARGUMENTS;
  }

  private assigned(assignment: Assignment, scope: Scope): Value[] {
    if (assignment.inner) return [{ kind: 'function', name: assignment.inner.name, def: assignment.inner, around: scope }];
    if (assignment.imported) return this.imported(assignment.imported.module, assignment.imported.name);
    const values = assignment.value ? this.evaluate(assignment.value, scope) : [];
    if (assignment.appended) return values.length > 0 ? [{ kind: 'list', items: values }] : [];
    return assignment.element ? flat(values) : values;
  }

  /** What a name means inside a function. */
  name(name: string, scope: Scope): Value[] {
    const known = scope.known.get(name);
    if (known) return known;
    // While it is being worked out it is nothing: x = f(x).
    scope.known.set(name, []);
    const found = distinct(this.findName(name, scope));
    if (this.missing.size > 0 && found.length === 0) scope.known.delete(name);
    else scope.known.set(name, found);
    return found;
  }

  private findName(name: string, scope: Scope): Value[] {
    if (name === 'self' && scope.self) return [scope.self];
    if (name === 'cls' && scope.self?.cls) return [{ kind: 'class', name: scope.self.name, cls: scope.self.cls }];
    const params = scope.params ?? [];
    const at = params.findIndex((param) => param.name === name);
    const values = at >= 0 ? this.param(params, at, scope) : [];
    // `layer_type = layer_type or Layer`: what was passed beats what is assigned for want of it.
    if (values.some(({ kind }) => kind === 'class')) return values;
    scope.known.set(name, values);
    const assigned = scope.locals.get(name);
    if (assigned) return [...values, ...assigned.flatMap((assignment) => this.assigned(assignment, scope))];
    if (at >= 0) return values;
    return scope.around ? this.name(name, scope.around) : this.lookup(scope.module, name);
  }

  private param(params: FunctionDef['params'], at: number, scope: Scope): Value[] {
    const param = params[at]!;
    if (param.star !== '') return [];
    const position = at - (scope.self && scope.def?.owner && !scope.def.isStatic ? 1 : 0);
    const passed = scope.args.named.get(param.name) ?? scope.args.positional[position];
    const values = passed?.() ?? [];
    if (values.length > 0) return values;
    const file = fileScope(scope.module);
    const fallback = param.fallback && param.fallback.name !== 'None' ? this.evaluate(param.fallback, file) : [];
    return fallback.length > 0 || !param.annotation ? fallback : this.annotated(param.annotation, file);
  }

  /** A class-level assignment: its value, or what its annotation says. */
  private typed(node: SyntaxNode, scope: Scope): Value[] {
    const annotation = node.name === 'TypeDef' ? node.firstChild?.nextSibling : undefined;
    return annotation ? this.annotated(annotation, scope) : this.evaluate(node, scope);
  }

  /** `type[X]` is the class X, `X` an instance of it. Only classes of the tree are of use. */
  private annotated(node: SyntaxNode, scope: Scope): Value[] {
    const text = scope.module.textOf(node).replace(/["']/g, '');
    const type = /^[tT]ype\[([\w.]+)/.exec(text)?.[1];
    const classes = (type === undefined ? this.evaluate(node, scope) : this.dotted(type, scope)).filter((value) => value.kind === 'class');
    if (type !== undefined) return classes;
    return classes.flatMap(({ name, cls }) => (cls ? [instance(name, NO_ARGUMENTS, cls)] : []));
  }

  private dotted(name: string, scope: Scope): Value[] {
    const [head = '', ...rest] = name.split('.');
    return rest.reduce((values, part) => values.flatMap((value) => this.member(value, part)), this.name(head, scope));
  }

  /** The values an expression can have. */
  evaluate(node: SyntaxNode, scope: Scope): Value[] {
    if (this.depth > DEEPEST) return [];
    this.depth++;
    const found = this.evaluateAny(node, scope);
    this.depth--;
    return found;
  }

  private evaluateAny(node: SyntaxNode, scope: Scope): Value[] {
    const parts = children(node);
    switch (node.name) {
      case 'VariableName':
        return this.name(scope.module.textOf(node), scope);
      case 'MemberExpression':
        return this.memberExpression(node, scope);
      case 'CallExpression':
        return this.call(node, scope);
      case 'ConditionalExpression':
        return distinct([parts[0], parts.at(-1)].flatMap((part) => (part ? this.evaluate(part, scope) : [])));
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        return distinct(parts.flatMap((part) => this.evaluate(part, scope)));
      case 'BinaryExpression':
        return this.binary(parts, scope);
      case 'NamedExpression':
        return parts.at(-1) ? this.evaluate(parts.at(-1)!, scope) : [];
      case 'ArrayExpression':
      case 'TupleExpression':
      case 'DictionaryExpression':
        return list(parts.flatMap((part) => this.evaluate(part, scope)));
      case 'ArrayComprehensionExpression':
      case 'ComprehensionExpression':
      case 'DictionaryComprehensionExpression':
        return list(
          parts
            .slice(
              0,
              parts.findIndex(({ name }) => name === 'for'),
            )
            .flatMap((part) => this.evaluate(part, scope)),
        );
      case 'LambdaExpression':
        return [{ kind: 'function', name: 'lambda', lambda: node, around: scope }];
      case 'None':
        return [{ kind: 'none' }];
      default:
        return [];
    }
  }

  /** `a or b` is b for want of a; lists are added. */
  private binary(parts: SyntaxNode[], scope: Scope): Value[] {
    const [left, operator, right] = parts;
    const first = left ? this.evaluate(left, scope) : [];
    const isEnough = operator?.name === 'or' && first.some(({ kind }) => kind !== 'none');
    return isEnough || !right ? first : distinct([...first, ...this.evaluate(right, scope)]);
  }

  private memberExpression(node: SyntaxNode, scope: Scope): Value[] {
    const object = node.firstChild;
    if (!object) return [];
    const property = node.getChild('PropertyName');
    const text = scope.module.textOf(object);
    if (property && text.startsWith('super(')) return this.inherited(scope.module.textOf(property), scope);
    const objects = this.evaluate(object, scope);
    // Subscripts: an element of a list; Generic[T] is Generic.
    if (!property) return flat(objects);
    return distinct(objects.flatMap((value) => this.member(value, scope.module.textOf(property))));
  }

  private inherited(name: string, scope: Scope): Value[] {
    const { self, def } = scope;
    const method = self?.cls && def?.owner ? this.method(self.cls, name, def.owner) : undefined;
    return method ? [{ kind: 'function', name, def: method, self }] : [];
  }

  private member(value: Value, name: string): Value[] {
    if (value.kind === 'instance') return this.attribute(value, name);
    if (value.kind === 'module') return this.imported(value.name, name);
    if (value.kind === 'list') return value.items.flatMap((item) => (TRANSPARENT.test(name) ? [item] : []));
    if (value.kind !== 'class') return [];
    if (!value.cls) return [{ kind: 'class', name: `${value.name}.${name}` }];
    for (const cls of this.order(value.cls)) {
      const method = cls.methods.get(name);
      if (method) return [{ kind: 'function', name, def: method }];
      const variable = cls.variables.get(name);
      if (variable) return this.typed(variable, fileScope(cls.module));
    }
    return [];
  }

  argumentsAt(call: SyntaxNode, scope: Scope): Arguments {
    const args: Arguments = { positional: [], named: new Map() };
    for (const { name, node } of argumentsOf(call, scope.module)) {
      let known: Value[] | undefined;
      const value = (): Value[] => {
        if (known) return known;
        const found = this.guarded(`argument ${scope.module.path} ${node.from} ${scope.self?.path}`, () => this.evaluate(node, scope));
        if (this.missing.size === 0) known = found;
        return found;
      };
      if (name === '') args.positional.push(value);
      else if (name === '**') {
        const own = scope.params?.some((param) => param.star === '**' && param.name === scope.module.textOf(node));
        if (own) for (const [key, passed] of scope.args.named) if (!args.named.has(key)) args.named.set(key, passed);
      } else if (name !== '*') args.named.set(name, value);
    }
    return args;
  }

  private call(node: SyntaxNode, scope: Scope): Value[] {
    const callee = node.firstChild;
    if (!callee) return [];
    const text = scope.module.textOf(callee).replace(/\s+/g, '');
    const given = (): Value[] => argumentsOf(node, scope.module).flatMap((argument) => this.evaluate(argument.node, scope));
    if (/(?:^|\.)Sequential$/.test(text)) return [{ kind: 'list', items: flat(given()), inOrder: true }];
    if (CONTAINERS.test(text)) return list(flat(given()));
    if (/(?:^|\.)make_layers\w*$/.test(text))
      return list(flat(given().flatMap((value) => (value.kind === 'function' || value.kind === 'class' ? this.result(value, NO_ARGUMENTS) : []))));
    if (/(?:^|\.)partial$/.test(text)) return this.partial(node, scope);
    if (/(?:^|\.)init_vllm_registered_model$/.test(text)) return this.registered(node, scope.module);
    if (text === 'getattr') return this.getattr(node, scope);
    if (TRANSPARENT.test(text)) {
      const object = callee.name === 'MemberExpression' && callee.firstChild ? flat(this.evaluate(callee.firstChild, scope)) : [];
      const own = object.filter(({ kind }) => kind === 'instance');
      return own.length > 0 ? own : flat(given());
    }
    const args = this.argumentsAt(node, scope);
    return distinct(this.evaluate(callee, scope).flatMap((value) => this.called(value, args)));
  }

  private called(value: Value, args: Arguments): Value[] {
    if (value.kind === 'class' || value.kind === 'function') return this.result(value, args);
    // A function of the library that gives a class: `get_moe_class(…)(…)`.
    return value.kind === 'instance' && value.made && value.path === undefined ? [{ ...value, args }] : [];
  }

  private partial(node: SyntaxNode, scope: Scope): Value[] {
    const [first] = argumentsOf(node, scope.module);
    const args = this.argumentsAt(node, scope);
    const preset = { ...args, positional: args.positional.slice(1) };
    return first ? this.evaluate(first.node, scope).map((value) => (value.kind === 'class' || value.kind === 'function' ? { ...value, preset } : value)) : [];
  }

  private getattr(node: SyntaxNode, scope: Scope): Value[] {
    const [object, name] = argumentsOf(node, scope.module);
    const literal = name && /^["'](\w+)["']$/.exec(scope.module.textOf(name.node))?.[1];
    if (!object || !literal || scope.module.textOf(object.node) !== 'self' || !scope.self) return [];
    return this.attribute(scope.self, literal);
  }

  /** A model inside a model, by the name of its architecture; without one the configuration decides at run time. */
  private registered(node: SyntaxNode, module: Module): Value[] {
    const architecture = /architectures\s*=\s*\[\s*["'](\w+)["']/.exec(module.textOf(node))?.[1];
    if (architecture !== undefined) return this.architecture(architecture);
    this.chosenAtRunTime.add(`${module.path}:${module.lineOf(node)}`);
    return [];
  }

  /** An instance of a registered model class. */
  architecture(name: string): Value[] {
    const entry = this.symbols.registry.get(name);
    const classes = entry ? this.imported(entry.module, entry.className) : [];
    return classes.flatMap((value) => (value.kind === 'class' && value.cls ? [instance(value.name, NO_ARGUMENTS, value.cls)] : []));
  }

  /** What calling a class or function gives. */
  private result(value: ClassValue | FunctionValue, given: Arguments): Value[] {
    const args = value.preset ? merged(value.preset, given) : given;
    if (value.kind === 'class') return [instance(value.name, args, value.cls)];
    if (value.lambda) return this.evaluate(children(value.lambda).at(-1)!, lambdaScope(value, args));
    const { def } = value;
    if (!def) return [];
    if (isLibrary(def.module.path) && !value.self && !value.around) return [{ ...instance(def.name, args), made: def }];
    return this.guarded(`call ${def.module.path} ${def.line} ${value.self?.path}`, () => {
      const scope = scopeOf(def, args, value.self, value.around);
      return assignmentsOf(def).returns.flatMap((node) => this.evaluate(node, scope));
    });
  }

  /** Nothing when it is already being worked out, so that code which refers to itself comes to an end. */
  private guarded<T>(key: string, work: () => T[]): T[] {
    if (this.open.has(key)) return [];
    this.open.add(key);
    try {
      return work();
    } finally {
      this.open.delete(key);
    }
  }
}

function list(items: Value[]): Value[] {
  return items.length > 0 ? [{ kind: 'list', items: distinct(items) }] : [];
}

function instance(name: string, args: Arguments, cls?: ClassDef): Instance {
  return { kind: 'instance', name, cls, args, attributes: new Map() };
}

function joined(path: string | undefined, name: string): string {
  return path ? `${path}.${name}` : name;
}

function merged(preset: Arguments, given: Arguments): Arguments {
  return { positional: [...preset.positional, ...given.positional], named: new Map([...preset.named, ...given.named]) };
}

function fileScope(module: Module): Scope {
  return { module, args: NO_ARGUMENTS, locals: new Map(), known: new Map() };
}

/** Names inside a function that is called with these arguments. */
export function scopeOf(def: FunctionDef, args: Arguments, self?: Instance, around?: Scope): Scope {
  const outer = self ?? around?.self;
  return { module: def.module, def, params: def.params, args, self: outer, around, locals: assignmentsOf(def).locals, known: new Map() };
}

function lambdaScope(value: FunctionValue, args: Arguments): Scope {
  const around = value.around!;
  return { module: around.module, params: paramsOf(value.lambda!, around.module), args, self: around.self, around, locals: new Map(), known: new Map() };
}
