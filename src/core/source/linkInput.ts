/** What linking kernels needs to know, as plain data: core/source looks at no analysis. */
import type { ModelMap, SourcePlace } from '../../shared/model.js';
import type { Trace } from '../trace/trace.js';

/** GPU work of a trace as the analyses see it. */
export interface WorkIndex {
  /** ids of all GPU work by start */
  work: Uint32Array;
  /** step of each GPU slice, −1 outside of steps */
  stepOf: Int32Array;
  /** layer of each GPU slice as told from kernels alone, −1 outside of layers */
  layerOf: Int16Array;
}

/** The little of an index of source files that links need. */
export interface SourceSymbols {
  /** "vLLM 0.8.5", for sentences */
  title: string;
  /** definitions of a GPU kernel, with the namespace around each */
  kernelsNamed(name: string): readonly { place: SourcePlace; scope: string }[];
  /** functions of a name in the file at a path inside its package ("vllm/…"), with the first line that CPython says of each */
  functionsIn(path: string, name: string): readonly { place: SourcePlace; firstLine: number }[];
}

/** A recording of the same model made while its graphs were captured. */
export interface Capture {
  trace: Trace;
  /** kernel that a launch call enqueued, where the recording says it (ROCm does) */
  launchedName(launch: number): string | undefined;
}

/** Texts of files that torch.compile and vLLM wrote about the run. */
export interface CompilerOutput {
  /** `computation_graph.py` */
  graphs: readonly string[];
  /** what Inductor made of its pieces */
  code: readonly string[];
}

/** What is known besides the trace; each part makes more links, and better ones. */
export interface Known {
  model?: ModelMap;
  symbols?: SourceSymbols;
  capture?: Capture;
  compiler?: CompilerOutput;
  /** path of the module that the recording notes at GPU work, by slice */
  notedModules?: ReadonlyMap<number, string>;
}
