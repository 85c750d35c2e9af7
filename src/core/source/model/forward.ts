/** Walks forward functions in the order of their calls and writes down every call of a building block. */
import type { SyntaxNode } from '@lezer/common';
import type { SlotRole, SourcePlace } from '../../../shared/model.js';
import { type Call, inVariant, merge } from './calls.js';
import { type Evaluator, scopeOf } from './evaluate.js';
import { certain, isLibrary, isNothing, moduleRole, opRole } from './slotRoles.js';
import { type ClassDef, children, type FunctionDef } from './syntax.js';
import { type Arguments, type FunctionValue, flat, type Instance, NO_ARGUMENTS, type Scope } from './values.js';

/** A module on the way to the building blocks. */
export interface Visited {
  path: string;
  className: string;
  place: SourcePlace;
  forward?: SourcePlace;
  /** the line that calls it */
  call?: SourcePlace;
}

export interface Walk {
  calls: Call[];
  visited: Visited[];
}

/** Functions in functions, modules in modules: more is a circle. */
const DEEPEST = 24;
/** CustomOp and its like choose one of these at run time. */
const FORWARDS = ['forward_cuda', 'forward_native', 'forward'];
/** An op that torch is given as a whole runs this. */
const WHOLE = ['forward_impl', ...FORWARDS];
/** Methods that run the module. Others prepare, or load weights. */
const RUNS = /^(?:forward\w*|apply|attn|__call__|get_logits|embed|embed_input_ids|get_input_embeddings)$/;

/** A linear layer that a function gets is only asked how it is quantized. */
const RUN_BY_FUNCTIONS = new Set<SlotRole>(['activation', 'norm', 'rope']);

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
  const walk: Walk = { calls: [], visited: [] };
  const walker = new Walker(evaluator, walk);
  for (const name of methods) {
    const def = model.cls && evaluator.method(model.cls, name);
    if (name === methods[0]) walker.visit(model, def);
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
          const after = this.branches(node, statements.slice(at + 1), context);
          if (after !== 'continues') return after === 'leaves';
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
   * What follows was 'walked' then, or no branch comes there: all of it 'leaves'.
   */
  private branches(node: SyntaxNode, rest: readonly SyntaxNode[], context: Context): 'continues' | 'walked' | 'leaves' {
    const branches: Branch[] = [];
    let hasElse = false;
    let happens: boolean | undefined;
    for (const part of children(node)) {
      if (part.name === 'Body') {
        // What ends in an error does not happen, nor what other machines do.
        if (happens === false || children(part).at(-1)?.name === 'RaiseStatement') continue;
        const calls: Call[] = [];
        const leaves = this.block(children(part), { ...context, out: calls });
        branches.push({ calls, leaves });
        if (happens) {
          hasElse = true;
          break;
        }
      } else if (part.name === 'else') {
        hasElse = true;
        happens = undefined;
      } else if (part.name !== 'if' && part.name !== 'elif') {
        happens = certain(context.scope.module.textOf(part), context.scope.module.vendor);
        this.expression(part, context);
      }
    }
    const leaving = branches.some(({ leaves }) => leaves);
    if (!leaving) {
      if (!hasElse) branches.push({ calls: [], leaves: false });
      const all = this.withLayers(
        branches.map(({ calls }) => calls),
        context,
      );
      const variants = this.exclusive(all, context);
      if (variants) context.out.push(...variants);
      else merge(all, context.out);
      return 'continues';
    }
    const going: Call[] = [];
    let leavesLater = true;
    if (!hasElse || branches.some(({ leaves }) => !leaves)) {
      merge(branches.flatMap(({ calls, leaves }) => (leaves ? [] : [calls])).concat(hasElse ? [] : [[]]), going);
      leavesLater = this.block(rest, { ...context, out: going });
    }
    // A branch that leaves without a call, as other pipeline stages do, is no alternative.
    merge(
      [...branches.flatMap(({ calls, leaves }) => (leaves && calls.length > 0 ? [calls] : [])), going].filter((calls) => calls.length > 0),
      context.out,
    );
    return leavesLater ? 'leaves' : 'walked';
  }

  /** Where one branch runs the layers, one that runs nothing known, like two batches at a time, does not make them optional. */
  private withLayers(branches: Call[][], { scope }: Context): Call[][] {
    const outside = !scope.self?.path?.includes('*');
    return outside && branches.some((calls) => calls.some(({ path }) => path.includes('.*.'))) ? branches.filter((calls) => calls.length > 0) : branches;
  }

  /** Branches that run different modules, as the kind of the layer says, are variants of the layer; undefined when they are not. */
  private exclusive(branches: readonly Call[][], context: Context): Call[] | undefined {
    const filled = branches.filter((calls) =>
      calls.some(({ role }) => role === 'attention' || role === 'linearAttention' || role === 'moe' || role === 'linear'),
    );
    const modules = filled.map((calls) => this.moduleAround(calls, context.scope.self?.path ?? ''));
    if (filled.length < 2 || new Set(modules.map((one) => one?.path)).size < filled.length || modules.includes(undefined)) return undefined;
    return branches.flatMap((calls) => {
      const module = modules[filled.indexOf(calls)];
      return module ? calls.map((call) => inVariant(call, context.variant, module.className)) : calls.map((call) => ({ ...call, optional: true }));
    });
  }

  /** The innermost module below `path` that holds the main calls. */
  private moduleAround(calls: readonly Call[], path: string): Visited | undefined {
    const main = calls.filter(({ role }) => role !== 'communication');
    const holds = (one: Visited): boolean => one.path.length > path.length && main.every((call) => call.path.startsWith(`${one.path}.`));
    return this.walk.visited.filter(holds).toSorted((a, b) => b.path.length - a.path.length)[0];
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
    const sequence = values.find((value) => value.kind === 'list' && value.inOrder);
    for (const one of sequence ? flat([sequence]) : []) if (one.kind === 'instance') this.modules([one], 'forward', args, node, context);
    const modules = sequence ? [] : flat(values).filter((value): value is Instance => value.kind === 'instance' && !isNothing(value.name));
    if (modules.length > 0) this.modules(modules, 'forward', args, node, context);
    // `kernel[grid](…)` launches a Triton kernel.
    const isLaunch = callee.name === 'MemberExpression' && !callee.getChild('PropertyName');
    for (const value of values) {
      if (value.kind === 'function' && isLaunch) this.op(value.name, node, context);
      else if (value.kind === 'function') this.functionCall(value, args, node, callee, context);
      else if (value.kind === 'class' && !value.cls) this.op(value.name, node, context);
      else if (value.kind === 'class' && value.cls && /Function$/.test(value.name)) this.op(value.name, node, context);
    }
    if (values.length === 0 && callee.name === 'MemberExpression') this.methodOfOutside(callee, args, node, context);
  }

  /** `self.attn.forward(…)` of a module whose class is not in the tree, or whose method is not found. */
  private methodOfOutside(callee: SyntaxNode, args: Arguments, node: SyntaxNode, context: Context): void {
    const property = callee.getChild('PropertyName');
    const object = callee.firstChild;
    const name = property ? context.scope.module.textOf(property) : '';
    if (!object || !RUNS.test(name)) return;
    const objects = this.evaluator.evaluate(object, context.scope).filter((value): value is Instance => value.kind === 'instance');
    if (objects.length > 0) this.modules(objects, 'forward', args, node, context);
    // The backend of an attention, `self.impl`, is chosen when it runs.
    else if (opRole(name) === 'attention') this.op(name, node, context);
  }

  private functionCall(value: FunctionValue, args: Arguments, node: SyntaxNode, callee: SyntaxNode, context: Context): void {
    const { self, def } = value;
    const library = isLibrary(def?.module.path ?? '');
    const isInherited = context.scope.module.textOf(callee).startsWith('super(');
    const isOwn = isInherited || (self !== undefined && self === context.scope.self);
    if (self && library && !isOwn) {
      if (RUNS.test(value.name)) this.modules([self], value.name, args, node, context);
      else if (opRole(value.name)) this.op(value.name, node, context);
      else this.communicator(value, args, node, context);
      return;
    }
    if (self && !isOwn && value.name !== 'forward' && !library) this.visit(self, value.def);
    if (self && isOwn && library && !isLibrary(context.scope.module.path)) {
      // A model's class that inherits from a building block calls what it inherits.
      const block = moduleRole(def?.owner?.name ?? '');
      if (RUNS.test(value.name) && block !== 'other') this.leaf(self, block, args, node, context);
      return;
    }
    // SGLang embeds texts and images in one function, which then runs the model.
    const inner = value.name === 'general_mm_embed_routine' ? flat(args.named.get('language_model')?.() ?? []).filter((one) => one.kind === 'instance') : [];
    if (inner.length > 0) {
      this.modules(inner, 'forward', args, node, context);
      return;
    }
    if (library && !self && this.given(args, node, context)) return;
    const role = library || !self ? opRole(value.name) : undefined;
    if (role) this.op(value.name, node, context);
    else if (!library || isOwn) this.function(value, args, context);
  }

  /** Building blocks handed to a function of the library, which runs them: `fused(self.act_fn, x)`. */
  private given(args: Arguments, node: SyntaxNode, context: Context): boolean {
    const values = [...args.positional, ...args.named.values()].flatMap((value) => value());
    const blocks = values.filter(
      (value): value is Instance => value.kind === 'instance' && value.path !== undefined && RUN_BY_FUNCTIONS.has(moduleRole(value.name)),
    );
    for (const block of blocks) this.leaf(block, moduleRole(block.name), args, node, context);
    return blocks.length > 0;
  }

  /** SGLang's LayerCommunicator runs the norms that it was given, with the collectives around them. */
  private communicator(value: FunctionValue, args: Arguments, node: SyntaxNode, context: Context): void {
    const name = value.name.startsWith('prepare_attn') ? 'input_layernorm' : value.name.startsWith('prepare_mlp') ? 'post_attention_layernorm' : '';
    for (const norm of value.self?.args.named.get(name)?.() ?? []) if (norm.kind === 'instance') this.leaf(norm, 'norm', args, node, context);
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
    else for (const { module, calls } of kinds) for (const call of calls) context.out.push(inVariant(call, context.variant, module.name));
  }

  private module(module: Instance, method: string, args: Arguments, node: SyntaxNode, context: Context): void {
    const { cls } = module;
    const inLibrary = !cls || isLibrary(cls.module.path);
    const role = inLibrary ? moduleRole(module.name) : 'other';
    if (inLibrary && role !== 'other' && role !== 'linearAttention') {
      this.leaf(module, role, args, node, context);
      return;
    }
    if (!cls) {
      // A class of another package does what its name says; when that says nothing, it is an unknown module.
      if (!module.made) this.leaf(module, role, args, node, context);
      return;
    }
    const mixes = role === 'linearAttention';
    const def = this.forwardOf(module, method, inLibrary, mixes);
    if (!inLibrary && def && isLibrary(def.module.path)) {
      const block = moduleRole(module.name) === 'other' ? moduleRole(def.owner?.name ?? '') : moduleRole(module.name);
      this.leaf(module, block, args, node, context);
      return;
    }
    const calls: Call[] = [];
    if (def) this.function({ kind: 'function', name: def.name, def, self: module }, args, { ...context, out: calls });
    if (calls.length === 0 || (mixes && !calls.some((call) => call.role === 'linear'))) {
      const own = moduleRole(module.name);
      if (inLibrary || own !== 'other') this.leaf(module, own, args, node, context);
      return;
    }
    // A model's own kind of linear layer, that does what it inherits, is called where it is called.
    if (calls.every(({ path }) => path === module.path)) {
      this.leaf(module, calls[0]!.role, args, node, context);
      return;
    }
    if (mixes && !calls.some((call) => call.role === 'linearAttention')) {
      const at = calls.findLastIndex((call) => call.role === 'linear');
      const own: Call[] = [];
      this.leaf(module, 'linearAttention', args, node, { ...context, out: own });
      calls.splice(Math.max(at, 0), 0, ...own);
    }
    this.visit(module, def, this.place(node, context.scope));
    context.out.push(...calls);
  }

  /** The method that a call of the module runs. Of a mixer it is the one that calls its projections. */
  private forwardOf({ cls }: Instance, method: string, inLibrary: boolean, mixes: boolean): FunctionDef | undefined {
    if (!cls) return undefined;
    const names = inLibrary && method === 'forward' ? (mixes ? WHOLE : FORWARDS) : [method, 'forward'];
    const defs = names.flatMap((name) => this.evaluator.method(cls, name) ?? []);
    return (mixes ? defs.find((def) => /self\.\w*proj\w*\(/.test(def.module.textOf(def.node))) : undefined) ?? defs[0];
  }

  visit(module: Instance, forward: FunctionDef | undefined, call?: SourcePlace): void {
    const { cls, path = '' } = module;
    if (!cls || this.walk.visited.some((one) => one.path === path && one.className === cls.name)) return;
    this.walk.visited.push({
      path,
      className: cls.name,
      place: { file: cls.module.path, line: cls.line, symbol: cls.name },
      forward: forward && functionPlace(forward, cls),
      call,
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
    return calls.map((call) => ({ ...call, optional: true, injected: true }));
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
