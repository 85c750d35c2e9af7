/** What torch.compile wrote, read and laid over a drawn step. The texts are as vLLM 0.20 and Inductor of torch 2.10 write them, shortened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workRoles } from '../../../src/core/source/alignSteps.js';
import { compiledWork } from '../../../src/core/source/compiledPieces.js';
import { readComputationGraph } from '../../../src/core/source/computationGraph.js';
import { readInductorOutput } from '../../../src/core/source/inductorOutput.js';
import { linkKernels } from '../../../src/core/source/link.js';
import type { ModelMap } from '../../../src/shared/model.js';
import { draw } from '../../draw.js';
import { modelFrom } from '../../models.js';

const SITE = '/usr/lib/python3.12/site-packages';
const FILE = 'vllm/model_executor/models/tiny.py';
const ACTIVATION = 'vllm/model_executor/layers/activation.py';

const PLAIN = modelFrom(
  'TinyForCausalLM',
  'TinyLayer',
  `
  before embed_tokens  VocabEmbedding  embedding   TinyModel
  layer  input_norm    RMSNorm         norm        TinyLayer
  layer  attn.qkv      QKVLinear       linear      TinyAttention
  layer  attn.core     Attention       attention   TinyAttention
  layer  attn.out      RowLinear       linear      TinyAttention
  layer  post_norm     RMSNorm         norm        TinyLayer
  layer  mlp.up        ColumnLinear    linear      TinyMLP
  layer  mlp.act_fn    SiluAndMul      activation  TinyMLP
  layer  mlp.down      RowLinear       linear      TinyMLP
  after  norm          RMSNorm         norm        TinyModel
`,
);
/** First lines of the functions. */
const FUNCTIONS: Record<string, number> = { 'TinyLayer.forward': 10, 'TinyMLP.forward': 50, 'TinyAttention.forward': 80, 'TinyModel.forward': 200 };
const MODEL: ModelMap = {
  ...PLAIN,
  slots: PLAIN.slots.map((slot) => ({
    ...slot,
    call: { ...slot.call, file: FILE },
    owner: { ...slot.owner, file: FILE, line: FUNCTIONS[slot.owner.symbol] },
    forward: slot.path === 'mlp.act_fn' ? { file: ACTIVATION, line: 40, symbol: 'SiluAndMul.forward_native' } : undefined,
  })),
};

/** The piece from the attention of one layer to that of the next. */
const piece = (name: string, layer: number): string => {
  const weight = (at: number, module: string) => `l_self_modules_layers_modules_${at}_modules_${module}_parameters_weight_`;
  const [out, post, up, down] = ['attn_modules_out', 'post_norm', 'mlp_modules_up', 'mlp_modules_down'].map((module) => weight(layer, module));
  const [norm, qkv] = ['input_norm', 'attn_modules_qkv'].map((module) => weight(layer + 1, module));
  return `
    class ${name}(torch.nn.Module):
        def forward(self, attended: "bf16[s0, 8]", ${[out, post, up, down, norm, qkv].map((one) => `${one}: "bf16[8]"`).join(', ')}, residual: "bf16[s0, 8]", s0: "Sym(s0)"):
            # File: ${SITE}/vllm/model_executor/parameter.py:126 in __torch_function__, code: return super().__torch_function__(func, types, args, kwargs)
            linear: "bf16[s0, 8]" = torch._C._nn.linear(attended, ${out}, None);  attended = ${out} = None

            # File: ${SITE}/vllm/model_executor/layers/layernorm.py:159 in forward_native, code: weight = self.weight.data.float() + 1.0
            float_1: "f32[8]" = ${post}.float();  ${post} = None
            add: "f32[8]" = float_1 + 1.0;  float_1 = None

            # File: ${SITE}/vllm/ir/op.py:324 in __call__, code: return self.torch_op(*args, **kwargs)
            rms_norm: "bf16[s0, 8]" = torch.ops.vllm_ir.rms_norm.default(linear, add, 1e-06);  linear = add = None

            # File: ${SITE}/vllm/model_executor/parameter.py:126 in __torch_function__, code: return super().__torch_function__(func, types, args, kwargs)
            linear_1: "bf16[s0, 16]" = torch._C._nn.linear(rms_norm, ${up}, None);  rms_norm = ${up} = None

            # File: ${SITE}/${ACTIVATION}:140 in forward_native, code: return F.silu(x[..., :d]) * x[..., d:]
            getitem: "bf16[s0, 8]" = linear_1[(Ellipsis, slice(None, 8, None))]
            silu: "bf16[s0, 8]" = torch.nn.functional.silu(getitem);  getitem = None
            mul: "bf16[s0, 8]" = silu * linear_1;  silu = linear_1 = None

            # File: ${SITE}/vllm/model_executor/parameter.py:126 in __torch_function__, code: return super().__torch_function__(func, types, args, kwargs)
            linear_2: "bf16[s0, 8]" = torch._C._nn.linear(mul, ${down}, None);  mul = ${down} = None

            # File: ${SITE}/${FILE}:14 in forward, code: hidden_states = hidden_states * self.scale
            mul_1: "bf16[s0, 8]" = linear_2 * 0.5;  linear_2 = None

            # File: ${SITE}/vllm/ir/op.py:324 in __call__, code: return self.torch_op(*args, **kwargs)
            rms_norm_1: "bf16[s0, 8]" = torch.ops.vllm_ir.rms_norm.default(mul_1, ${norm}, 1e-06);  mul_1 = ${norm} = None

            # No stacktrace found for following nodes
            linear_3: "bf16[s0, 24]" = torch._C._nn.linear(rms_norm_1, ${qkv}, None);  rms_norm_1 = ${qkv} = None
            return (linear_3, residual)
`;
};
const GRAPH = `from __future__ import annotations
import torch
class GraphModule(torch.nn.Module):
    def forward(self, L_input_ids_: "i32[s0]"):
        l_input_ids_ = L_input_ids_
        # No stacktrace found for following nodes
        submod_0 = self.submod_0(l_input_ids_);  l_input_ids_ = None
        return submod_0
${piece('submod_2', 0)}${piece('submod_4', 1)}`;

const CODE = `
# kernel path: /root/.cache/vllm/torch_compile_cache/9c83920/inductor_cache/sa/csa7mj.py
# Topologically Sorted Source Nodes: [rms_norm], Original ATen: [vllm_ir.rms_norm]
triton_red_fused_rms_norm_0 = async_compile.triton('triton_red_fused_rms_norm_0', '''
def call(args):
        triton_red_fused_rms_norm_0.run(*args, stream=stream0)
''', device_str='cuda')

async_compile.wait(globals())
del async_compile

class Runner:
    def call(self, args):
            # Topologically Sorted Source Nodes: [linear], Original ATen: [aten.t, aten.mm]
            extern_kernels.mm(arg0_1, reinterpret_tensor(arg1_1, (8, 8), (1, 8), 0), out=buf0)
            # Topologically Sorted Source Nodes: [rms_norm], Original ATen: [vllm_ir.rms_norm]
            triton_red_fused_rms_norm_0.run(buf0, arg2_1, buf1, s0, 8, stream=stream0)
            # Topologically Sorted Source Nodes: [rms_norm, linear_1], Original ATen: [vllm_ir.rms_norm, aten.t, aten.mm]
            extern_kernels.mm(buf1, reinterpret_tensor(arg3_1, (8, 16), (1, 8), 0), out=buf2)
            # Topologically Sorted Source Nodes: [getitem, silu, mul], Original ATen: [aten.slice, aten.silu, aten.mul]
            triton_poi_fused_mul_silu_slice_1_xnumel = 8*s0
            triton_poi_fused_mul_silu_slice_1.run(buf2, buf3, triton_poi_fused_mul_silu_slice_1_xnumel, stream=stream0)
            # Topologically Sorted Source Nodes: [mul, linear_2], Original ATen: [aten.mul, aten.t, aten.mm]
            extern_kernels.mm(buf3, reinterpret_tensor(arg4_1, (8, 8), (1, 8), 0), out=buf4)
            # Topologically Sorted Source Nodes: [mul_1], Original ATen: [aten.mul]
            triton_poi_fused_mul_2.run(buf4, buf5, stream=stream0)
            # Topologically Sorted Source Nodes: [mul_1, rms_norm_1], Original ATen: [aten.mul, vllm_ir.rms_norm]
            triton_red_fused_rms_norm_3.run(buf5, arg5_1, buf6, s0, 8, stream=stream0)
            # Topologically Sorted Source Nodes: [rms_norm_1, linear_3], Original ATen: [vllm_ir.rms_norm, aten.t, aten.mm]
            extern_kernels.mm(buf6, reinterpret_tensor(arg6_1, (8, 24), (1, 8), 0), out=buf7)
        return (buf7, )
`;

test('operations of a graph: modules from the weights they use, also through what is made of weights alone; lines from the comments', () => {
  const [top, first] = readComputationGraph(GRAPH);
  const known = (name: string) => first?.get(name);
  assert.deepEqual([...(top?.keys() ?? [])], ['l_input_ids_', 'submod_0']);
  assert.deepEqual(known('linear')?.modules, ['layers.0.attn.out']);
  assert.deepEqual(known('rms_norm')?.modules, ['layers.0.post_norm']);
  assert.deepEqual(known('linear_1')?.modules, ['layers.0.mlp.up'], 'a product of what a weight made is not of that weight');
  assert.deepEqual(known('mul'), { modules: [], file: `${SITE}/${ACTIVATION}`, line: 140 });
  assert.deepEqual(known('linear_3'), { modules: ['layers.1.attn.qkv'] });
});

test('calls of a compiled function: its kernels, and the products that it leaves to a library', () => {
  assert.deepEqual(
    readInductorOutput(CODE).map(({ kernel, nodes }) => `${kernel || 'product'}: ${nodes.join()}`),
    [
      'product: linear',
      'triton_red_fused_rms_norm_0: rms_norm',
      'product: rms_norm,linear_1',
      'triton_poi_fused_mul_silu_slice_1: getitem,silu,mul',
      'product: mul,linear_2',
      'triton_poi_fused_mul_2: mul_1',
      'triton_red_fused_rms_norm_3: mul_1,rms_norm_1',
      'product: rms_norm_1,linear_3',
    ],
  );
  assert.deepEqual(readInductorOutput('class Tiny(torch.nn.Module):\n    pass\n'), []);
});

const LEGEND = {
  K: 'nvjet_tst_128x64',
  A: 'flash_fwd_kernel',
  n: 'triton_red_fused_rms_norm_0',
  s: 'triton_poi_fused_mul_silu_slice_1',
  m: 'triton_poi_fused_mul_2',
  N: 'triton_red_fused_rms_norm_3',
  R: 'nvjet_splitKreduce_kernel',
};

function linked(steps: string): string[] {
  const trace = draw(`stream7 |${steps}`, { legend: LEGEND });
  const work = Uint32Array.from({ length: trace.gpu.count }, (_, slice) => slice);
  const index = { work, stepOf: new Int32Array(trace.gpu.count), layerOf: new Int16Array(trace.gpu.count) };
  const found = compiledWork(trace, index, workRoles(trace), MODEL, { graphs: [GRAPH], code: [CODE] });
  return [...work].map((slice) => {
    const name = Object.entries(LEGEND).find(([, one]) => one === trace.strings.get(trace.slices.name[slice]))?.[0];
    const { slots = [], owner } = found.get(slice) ?? {};
    return `${name} ${slots.map(({ path }) => path).join('+') || (owner?.owner.symbol ?? '-')}`;
  });
}

test('a run of kernels of one function: each kernel, and each product between them', () => {
  assert.deepEqual(linked('K A K n K R s K m N K A'), [
    'K -',
    'A -',
    'K attn.out',
    'n post_norm',
    'K mlp.up',
    'R mlp.up',
    's mlp.act_fn',
    'K mlp.down',
    'm TinyLayer.forward',
    'N input_norm',
    'K attn.qkv',
    'A -',
  ]);
});

test('other runs are not of the function; where a product is missing none is guessed', () => {
  assert.deepEqual(linked('K n K m N'), ['K -', 'n -', 'K -', 'm -', 'N -']);
  assert.deepEqual(linked('K n s K m N K').slice(1, 4), ['n post_norm', 's mlp.act_fn', 'K mlp.down']);
  assert.deepEqual(linked('K n K K s K m N K').slice(1, 5), ['n post_norm', 'K -', 'K -', 's mlp.act_fn']);
});

test('what the compiler wrote stands before the order of the kernels, and is surer where both agree', () => {
  const trace = draw('stream7 |K A K n K s K m N K A K n K s K m', { legend: LEGEND });
  const work = Uint32Array.from({ length: trace.gpu.count }, (_, slice) => slice);
  const at = [...'K A K n K s K m N K A K n K s K m'.replaceAll(' ', '')];
  const layerOf = Int16Array.from(at, (_, index) => (index < 10 ? 0 : 1));
  const links = linkKernels(trace, { work, stepOf: new Int32Array(at.length), layerOf }, { model: MODEL, compiler: { graphs: [GRAPH], code: [CODE] } });
  const lines = at.map((letter, slice) => {
    const { slot, layer, evidence, confidence, calledFrom } = links.linkOf(slice);
    return `${letter} ${layer} ${slot < 0 ? `(${calledFrom?.symbol ?? ''})` : MODEL.slots[slot].path} ${evidence} ${confidence.toFixed(2)}`;
  });
  assert.deepEqual(lines.slice(2, 10), [
    'K 0 attn.out compileArtifact 0.95',
    'n 0 post_norm compileArtifact 0.95',
    'K 0 mlp.up compileArtifact 0.95',
    's 0 mlp.act_fn compileArtifact 0.95',
    'K 0 mlp.down compileArtifact 0.95',
    'm 0 (TinyLayer.forward) compileArtifact 0.90',
    'N 1 input_norm compileArtifact 0.95',
    'K 1 attn.qkv compileArtifact 0.95',
  ]);
  assert.equal(links.linkOf(3).reason, 'What the compiler wrote says that it computes post_norm.');
});
