/** Names as people read them: kernels without their C++, Python frames without their paths. */
import type { Frame, KernelCategory } from './protocol.js';

/** What people call a kernel category. */
export const CATEGORY_TEXT: Readonly<Record<KernelCategory, string>> = {
  gemm: 'GEMM',
  attention: 'Attention',
  moe: 'MoE',
  communication: 'Communication',
  norm: 'Norm',
  rope: 'RoPE',
  activation: 'Activation',
  quant: 'Quantization',
  kvCache: 'KV cache',
  sampling: 'Sampling',
  copy: 'Copy',
  elementwise: 'Elementwise',
  other: 'Other',
};

/** Above this a kernel's name gets an ellipsis in its middle. */
const LONGEST = 44;

/** Templates that only carry the kernel: where the kernel is among their arguments. */
const WRAPPERS: Readonly<Record<string, number>> = {
  device_kernel: 0,
  Kernel: 0,
  Kernel2: 0,
  enable_sm80_to_sm89: 0,
  enable_sm90: 0,
  enable_sm90_or_later: 0,
  GemmUniversal: 1,
};

/** Families whose names say family, types, tile and much else; the last one only when it is long. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(sm\d+_xmma_[a-z]+_[a-z]+\d+).*?tilesize(\d+x\d+x\d+).*?_(cublas|cudnn\w*)$/, '$1…$2…$3'],
  [/^(cutlass_\d+)_(?:wmma_)?(?:tensorop|simt)_(?:b?f16_)?(.+?)_[nt]{2}_align\d+$/, '$1_$2'],
  [/^(Cijk_[A-Z][a-z]+_[A-Z][a-z]+_[A-Z]+(?:_[A-Z]{2})?)_.*?(MT\d+x\d+x\d+).*$/, '$1…$2'],
  [/^kernel_cutlass_[a-z0-9_]*([A-Z][A-Za-z0-9]*)_object_at_.*$/, '$1'],
  [/^(?=.{41})(triton_[a-z]+_fused)_.+_([a-z]+_[a-z]+_\d+)$/, '$1…$2'],
];

/** ATen's generic kernels, which say what they compute only in their template arguments. */
const GENERIC = /^(\w*elementwise|reduce|multi_tensor_apply)_kernel/;
/** Words in those arguments that say how, or on what type, but not what. */
const PLUMBING =
  /^(?:[AB]UnaryFunctor|BinaryFunctor|ReduceOp|UnaryOpFunctor|BinaryOp\w*|func_wrapper_t|OpaqueType|gpu_kernel_impl(?:_nocast)?|gpu_index_kernel|TensorListMetadata|float|double|half|int|long|unsigned|bool|char|short|const|void|true|false)$/;

const OPENS = '<({';
const CLOSES = '>)}';

/** The end of the bracket that opens at `from`. A '>' inside parentheses is a comparison. */
function closing(text: string, from: number): number {
  const open: number[] = [];
  for (let at = from; at < text.length; at++) {
    const c = text[at]!;
    if (OPENS.includes(c)) open.push(OPENS.indexOf(c));
    else if (CLOSES.includes(c) && open[open.length - 1] === CLOSES.indexOf(c)) open.pop();
    if (open.length === 0) return at;
  }
  return text.length;
}

/** Splits at commas outside brackets. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const c = text[at];
    if (c === '<' || c === '(' || c === '{') at = closing(text, at);
    else if (c === ',' || c === undefined) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
}

export interface Declarator {
  /** qualified, without template arguments */
  name: string;
  /** text of the last template arguments, '' without */
  template: string;
}

/** The declared function of a C++ signature: no return type, no parameters. */
export function declarator(signature: string): Declarator {
  let name = '';
  let template = '';
  for (let at = 0; at < signature.length; at++) {
    const c = signature[at];
    if (c === '<') {
      const end = closing(signature, at);
      template = signature.slice(at + 1, end);
      at = end;
    } else if (c === '(') {
      if (name !== '') break;
      at = closing(signature, at);
    } else if (c === ' ') {
      name = '';
      template = '';
    } else {
      name += c;
    }
  }
  return { name: name.replace(/^::/, ''), template };
}

/** The first names of an Itanium-mangled symbol; template arguments are read only to unwrap `ck_tile::kentry`. */
export function demangled(symbol: string): string {
  const parts: string[] = [];
  let at = symbol.startsWith('_ZN') ? 3 : 2;
  for (;;) {
    const digits = /^\d+/.exec(symbol.slice(at))?.[0];
    if (digits === undefined) break;
    at += digits.length;
    parts.push(symbol.slice(at, at + Number(digits)));
    at += Number(digits);
  }
  if (parts[parts.length - 1] === 'kentry') {
    const [, length, rest] = /(\d+)([A-Za-z_].*)/.exec(symbol.slice(at).replace(/^I(?:L[a-z]\w*?E)*N?S?\d*_/, '')) ?? [];
    if (length !== undefined && rest !== undefined) return `ck_tile::${rest.slice(0, Number(length))}`;
  }
  return parts.length > 0 ? parts.join('::').replace('_GLOBAL__N_1::', '') : symbol;
}

/** What a generic ATen kernel computes: "FillFunctor<long>", "ArgMax", "direct_copy". */
function functor(template: string): string {
  for (const [, scope = '', word = '', argument = ''] of template.matchAll(/((?:\w+::)*)([A-Za-z_]\w*)(?!\w|::)(<(?:\w|::)+>)?/g)) {
    if (PLUMBING.test(word) || /^(?:std|c10)::/.test(scope)) continue;
    return word.replace(/Ops$|_kernel_\w+$|_kernel$/, '').replace(/^CUDAFunctor(?:OnSelf)?_/, '') + argument;
  }
  return '';
}

/** Keeps the front, a tile size and the end, cut at word borders where there are some. */
function middleEllipsis(name: string): string {
  const head = /^.{8,24}(?=_)/.exec(name)?.[0] ?? name.slice(0, 20);
  const tail = /_(.{4,18})$/.exec(name)?.[1] ?? name.slice(-16);
  const tile = /\d{2,}x\d+(?:x\d+)?/.exec(name.slice(head.length, -tail.length))?.[0];
  return tile === undefined ? `${head}…${tail}` : `${head}…${tile}…${tail}`;
}

/** A kernel's name without return type, parameters and wrappers: what it is and its tile. */
export function shortName(kernel: string): string {
  const signature = kernel.trim().replaceAll('(anonymous namespace)::', '');
  if (signature.startsWith('_Z')) return ellipsed(demangled(signature));
  // Copies are called "Memcpy HtoD (Pinned -> Device)": people's words, not C++.
  if (/^Mem(?:cpy|set)\b/.test(signature)) return signature;
  if (!/[<(]/.test(signature)) return ellipsed(signature);
  let { name, template } = declarator(signature);
  for (let wrapped = WRAPPERS[lastOf(name)]; wrapped !== undefined; wrapped = WRAPPERS[lastOf(name)]) {
    const inner = declarator(splitArguments(template)[wrapped] ?? '');
    if (inner.name === '' || lastOf(inner.name) === 'CollectiveMma') break;
    ({ name, template } = inner);
  }
  name = name.replace(/^at::native::/, '');
  if (GENERIC.test(name)) {
    const what = functor(template);
    const how = name.replace(/elementwise_kernel.*$/, 'elementwise').replace(/multi_tensor_apply_kernel/, 'multi_tensor_apply');
    return what === '' ? how : `${how} ${what}`;
  }
  return ellipsed(name === '' ? signature : name);
}

function lastOf(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf(':') + 1);
}

function ellipsed(name: string): string {
  for (const [pattern, form] of FAMILIES) if (pattern.test(name)) return name.replace(pattern, form);
  if (name.length <= LONGEST) return name;
  const last = lastOf(name);
  return last.length <= LONGEST ? last : middleEllipsis(last);
}

const FRAME = /^(.*?)\((\d+)\): (.+)$/;

/** Function names that say nothing without their file. */
const ANONYMOUS = new Set([
  'forward',
  '__call__',
  'run',
  '__init__',
  'call',
  'wrapper',
  'inner',
  'main',
  '_fn',
  '<lambda>',
  '<module>',
  '<listcomp>',
  '<genexpr>',
]);

/** A Python frame out of "file.py(12): function"; undefined for built-ins, modules and what is no frame. */
export function parseFrame(name: string): Frame | undefined {
  const [, file, line, fn] = FRAME.exec(name) ?? [];
  return file === undefined || line === undefined || fn === undefined ? undefined : { file, line: Number(line), function: fn };
}

/** The class of "nn.Module: Qwen2DecoderLayer_3"; undefined for other names. */
export function moduleOf(name: string): string | undefined {
  return /^nn\.Module: (.+?)(?:_\d+)?$/.exec(name)?.[1];
}

/**
 * The outermost frame of a Python thread. Frames that were open when the recording began are written one inside the other on one
 * thread, whatever thread they belong to: what is outside of this frame is another thread's, waiting.
 */
export function isThreadRoot(name: string): boolean {
  return /(?:^|\/)threading\.py\(\d+\): _bootstrap$|: <module>$/.test(name);
}

/** "llama.forward :343", "execute_model gpu_worker.py:263", "graph 162 forward", "LlamaForCausalLM_0", "len (built-in)". */
export function frameLabel(name: string): string {
  if (name.startsWith('nn.Module: ')) return name.slice('nn.Module: '.length);
  const builtin = /^<built-in (?:method|function) (\w+)/.exec(name)?.[1];
  if (builtin !== undefined) return `${builtin} (built-in)`;
  const frame = parseFrame(name);
  if (frame === undefined) return name;
  const graph = /<eval_with_key>\.(\d+)$/.exec(frame.file)?.[1];
  if (graph !== undefined) return `graph ${graph} ${frame.function}`;
  const file = frame.file.slice(Math.max(frame.file.lastIndexOf('/'), frame.file.lastIndexOf('\\')) + 1);
  if (ANONYMOUS.has(frame.function)) return `${file.replace(/\.py$/, '')}.${frame.function} :${frame.line}`;
  return `${frame.function} ${file}:${frame.line}`;
}
