/**
 * The reports of `nsys stats`, with its columns, units and formulas (NVIDIA's documentation of the stats scripts), over any trace: percentages
 * are shares of the sum, deviations those of a sample, megabytes 1,000,000 bytes.
 */
import { rowOf } from '../trace/rows.js';
import { NONE, type Trace } from '../trace/trace.js';
import { ancestorsOf } from '../trace/walk.js';

export type ReportCell = string | number | undefined;

export interface NsysReport {
  columns: readonly string[];
  rows: ReportCell[][];
}

export const SUM_REPORTS = ['cuda_gpu_kern_sum', 'cuda_api_sum', 'cuda_gpu_mem_time_sum', 'cuda_gpu_mem_size_sum', 'nvtx_sum', 'nvtx_kern_sum'] as const;
export type SumReport = (typeof SUM_REPORTS)[number];

export function nsysReport(trace: Trace, report: SumReport): NsysReport {
  switch (report) {
    case 'cuda_gpu_kern_sum':
      return timesBy(trace, isKernel, (slice) => [nameOf(trace, slice)], ['Instances'], ['Name']);
    case 'cuda_api_sum':
      return timesBy(trace, isCall, (slice) => [nameOf(trace, slice)], ['Num Calls'], ['Name']);
    case 'cuda_gpu_mem_time_sum':
      return timesBy(trace, isCopyOrSet, (slice) => [operationOf(trace, slice)], ['Count'], ['Operation']);
    case 'cuda_gpu_mem_size_sum':
      return sizes(trace);
    case 'nvtx_sum':
      return timesBy(trace, isRange, (slice) => [styleOf(trace, slice), rangeOf(trace, slice)], ['Instances'], ['Style', 'Range']);
    case 'nvtx_kern_sum':
      return kernelsByRange(trace);
  }
}

type Is = (trace: Trace, slice: number) => boolean;

function kindOf({ categories, slices }: Trace, slice: number): string {
  return categories[slices.category[slice]].kind;
}

function categoryOf({ categories, slices }: Trace, slice: number): string {
  return categories[slices.category[slice]].text;
}

export function nameOf({ strings, slices }: Trace, slice: number): string {
  return strings.get(slices.name[slice]);
}

/** Graphs that were recorded as a whole are no kernels. */
const isKernel: Is = (trace, slice) => kindOf(trace, slice) === 'kernel' && categoryOf(trace, slice) !== 'graph_kernel';
const isCall: Is = (trace, slice) => kindOf(trace, slice) === 'launch';
const isCopyOrSet: Is = (trace, slice) => slice < trace.gpu.count && kindOf(trace, slice) !== 'kernel';
const isRange: Is = (trace, slice) => kindOf(trace, slice) === 'annotation';

const PLACES: Record<string, string> = { H: 'Host', D: 'Device', A: 'Array', P: 'Peer' };

/** "Memcpy HtoD (Pinned -> Device)" as nsys calls it: "[CUDA memcpy Host-to-Device]". */
export function operationOf(trace: Trace, slice: number): string {
  const name = nameOf(trace, slice);
  const [, unified = '', from, to] = /^Memcpy (UVM )?([HDAP])to([HDAP])/.exec(name) ?? [];
  if (from !== undefined) return `[CUDA memcpy ${unified === '' ? '' : 'Unified '}${PLACES[from]}-to-${PLACES[to]}]`;
  return /^Memset/.test(name) ? '[CUDA memset]' : name;
}

function styleOf(trace: Trace, slice: number): string {
  return trace.tracks[trace.rows.track[rowOf(trace.rows, slice)]].info.kind === 'async' ? 'StartEnd' : 'PushPop';
}

/** "domain:name", and ":name" in the default domain; annotations of other recorders have no domain. */
function rangeOf(trace: Trace, slice: number): string {
  const category = categoryOf(trace, slice);
  const domain = /^nvtx ?(.*)$/.exec(category)?.[1];
  return domain === undefined ? nameOf(trace, slice) : `${domain}:${nameOf(trace, slice)}`;
}

/** Values by what they are told apart by, in the order of their sums. */
class Groups {
  private readonly groups = new Map<string, { labels: string[]; values: number[] }>();

  add(labels: string[], value: number): void {
    const key = labels.join('\0');
    const known = this.groups.get(key);
    if (known) known.values.push(value);
    else this.groups.set(key, { labels, values: [value] });
  }

  sorted(): { labels: string[]; stats: Stats }[] {
    return [...this.groups.values()].map(({ labels, values }) => ({ labels, stats: statsOf(values) })).sort((a, b) => b.stats.total - a.stats.total);
  }
}

interface Stats {
  total: number;
  count: number;
  avg: number;
  median: number;
  min: number;
  max: number;
  deviation: number;
}

function statsOf(values: number[]): Stats {
  const sorted = Float64Array.from(values).sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const count = sorted.length;
  const avg = total / count;
  const squares = sorted.reduce((sum, value) => sum + (value - avg) ** 2, 0);
  return {
    total,
    count,
    avg,
    median: (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2,
    min: sorted[0],
    max: sorted[count - 1],
    deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
  };
}

const STATS = (unit: string): string[] => ['Avg', 'Med', 'Min', 'Max', 'StdDev'].map((head) => `${head} (${unit})`);
const times = ({ avg, median, min, max, deviation }: Stats): ReportCell[] => [avg.toFixed(1), median.toFixed(1), min, max, deviation.toFixed(1)];
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(3);

function timesBy(trace: Trace, is: Is, labelsOf: (slice: number) => string[], countHead: [string], labelHeads: string[]): NsysReport {
  const groups = new Groups();
  for (let slice = 0; slice < trace.slices.count; slice++) if (is(trace, slice)) groups.add(labelsOf(slice), trace.slices.durNs[slice]);
  const sorted = groups.sorted();
  const all = sorted.reduce((sum, { stats }) => sum + stats.total, 0);
  return {
    columns: ['Time (%)', 'Total Time (ns)', ...countHead, ...STATS('ns'), ...labelHeads],
    rows: sorted.map(({ labels, stats }) => [all > 0 ? ((100 * stats.total) / all).toFixed(1) : '0.0', stats.total, stats.count, ...times(stats), ...labels]),
  };
}

function sizes(trace: Trace): NsysReport {
  const groups = new Groups();
  for (let slice = 0; slice < trace.gpu.count; slice++) if (isCopyOrSet(trace, slice)) groups.add([operationOf(trace, slice)], trace.gpu.bytes[slice]);
  return {
    columns: ['Total (MB)', 'Count', ...STATS('MB'), 'Operation'],
    rows: groups.sorted().map(({ labels, stats: { total, count, avg, median, min, max, deviation } }) => {
      return [megabytes(total), count, ...[avg, median, min, max, deviation].map(megabytes), ...labels];
    }),
  };
}

/**
 * A kernel belongs to every pushed range that encloses the call that launched it. Ranges that are started and ended, of which a thread
 * is not kept, are not among them.
 */
function kernelsByRange(trace: Trace): NsysReport {
  const groups = new Groups();
  const ranges = new Map<string, Set<number>>();
  for (let kernel = 0; kernel < trace.gpu.count; kernel++) {
    const call = trace.gpu.launch[kernel];
    if (call === NONE || !isKernel(trace, kernel)) continue;
    const { process, thread } = trace.tracks[trace.rows.track[rowOf(trace.rows, call)]];
    for (const range of ancestorsOf(trace, call).filter((slice) => isRange(trace, slice))) {
      const labels = [rangeOf(trace, range), 'PushPop', process, thread, nameOf(trace, kernel)];
      groups.add(labels, trace.slices.durNs[kernel]);
      const key = labels.join('\0');
      const known = ranges.get(key) ?? new Set();
      ranges.set(key, known.add(range));
    }
  }
  return {
    columns: ['NVTX Range', 'Style', 'PID', 'TID', 'NVTX Inst', 'Kern Inst', 'Total Time (ns)', ...STATS('ns'), 'Kernel Name'],
    rows: groups.sorted().map(({ labels, stats }) => {
      const instances = ranges.get(labels.join('\0'))?.size ?? 0;
      return [...labels.slice(0, 4), instances, stats.count, stats.total, ...times(stats), labels[4]];
    }),
  };
}
