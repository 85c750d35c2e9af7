/** Why a trace has no GPU work, in one sentence. */
import type { Trace } from '../trace/trace.js';

/** Undefined when there is GPU work. */
export function emptyReason(trace: Trace, fileName: string): string | undefined {
  if (trace.gpu.count > 0) return undefined;
  const { slices, categories } = trace;
  const kinds = new Set<string>();
  let launches = 0;
  for (let slice = 0; slice < slices.count; slice++) {
    const { kind } = categories[slices.category[slice]];
    kinds.add(kind);
    if (kind === 'launch') launches++;
  }
  // vLLM's front-end process has a profiler of its own, and never touches the GPU.
  if (/async_llm/.test(fileName))
    return 'This is the profile of vLLM’s front end (async_llm), which runs no GPU work; open the file of a worker, named after its rank.';
  if (slices.count === 0) return 'The recording has no slices at all: the profiler was stopped before anything ran, or started in another process.';
  if (launches > 0)
    return `The recording has ${launches} GPU runtime calls but no kernels: record with ProfilerActivity.CUDA, and stop the profiler only after the GPU is done.`;
  if (kinds.has('op') || kinds.has('python'))
    return 'Only the CPU was recorded: no kernel, copy or GPU runtime call is in the file; record with ProfilerActivity.CUDA, in the process that runs the model.';
  return 'The recording has no GPU work: none of its categories is a kernel, a copy or a set.';
}
