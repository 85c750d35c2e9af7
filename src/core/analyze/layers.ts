/** Where the transformer layers of a step begin, told from the one thing every layer has: its attention. */
import { KERNEL_CATEGORIES, type KernelCategory } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';

/** What a kernel is for finding layers. */
export const ROLE = { attention: 0, beside: 1, besideLatent: 2, between: 3, gemm: 4, norm: 5, none: 6 } as const;

/** The indexer of sparse attention (DeepSeek, GLM) runs before the attention and would double the count. */
const INDEXER = /mqa_logits|cooperative_topk|req_index_to_global|topk_transform|indexer|metadata|alloc_/i;
/** Attention's own preparation: next to it, but not it. */
const PREPARES = /prepare_varlen|_indices|ConcatMLAQ/;
/** Multi-head latent attention (DeepSeek, GLM, Kimi) has norms and products of its own between a layer's first norm and its attention. */
const LATENT = /mla/i;
const ROLE_OF_CATEGORY: Partial<Record<KernelCategory, number>> = {
  attention: ROLE.attention,
  kvCache: ROLE.beside,
  copy: ROLE.between,
  elementwise: ROLE.between,
  quant: ROLE.between,
  rope: ROLE.between,
  other: ROLE.between,
  gemm: ROLE.gemm,
  norm: ROLE.norm,
};

/** Role of each GPU slice. */
export function layerRoles(trace: Trace, gpu: GpuIndex): Uint8Array {
  const roleOfName = new Map<number, number>();
  return gpu.category.map((category, slice) => {
    const name = trace.slices.name[slice];
    let role = roleOfName.get(name);
    if (role === undefined) {
      role = roleOf(trace.strings.get(name), KERNEL_CATEGORIES[category]);
      roleOfName.set(name, role);
    }
    return role;
  });
}

function roleOf(name: string, category: KernelCategory): number {
  if (INDEXER.test(name)) return ROLE.none;
  const role = PREPARES.test(name) ? ROLE.beside : (ROLE_OF_CATEGORY[category] ?? ROLE.none);
  return role === ROLE.beside && LATENT.test(name) ? ROLE.besideLatent : role;
}

/** Whether a step's kernels write a KV cache, as only those of a language model do. */
export function writesCache(kernels: Uint32Array, roles: Uint8Array): boolean {
  return kernels.some((kernel) => roles[kernel] === ROLE.beside || roles[kernel] === ROLE.besideLatent);
}

/** Indices in `kernels` where an attention group begins: kernels around the cache write and the attention of one layer. */
export function attentionStarts(kernels: Uint32Array, roles: Uint8Array): number[] {
  const near = (at: number): boolean => at < kernels.length && roles[kernels[at]] <= ROLE.besideLatent;
  const starts: number[] = [];
  for (let at = 0; at < kernels.length; at++) {
    if (!near(at)) continue;
    const from = at;
    let attends = false;
    for (; near(at) || (at < kernels.length && roles[kernels[at]] === ROLE.between && near(at + 1)); at++) attends ||= roles[kernels[at]] === ROLE.attention;
    if (attends) starts.push(from);
  }
  return starts;
}

/**
 * Indices in `kernels` where the layers of one step begin, with one more where the last one ends.
 * A layer begins with the norm before its first projection, which lies before its attention; where no such norm is found, with that projection.
 */
export function layerBorders(kernels: Uint32Array, roles: Uint8Array): number[] {
  const attention = attentionStarts(kernels, roles);
  if (attention.length === 0) return [];
  if (kernels.some((kernel) => roles[kernel] === ROLE.besideLatent)) return latentBorders(kernels, roles, attention);
  const borders = attention.map((start, layer) => layerStart(kernels, roles, start, layer === 0 ? 0 : attention[layer - 1]));
  const last = borders.length - 1;
  // What follows the last layer (final norm, head, sampler) is no layer: it is as long as the one before it.
  const length = last > 0 ? borders[last] - borders[last - 1] : kernels.length;
  return [...borders, Math.min(borders[last] + length, kernels.length)];
}

/** Back from the attention over rotation and cache write to the projection, and to the norm before that. */
function layerStart(kernels: Uint32Array, roles: Uint8Array, attention: number, after: number): number {
  let at = attention - 1;
  while (at > after && roles[kernels[at]] !== ROLE.gemm) at--;
  if (at < 0 || roles[kernels[at]] !== ROLE.gemm) return attention;
  while (at - 1 > after && (roles[kernels[at - 1]] === ROLE.gemm || roles[kernels[at - 1]] === ROLE.between)) at--;
  return at - 1 >= after && roles[kernels[at - 1]] === ROLE.norm ? at - 1 : at;
}

/** With latent attention the way back is too long; forward, the second norm after an attention is the next layer's first, or the final one. */
function latentBorders(kernels: Uint32Array, roles: Uint8Array, attention: number[]): number[] {
  const isNorm = (at: number): boolean => roles[kernels[at]] === ROLE.norm;
  const nextNorm = (from: number, before: number): number => {
    let at = from;
    while (at < before && !isNorm(at)) at++;
    return at;
  };
  return [0, ...attention].map((start, layer) => {
    const before = attention[layer] ?? kernels.length;
    return layer === 0 ? nextNorm(0, before) : nextNorm(nextNorm(start, before) + 1, before);
  });
}
