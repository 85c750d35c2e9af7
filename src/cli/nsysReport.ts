/** `summarize --report`: a report of `nsys stats`, over any trace. */
import { type NsysReport, nsysReport, type ReportCell, SUM_REPORTS } from '../core/analyze/nsysReports.js';
import { GPU_TRACE, GPU_TRACE_COLUMNS, gpuTraceRow, gpuWorkByStart } from '../core/analyze/nsysTrace.js';
import { recordArgs, valueText } from '../core/read/record.js';
import { recordOffset } from '../core/session/detail.js';
import { csvLine } from './csv.js';
import { type Opened, Unreadable } from './open.js';
import { printable, tableLines } from './text.js';
import type { Format } from './verb.js';

export const DEFAULT_REPORT = 'cuda_gpu_kern_sum';
export const REPORTS: readonly string[] = [...SUM_REPORTS, GPU_TRACE];

/** Columns of text; the others hold numbers. */
const TEXTS: ReadonlySet<string> = new Set(['Name', 'Operation', 'Style', 'Range', 'NVTX Range', 'Kernel Name', 'SrcMemKd', 'DstMemKd', 'Device']);

export async function* reportLines(traces: readonly Opened[], report: string, format: Format, width: number): AsyncGenerator<string> {
  if (format === 'json') throw new Unreadable('--report has no --json; it has --csv');
  if (!REPORTS.includes(report)) throw new Unreadable(`"${report}" is no report; there are ${REPORTS.join(', ')}`);
  for (const [index, opened] of traces.entries()) {
    if (traces.length > 1) yield `${index === 0 ? '' : '\n'}${opened.path}`;
    const { columns, rows } = report === GPU_TRACE ? await gpuTrace(opened) : sums(opened, report);
    if (format === 'csv') {
      yield csvLine(columns);
      for (const row of rows) yield csvLine(row);
    } else {
      const heads = columns.map((head) => ({
        head,
        align: TEXTS.has(head) ? ('left' as const) : ('right' as const),
        shrinks: /^(Name|Range|Kernel Name|Operation)$/.test(head),
      }));
      yield* tableLines(
        heads,
        rows.map((row) => row.map((cell) => printable(String(cell ?? '')))),
        width,
      );
    }
  }
}

function sums({ trace }: Opened, report: string): NsysReport {
  const known = SUM_REPORTS.find((name) => name === report);
  return known === undefined ? { columns: [], rows: [] } : nsysReport(trace, known);
}

/** The args of all GPU work are read in one pass over the file. */
async function gpuTrace({ trace, records }: Opened): Promise<NsysReport> {
  const byRecord = Uint32Array.from({ length: trace.gpu.count }, (_, slice) => slice).sort((a, b) => recordOffset(trace, a) - recordOffset(trace, b));
  const rows = new Array<ReportCell[] | undefined>(trace.gpu.count);
  const offsets = Float64Array.from(byRecord, (slice) => recordOffset(trace, slice));
  await records.pass(offsets, (index, text) => {
    const args = new Map(recordArgs(text).map(({ key, text }) => [key, valueText(text)]));
    rows[byRecord[index]] = gpuTraceRow(trace, byRecord[index], args);
  });
  const none = new Map<string, string>();
  return { columns: GPU_TRACE_COLUMNS, rows: Array.from(gpuWorkByStart(trace), (slice) => rows[slice] ?? gpuTraceRow(trace, slice, none)) };
}
