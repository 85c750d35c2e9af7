/** `summarize`: what ran, the phases, and time by kernel name. */
import { count, duration, fixed, percent, plural } from '../shared/format.js';
import type { KernelReport, KernelRow, Phase, Step } from '../shared/protocol.js';
import { headLines } from './info.js';
import { DEFAULT_REPORT, REPORTS, reportLines } from './nsysReport.js';
import type { Opened } from './open.js';
import { type Column, printable, tableLines } from './text.js';
import { documents, SCHEMA, traceJson } from './traceJson.js';
import type { Verb } from './verb.js';

export const summarizeVerb: Verb = {
  name: 'summarize',
  summary: 'Time by kernel name, split by phase; or a report of nsys stats.',
  formats: ['json', 'csv'],
  options: { report: `NAME   a report as nsys stats has it: ${REPORTS.join(', ')}; --csv without it gives the first` },
  lines(traces, format, width, { report }) {
    if (format === 'csv' || report !== undefined) return reportLines(traces, report ?? DEFAULT_REPORT, format, width);
    return format === 'json' ? documentsOf(traces) : textOf(traces, width);
  },
};

async function documentsOf(traces: readonly Opened[]): Promise<Iterable<string>> {
  return documents(await Promise.all(traces.map(json)));
}

async function textOf(traces: readonly Opened[], width: number): Promise<Iterable<string>> {
  const texts = await Promise.all(traces.map((opened) => text(opened, width)));
  return texts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** Kernels shown in text; JSON has them all. */
const SHOWN = 25;

async function json(opened: Opened): Promise<object> {
  const report = await opened.session.kernels();
  const { kernelCount, kernelTimeNs, kernelNames, rows } = report;
  return {
    schema: SCHEMA,
    trace: traceJson(opened),
    totals: { kernelCount, kernelTimeNs, kernelNames },
    steps: await stepsJson(opened),
    kernels: rows.filter(({ kind }) => kind === 'kernel').map(rowJson),
    copies: rows.filter(({ kind }) => kind !== 'kernel').map(rowJson),
  };
}

async function stepsJson({ session, info }: Opened): Promise<object> {
  const { source, reason, steps } = await session.steps();
  return { source, reason, headline: info.stepsHeadline, count: steps.length };
}

function rowJson({ name, category, count: calls, totalNs, avgNs, medianNs, minNs, maxNs, stddevNs, percent: share, prefillNs, decodeNs, mixedNs }: KernelRow) {
  return {
    name,
    category,
    count: calls,
    totalNs,
    avgNs: Math.round(avgNs),
    medianNs: Math.round(medianNs),
    minNs,
    maxNs,
    stddevNs: Math.round(stddevNs),
    percent: Number(share.toFixed(4)),
    prefillNs,
    decodeNs,
    mixedNs,
  };
}

async function text(opened: Opened, width: number): Promise<string[]> {
  const report = await opened.session.kernels();
  const { steps, reason } = await opened.session.steps();
  const lines = headLines(opened);
  if (steps.length > 0) lines.push('', ...phaseLines(steps, width), reason);
  if (report.kernelCount === 0) return lines;
  lines.push(
    '',
    `${plural(report.kernelCount, 'kernel')}, ${plural(report.kernelNames, 'name')}, ${duration(report.kernelTimeNs)}`,
    '',
    ...kernelLines(report, width),
  );
  return lines;
}

const PHASE_COLUMNS: readonly Column[] = [
  { head: 'Phase', align: 'left' },
  { head: 'Steps', align: 'right' },
  { head: 'Tokens', align: 'right' },
  { head: 'Median step', align: 'right' },
  { head: 'Total', align: 'right' },
  { head: 'GPU busy', align: 'right' },
  { head: 'Kernels a step', align: 'right' },
];

function phaseLines(steps: readonly Step[], width: number): string[] {
  const phases: readonly Phase[] = ['prefill', 'mixed', 'decode', 'unknown'];
  const rows = phases.flatMap((phase) => {
    const mine = steps.filter((step) => step.phase === phase);
    if (mine.length === 0) return [];
    const times = mine.map(({ startNs, endNs }) => endNs - startNs).sort((a, b) => a - b);
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    const median = (times[(times.length - 1) >> 1] + times[times.length >> 1]) / 2;
    const tokens = mine.every((step) => step.tokens !== undefined) ? sum(mine.map((step) => step.tokens ?? 0)) : undefined;
    const busy = sum(mine.map(({ busyNs }) => busyNs)) / sum(times);
    const kernels = sum(mine.map(({ kernelCount }) => kernelCount)) / mine.length;
    const onGpu = mine.some(({ busyNs }) => busyNs > 0);
    return [
      [
        phase,
        count(mine.length),
        count(tokens),
        duration(median),
        duration(sum(times)),
        percent(onGpu ? 100 * busy : undefined),
        count(onGpu ? kernels : undefined),
      ],
    ];
  });
  return tableLines(PHASE_COLUMNS, rows, width);
}

function kernelLines({ rows, steps }: KernelReport, width: number): string[] {
  const kernels = rows.filter(({ kind }) => kind === 'kernel');
  const phases = (['prefill', 'mixed', 'decode'] as const).filter((phase) => steps[phase] > 0);
  const columns: Column[] = [
    { head: 'Kernel', align: 'left', shrinks: true },
    { head: 'Category', align: 'left' },
    { head: 'Calls', align: 'right' },
    { head: 'Total ms', align: 'right' },
    { head: '%', align: 'right' },
    { head: 'Mean µs', align: 'right' },
    ...phases.map((phase): Column => ({ head: `${phase[0].toUpperCase()}${phase.slice(1)} ms/step`, align: 'right' })),
  ];
  const cells = kernels.slice(0, SHOWN).map((row) => {
    const spent = { prefill: row.prefillNs, mixed: row.mixedNs, decode: row.decodeNs };
    return [
      printable(row.shortName),
      row.category,
      count(row.count),
      fixed(row.totalNs / 1e6, 3),
      fixed(row.percent, 1),
      fixed(row.avgNs / 1e3, 2),
      ...phases.map((phase) => (spent[phase] > 0 ? fixed(spent[phase] / 1e6 / steps[phase], 3) : fixed(undefined, 3))),
    ];
  });
  const lines = tableLines(columns, cells, width);
  if (kernels.length > SHOWN) lines.push(`… and ${plural(kernels.length - SHOWN, 'more name')}; --json lists them all`);
  return lines;
}
