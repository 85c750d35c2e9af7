/** A trace that exists only as answers: the numbers of a Llama 70B run on an H100, enough to look at every panel. */
import type { ChainLink, ColourClass, KernelCategory, KernelRow, Occurrences, SliceDetail, SliceRef, Step, TraceInfo } from '../../src/shared/protocol.js';
import type { ViewTraceApi } from '../../src/shared/view.js';
import { mockLink } from './model.js';

const GEMM = 'sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas';

type Line = [
  shortName: string,
  category: KernelCategory,
  count: number,
  totalMs: number,
  meanUs: number,
  medianUs: number,
  maxUs: number,
  prefillMs: number,
  decodeMs: number,
  name?: string,
];

const LINES: Line[] = [
  ['sm90_xmma_gemm_bf16…64x128x64…cublas', 'gemm', 1440, 89.639, 62.25, 80.32, 85.34, 0, 89.639, GEMM],
  ['sm90_xmma_gemm_bf16…128x128x64…cublas', 'gemm', 240, 51.929, 216.37, 188.35, 407.61, 51.929, 0],
  ['ncclDevKernel_AllReduce_Sum_bf16_RING_LL', 'communication', 161, 16.509, 102.54, 101.69, 151.97, 16.509, 0],
  ['cutlass_80_s16816gemm_bf16_128x64_64x6', 'gemm', 720, 13.188, 18.32, 18.21, 19.87, 0, 13.188],
  ['cutlass_80_s16816gemm_relu_bf16_64x64_64x6', 'gemm', 720, 12.427, 17.26, 17.25, 18.34, 0, 12.427],
  [
    'vllm::cross_device_reduce_1stage',
    'communication',
    1449,
    7.428,
    5.13,
    4.13,
    98.72,
    0,
    7.428,
    'void vllm::cross_device_reduce_1stage<__nv_bfloat16, 4>(vllm::RankData*, int)',
  ],
  ['flash::FlashAttnFwdSm90 (decode)', 'attention', 720, 7.141, 9.92, 9.89, 11.14, 0, 7.141],
  ['triton_red_fused…pow_rsqrt_2', 'norm', 800, 6.15, 7.69, 5.09, 32.29, 2.503, 3.647],
  ['triton_poi_fused_mul_silu_1', 'activation', 800, 2.05, 2.56, 1.41, 13.89, 1.047, 1.003],
  ['vectorized_elementwise FillFunctor<long>', 'elementwise', 1458, 2.04, 1.4, 1.44, 2.02, 0, 2.04],
  ['triton_poi_fused_cat_3', 'rope', 800, 2.014, 2.52, 2.11, 6.43, 0.475, 1.539],
  ['vllm::reshape_and_cache_flash_kernel', 'kvCache', 800, 1.941, 2.43, 2.37, 3.58, 0.263, 1.678],
  ['reduce_kernel ArgMax', 'sampling', 10, 0.286, 28.64, 28.61, 29.34, 0.029, 0.257],
  ['index_elementwise', 'other', 10, 0.0002, 0.02, 0.02, 0.02, 0.0001, 0.0001],
  ['Memcpy DtoD (Device -> Device)', 'copy', 30, 0.061, 2.03, 2.02, 2.4, 0.01, 0.051],
];

const kernelTimeNs = 233_130_000;

const rows: KernelRow[] = LINES.map(([shortName, category, count, totalMs, meanUs, medianUs, maxUs, prefillMs, decodeMs, name], nameId) => ({
  nameId,
  name: name ?? shortName,
  shortName,
  kind: category === 'copy' ? 'memcpy' : 'kernel',
  category,
  count,
  totalNs: totalMs * 1e6,
  avgNs: meanUs * 1e3,
  medianNs: medianUs * 1e3,
  minNs: medianUs * 600,
  maxNs: maxUs * 1e3,
  stddevNs: Math.abs(maxUs - medianUs) * 300,
  percent: category === 'copy' ? 0 : (totalMs * 1e8) / kernelTimeNs,
  prefillNs: prefillMs * 1e6,
  decodeNs: decodeMs * 1e6,
  mixedNs: 0,
}));

const steps: Step[] = Array.from({ length: 10 }, (_, index) => {
  const startNs = index === 0 ? 3e6 : 93e6 + (index - 1) * 18.7e6;
  const durNs = index === 0 ? 90e6 : 18.55e6 + (index % 3) * 40_000;
  return {
    index,
    phase: index === 0 ? 'prefill' : 'decode',
    tokens: index === 0 ? 1049 : 1,
    requests: index === 0 ? undefined : 1,
    startNs,
    endNs: startNs + durNs,
    kernelCount: index === 0 ? 1070 : 1382,
    kernelTimeNs: durNs * 0.89,
    busyNs: durNs * (index === 0 ? 0.97 : 0.894),
    gapBeforeNs: index === 0 ? 0 : 150_000 + index * 10_000,
    layers: 80,
  };
});

function ref(slice: number, name: string, kind: SliceRef['kind'], colour: ColourClass, startNs: number, durNs: number): SliceRef {
  return {
    slice,
    track: kind === 'kernel' ? 0 : 1,
    row: 0,
    folds: 0,
    nameId: slice % rows.length,
    name,
    shortName: name.length > 60 ? 'sm90_xmma_gemm_bf16…64x128x64…cublas' : name,
    kind,
    colour,
    startNs,
    endNs: startNs + durNs,
  };
}

const FRAMES: [file: string, line: number, name: string, module?: string][] = [
  ['<string>', 1, '<module>'],
  ['/usr/lib/python3.12/multiprocessing/spawn.py', 122, 'spawn_main'],
  ['/usr/lib/python3.12/multiprocessing/process.py', 314, '_bootstrap'],
  ['vllm/v1/executor/multiproc_executor.py', 495, 'worker_busy_loop'],
  ['vllm/v1/worker/gpu_worker.py', 263, 'execute_model'],
  ['torch/utils/_contextlib.py', 116, 'decorate_context'],
  ['vllm/v1/worker/gpu_model_runner.py', 1002, 'execute_model'],
  ['nn.Module', 0, 'LlamaForCausalLM_0', 'LlamaForCausalLM'],
  ['torch/nn/modules/module.py', 1747, '_call_impl', 'LlamaForCausalLM'],
  ['vllm/model_executor/models/llama.py', 549, 'forward', 'LlamaForCausalLM'],
  ['vllm/model_executor/models/llama.py', 343, 'forward', 'LlamaForCausalLM'],
  ['vllm/compilation/backends.py', 608, '__call__', 'LlamaForCausalLM'],
];

function chainOf(kernel: SliceRef): ChainLink[] {
  const frames = FRAMES.map(([file, line, name, module], i): ChainLink => {
    const isModule = file === 'nn.Module';
    return {
      ref: ref(9000 + i, isModule ? `nn.Module: ${name}` : `${file}(${line}): ${name}`, 'python', 'python', 148e6 + i * 1000, 1e6),
      role: isModule ? 'module' : 'frame',
      frame: { file, line, function: name, module },
    };
  });
  return [...frames, { ref: ref(9100, 'cudaGraphLaunch', 'launch', 'graphLaunch', 148_739_560, 20_100), role: 'launch' }, { ref: kernel, role: 'kernel' }];
}

function detailOf(slice: number): SliceDetail {
  const kernel = ref(slice, GEMM, 'kernel', 'gemm', 148_828_000 + (slice % 1440) * 1000, 81_760);
  return {
    ref: kernel,
    category: 'kernel',
    trackName: 'stream 7',
    groupName: 'GPU 0',
    durNs: 81_760,
    afterCallNs: 68_340,
    launchDelayNs: 88_440,
    launchIndex: 4,
    launchCount: 12,
    stream: '7',
    device: '0',
    correlation: 35570,
    externalId: 1203,
    kernel: {
      grid: [112, 1, 1],
      block: [384, 1, 1],
      registersPerThread: 168,
      sharedMemoryBytes: 231_424,
      blocksPerSm: 0.85,
      warpsPerSm: 10.2,
      occupancyPercent: 0,
    },
    step: { index: 3, phase: 'decode' },
    layer: 1,
    model: { ...mockLink, path: 'model.layers.*.mlp.gate_up_proj', className: 'MergedColumnParallelLinear' },
    sameName: { count: 1440, medianNs: 80_320, totalNs: 89_639_000 },
    args: [
      'External id: 1203',
      'queued: 0',
      'device: 0',
      'context: 1',
      'stream: 7',
      'correlation: 35570',
      'registers per thread: 168',
      'shared memory: 231424',
      'grid: [112, 1, 1]',
      'block: [384, 1, 1]',
      'graph node id: 8721',
    ].map((line) => {
      const [key, text] = line.split(': ');
      return { key: key!, text: text! };
    }),
    chain: chainOf(kernel),
  };
}

/** 160 calls in each of nine decode steps, half of them twice as long: two places in the model share the kernel. */
function occurrencesOf(nameId: number): Occurrences {
  const row = rows[nameId]!;
  const count = row.count;
  const noise = (i: number): number => (Math.sin(i * 12.9898) * 43_758.5453) % 1;
  return {
    count,
    slice: Uint32Array.from({ length: count }, (_, i) => i),
    startNs: Float64Array.from({ length: count }, (_, i) => 93e6 + (i * 165e6) / count),
    durNs: Float64Array.from({ length: count }, (_, i) => Math.round(row.maxNs * (i % 2 ? 0.93 : 0.49) + noise(i) * row.maxNs * 0.04)),
    step: Int32Array.from({ length: count }, (_, i) => 1 + Math.floor((i * 9) / count)),
  };
}

export const mockInfo: TraceInfo = {
  fileName: 'nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz',
  format: 'Kineto JSON',
  producer: 'PyTorch profiler',
  fileBytes: 4_000_000,
  textBytes: 45_700_000,
  events: 178_000,
  sliceCount: 120_000,
  durationNs: 261_900_000,
  epochNs: '',
  devices: [{ id: '0', name: 'NVIDIA H100 80GB HBM3' }],
  facts: [],
  kernelCount: 13_508,
  kernelNames: 31,
  kernelTimeNs,
  tracks: [
    {
      id: 0,
      group: 0,
      kind: 'stream',
      name: 'Stream 7',
      detail: 'compute',
      rowCount: 1,
      sliceCount: 13_508,
      firstNs: 3e6,
      lastNs: 261e6,
      stream: '7',
      device: '0',
    },
    { id: 1, group: 1, kind: 'thread', name: 'MainThread', detail: '8013', rowCount: 12, sliceCount: 100_000, firstNs: 0, lastNs: 261e6 },
  ],
  groups: [
    { id: 0, kind: 'gpu', name: 'GPU 0 · NVIDIA H100 80GB HBM3', detail: '' },
    { id: 1, kind: 'process', name: 'python3', detail: 'pid 8013' },
  ],
  problems: [{ kind: 'negative duration', count: 3, message: 'record at byte 2,118,402: "dur": -3' }],
  stepsHeadline: '1 prefill + 9 decode',
};

/** Reports are drawn from real traces only. */
const notMocked = (): Promise<never> => Promise.reject(new Error('This trace is not analysed.'));

/** Answers everything at once; tiles are empty. */
export const mockTrace: ViewTraceApi = {
  info: async () => mockInfo,
  tiles: async ({ tracks, startNs, endNs }) =>
    tracks.map((track) => ({ track, kind: 'slices', count: 0, buffer: new ArrayBuffer(0), labels: [], startNs, endNs })),
  cell: async () => ({ count: 0, coveredNs: 0, names: [] }),
  density: async (span, bins) => ({ ...span, bins, busyNs: 0.72 * (span.endNs - span.startNs), share: new Float32Array(bins * 13).fill(0.06) }),
  steps: async () => ({ steps, source: 'annotation', reason: 'Borders are the execute_context annotations of vLLM.' }),
  layers: async ({ startNs, endNs }) => {
    const step = steps.findIndex((one) => one.startNs < endNs && one.endNs > startNs);
    const { startNs: from, endNs: to } = steps[step]!;
    return Array.from({ length: 80 }, (_, layer) => ({
      step,
      layer,
      startNs: from + ((to - from) * layer) / 80,
      endNs: from + ((to - from) * (layer + (layer === 0 ? 1.2 : 1))) / 80,
    }));
  },
  slice: async (slice) => detailOf(slice).ref,
  detail: async (slice) => detailOf(slice),
  links: async () => ({ incoming: [ref(9100, 'cudaGraphLaunch', 'launch', 'graphLaunch', 148_739_560, 20_100)], outgoing: [], moreOutgoing: 0 }),
  move: async (slice, move) => detailOf(slice + (move.startsWith('next') || move.startsWith('longer') ? 1 : -1)).ref,
  area: async (_, span) => ({
    ...span,
    rows: rows.slice(0, 9).map((row) => ({ ...row, colour: row.category, share: row.percent })),
    sliceCount: 1382,
    totalNs: 16_500_000,
  }),
  search: async (query) =>
    query.includes('[')
      ? { count: 0, names: 0, totalNs: 0, error: 'The pattern has an opening bracket without a closing one.' }
      : { count: 800, names: 2, totalNs: 1e6 },
  searchHit: async (_, index) => detailOf(index).ref,
  searchIndexAt: async () => 241,
  searchTicks: async (_, __, bins) => new Uint32Array(bins),
  kernels: async () => ({ rows, kernelCount: 13_508, kernelTimeNs, kernelNames: 31, steps: { prefill: 1, decode: 9, mixed: 0 } }),
  kernelGroups: notMocked,
  occurrences: async (name) => occurrencesOf(name),
  frames: async () => [],
  analysis: notMocked,
  operatorsByShape: notMocked,
  flame: notMocked,
  ncu: async () => undefined,
  modelLink: async () => mockLink,
  modules: async () => [],
  gaps: async () => [],
  folds: async () => [],
  modelLabels: async (slices) => slices.map(() => 'gate_up_proj'),
};
