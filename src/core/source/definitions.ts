/** Where kernels themselves are defined: a line of the source tree, or the library they come from. */
import type { Definition, SourcePlace } from '../../shared/model.js';
import type { SourceSymbols } from './linkInput.js';

/** Compiled libraries by the names of their kernels; the special stands before the general. */
const LIBRARIES: readonly (readonly [string, RegExp])[] = [
  ['Inductor', /^triton_(?:poi|red|per|tem|mm|bmm|for)_|^triton_\d/],
  ['NCCL', /^nccl/],
  ['FlashMLA', /flash_fwd_(?:splitkv_)?mla|sm90::decode|smxx::decode|FlashMLA/],
  ['FlashAttention', /flash::|FlashAttn|flash_fwd|flash_bwd|prepare_varlen_num_blocks/],
  ['FlashInfer', /^fmhaSm|flashinfer|^bmm_(?:Mx|Bf|E4|Fp)|moe::dev::|tensorrt_llm::|BatchDecodeWith|BatchPrefillWithRagged/],
  ['DeepGEMM', /deep_gemm/],
  ['cuDNN', /cudnn|scudnn/],
  ['cuBLAS', /^nvjet_|^sm\d+_xmma_|cublas|^(?:ampere|turing|volta|hopper)_\w*gemm|gemvNSP|gemv2T|splitKreduce|cutlass_\d+_(?:wmma_)?tensorop/],
  ['hipBLASLt', /^Cijk_/],
  ['triton_kernels', /^_matmul_ogs|_finalize_matmul|_combined_routing|_sum_bitmatrix|^_topk_forward/],
  ['Composable Kernel', /ck_tile|\bck::|^_ZN2ck/],
  ['aiter', /aiter/],
  ['ROCm paged attention of vLLM or aiter', /paged_attention_ll4mi/],
  ['CUTLASS', /cutlass/],
  ['CUB', /\bcub::|rocprim|thrust::/],
  ['SGLang', /sgl_hip|sgl_kernel/],
  ['vLLM', /^(?:void )?vllm::|^_ZN4vllm|wvSplitK|LLGemm|marlin/i],
  ['PyTorch', /^(?:void )?(?:at::|c10::)/],
];

/** Namespaces whose kernels are never the tree's, whatever their name. */
const FOREIGN = /\b(?:at|cub|thrust|rocprim|ck_tile|ck|cutlass|cublasLt|flash|pytorch_flash|deep_gemm|tensorrt_llm)::/;

/** The definition of a kernel. Names that several files define are the tree's where the namespace says which. */
export function definitionOf(name: string, symbols: SourceSymbols | undefined): Definition | undefined {
  const qualified = qualifiedName(name);
  const simple = qualified.slice(qualified.lastIndexOf(':') + 1);
  if (symbols !== undefined && !FOREIGN.test(qualified)) {
    const place = inNamespace(symbols.kernelsNamed(simple), qualified);
    if (place !== undefined) return { place };
  }
  const library = LIBRARIES.find(([, pattern]) => pattern.test(name))?.[0];
  return library === undefined ? undefined : { library };
}

function inNamespace(found: readonly { place: SourcePlace; scope: string }[], qualified: string): SourcePlace | undefined {
  const scope = qualified.slice(0, Math.max(0, qualified.lastIndexOf('::')));
  const inside = found.filter((one) => one.scope !== '' && `::${scope}`.endsWith(`::${one.scope}`));
  return (inside[0] ?? found.find((one) => one.scope === '') ?? found[0])?.place;
}

/** "vllm::reshape_and_cache_flash_kernel" out of a signature or an Itanium symbol. */
export function qualifiedName(kernel: string): string {
  if (kernel.startsWith('_Z')) return mangledName(kernel);
  let name = '';
  let depth = 0;
  for (const c of kernel.replaceAll('(anonymous namespace)::', '')) {
    if (c === '<') depth++;
    else if (c === '>') depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (c === '(') break;
    else if (c === ' ') name = '';
    else name += c;
  }
  return name;
}

/** The first names of a symbol: lengths and texts after each other. */
function mangledName(symbol: string): string {
  const parts: string[] = [];
  let at = symbol.startsWith('_ZN') ? 3 : 2;
  for (let digits = /^\d+/.exec(symbol.slice(at)); digits !== null; digits = /^\d+/.exec(symbol.slice(at))) {
    const from = at + digits[0].length;
    at = from + Number(digits[0]);
    parts.push(symbol.slice(from, at));
  }
  return parts.filter((part) => part !== '_GLOBAL__N_1').join('::');
}
