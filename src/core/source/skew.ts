/**
 * Kernel names on the wrong kernels: inside hipGraph replays roctracer was seen to give the names of kernels to kernels some positions
 * further on. Products take longest and norms shortest; where durations follow the names only after shifting them, the names are wrong.
 */
import { KERNEL_ROLES, type KernelRole } from './roles.js';

/** How long kernels of a role take against each other. */
const WEIGHT: Partial<Record<KernelRole, number>> = {
  moe: 1.1,
  linear: 1,
  attention: 0.7,
  linearAttention: 0.7,
  communication: 0.5,
  activation: 0.25,
  indexer: 0.2,
  linearAux: 0.1,
  router: 0.1,
  sampling: 0.1,
  other: 0.1,
};
const WEIGHT_OF_ROLE = KERNEL_ROLES.map((role) => WEIGHT[role] ?? 0);
/** Another shift must fit better by this much: no layer of the recordings with right names reaches it. */
const CLEARLY = 0.25;
/** With fewer kernels anything correlates; with more a layer is no layer. */
const FEWEST = 6;
const MOST = 80;

/** By how many positions the names of a layer's kernels come too early; 0 when they are right. `durNs` in time order. */
export function nameShift(roles: Uint8Array, durNs: Float64Array): number {
  const count = roles.length;
  if (count < FEWEST || count > MOST) return 0;
  const weights = Float64Array.from(roles, (role) => WEIGHT_OF_ROLE[role]);
  const logs = durNs.map((dur) => Math.log(dur + 1000));
  const unshifted = correlation(weights, logs, 0);
  let best = unshifted + CLEARLY;
  let shift = 0;
  for (let by = 1; by < count; by++) {
    const fit = correlation(weights, logs, by);
    if (fit <= best) continue;
    best = fit;
    shift = by;
  }
  return shift > count / 2 ? shift - count : shift;
}

/** Pearson's, of a[i] with b[i + by] around the end. */
function correlation(a: Float64Array, b: Float64Array, by: number): number {
  const count = a.length;
  const meanA = a.reduce((sum, value) => sum + value, 0) / count;
  const meanB = b.reduce((sum, value) => sum + value, 0) / count;
  let both = 0;
  let ownA = 0;
  let ownB = 0;
  for (let at = 0; at < count; at++) {
    const fromA = a[at] - meanA;
    const fromB = b[(at + by) % count] - meanB;
    both += fromA * fromB;
    ownA += fromA * fromA;
    ownB += fromB * fromB;
  }
  return ownA > 0 && ownB > 0 ? both / Math.sqrt(ownA * ownB) : 0;
}
