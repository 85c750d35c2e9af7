import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NsysReport, nsysReport } from '../../../src/core/analyze/nsysReports.js';
import { gpuTraceRow, gpuWorkByStart } from '../../../src/core/analyze/nsysTrace.js';
import { createBuilder } from '../../../src/core/trace/builder.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';

/** Two launches in a range inside of another, one outside, two copies and a set. */
function trace(): Trace {
  const builder = createBuilder();
  const thread = builder.track({ process: '10', thread: '11', domain: 'cpu' });
  const stream = builder.track({ process: '0', thread: '7', domain: 'gpu' });
  const async = builder.track({ process: '10', thread: 'NVTX', domain: 'async' });
  const add = (track: number, category: string, name: string, start: number, dur: number, correlation = NONE, bytes = 0): void =>
    builder.slice(track, builder.string(name), builder.category(category), start, dur, correlation, NONE, 1, bytes, 0);
  add(thread, 'nvtx', 'outer', 0, 100);
  add(thread, 'nvtx my domain', 'inner', 10, 50);
  add(thread, 'nvtx_mark', 'mark', 12, 0);
  add(thread, 'cuda_runtime', 'cudaLaunchKernel', 20, 10, 1);
  add(thread, 'cuda_runtime', 'cudaLaunchKernel', 40, 10, 2);
  add(thread, 'cuda_driver', 'cuLaunchKernel', 70, 2, 3);
  add(async, 'nvtx', 'request', 5, 300);
  add(stream, 'kernel', 'gemm', 100, 10, 1);
  add(stream, 'kernel', 'gemm', 120, 30, 2);
  add(stream, 'kernel', 'norm', 160, 5, 3);
  add(stream, 'graph_kernel', 'CUDA graph 1', 170, 5);
  add(stream, 'gpu_memcpy', 'Memcpy HtoD (Pinned -> Device)', 200, 1000, NONE, 4_000_000);
  add(stream, 'gpu_memcpy', 'Memcpy HtoD (Pageable -> Device)', 1300, 1000, NONE, 2_000_000);
  add(stream, 'gpu_memset', 'Memset (Device)', 2400, 10, NONE, 512);
  const meta = { format: '', producer: '', devices: [{ id: '0', name: 'H100' }], facts: [], events: 0, textBytes: 0 };
  return builder.finish(meta, { baseNs: 0n });
}

const told = ({ columns, rows }: NsysReport): string[] => [columns, ...rows].map((cells) => cells.map((cell) => cell ?? '').join(' | '));

describe('reports of nsys stats', () => {
  it('cuda_gpu_kern_sum: shares of the sum, deviation of a sample', () => {
    assert.deepEqual(told(nsysReport(trace(), 'cuda_gpu_kern_sum')), [
      'Time (%) | Total Time (ns) | Instances | Avg (ns) | Med (ns) | Min (ns) | Max (ns) | StdDev (ns) | Name',
      '88.9 | 40 | 2 | 20.0 | 20.0 | 10 | 30 | 14.1 | gemm',
      '11.1 | 5 | 1 | 5.0 | 5.0 | 5 | 5 | 0.0 | norm',
    ]);
  });

  it('cuda_api_sum', () => {
    assert.deepEqual(told(nsysReport(trace(), 'cuda_api_sum')), [
      'Time (%) | Total Time (ns) | Num Calls | Avg (ns) | Med (ns) | Min (ns) | Max (ns) | StdDev (ns) | Name',
      '90.9 | 20 | 2 | 10.0 | 10.0 | 10 | 10 | 0.0 | cudaLaunchKernel',
      '9.1 | 2 | 1 | 2.0 | 2.0 | 2 | 2 | 0.0 | cuLaunchKernel',
    ]);
  });

  it('cuda_gpu_mem_time_sum and cuda_gpu_mem_size_sum', () => {
    assert.deepEqual(told(nsysReport(trace(), 'cuda_gpu_mem_time_sum')).slice(1), [
      '99.5 | 2000 | 2 | 1000.0 | 1000.0 | 1000 | 1000 | 0.0 | [CUDA memcpy Host-to-Device]',
      '0.5 | 10 | 1 | 10.0 | 10.0 | 10 | 10 | 0.0 | [CUDA memset]',
    ]);
    assert.deepEqual(told(nsysReport(trace(), 'cuda_gpu_mem_size_sum')), [
      'Total (MB) | Count | Avg (MB) | Med (MB) | Min (MB) | Max (MB) | StdDev (MB) | Operation',
      '6.000 | 2 | 3.000 | 3.000 | 2.000 | 4.000 | 1.414 | [CUDA memcpy Host-to-Device]',
      '0.001 | 1 | 0.001 | 0.001 | 0.001 | 0.001 | 0.000 | [CUDA memset]',
    ]);
  });

  it('nvtx_sum: ranges of both styles, no marks', () => {
    assert.deepEqual(told(nsysReport(trace(), 'nvtx_sum')).slice(1), [
      '66.7 | 300 | 1 | 300.0 | 300.0 | 300 | 300 | 0.0 | StartEnd | :request',
      '22.2 | 100 | 1 | 100.0 | 100.0 | 100 | 100 | 0.0 | PushPop | :outer',
      '11.1 | 50 | 1 | 50.0 | 50.0 | 50 | 50 | 0.0 | PushPop | my domain:inner',
    ]);
  });

  it('nvtx_kern_sum: a kernel counts in every range around its launch', () => {
    assert.deepEqual(told(nsysReport(trace(), 'nvtx_kern_sum')), [
      'NVTX Range | Style | PID | TID | NVTX Inst | Kern Inst | Total Time (ns) | Avg (ns) | Med (ns) | Min (ns) | Max (ns) | StdDev (ns) | Kernel Name',
      ':outer | PushPop | 10 | 11 | 1 | 2 | 40 | 20.0 | 20.0 | 10 | 30 | 14.1 | gemm',
      'my domain:inner | PushPop | 10 | 11 | 1 | 2 | 40 | 20.0 | 20.0 | 10 | 30 | 14.1 | gemm',
      ':outer | PushPop | 10 | 11 | 1 | 1 | 5 | 5.0 | 5.0 | 5 | 5 | 0.0 | norm',
    ]);
  });

  it('cuda_gpu_trace: what the record says beside the times', () => {
    const one = trace();
    const work = gpuWorkByStart(one);
    const kernel = new Map([
      ['grid', '[4,2,1]'],
      ['block', '[128,1,1]'],
      ['correlation', '1'],
      ['registers per thread', '32'],
      ['staticSharedMemory', '1024'],
      ['dynamicSharedMemory', '49152'],
      ['context', '1'],
    ]);
    assert.equal(
      gpuTraceRow(one, work[0], kernel)
        .map((cell) => cell ?? '')
        .join(' | '),
      '100 | 10 | 1 | 4 | 2 | 1 | 128 | 1 | 1 | 32 | 0.001 | 0.049 |  |  |  |  | H100 (0) | 1 |  | 7 | gemm',
    );
    const copy = new Map([
      ['srcKind', '1'],
      ['dstKind', '2'],
    ]);
    // 4 MB in a microsecond
    assert.equal(
      gpuTraceRow(one, work[4], copy)
        .map((cell) => cell ?? '')
        .join(' | '),
      '200 | 1000 |  |  |  |  |  |  |  |  |  |  | 4.000 | 4000000.000 | Pinned | Device | H100 (0) |  |  | 7 | [CUDA memcpy Host-to-Device]',
    );
  });

  it('of nothing have a head only', () => {
    const empty = createBuilder().finish({ format: '', producer: '', devices: [], facts: [], events: 0, textBytes: 0 }, { baseNs: 0n });
    assert.deepEqual(nsysReport(empty, 'cuda_gpu_kern_sum').rows, []);
  });
});
