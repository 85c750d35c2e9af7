/**
 * A CPU thread that calls functions and launches work, and the GPU streams that run it later. Nested callbacks are nested
 * slices: time passes inside them. What happens is written to the trace as Kineto would record it.
 */
import { jitter, type Random } from './random.js';
import type { Args, TraceWriter } from './trace.js';

export interface GpuRun {
  kind: 'kernel' | 'gpu_memcpy' | 'gpu_memset';
  name: string;
  ns: number;
  args: Args;
}

export interface Gpu {
  device: number;
  /** stream → when it is free again */
  freeNs: Map<number, number>;
}

export interface Thread {
  readonly nowNs: number;
  /** time passes */
  work(ns: number): void;
  /** a Python frame: "file.py(12): function", or "nn.Module: Name_0" with its module id */
  frame(name: string, body: () => void, args?: Args): void;
  op(name: string, body: () => void, args?: Args): void;
  /** a record_function range; on the GPU it spans what was launched inside */
  annotation(name: string, body: () => void): void;
  /** a runtime or driver call; its GPU work runs in order on the stream */
  launch(call: string, runs: GpuRun[], stream: number): void;
  /** an event: `stream` runs nothing before `other` has done what it has now */
  streamWait(stream: number, other: number): void;
  /** a runtime call without GPU work */
  call(name: string, ns: number): void;
  /** blocks until the stream is idle */
  synchronize(stream: number): void;
  allocate(bytes: number): void;
}

const LAUNCH_NS: Record<string, number> = {
  cudaGraphLaunch: 14_000,
  cudaLaunchKernel: 4_200,
  cuLaunchKernelEx: 3_900,
  cudaMemcpyAsync: 7_500,
  cudaMemsetAsync: 3_600,
};
/** ids of the CUPTI callbacks, as cupti_runtime_cbid.h has them */
const CALLBACK_ID: Record<string, number> = {
  cudaGraphLaunch: 311,
  cudaLaunchKernel: 211,
  cuLaunchKernelEx: 652,
  cudaMemcpyAsync: 41,
  cudaMemsetAsync: 51,
  cudaStreamSynchronize: 131,
  cudaEventRecord: 135,
  cudaStreamWaitEvent: 147,
};
/** from the launching call to the start on an idle stream; and between kernels of a busy one */
const LATENCY_NS = 5_200;
const BETWEEN_NS = 900;
const BETWEEN_IN_GRAPH_NS = 640;

interface Ids {
  correlation: number;
  external: number;
  python: number;
  event: number;
}

/** Ids are counted per trace, so threads of one trace share `ids`. */
export function createIds(): Ids {
  return { correlation: 11, external: 0, python: 0, event: 0 };
}

export function createThread(
  out: TraceWriter,
  gpu: Gpu,
  ids: Ids,
  random: Random,
  { pid, tid, startNs }: { pid: number; tid: number; startNs: number },
): Thread {
  let now = startNs;
  let frame: number | null = null;
  let external: number | undefined;
  let allocatedBytes = 9_126_805_504;
  const open: { externalId: number; streams: Map<number, [number, number]> }[] = [];
  const thread = { pid, tid };
  const spend = (ns: number) => {
    now += jitter(random, ns);
  };

  function runOnGpu(run: GpuRun, stream: number, correlation: number, earliestNs: number, betweenNs: number): void {
    const free = gpu.freeNs.get(stream) ?? 0;
    const start = Math.max(earliestNs, free + jitter(random, betweenNs));
    const dur = jitter(random, run.ns);
    gpu.freeNs.set(stream, start + dur);
    const owner = external === undefined ? {} : { 'External id': external };
    const where = { device: gpu.device, context: 1, stream, correlation };
    out.slice('device', {
      category: run.kind,
      name: run.name,
      pid: gpu.device,
      tid: stream,
      startNs: start,
      durNs: dur,
      args: { ...owner, ...(run.kind === 'kernel' ? { queued: 0 } : {}), ...where, ...run.args },
    });
    out.arrow('f', { id: correlation, pid: gpu.device, tid: stream, timeNs: start });
    for (const { streams } of open) {
      const span = streams.get(stream);
      streams.set(stream, span ? [span[0], start + dur] : [start, start + dur]);
    }
  }

  const call = (name: string, durNs: number) => {
    const start = now;
    now += durNs;
    const correlation = ids.correlation++;
    const owner = external === undefined ? {} : { 'External id': external };
    const category = name.startsWith('cuda') ? 'cuda_runtime' : 'cuda_driver';
    out.slice('device', { category, name, ...thread, startNs: start, durNs: now - start, args: { ...owner, cbid: CALLBACK_ID[name] ?? 0, correlation } });
    return { start, correlation };
  };

  return {
    get nowNs() {
      return now;
    },
    work: spend,
    frame(name, body, args = {}) {
      const end = out.reserve('python');
      const start = now;
      const parent = frame;
      frame = ++ids.python;
      const id = frame;
      const event = ids.event++;
      spend(700);
      body();
      spend(400);
      frame = parent;
      end({
        category: 'python_function',
        name,
        ...thread,
        startNs: start,
        durNs: now - start,
        args: { 'Python parent id': parent, 'Python id': id, ...args, 'Ev Idx': event },
      });
    },
    op(name, body, args = {}) {
      const end = out.reserve('ops');
      const start = now;
      const outer = external;
      external = ++ids.external;
      const id = external;
      const event = ids.event++;
      spend(1_500);
      body();
      spend(600);
      external = outer;
      end({
        category: 'cpu_op',
        name,
        ...thread,
        startNs: start,
        durNs: now - start,
        args: { 'External id': id, 'Record function id': 0, ...args, 'Ev Idx': event },
      });
    },
    annotation(name, body) {
      const end = out.reserve('ops');
      const start = now;
      const externalId = ++ids.external;
      const event = ids.event++;
      const streams = new Map<number, [number, number]>();
      open.push({ externalId, streams });
      body();
      open.pop();
      end({
        category: 'user_annotation',
        name,
        ...thread,
        startNs: start,
        durNs: now - start,
        args: { 'External id': externalId, 'Record function id': 0, 'Ev Idx': event },
      });
      for (const [stream, [first, last]] of streams) {
        out.slice('device', {
          category: 'gpu_user_annotation',
          name,
          pid: gpu.device,
          tid: stream,
          startNs: first,
          durNs: last - first,
          args: { 'External id': externalId },
        });
      }
    },
    launch(name, runs, stream) {
      const { start, correlation } = call(name, jitter(random, LAUNCH_NS[name] ?? 5_000));
      out.arrow('s', { id: correlation, ...thread, timeNs: start });
      const between = name === 'cudaGraphLaunch' ? BETWEEN_IN_GRAPH_NS : BETWEEN_NS;
      for (const run of runs) runOnGpu(run, stream, correlation, start + jitter(random, LATENCY_NS), between);
    },
    streamWait(stream, other) {
      call('cudaEventRecord', jitter(random, 1_600));
      call('cudaStreamWaitEvent', jitter(random, 1_300));
      gpu.freeNs.set(stream, Math.max(gpu.freeNs.get(stream) ?? 0, gpu.freeNs.get(other) ?? 0));
    },
    call: (name, ns) => void call(name, jitter(random, ns)),
    synchronize(stream) {
      const idleNs = gpu.freeNs.get(stream) ?? 0;
      call('cudaStreamSynchronize', Math.max(0, idleNs - now) + jitter(random, 3_000));
    },
    allocate(bytes) {
      allocatedBytes += bytes;
      out.memory(pid, tid, now, {
        'Total Reserved': 9_898_557_440,
        'Total Allocated': allocatedBytes,
        Bytes: bytes,
        Addr: 140_201_344_000_000 + (allocatedBytes % 2 ** 30),
        'Device Id': gpu.device,
        'Device Type': 1,
        'Ev Idx': ids.event++,
      });
    },
  };
}
