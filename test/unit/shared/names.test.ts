import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameLabel, moduleOf, parseFrame, shortName } from '../../../src/shared/names.js';

/** Short name, then the kernel as recorded (its end left out where it is long). */
const KERNELS = String.raw`
sm90_xmma_gemm_bf16…64x128x64…cublas            | sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas
cutlass_80_s16816gemm_bf16_128x64_64x6          | void cutlass::Kernel2<cutlass_80_tensorop_s16816gemm_bf16_128x64_64x6_tn_align8>(cutlass_80_tensorop_s16816gemm_bf16_128x64_64x6_tn_align8::Params)
cutlass_80_s16816gemm_relu_bf16_64x64_64x4      | void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_64x64_64x4_tn_align8>(cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_64x64_64x4_tn_align8::Params)
flash::FlashAttnFwdSm90                         | void cutlass::device_kernel<flash::enable_sm90_or_later<flash::FlashAttnFwdSm90<flash::CollectiveMainloopFwdSm90<1, cute::tuple<cute::C<1>>>>>>(flash::Params)
machete::MacheteCollectiveMma                   | void cutlass::device_kernel<cutlass::gemm::kernel::GemmUniversal<cute::tuple<int, int>, machete::MacheteCollectiveMma<cute::tuple<int>>>>(X)
cutlass::gemm::kernel::GemmUniversal            | void cutlass::device_kernel<cutlass::gemm::kernel::GemmUniversal<cute::tuple<int, int>, cutlass::gemm::collective::CollectiveMma<int>>>(X)
ncclDevKernel_AllReduce_Sum_bf16_RING_LL        | ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevComm*, unsigned long, ncclWork*)
vllm::cross_device_reduce_1stage                | void vllm::cross_device_reduce_1stage<__nv_bfloat16, 4>(vllm::RankData*, vllm::RankSignals, vllm::Signal*, __nv_bfloat16*, int, int)
vllm::fused_add_rms_norm_kernel                 | std::enable_if<(((8)>(0)))&&_typeConvert<c10::BFloat16>::exists, void>::type vllm::fused_add_rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*)
vllm::act_and_mul_kernel                        | void vllm::act_and_mul_kernel<c10::BFloat16, &(c10::BFloat16 vllm::silu_kernel<c10::BFloat16>(c10::BFloat16 const&)), true>(c10::BFloat16*)
vectorized_elementwise FillFunctor<long>        | void at::native::vectorized_elementwise_kernel<4, at::native::FillFunctor<long>, std::array<char*, 1ul> >(int, at::native::FillFunctor<long>, std::array<char*, 1ul>)
vectorized_elementwise MulFunctor<float>        | void at::native::vectorized_elementwise_kernel<4, at::native::AUnaryFunctor<float, float, float, at::native::binary_internal::MulFunctor<float> >, at::detail::Array<char*, 2> >(int)
elementwise direct_copy                         | void at::native::elementwise_kernel<128, 4, at::native::gpu_kernel_impl_nocast<at::native::direct_copy_kernel_cuda(at::TensorIteratorBase&)::{lambda()#3}::operator()() const::{lambda(float)#1}>(at::TensorIteratorBase&)>(int)
reduce_kernel ArgMax<float>                     | void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4, 4> >(at::native::ReduceOp<float>)
triton_red_fused…pow_rsqrt_2                    | triton_red_fused__to_copy_add_mean_mul_pow_rsqrt_2
triton_poi_fused_mul_silu_1                     | triton_poi_fused_mul_silu_1
Cijk_Alik_Bljk_BBS_BH…MT192x16x128              | Cijk_Alik_Bljk_BBS_BH_Bias_HAS_SAV_UserArgs_MT192x16x128_MI16x16x1_SN_LDSB1_AFC1_AFEM1_AFEM1
aiter::add_rmsnorm_quant_kernel                 | _ZN5aiter24add_rmsnorm_quant_kernelIDF16bDF16bLi64ELi8ELb0ELb0ELb1ELi1EEEvPT0_PT_PfS4_S4_S4_diiiiiiib
FmhaBatchPrefillWithPagedKVCacheKernel          | _ZN7ck_tile6kentryILi2ENS_38FmhaBatchPrefillWithPagedKVCacheKernelINS_40BlockFmhaBatchPrefillPipelineQRKSVSAsyncE
RMSNormKernel                                   | kernel_cutlass_kernel_flashinfernormkernelsrmsnormRMSNormKernel_object_at__tensorptrbf16gmemalign128o204820481
flash_fwd_splitkv_mla_fp8_sparse_kernel         | void sm90::decode::sparse_fp8::flash_fwd_splitkv_mla_fp8_sparse_kernel<sm90::decode::sparse_fp8::KernelTemplate<(ModelType)0, 64> >(X)
cudnn_infer_volta_scudnn…128x64…relu_medium_nn_v1 | cudnn_infer_volta_scudnn_128x64_relu_medium_nn_v1
Memcpy HtoD (Pinned -> Device)                  | Memcpy HtoD (Pinned -> Device)
paged_attention_ll4mi_reduce_kernel             | void paged_attention_ll4mi_reduce_kernel<__hip_bfloat16, __hip_bfloat16, 128, 128, 256, 1>(X) [clone .kd]
`;

test('short names of kernels', () => {
  for (const line of KERNELS.trim().split('\n')) {
    const [short, kernel] = line.split('|').map((part) => part.trim());
    assert.equal(shortName(kernel), short);
  }
});

test('broken names come back, whole or cut', () => {
  for (const name of ['', '<', 'a<b', 'a(b', '>>>', '_Z', '_ZN999x', 'void ', '()', 'f<(1>0)', '{lambda']) assert.equal(typeof shortName(name), 'string');
  assert.equal(shortName('<unknown>'), '<unknown>');
  assert.ok(shortName(`x${'_y'.repeat(5000)}`).length <= 60);
});

const FRAMES = `
llama.forward :343                     | vllm/model_executor/models/llama.py(343): forward
flash_attn.forward :515                | vllm/v1/attention/backends/flash_attn.py(515): forward
backends.__call__ :608                 | vllm/compilation/backends.py(608): __call__
execute_model gpu_worker.py:263        | vllm/v1/worker/gpu_worker.py(263): execute_model
graph 162 forward                      | <eval_with_key>.162(4): forward
LlamaForCausalLM_0                     | nn.Module: LlamaForCausalLM_0
append (built-in)                      | <built-in method append of list object at 0x7f6c5b7a1f40>
aten::mm                               | aten::mm
`;

test('labels of Python frames', () => {
  for (const line of FRAMES.trim().split('\n')) {
    const [label, frame] = line.split('|').map((part) => part.trim());
    assert.equal(frameLabel(frame), label);
  }
});

test('frames and modules are read, other names are not', () => {
  assert.deepEqual(parseFrame('vllm/a b/llama.py(343): forward'), { file: 'vllm/a b/llama.py', line: 343, function: 'forward' });
  assert.equal(parseFrame('aten::mm'), undefined);
  assert.equal(parseFrame('<built-in method append of list object at 0x7f>'), undefined);
  assert.equal(moduleOf('nn.Module: Qwen2DecoderLayer_12'), 'Qwen2DecoderLayer');
  assert.equal(moduleOf('nn.Module: Linear'), 'Linear');
  assert.equal(moduleOf('llama.py(1): forward'), undefined);
});
