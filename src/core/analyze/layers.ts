/** Where the transformer layers of a step begin, told from the one thing every layer has: its attention. */
import { KERNEL_CATEGORIES, type KernelCategory } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';

/** What a kernel is for finding layers. */
export const ROLE = { attention: 0, beside: 1, between: 2, gemm: 3, norm: 4, none: 5 } as const;

/** The indexer of sparse attention (DeepSeek, GLM) runs before the attention and would double the count. */
const INDEXER = /mqa_logits|cooperative_topk|req_index_to_global|topk_transform|indexer|metadata|alloc_/i;
/** Attention's own preparation: next to it, but not it. */
const PREPARES = /prepare_varlen|_indices|ConcatMLAQ/;
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
      const text = trace.strings.get(name);
      role = INDEXER.test(text) ? ROLE.none : PREPARES.test(text) ? ROLE.beside : (ROLE_OF_CATEGORY[KERNEL_CATEGORIES[category]] ?? ROLE.none);
      roleOfName.set(name, role);
    }
    return role;
  });
}

/** Indices in `kernels` where an attention group begins: kernels around the cache write and the attention of one layer. */
export function attentionStarts(kernels: Uint32Array, roles: Uint8Array): number[] {
  const near = (at: number): boolean => at < kernels.length && roles[kernels[at]] <= ROLE.beside;
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
  const borders = attention.map((start, layer) => layerStart(kernels, roles, start, layer === 0 ? 0 : attention[layer - 1]));
  const last = borders.length - 1;
  if (last < 0) return [];
  // What follows the last layer (final norm, head, sampler) is no layer: it is as long as the one before it.
  const length = last > 0 ? borders[last] - borders[last - 1] : kernels.length;
  return [...borders, Math.min(borders[last] + length, kernels.length)];
}

function layerStart(kernels: Uint32Array, roles: Uint8Array, attention: number, after: number): number {
  let at = attention - 1;
  while (at > after && roles[kernels[at]] !== ROLE.gemm) at--;
  if (roles[kernels[at]] !== ROLE.gemm) return attention;
  while (at - 1 > after && (roles[kernels[at - 1]] === ROLE.gemm || roles[kernels[at - 1]] === ROLE.between)) at--;
  return at - 1 >= after && roles[kernels[at - 1]] === ROLE.norm ? at - 1 : at;
}
