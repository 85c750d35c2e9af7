import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { check } from '../../../../src/core/trace/check.js';
import { NONE, type Trace } from '../../../../src/core/trace/trace.js';
import { readFrom, type Tables, withDatabase } from './database.js';

/** More ns than a double tells apart: since 1970. */
const SINCE_1970 = 1_777_842_320_181_574_423n;

function drawn({ slices, strings, rows, tracks, groups, gpu, categories }: Trace): string[] {
  return Array.from({ length: slices.count }, (_, slice) => {
    let row = 0;
    while (rows.first[row + 1] <= slice) row++;
    const { info } = tracks[rows.track[row]];
    const by = slice < gpu.count && gpu.launch[slice] !== NONE ? ` by ${strings.get(slices.name[gpu.launch[slice]])}` : '';
    return `${groups[info.group].name}, ${info.name}: ${categories[slices.category[slice]].text} "${strings.get(slices.name[slice])}" ${slices.startNs[slice]}+${slices.durNs[slice]}${by}`;
  });
}

/** The tables of one process. */
function rocpd(suffix: string, pid: number): Tables {
  return {
    [`rocpd_string${suffix}`]: ['id string', [1, 'hipLaunchKernel'], [2, 'HIP_RUNTIME_API_EXT'], [3, 'MEMORY_COPY_HOST_TO_DEVICE'], [4, 'KERNEL_DISPATCH']],
    [`rocpd_metadata${suffix}`]: ['id tag value', [1, 'schema_version', '3']],
    [`rocpd_event${suffix}`]: ['id category_id stack_id', [10, 2, 5], [11, 4, 5], [12, 4, 0]],
    [`rocpd_info_agent${suffix}`]: ['id type absolute_index product_name', [0, 'CPU', 0, 'Xeon'], [7, 'GPU', 2, 'AMD Instinct MI300X']],
    [`rocpd_info_thread${suffix}`]: ['id pid tid name', [1, pid, 4711, 'worker']],
    [`rocpd_info_process${suffix}`]: ['id pid command environment', [1, pid, 'python secret.py', 'TOKEN=secret']],
    [`rocpd_info_kernel_symbol${suffix}`]: ['id kernel_name display_name', [3, '_Z4gemm', 'gemm(float)']],
    [`rocpd_region${suffix}`]: ['id nid pid tid start end name_id event_id', [1, 1, pid, 1, SINCE_1970, SINCE_1970 + 40n, 1, 10]],
    [`rocpd_kernel_dispatch${suffix}`]: [
      'id pid tid agent_id kernel_id queue_id stream_id start end workgroup_size_x workgroup_size_y workgroup_size_z grid_size_x grid_size_y grid_size_z event_id',
      [1, pid, 1, 7, 3, 16, 0, SINCE_1970 + 101n, SINCE_1970 + 203n, 256, 1, 1, 1024, 2, 1, 11],
    ],
    [`rocpd_memory_copy${suffix}`]: [
      'id pid start end name_id dst_agent_id size stream_id event_id',
      [1, pid, SINCE_1970 + 300n, SINCE_1970 + 350n, 3, 7, 4096, 0, 12],
    ],
  };
}

describe('a rocpd database', () => {
  it('has kernels with their calls, to the nanosecond', () =>
    withDatabase(rocpd('_0000_a', 42), async (file) => {
      const { trace, records } = await readFrom(file);
      assert.deepEqual(check(trace), []);
      assert.deepEqual(drawn(trace), [
        'GPU 2 · AMD Instinct MI300X, Stream 0: kernel "gemm(float)" 101+102 by hipLaunchKernel',
        'GPU 2 · AMD Instinct MI300X, Stream 0: gpu_memcpy "MEMORY_COPY_HOST_TO_DEVICE" 300+50',
        'Process 42, worker: hip_api "hipLaunchKernel" 0+40',
      ]);
      assert.deepEqual([trace.gpu.gridX[0], trace.gpu.bytes[1]], [4, 4096]);
      const { args } = JSON.parse(await records.text(trace.slices.recordHigh[0] * 2 ** 32 + trace.slices.recordLow[0]));
      assert.deepEqual(
        [args.grid, args.block],
        [
          [4, 2, 1],
          [256, 1, 1],
        ],
      );
      assert.ok(!JSON.stringify(trace.meta).includes('secret'));
    }));

  it('may hold several processes, which share neither streams nor correlations', () =>
    withDatabase({ ...rocpd('_0000_a', 42), ...rocpd('_0000_b', 43) }, async (file) => {
      const { trace } = await readFrom(file);
      assert.deepEqual(drawn(trace), [
        'GPU 2 · AMD Instinct MI300X, Stream 0 of 42: kernel "gemm(float)" 101+102 by hipLaunchKernel',
        'GPU 2 · AMD Instinct MI300X, Stream 0 of 42: gpu_memcpy "MEMORY_COPY_HOST_TO_DEVICE" 300+50',
        'GPU 2 · AMD Instinct MI300X, Stream 0 of 43: kernel "gemm(float)" 101+102 by hipLaunchKernel',
        'GPU 2 · AMD Instinct MI300X, Stream 0 of 43: gpu_memcpy "MEMORY_COPY_HOST_TO_DEVICE" 300+50',
        'Process 42, worker: hip_api "hipLaunchKernel" 0+40',
        'Process 43, worker: hip_api "hipLaunchKernel" 0+40',
      ]);
      const { launch } = trace.gpu;
      assert.notEqual(launch[0], launch[2]);
    }));

  it('of another schema says so and shows what matches', () =>
    withDatabase({ ...rocpd('', 42), rocpd_metadata: ['id tag value', [1, 'schema_version', '9']] }, async (file) => {
      const { trace } = await readFrom(file);
      assert.equal(trace.slices.count, 3);
      assert.match(trace.meta.problems[0].message, /^The rocpd schema 9 is not known/);
    }));
});

describe('an RPD database', () => {
  const RPD: Tables = {
    rocpd_string: ['id string', [1, 'hipLaunchKernel'], [2, 'gemm'], [3, 'KernelExecution'], [4, 'CopyHostToDevice'], [5, ''], [6, 'Task'], [7, 'hipMemcpy']],
    rocpd_api: ['id pid tid start end apiName_id', [1, 9, 9, SINCE_1970, SINCE_1970 + 5n, 1], [2, 9, 9, SINCE_1970 + 10n, SINCE_1970 + 90n, 7]],
    rocpd_op: [
      'id gpuId queueId start end description_id opType_id',
      [1, 0, 0, SINCE_1970 + 20n, SINCE_1970 + 30n, 2, 3],
      [2, 0, 0, SINCE_1970 + 40n, SINCE_1970 + 80n, 5, 4],
      [3, 0, 1, SINCE_1970 + 41n, SINCE_1970 + 81n, 2, 6],
    ],
    rocpd_api_ops: ['id api_id op_id', [1, 1, 1], [2, 2, 2]],
    rocpd_monitor: ['id deviceType deviceId monitorType start end value', [1, 'gpu', 0, 'sclk', SINCE_1970, SINCE_1970 + 1n, '1700']],
  };

  it('has operations with their calls', () =>
    withDatabase(RPD, async (file) => {
      const { trace } = await readFrom(file);
      assert.deepEqual(check(trace), []);
      assert.deepEqual(drawn(trace), [
        'GPU 0, Stream 0: kernel "gemm" 20+10 by hipLaunchKernel',
        'GPU 0, Stream 0: gpu_memcpy "CopyHostToDevice" 40+40 by hipMemcpy',
        'GPU 0, Stream 1: kernel "gemm" 41+40',
        'Process 9, Main thread: hip_api "hipLaunchKernel" 0+5',
        'Process 9, Main thread: hip_api "hipMemcpy" 10+80',
      ]);
      assert.deepEqual([...trace.counters.value], [1700]);
    }));
});
