/** A file that Inductor, torch.compile's compiler, wrote: which kernels its function calls, and from which operations each was made. */

export interface CompiledCall {
  /** name of a kernel made by Inductor; '' for a product that it leaves to a library */
  kernel: string;
  /** operations of the graph that was compiled, in their order: "linear_1" */
  nodes: readonly string[];
}

/** Kernels stand before this line, as texts; what calls them stands behind it. */
const KERNELS_END = /^async_compile\.wait\(/m;
const SOURCE = /^\s*# (?:Topologically Sorted|Unsorted) Source Nodes: \[([^\]]*)\]/;
const CALL = /^\s+(triton_\w+)\.run\(|^\s+extern_kernels\.\w*mm\w*\(/;

/** The calls in their order; none for a file that Inductor did not write. */
export function readInductorOutput(text: string): CompiledCall[] {
  const end = KERNELS_END.exec(text);
  if (end === null) return [];
  const calls: CompiledCall[] = [];
  let nodes: readonly string[] = [];
  for (const line of text.slice(end.index).split('\n')) {
    const source = SOURCE.exec(line)?.[1];
    if (source !== undefined) nodes = source.split(', ').filter((name) => name !== '');
    const call = CALL.exec(line);
    if (call !== null) calls.push({ kernel: call[1] ?? '', nodes });
  }
  return calls;
}
