/** Why a trace has no GPU work, in one sentence. */
import type { Trace } from '../trace/trace.js';

/** Undefined when there is GPU work. */
export function emptyReason(trace: Trace, fileName: string): string | undefined {
  if (trace.gpu.count > 0) return undefined;
  // vLLM's front-end process has a profiler of its own, and never touches the GPU.
  if (/async_llm/.test(fileName))
    return 'This is the profile of vLLM’s front end (async_llm), which runs no GPU work; open the file of a worker, named after its rank.';
  const { slices, categories, meta } = trace;
  if (meta.memory) return 'A memory file records what was allocated when, and no GPU work; the Memory tab shows it.';
  if (slices.count === 0) return 'The recording has no slices at all: the profiler was stopped before anything ran, or started in another process.';
  let launches = 0;
  let onCpu = 0;
  for (let slice = 0; slice < slices.count; slice++) {
    const { kind } = categories[slices.category[slice]];
    if (kind === 'launch') launches++;
    else if (kind === 'op' || kind === 'python') onCpu++;
  }
  // Only Kineto is known to mark GPU work where there is some.
  if (meta.format !== 'Kineto JSON' || launches + onCpu === 0) {
    return 'No slice of the recording is marked as a kernel, a copy or a set, so there is no GPU work to sum up; the timeline shows what there is.';
  }
  const record = 'record the device too (ProfilerActivity.CUDA on NVIDIA and AMD GPUs)';
  if (launches > 0)
    return `The recording has ${launches} calls of the GPU’s runtime but no kernels: ${record}, and stop the profiler only after the GPU is done.`;
  return `Only the CPU was recorded: ${record}, in the process that runs the model.`;
}
