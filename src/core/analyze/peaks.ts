/** What vendors state that their GPUs can do: dense, no sparsity, boost clocks. Nothing reaches it; users may state their own. */
import type { GpuPeak } from '../../shared/analysis.js';

const TERA = 1e12;

/** Numbers in TB/s and TFLOP/s; `fp32` is without tensor cores. The first pattern that matches counts. */
const STATED: readonly [pattern: string, bandwidth: number, bf16: number, fp8: number, fp32: number, source: string][] = [
  // Data sheets state NVIDIA's tensor core numbers with sparsity: half of that is dense.
  ['GB300', 8, 2500, 5000, 80, 'NVIDIA GB300 NVL72'],
  ['GB200', 8, 2500, 5000, 80, 'NVIDIA GB200 NVL72'],
  ['B300', 8, 2250, 4500, 75, 'NVIDIA HGX B300'],
  ['B200', 8, 2250, 4500, 75, 'NVIDIA Blackwell data sheet, HGX B200'],
  // States 1 PFLOP/s of sparse FP4: halved for density, for FP8 and for BF16. LPDDR5X.
  ['GB10', 0.273, 125, 250, 31, 'NVIDIA DGX Spark'],
  // 96 GB of HBM3; the one with 144 GB of HBM3e has 4.9 TB/s.
  ['GH200', 4, 989.5, 1979, 67, 'NVIDIA GH200 data sheet'],
  ['H200', 4.8, 989.5, 1979, 67, 'NVIDIA H200 data sheet'],
  ['H100 NVL', 3.9, 835.5, 1671, 60, 'NVIDIA H100 data sheet, NVL'],
  ['H100 PCIe', 2, 756.5, 1513, 51, 'NVIDIA H100 data sheet, PCIe'],
  ['H100', 3.35, 989.5, 1979, 67, 'NVIDIA H100 data sheet, SXM'],
  ['H20\\b', 4, 148, 296, 44, 'NVIDIA H20'],
  ['A100.*40GB', 1.555, 312, 0, 19.5, 'NVIDIA A100 data sheet, 40 GB'],
  ['A100.*PCIe', 1.935, 312, 0, 19.5, 'NVIDIA A100 data sheet, PCIe 80 GB'],
  ['A100', 2.039, 312, 0, 19.5, 'NVIDIA A100 data sheet, SXM 80 GB'],
  ['L40S', 0.864, 362, 733, 91.6, 'NVIDIA L40S data sheet'],
  // GeForce: with FP32 accumulation, which halves what its tensor cores do.
  ['RTX 5090', 1.792, 209.5, 419, 104.8, 'NVIDIA RTX Blackwell architecture white paper'],
  ['RTX 4090', 1.008, 165.2, 330.3, 82.6, 'NVIDIA Ada architecture white paper'],
  ['MI355X', 8, 2516.6, 5033.2, 157.3, 'AMD Instinct MI355X data sheet'],
  ['MI350X', 8, 2306.9, 4613.7, 144.2, 'AMD Instinct MI350X data sheet'],
  ['MI325X', 6, 1307.4, 2614.9, 163.4, 'AMD Instinct MI325X data sheet'],
  ['MI300A', 5.3, 980.6, 1961.2, 122.6, 'AMD Instinct MI300A data sheet'],
  ['MI300', 5.3, 1307.4, 2614.9, 163.4, 'AMD Instinct MI300X data sheet'],
  // One of its two dies, which is what a program sees as a device.
  ['MI250X', 1.638, 191.5, 0, 47.9, 'AMD Instinct MI250X data sheet, one die'],
];

export const STATED_PEAKS: readonly GpuPeak[] = STATED.map(([pattern, bandwidth, bf16, fp8, fp32, source]) => ({
  pattern,
  bytesPerSecond: bandwidth * TERA,
  flops: { bf16: bf16 * TERA, fp16: bf16 * TERA, fp32: fp32 * TERA, ...(fp8 > 0 ? { fp8: fp8 * TERA } : {}) },
  source: `${source}, dense`,
}));

/** The peak of a device by its name; what the user states comes first. A pattern that is no expression matches nothing. */
export function peakOf(deviceName: string, own: readonly GpuPeak[] = []): GpuPeak | undefined {
  return [...own, ...STATED_PEAKS].find(({ pattern }) => matches(pattern, deviceName));
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'i').test(name);
  } catch {
    return false;
  }
}
