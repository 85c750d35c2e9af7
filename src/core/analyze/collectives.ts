/** What a communication kernel does and whose it is, told from its name; and what its messages say of bandwidth. */
import type { Collective } from '../../shared/analysis.js';

const COLLECTIVE_NAMES: readonly (readonly [Collective, RegExp])[] = [
  ['reduceScatter', /reduce_?scatter/i],
  ['allGather', /all_?gather/i],
  ['allReduce', /all_?reduce|cross_device_reduce|quick_?reduce|one_?shot|two_?shot|lamport/i],
  ['allToAll', /all_?to_?all|all2all|deep_ep|dispatch|combine/i],
  ['broadcast', /broadcast/i],
  ['sendReceive', /send|recv/i],
];

/** Whose a kernel is: the special before the general, because several call theirs one-shot all-reduce. */
const LIBRARIES: readonly (readonly [string, RegExp])[] = [
  ['RCCL', /rccl/i],
  ['DeepEP', /deep_ep/i],
  ['NCCL', /nccl/i],
  // csrc/custom_all_reduce.cuh, and aiter's copy of it
  ['vLLM custom all-reduce', /cross_device_reduce/],
  ['quick reduce', /quick_?reduce|quickreduce/i],
  ['MSCCL++', /mscclpp/i],
  ['FlashInfer and TensorRT-LLM', /flashinfer|trtllm|tensorrt_llm|lamport|mnnvl/i],
  // kernels of torch.ops.symm_mem
  ['symmetric memory', /multimem|symm_?mem|(?:one|two)_shot/i],
  ['NVSHMEM', /nvshmem/i],
];

export function collectiveOf(name: string): Collective {
  return COLLECTIVE_NAMES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

/** Library of a kernel; RCCL's kernels are called ncclDevKernel too, so there the call that launches it decides. */
export function libraryOf(name: string, launch: string): string {
  const library = LIBRARIES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
  return library === 'NCCL' && launch.startsWith('hip') ? 'RCCL' : library;
}

/** One collective call as PyTorch's process group recorded it: "In msg nelems", "Out msg nelems", "dtype" and "Group size". */
export interface MessageArgs {
  inElements: number;
  outElements: number;
  dtype: string;
  groupSize: number;
}

/** What one call moved. */
export interface Message {
  bytes: number;
  ranks: number;
}

/** By the names of c10::ScalarType, which is what `dtype` holds. */
const BYTES: readonly (readonly [RegExp, number])[] = [
  [/^(?:Double|Long|ComplexFloat)$/, 8],
  [/^(?:Float|Int)$/, 4],
  [/^(?:BFloat16|Half|Short)$/, 2],
  [/^(?:Byte|Char|Bool|Float8_\w+)$/, 1],
];

/** The full message, as nccl-tests and TraceLens count it: the output of an all-gather, else the input; undefined for an unknown type. */
export function messageOf(collective: Collective, { inElements, outElements, dtype, groupSize }: MessageArgs): Message | undefined {
  const size = BYTES.find(([pattern]) => pattern.test(dtype))?.[1];
  return size === undefined ? undefined : { bytes: size * (collective === 'allGather' ? outElements : inElements), ranks: groupSize };
}

/** Bytes over a link for each byte of the message (nccl-tests, doc/PERFORMANCE.md). */
export function busFactor(collective: Collective, ranks: number): number {
  if (collective === 'allReduce') return (2 * (ranks - 1)) / ranks;
  if (collective === 'reduceScatter' || collective === 'allGather' || collective === 'allToAll') return (ranks - 1) / ranks;
  return 1;
}
