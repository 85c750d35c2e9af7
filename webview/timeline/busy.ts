/** How much of a window the GPU was busy, told from how much of it each category ran. */
import { type Density, KERNEL_CATEGORIES } from '../../src/shared/protocol.js';

/** Fine enough that kernels of different categories which overlap fill their bin. */
export const BUSY_BINS = 512;
const ROUNDING = 1e-3;

export interface Busy {
  /** of the window, 0 … 1 */
  share: number;
  /** false where kernels of several categories overlapped: then the share may be a little too high */
  exact: boolean;
}

export function busyShare({ bins, share }: Pick<Density, 'bins' | 'share'>): Busy {
  const width = KERNEL_CATEGORIES.length;
  let busy = 0;
  let exact = true;
  for (let bin = 0; bin < bins; bin++) {
    let sum = 0;
    for (let category = 0; category < width; category++) sum += share[bin * width + category]!;
    if (sum > 1 + ROUNDING) exact = false;
    busy += Math.min(sum, 1);
  }
  return { share: busy / bins, exact };
}
