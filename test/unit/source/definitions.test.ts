/** Where kernels are defined, by their names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf, qualifiedName } from '../../../src/core/source/definitions.js';
import type { SourceSymbols } from '../../../src/core/source/linkInput.js';

const place = (file: string) => ({ file, line: 7, symbol: '' });
const TREE: SourceSymbols = {
  title: 'vLLM',
  functionsIn: () => [],
  kernelsNamed: (name) =>
    ({
      _fwd_kernel: [{ place: place('vllm/prefix_prefill.py'), scope: '' }],
      rms_norm_kernel: [{ place: place('csrc/layernorm.cu'), scope: 'vllm' }],
      permute_cols_kernel: [
        { place: place('csrc/a.cu'), scope: 'gptq' },
        { place: place('csrc/b.cu'), scope: 'vllm::awq' },
      ],
      scale: [
        { place: place('csrc/c.cu'), scope: 'vllm' },
        { place: place('csrc/d.cu'), scope: '' },
      ],
      copy: [{ place: place('csrc/copy.cu'), scope: '' }],
    })[name] ?? [],
};

const NAMES: [kernel: string, qualified: string, definition: string][] = [
  ['_fwd_kernel', '_fwd_kernel', 'vllm/prefix_prefill.py'],
  ['void vllm::rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*, int)', 'vllm::rms_norm_kernel', 'csrc/layernorm.cu'],
  ['void vllm::awq::permute_cols_kernel<(int)3>(int4 const*)', 'vllm::awq::permute_cols_kernel', 'csrc/b.cu'],
  ['void scale<float>(float*)', 'scale', 'csrc/d.cu'],
  ['void at::native::copy<float>(int)', 'at::native::copy', 'PyTorch'],
  ['void (anonymous namespace)::store_kvcache<2048l>((anonymous namespace)::Params)', 'store_kvcache', 'undefined'],
  ['_ZN5aiter24add_rmsnorm_quant_kernelIDF16bEEvPT0_', 'aiter::add_rmsnorm_quant_kernel', 'aiter'],
  ['triton_poi_fused_cat_3', 'triton_poi_fused_cat_3', 'Inductor'],
  ['nvjet_sm90_tst_64x8_64x16_2x1_v_bz_TNT', 'nvjet_sm90_tst_64x8_64x16_2x1_v_bz_TNT', 'cuBLAS'],
  ['void cutlass::device_kernel<flash::FlashAttnFwdSm90<int> >(int)', 'cutlass::device_kernel', 'FlashAttention'],
  ['void vllm::act_and_mul_kernel<c10::BFloat16>(c10::BFloat16*)', 'vllm::act_and_mul_kernel', 'vLLM'],
  ['ncclDevKernel_AllGather_RING_LL(ncclDevKernelArgsStorage<4096ul>)', 'ncclDevKernel_AllGather_RING_LL', 'NCCL'],
];

for (const [kernel, qualified, expected] of NAMES) {
  test(qualified, () => {
    assert.equal(qualifiedName(kernel), qualified);
    const definition = definitionOf(kernel, TREE);
    assert.equal(String(definition?.place?.file ?? definition?.library), expected);
  });
}
