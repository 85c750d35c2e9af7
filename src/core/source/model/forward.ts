/** Walks forward functions in the order of their calls and writes down every call of a building block. */
import type { SyntaxNode } from '@lezer/common';
import type { SlotRole, SourcePlace } from '../../../shared/model.js';
import { type Evaluator, scopeOf } from './evaluate.js';
import { isLibrary, isNothing, moduleRole, opRole } from './slotRoles.js';
import { type ClassDef, children, type FunctionDef } from './syntax.js';
import { type Arguments, type FunctionValue, flat, type Instance, NO_ARGUMENTS, type Scope } from './values.js';

/** A slot before the layers are known: its path is from the model. */
export interface Call {
  path: string;
  className: string;
  role: SlotRole;
  variant: string;
  optional: boolean;
  /** where it is called, in every branch that does */
  places: SourcePlace[];
  owner: SourcePlace;
  forward?: SourcePlace;
}

/** A module on the way to the building blocks. */
export interface Visited {
  path: string;
  className: string;
  place: SourcePlace;
  forward?: SourcePlace;
}

export interface Walk {
  calls: Call[];
  visited: Visited[];
  warnings: Set<string>;
}

/** Functions in functions, modules in modules: more is a circle. */
const DEEPEST = 24;
/** CustomOp and its like choose one of these at run time. */
const FORWARDS = ['forward_cuda', 'forward_native', 'forward'];
/** Methods that run the module. Others prepare, or load weights. */
const RUNS = /^(?:forward\w*|apply|attn|__call__|get_logits|embed|embed_input_ids|get_input_embeddings)$/;

interface Context {
  scope: Scope;
  variant: string;
  out: Call[];
  /** "Qwen2MLP.forward" with its object: what is being walked */
  stack: string[];
}

/** A branch of the code: its calls, and whether it leaves the function. */
interface Branch {
  calls: Call[];
  leaves: boolean;
}

/** The calls of the methods of a model, one after the other; methods that the class has not are left out. */
export function walkModel(evaluator: Evaluator, model: Instance, methods: readonly string[]): Walk {
  const walk: Walk = { calls: [], visited: [], warnings: new Set() };
  const walker = new Walker(evaluator, walk);
  for (const name of methods) {
    const def = model.cls && evaluator.method(model.cls, name);
    if (def)
      walker.function({ kind: 'function', name, def, self: model }, NO_ARGUMENTS, {
        scope: scopeOf(def, NO_ARGUMENTS, model),
        variant: '',
        out: walk.calls,
        stack: [],
      });
  }
  return walk;
}

class Walker {
  constructor(
    private readonly evaluator: Evaluator,
    private readonly walk: Walk,
  ) {}

  /** Every call inside of a function; false when there was nothing to walk. */
  function(value: FunctionValue, args: Arguments, context: Context): boolean {
    const { def } = value;
    const body = def?.node.getChild('Body');
    if (!def || !body) return false;
    const key = `${def.module.path} ${def.line} ${value.self?.path}`;
    if (context.stack.includes(key) || context.stack.length > DEEPEST) return false;
    const scope = scopeOf(def, args, value.self, value.around);
    this.block(children(body), { ...context, scope, stack: [...context.stack, key] });
    return true;
  }

  /** Statements one after the other; true when they leave the function. */
  private block(statements: readonly SyntaxNode[], context: Context): boolean {
    for (const [at, node] of statements.entries()) {
      switch (node.name) {
        case 'IfStatement': {
          const rest = statements.slice(at + 1);
          if (this.branches(node, rest, context)) return true;
          break;
        }
        case 'ReturnStatement':
        case 'RaiseStatement':
          this.expression(node, context);
          return true;
        case 'ContinueStatement':
        case 'BreakStatement':
          return true;
        case 'FunctionDefinition':
        case 'ClassDefinition':
          break;
        case 'ForStatement':
        case 'WhileStatement':
        case 'WithStatement':
        case 'TryStatement':
          for (const part of children(node)) {
            if (part.name === 'Body') this.block(children(part), context);
            else this.expression(part, context);
          }
          break;
        default:
          this.expression(node, context);
      }
    }
    return false;
  }

  /**
   * An `if` with all its branches. Where one leaves the function, the statements that follow are the other branch.
   * True when those were walked here, or no branch goes on.
   */
  private branches(node: SyntaxNode, rest: readonly SyntaxNode[], context: Context): boolean {
    const branches: Branch[] = [];
    let hasElse = false;
    for (const part of children(node)) {
      if (part.name === 'Body') {
        const calls: Call[] = [];
        const leaves = this.block(children(part), { ...context, out: calls });
        branches.push({ calls, leaves });
      } else if (part.name === 'else') hasElse = true;
      else this.expression(part, context);
    }
    const leaving = branches.some(({ leaves }) => leaves);
    if (!leaving) {
      if (!hasElse) branches.push({ calls: [], leaves: false });
      merge(
        branches.map(({ calls }) => calls),
        context.out,
      );
      return false;
    }
    const going: Call[] = [];
    if (!hasElse || branches.some(({ leaves }) => !leaves)) {
      merge(branches.flatMap(({ calls, leaves }) => (leaves ? [] : [calls])).concat(hasElse ? [] : [[]]), going);
      this.block(rest, { ...context, out: going });
    }
    // A branch that leaves without a call, as other pipeline stages do, is no alternative.
    merge(
      [...branches.flatMap(({ calls, leaves }) => (leaves && calls.length > 0 ? [calls] : [])), going].filter((calls) => calls.length > 0),
      context.out,
    );
    return true;
  }

  /** Calls in an expression, inner ones first as they run. */
  private expression(node: SyntaxNode, context: Context): void {
    if (node.name === 'LambdaExpression' || node.name === 'FunctionDefinition') return;
    const parts = children(node);
    if (node.name === 'ConditionalExpression') {
      const [yes, , test, , no] = parts;
      if (test) this.expression(test, context);
      merge(
        [yes, no].map((part) => {
          const calls: Call[] = [];
          if (part) this.expression(part, { ...context, out: calls });
          return calls;
        }),
        context.out,
      );
      return;
    }
    for (const part of parts) this.expression(part, context);
    if (node.name === 'CallExpression') this.call(node, context);
  }

  private call(node: SyntaxNode, context: Context): void {
    const { scope } = context;
    const callee = node.firstChild;
    if (!callee) return;
    const values = this.evaluator.evaluate(callee, scope);
    const args = this.evaluator.argumentsAt(node, scope);
    const modules = flat(values).filter((value): value is Instance => value.kind === 'instance' && !isNothing(value.name));
    if (modules.length > 0) this.modules(modules, 'forward', args, node, context);
    for (const value of values) {
      if (value.kind === 'function') this.functionCall(value, args, node, callee, context);
      else if (value.kind === 'class' && !value.cls) this.op(value.name, node, context);
      else if (value.kind === 'class' && value.cls && /Function$/.test(value.name)) this.op(value.name, node, context);
    }
    if (values.length === 0 && callee.name === 'MemberExpression') this.methodOfOutside(callee, args, node, context);
  }

  /** `self.attn.forward(…)` of a module whose class is not in the tree, or whose method is not found. */
  private methodOfOutside(callee: SyntaxNode, args: Arguments, node: SyntaxNode, context: Context): void {
    const property = callee.getChild('PropertyName');
    const object = callee.firstChild;
    if (!property || !object || !RUNS.test(context.scope.module.textOf(property))) return;
    const objects = this.evaluator.evaluate(object, context.scope).filter((value): value is Instance => value.kind === 'instance');
    if (objects.length > 0) this.modules(objects, 'forward', args, node, context);
  }

  private functionCall(value: FunctionValue, args: Arguments, node: SyntaxNode, callee: SyntaxNode, context: Context): void {
    const { self, def } = value;
    const library = isLibrary(def?.module.path ?? '');
    const isInherited = context.scope.module.textOf(callee).startsWith('super(');
    const isOwn = isInherited || (self !== undefined && self === context.scope.self);
    if (self && library && !isOwn) {
      if (RUNS.test(value.name)) this.modules([self], value.name, args, node, context);
      else if (opRole(value.name)) this.op(value.name, node, context);
      else if (moduleRole(self.name) === 'other') this.relocated(value, args, node, context);
      return;
    }
    if (self && !isOwn && value.name !== 'forward' && !library) this.visit(self, value.def);
    const role = library || !self ? opRole(value.name) : undefined;
    if (role) this.op(value.name, node, context);
    else if (!library || isOwn) this.function(value, args, context);
  }

  /** A method of the library that calls modules given to it: they count as called from the model's own line. */
  private relocated(value: FunctionValue, args: Arguments, node: SyntaxNode, context: Context): void {
    const calls: Call[] = [];
    this.function(value, args, { ...context, out: calls });
    const seen = new Set<string>();
    for (const call of calls.filter(({ role }) => role !== 'communication')) {
      if (seen.has(call.path)) continue;
      seen.add(call.path);
      context.out.push({ ...call, places: [this.place(node, context.scope)], owner: this.owner(context.scope) });
    }
  }

  /** A call of what can be one of several modules; those that differ become variants. */
  private modules(modules: readonly Instance[], method: string, args: Arguments, node: SyntaxNode, context: Context): void {
    const each = modules.map((module) => {
      const calls: Call[] = [];
      this.module(module, method, args, node, { ...context, out: calls });
      return { module, calls };
    });
    // Several modules of one list run after each other; several that one attribute can be exclude each other.
    const expanded = each.filter(({ module, calls }) => calls.some(({ path }) => path !== module.path));
    if (each.length === 1 || expanded.length === 0) {
      const best = each.find(({ module }) => !/Encoder|Dual|Cross/.test(module.name)) ?? each[0]!;
      context.out.push(...best.calls);
      return;
    }
    const kinds = [...new Map(expanded.map((one) => [`${one.module.name} ${one.module.cls?.module.path}`, one])).values()];
    if (kinds.length === 1) context.out.push(...kinds[0]!.calls);
    else
      for (const { module, calls } of kinds)
        for (const call of calls)
          context.out.push({
            ...call,
            variant:
              call.variant === '' || call.variant === context.variant
                ? within(context.variant, module.name)
                : within(context.variant, `${module.name}/${call.variant.slice(context.variant === '' ? 0 : context.variant.length + 1)}`),
          });
  }

  private module(module: Instance, method: string, args: Arguments, node: SyntaxNode, context: Context): void {
    const { cls } = module;
    const inLibrary = !cls || isLibrary(cls.module.path);
    const role = inLibrary ? moduleRole(module.name) : 'other';
    if (module.name === 'init_vllm_registered_model') {
      this.walk.warnings.add(`${module.path} is a model that the configuration chooses at run time; name its architecture to see its code.`);
      return;
    }
    if (inLibrary && role !== 'other' && role !== 'linearAttention') {
      this.leaf(module, role, args, node, context);
      return;
    }
    if (!cls) {
      // A class of another package does what its name says; when that says nothing, it is an unknown module.
      if (!module.made) this.leaf(module, role, args, node, context);
      return;
    }
    const calls: Call[] = [];
    const def = this.forwardOf(cls, method, inLibrary);
    if (def) this.function({ kind: 'function', name: def.name, def, self: module }, args, { ...context, out: calls });
    const mixes = role === 'linearAttention';
    if (calls.length === 0 || (mixes && !calls.some((call) => call.role === 'linear'))) {
      const own = moduleRole(module.name);
      if (inLibrary || own !== 'other') this.leaf(module, own, args, node, context);
      return;
    }
    if (mixes && !calls.some((call) => call.role === 'linearAttention')) {
      const at = calls.findLastIndex((call) => call.role === 'linear');
      const own: Call[] = [];
      this.leaf(module, 'linearAttention', args, node, { ...context, out: own });
      calls.splice(Math.max(at, 0), 0, ...own);
    }
    this.visit(module, def);
    context.out.push(...calls);
  }

  private forwardOf(cls: ClassDef, method: string, inLibrary: boolean): FunctionDef | undefined {
    const names = inLibrary && method === 'forward' ? FORWARDS : [method, 'forward'];
    for (const name of names) {
      const def = this.evaluator.method(cls, name);
      if (def) return def;
    }
    return undefined;
  }

  private visit(module: Instance, forward: FunctionDef | undefined): void {
    const { cls, path = '' } = module;
    if (!cls || this.walk.visited.some((one) => one.path === path && one.className === cls.name)) return;
    this.walk.visited.push({
      path,
      className: cls.name,
      place: { file: cls.module.path, line: cls.line, symbol: cls.name },
      forward: forward && functionPlace(forward, cls),
    });
  }

  private leaf(module: Instance, role: SlotRole, args: Arguments, node: SyntaxNode, context: Context): void {
    const shared = role === 'moe' ? this.injected(module, node, context) : [];
    context.out.push(...shared);
    // The head is called through the logits processor.
    const head = /LogitsProcessor/.test(module.name) ? this.headIn(args) : undefined;
    const shown = head ?? module;
    const path = shown.path ?? shown.name;
    const attribute = path.slice(path.lastIndexOf('.') + 1);
    const isRouter = role === 'linear' && /^(?:gate|router|gate_inp|\w*_router|router_\w+)$/.test(attribute);
    const forward = module.cls && (this.evaluator.method(module.cls, 'forward') ?? this.evaluator.method(module.cls, 'forward_cuda'));
    context.out.push({
      path,
      className: shown.name.slice(shown.name.lastIndexOf('.') + 1),
      role: isRouter ? 'router' : role,
      variant: context.variant,
      optional: false,
      places: [this.place(node, context.scope)],
      owner: this.owner(context.scope),
      forward: forward && module.cls ? functionPlace(forward, module.cls) : module.made && functionPlace(module.made),
    });
  }

  private headIn(args: Arguments): Instance | undefined {
    const values = args.positional.flatMap((value) => value()).filter((value): value is Instance => value.kind === 'instance' && value.path !== undefined);
    return values.find(({ name }) => /Head$/.test(name)) ?? values.find(({ name }) => /Embedding|Linear/.test(name));
  }

  /** Modules given to a mixture of experts, which runs them: shared experts and the gate. */
  private injected(module: Instance, node: SyntaxNode, context: Context): Call[] {
    const calls: Call[] = [];
    for (const name of ['gate', 'shared_experts', 'shared_expert_gate']) {
      const given = (module.args.named.get(name)?.() ?? []).filter((value): value is Instance => value.kind === 'instance' && value.path !== undefined);
      if (given[0] && !context.out.some(({ path }) => path === given[0]!.path))
        this.module(given[0], 'forward', NO_ARGUMENTS, node, { ...context, out: calls });
    }
    return calls.map((call) => ({ ...call, optional: true }));
  }

  private op(name: string, node: SyntaxNode, context: Context): void {
    const role = opRole(name);
    if (!role) return;
    const { self } = context.scope;
    const short = name.replace(/^torch\.ops\./, '').replace(/^.*\bfunctional\./, '');
    context.out.push({
      path: self?.path ? `${self.path}.${short}` : short,
      className: '',
      role,
      variant: context.variant,
      optional: role !== 'attention' && role !== 'linearAttention' && role !== 'moe',
      places: [this.place(node, context.scope)],
      owner: this.owner(context.scope),
    });
  }

  private place(node: SyntaxNode, scope: Scope): SourcePlace {
    return { ...this.owner(scope), line: scope.module.lineOf(node) };
  }

  private owner(scope: Scope): SourcePlace {
    return scope.def ? functionPlace(scope.def, scope.self?.cls) : { file: scope.module.path, line: 1, symbol: '' };
  }
}

function functionPlace(def: FunctionDef, cls?: ClassDef): SourcePlace {
  const place: SourcePlace = { file: def.module.path, line: def.line, symbol: def.owner ? `${def.owner.name}.${def.name}` : def.name };
  if (def.owner && cls && cls !== def.owner) place.via = cls.name;
  return place;
}

function within(variant: string, name: string): string {
  return variant === '' ? name : `${variant}/${name}`;
}

/**
 * Branches as one sequence: what all of them call is called, what only some do is optional. The longest gives the order.
 * Of the lines that call the same thing the last branch's is the first: `if residual is None` is only the first layer's.
 */
function merge(branches: readonly Call[][], out: Call[]): void {
  const filled = branches.filter((calls) => calls.length > 0);
  const longest = filled.reduce<Call[]>((best, calls) => (calls.length > best.length ? calls : best), []);
  const key = ({ path, role, variant }: Call): string => `${path} ${role} ${variant}`;
  const found = new Map<string, { call: Call; branches: Set<Call[]> }>();
  for (const calls of [longest, ...filled.filter((one) => one !== longest)]) {
    const times = new Map<string, number>();
    for (const call of calls) {
      const name = key(call);
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      const known = found.get(`${name} ${time}`);
      if (known) known.branches.add(calls);
      else found.set(`${name} ${time}`, { call: { ...call, places: [] }, branches: new Set([calls]) });
    }
  }
  for (const { call, branches: some } of found.values()) {
    const same = branches.toReversed().flatMap((calls) => (some.has(calls) ? calls.filter((one) => key(one) === key(call)) : []));
    call.places = same
      .flatMap(({ places }) => places)
      .filter((place, at, all) => all.findIndex(({ line, file }) => line === place.line && file === place.file) === at);
    call.optional = same.some(({ optional }) => optional) || some.size < branches.length;
    out.push(call);
  }
}
