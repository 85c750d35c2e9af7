/**
 * FLOPs and bytes of products and attention by the shapes of their inputs, as TraceLens counts them (perf_model.py): every
 * operand is read once and the result written once.
 */
import { type NumberType, numberType, type OpShapes } from './shapes.js';

export interface Cost {
  flops: number;
  bytes: number;
  type: NumberType;
}

type Model = (shapes: OpShapes) => Cost | undefined;

const MODELS: readonly [pattern: RegExp, model: Model][] = [
  [/^aten::(mm|bmm|_scaled_mm)$/, (shapes) => product(shapes, 0, 1)],
  [/^aten::(addmm|baddbmm)$/, (shapes) => product(shapes, 1, 2)],
  // vLLM: (out, a, b, …); inputs that are written come first.
  [/^(_C|vllm)::cutlass_scaled_mm(_azp)?$/, (shapes) => product(shapes, 1, 2)],
  [/^(aten::linear|vllm::(rocm_unquantized_gemm(_impl)?|default_unquantized_gemm))$/, linear],
  [/^aten::scaled_dot_product_attention$/, (shapes) => attention(shapes, 'heads first', 5)],
  [/^aten::_scaled_dot_product_flash_attention$/, (shapes) => attention(shapes, 'heads first', 4)],
  [/^aten::_scaled_dot_product_(efficient|cudnn)_attention$/, (shapes) => attention(shapes, 'heads first', 6)],
  [/^aten::_flash_attention_forward$/, (shapes) => attention(shapes, 'tokens first', 8)],
];

/** By an operator's name, what tells its cost; undefined for all that is no product and no attention. */
export function modelFor(name: string): Model | undefined {
  return MODELS.find(([pattern]) => pattern.test(name))?.[1];
}

/** a [M, K] × b [K, N], or a batch of them. */
function product({ dims, types }: OpShapes, a: number, b: number): Cost | undefined {
  const left = dims[a] ?? [];
  const right = dims[b] ?? [];
  const [m = 0, k = 0] = left.slice(-2);
  const [rightK, n = 0] = right.slice(-2);
  if (left.length < 2 || left.length > 3 || right.length !== left.length || k !== rightK) return undefined;
  const batch = left.length === 3 ? left[0] : 1;
  return productCost(batch, m, n, k, types[a]);
}

/** x […, K] × w [N, K]ᵀ. */
function linear({ dims, types }: OpShapes): Cost | undefined {
  const [x = [], weight = []] = dims;
  const k = x.at(-1);
  if (k === undefined || weight.length !== 2 || weight[1] !== k) return undefined;
  return productCost(1, elements(x) / k, weight[0], k, types[0]);
}

function productCost(batch: number, m: number, n: number, k: number, typeText: string | undefined): Cost | undefined {
  const type = numberType(typeText ?? '');
  if (type === undefined || batch * m * n * k === 0) return undefined;
  // Products of FP8 are written in 16 bits.
  const bytes = batch * ((m * k + k * n) * type.bytes + m * n * Math.max(type.bytes, 2));
  return { flops: 2 * batch * m * n * k, bytes, type };
}

/** q, k, v of [batch, heads, tokens, size], or with tokens before heads. Half of the square is left out when it is causal. */
function attention({ dims, types, concrete }: OpShapes, layout: 'heads first' | 'tokens first', causalAt: number): Cost | undefined {
  const [q = [], k = [], v = []] = dims;
  const type = numberType(types[0] ?? '');
  if (type === undefined || [q, k, v].some((one) => one.length !== 4)) return undefined;
  const [headsAt, tokensAt] = layout === 'heads first' ? [1, 2] : [2, 1];
  const tokens = q[tokensAt];
  const cached = k[tokensAt];
  const isCausal = concrete[causalAt] === 'True' && tokens === cached;
  const square = q[0] * q[headsAt] * tokens * cached;
  const output = q[0] * q[headsAt] * tokens * v[3];
  const flops = (2 * square * (q[3] + v[3])) / (isCausal ? 2 : 1);
  return flops === 0 ? undefined : { flops, bytes: (elements(q) + elements(k) + elements(v) + output) * type.bytes, type };
}

function elements(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
