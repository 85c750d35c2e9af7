/** What the kernels of the mock trace are linked to: a Llama 70B of 80 layers on vLLM 0.8.5. */
import type { Evidence, LineCost, LinkReport, ModelLink, ModuleCost, PhaseCost, SourcePlace } from '../../src/shared/model.js';

const LLAMA = 'vllm/model_executor/models/llama.py';

const place = (line: number, symbol: string, via?: string): SourcePlace => ({ file: LLAMA, line, symbol, via });

const phase = (name: 'decode' | 'prefill', ms: number, layers: number): PhaseCost => ({
  phase: name,
  ns: ms * 1e6,
  count: (name === 'decode' ? 9 : 1) * Math.max(1, layers),
  steps: name === 'decode' ? 9 : 1,
  layers,
});

/** depth, label, class, line, decode ms of nine steps, prefill ms, layers, evidence, kernel's name id */
type Line = [
  depth: number,
  label: string,
  className: string,
  line: number,
  decodePerStep: number,
  prefill: number,
  layers: number,
  evidence: Evidence,
  kernel?: number,
];

const LINES: Line[] = [
  [0, 'LlamaForCausalLM', '', 549, 16.364, 83.74, 0, 'graphAlignment'],
  [1, 'model', 'LlamaModel', 343, 16.126, 83.5, 0, 'graphAlignment'],
  [2, 'embed_tokens', 'VocabParallelEmbedding', 330, 0.033, 0.01, 0, 'graphAlignment'],
  [2, 'layers.*', 'LlamaDecoderLayer', 239, 16.087, 83.46, 80, 'graphAlignment'],
  [3, 'input_layernorm', 'RMSNorm', 303, 0.403, 2.49, 80, 'graphAlignment', 7],
  [3, 'self_attn', 'LlamaAttention', 305, 5.0, 22.74, 80, 'graphAlignment'],
  [4, 'qkv_proj', 'QKVParallelLinear', 192, 1.613, 6.88, 80, 'graphAlignment', 3],
  [4, 'rotary_emb', 'RotaryEmbedding', 194, 0.319, 0.68, 80, 'graphAlignment', 10],
  [4, 'attn', 'Attention', 195, 1.033, 2.15, 80, 'launchStack', 6],
  [4, 'attn.kv_write', 'reshape_and_cache_flash', 195, 0.186, 0.26, 80, 'launchStack', 11],
  [4, 'o_proj', 'RowParallelLinear', 196, 1.381, 4.47, 80, 'graphAlignment', 4],
  [4, 'o_proj.all_reduce', 'tensor parallel', 196, 0.467, 8.29, 80, 'graphAlignment', 5],
  [3, 'post_attention_layernorm', 'RMSNorm', 309, 0.287, 1.53, 80, 'graphAlignment', 7],
  [3, 'mlp', 'LlamaMLP', 311, 10.398, 56.71, 80, 'graphAlignment'],
  [4, 'gate_up_proj', 'MergedColumnParallelLinear', 91, 6.576, 32.46, 80, 'graphAlignment', 0],
  [4, 'act_fn', 'SiluAndMul', 92, 0.111, 1.05, 80, 'graphAlignment', 8],
  [4, 'down_proj', 'RowParallelLinear', 93, 3.384, 15.13, 80, 'graphAlignment', 0],
  [4, 'down_proj.all_reduce', 'tensor parallel', 93, 0.326, 8.07, 80, 'graphAlignment', 2],
  [2, 'norm', 'RMSNorm', 360, 0.005, 0.03, 0, 'graphAlignment', 7],
  [1, 'lm_head', 'ParallelLMHead', 560, 0.18, 0.19, 0, 'graphAlignment', 3],
  [1, 'logits_processor', 'all-gather', 561, 0.025, 0.02, 0, 'graphAlignment', 2],
  [1, 'sampler', 'Sampler', 565, 0.033, 0.03, 0, 'launchStack', 12],
  [0, 'Outside the model', '', 0, 0.248, 0.04, 0, 'frameworkFrame'],
  [1, 'GPUModelRunner._prepare_inputs', '', 0, 0.021, 0.04, 0, 'frameworkFrame', 13],
  [1, 'CUDAGraph.replay', '', 0, 0.227, 0, 0, 'frameworkFrame', 9],
  [0, 'Unattributed', '', 0, 0, 0.15, 0, 'none'],
];

function pathOf(at: number): string {
  const [depth, label] = LINES[at]!;
  if (depth === 0) return '';
  let parent = at - 1;
  while (LINES[parent]![0] !== depth - 1) parent--;
  return [pathOf(parent), label].filter(Boolean).join('.');
}

function parentOf(at: number): number {
  const depth = LINES[at]![0];
  for (let before = at - 1; before >= 0; before--) if (LINES[before]![0] < depth) return before;
  return -1;
}

const modules: ModuleCost[] = LINES.map(([, label, className, line, decode, prefill, layers, evidence], id) => ({
  id,
  parent: parentOf(id),
  label,
  path: pathOf(id),
  className,
  place: line > 0 ? place(line, line === 91 ? 'LlamaMLP.forward' : 'LlamaAttention.forward') : undefined,
  totalNs: (decode * 9 + prefill) * 1e6,
  phases: [phase('decode', decode * 9, layers), phase('prefill', prefill, layers)],
  evidence: { [evidence]: (decode * 9 + prefill) * 1e6 },
  confidence: evidence === 'launchStack' ? 0.98 : 0.85,
  search: line > 0 ? `slot:${pathOf(id) || label}` : '',
}));

const lines: LineCost[] = LINES.flatMap(([, , , line, decode, prefill, layers, evidence], id): LineCost[] => {
  const cost = modules[id]!;
  if (!cost.place || modules.some(({ parent }) => parent === id)) return [];
  return [
    {
      place: place(line, 'LlamaMLP.forward'),
      kind: 'call',
      totalNs: cost.totalNs,
      percent: 39.6,
      phases: [phase('decode', decode * 9, layers), phase('prefill', prefill, layers)],
      evidence,
      confidence: evidence === 'launchStack' ? 0.95 : 0.85,
      reason: '',
      search: cost.search,
      kernels: [],
    },
  ];
});

const slotsByKernel = new Map<number, LinkReport['kernels'][number]['slots']>();
for (const [id, [, , , , decode, prefill, layers, , kernel]] of LINES.entries()) {
  if (kernel === undefined) continue;
  const path = modules[id]!.path.replace(/^.*\.\*\./, '');
  slotsByKernel.set(kernel, [
    ...(slotsByKernel.get(kernel) ?? []),
    { path, ns: (decode * 9 + prefill) * 1e6, count: 9 * Math.max(1, layers), phaseNs: { decode: decode * 9e6, prefill: prefill * 1e6 } },
  ]);
}

const SKEW =
  'The trace is not about vLLM 0.16.0 as it is here. 0 % of its frames begin on the same line, 82 % are found by name, 18 % are gone. Code is mapped by name, and every confidence is lower.';

export const mockReport: LinkReport = {
  architecture: 'LlamaForCausalLM',
  root: '/src/vllm',
  version: '0.8.5',
  lineMatch: 0.8,
  layersPerStep: Array.from({ length: 10 }, () => 80),
  coverage: { graphAlignment: 88.4, launchStack: 10, frameworkFrame: 1.5, none: 0.1 },
  modules,
  lines,
  kernels: [...slotsByKernel].map(([nameId, slots]) => ({ nameId, slots: slots.sort((a, b) => b.ns - a.ns) })),
  skew: {
    warning: SKEW,
    lost: [
      { file: 'vllm/distributed/device_communicators/shm_broadcast.py', line: 404, function: 'acquire_read' },
      { file: 'vllm/v1/executor/multiproc_executor.py', line: 463, function: 'worker_busy_loop' },
    ],
  },
  warnings: [SKEW, 'Kernel names look misassigned by the profiler in layers 1–18. Time is attributed by position; recorded names stay in Details.'],
};

export const mockLink: ModelLink = {
  slot: 14,
  layer: 1,
  evidence: 'graphAlignment',
  confidence: 0.85,
  reason: '3rd of 4 GEMMs in the layer; 80 of 80 layers match the call order of LlamaDecoderLayer; 4 GEMMs = 4 linear slots.',
  calledFrom: place(91, 'LlamaMLP.forward', 'LlamaMLP'),
  definedAt: { library: 'cuBLAS' },
};

export const mockSnippet = {
  fromLine: 90,
  lines: ['    def forward(self, x):', '        gate_up, _ = self.gate_up_proj(x)', '        x = self.act_fn(gate_up)'],
};
