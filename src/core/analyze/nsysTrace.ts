/** `cuda_gpu_trace` of `nsys stats`: every kernel, copy and set by its start, with what its record says of it. */
import { rowOf } from '../trace/rows.js';
import type { Trace } from '../trace/trace.js';
import { nameOf, operationOf, type ReportCell } from './nsysReports.js';

export const GPU_TRACE = 'cuda_gpu_trace';

export const GPU_TRACE_COLUMNS: readonly string[] = [
  'Start (ns)',
  'Duration (ns)',
  'CorrId',
  'GrdX',
  'GrdY',
  'GrdZ',
  'BlkX',
  'BlkY',
  'BlkZ',
  'Reg/Trd',
  'StcSMem (MB)',
  'DymSMem (MB)',
  'Bytes (MB)',
  'Throughput (MB/s)',
  'SrcMemKd',
  'DstMemKd',
  'Device',
  'Ctx',
  'GreenCtx',
  'Strm',
  'Name',
];

/** GPU work by start. */
export function gpuWorkByStart({ slices, gpu }: Trace): Uint32Array {
  return Uint32Array.from({ length: gpu.count }, (_, slice) => slice).sort((a, b) => slices.startNs[a] - slices.startNs[b]);
}

/** One row of the report; `args` are those of its record by their names. Starts count from the beginning of the trace. */
export function gpuTraceRow(trace: Trace, slice: number, args: ReadonlyMap<string, string>): ReportCell[] {
  const { slices, gpu, tracks, rows, meta } = trace;
  const isKernel = trace.categories[slices.category[slice]].kind === 'kernel';
  const { device = '', stream } = tracks[rows.track[rowOf(rows, slice)]].info;
  const model = meta.devices.find(({ id }) => id === device)?.name;
  const bytes = gpu.bytes[slice];
  const durNs = slices.durNs[slice];
  return [
    slices.startNs[slice],
    durNs,
    args.get('correlation'),
    ...triple(args.get('grid')),
    ...triple(args.get('block')),
    args.get('registers per thread'),
    megabytes(args.get('staticSharedMemory')),
    megabytes(args.get('dynamicSharedMemory')),
    isKernel ? undefined : (bytes / 1e6).toFixed(3),
    isKernel || durNs === 0 ? undefined : ((bytes * 1e3) / durNs).toFixed(3),
    memoryKind(args.get('srcKind')),
    memoryKind(args.get('dstKind') ?? args.get('memKind')),
    model === undefined ? device : `${model} (${device})`,
    args.get('context'),
    args.get('greenContextId'),
    stream,
    isKernel ? nameOf(trace, slice) : operationOf(trace, slice),
  ];
}

/** "[1,2,3]" as three cells. */
function triple(text: string | undefined): (string | undefined)[] {
  const [x, y, z] = text?.replace(/[[\]\s]/g, '').split(',') ?? [];
  return [x, y, z];
}

function megabytes(bytes: string | undefined): string | undefined {
  return bytes === undefined ? undefined : (Number(bytes) / 1e6).toFixed(3);
}

/** As CUPTI numbers them. */
const MEMORY_KINDS = ['Pageable', 'Pinned', 'Device', 'Array', 'Managed', 'Device Static', 'Managed Static', 'Unknown'];

function memoryKind(kind: string | undefined): string | undefined {
  return kind === undefined ? undefined : (MEMORY_KINDS[Number(kind)] ?? kind);
}
