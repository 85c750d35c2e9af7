/** What kept the GPU busy when, for the overview strip. */
import { type Density, KERNEL_CATEGORIES, type Span } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import { type GpuIndex, upperBound } from './gpu.js';

/**
 * Share of each bin during which work of each category ran, and how long any ran in the whole span. The same moment counts once
 * for a category, and once for `busyNs`, on however many streams.
 */
export function gpuDensity(trace: Trace, gpu: GpuIndex, span: Span, bins: number): Density {
  const { startNs, durNs } = trace.slices;
  const width = KERNEL_CATEGORIES.length;
  const share = new Float32Array(bins * width);
  const binNs = (span.endNs - span.startNs) / bins;
  if (!(binNs > 0)) return { ...span, bins, share, busyNs: 0 };
  const coveredNs = new Float64Array(width).fill(span.startNs);
  let busyNs = 0;
  let busyUntilNs = span.startNs;
  for (let i = upperBound(gpu.reachNs, span.startNs); i < gpu.work.length; i++) {
    const slice = gpu.work[i];
    if (startNs[slice] >= span.endNs) break;
    const toNs = Math.min(startNs[slice] + durNs[slice], span.endNs);
    if (toNs > busyUntilNs) {
      busyNs += toNs - Math.max(startNs[slice], busyUntilNs);
      busyUntilNs = toNs;
    }
    const category = gpu.category[slice];
    const fromNs = Math.max(startNs[slice], coveredNs[category]);
    if (toNs <= fromNs) continue;
    coveredNs[category] = toNs;
    const lastBin = Math.min(Math.floor((toNs - span.startNs) / binNs), bins - 1);
    for (let bin = Math.floor((fromNs - span.startNs) / binNs); bin <= lastBin; bin++) {
      const binStartNs = span.startNs + bin * binNs;
      share[bin * width + category] += Math.max(0, Math.min(toNs, binStartNs + binNs) - Math.max(fromNs, binStartNs)) / binNs;
    }
  }
  return { ...span, bins, share, busyNs };
}
