/** The report of a drawn run: a column is a microsecond, letters stand for marks of steps and for kernels of each kind. */
import { type Analyses, createAnalyses } from '../../../src/core/session/analyses.js';
import { createSession, type Session } from '../../../src/core/session/session.js';
import type { Analysis, Finding, HealthCheck } from '../../../src/shared/analysis.js';
import { type DrawOptions, draw } from '../../draw.js';

const mark = (name: string) => ({ name, category: 'user_annotation' });

export const LEGEND: NonNullable<DrawOptions['legend']> = {
  D: mark('execute_context_0(0)_generation_1(1)'),
  E: mark('execute_context_0(0)_generation_1(1)'),
  B: mark('execute_context_0(0)_generation_4096(4096)'),
  P: mark('execute_context_1(1000)_generation_0(0)'),
  Y: { name: 'cudaStreamSynchronize', category: 'cuda_runtime' },
  M: { name: 'cudaMalloc', category: 'cuda_runtime' },
  g: 'nvjet_tst_64x8_bf16',
  q: 'nvjet_qqtst_64x8_e4m3',
  o: 'cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16',
  a: 'flash_fwd_splitkv_kernel_bf16',
  b: 'flash_fwd_splitkv_kernel_e4m3',
  k: 'vllm::reshape_and_cache_flash_kernel',
  c: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL',
  r: 'vllm::cross_device_reduce_1stage',
  e: 'vectorized_elementwise_kernel',
  F: 'vectorized_elementwise_kernel<FillFunctor<long>>',
};

export const H100 = [{ id: '0', name: 'NVIDIA H100 80GB HBM3' }];

const drawn = (drawing: string, options: DrawOptions) => draw(drawing, { columnNs: 1000, devices: H100, ...options, legend: { ...LEGEND, ...options.legend } });

export function analysesOf(drawing: string, options: DrawOptions = {}): Analyses {
  return createAnalyses(drawn(drawing, options));
}

/** `config` is the text of the model's config.json. */
export function sessionOf(drawing: string, options: DrawOptions & { config?: string } = {}): Session {
  const records = { text: async () => '{}', pass: async () => {}, save: () => new Uint8Array(0) };
  return createSession(drawn(drawing, options), records, { fileName: 'drawn', fileBytes: 0 }, { config: options.config });
}

export function analysisOf(drawing: string, options: DrawOptions & { config?: string } = {}): Promise<Analysis> {
  return sessionOf(drawing, options).analysis();
}

/** "decode 3 µs step 28.6 % gain 0–3": what a finding says of time. */
export function stake({ phase, atStakeNs, per, percentOfPhase, gainNs }: Finding): string {
  const us = (ns: number): string => String(Number((ns / 1000).toFixed(2)));
  const gain = gainNs ? ` gain ${us(gainNs.low)}–${us(gainNs.high)}` : '';
  return `${phase ? `${phase} ` : ''}${us(atStakeNs)} µs ${per} ${percentOfPhase.toFixed(1)} %${gain}`;
}

export function check({ health }: Analysis, id: string): HealthCheck | undefined {
  return health.find((one) => one.id === id);
}
