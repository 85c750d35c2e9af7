/** What kept the GPU busy when, for the overview strip. */
import { type Density, KERNEL_CATEGORIES, type Span } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';

/** Share of each bin during which kernels of each category ran; the same moment counts once for a category, on however many streams. */
export function gpuDensity(trace: Trace, gpu: GpuIndex, span: Span, bins: number): Density {
  const { startNs, durNs } = trace.slices;
  const width = KERNEL_CATEGORIES.length;
  const share = new Float32Array(bins * width);
  const binNs = (span.endNs - span.startNs) / bins;
  if (!(binNs > 0)) return { ...span, bins, share };
  const coveredNs = new Float64Array(width).fill(span.startNs);
  for (const kernel of gpu.kernels) {
    if (startNs[kernel] >= span.endNs) break;
    const category = gpu.category[kernel];
    const fromNs = Math.max(startNs[kernel], coveredNs[category]);
    const toNs = Math.min(startNs[kernel] + durNs[kernel], span.endNs);
    if (toNs <= fromNs) continue;
    coveredNs[category] = toNs;
    const lastBin = Math.min(Math.floor((toNs - span.startNs) / binNs), bins - 1);
    for (let bin = Math.floor((fromNs - span.startNs) / binNs); bin <= lastBin; bin++) {
      const binStartNs = span.startNs + bin * binNs;
      share[bin * width + category] += Math.max(0, Math.min(toNs, binStartNs + binNs) - Math.max(fromNs, binStartNs)) / binNs;
    }
  }
  return { ...span, bins, share };
}
