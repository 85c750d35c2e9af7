/** How kernels were launched: the delays by their three definitions, what is short, how deep the queues were. */
import type { Distribution, LaunchesReport } from '../../../src/shared/analysis.js';
import { count, duration, fixed, percent, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { box, factList } from '../dom.js';
import { US } from '../numbers.js';
import { delayChart } from './delays.js';
import { tableSection } from './section.js';

interface DelayRow {
  launches: string;
  what: string;
  hint: string;
  times: Distribution;
}

function delayRows({ delays, phases }: LaunchesReport): DelayRow[] {
  const rows: DelayRow[] = [];
  for (const [launches, report] of [
    ['one by one', delays.eager],
    ['graph, first kernel', delays.graph],
  ] as const) {
    if (!report) continue;
    rows.push({ launches, what: 'start latency', hint: 'Kernel start − launch start', times: report.startLatency });
    rows.push({
      launches,
      what: 'after the call',
      hint: 'Kernel start − launch end, 0 where the kernel began before the call returned',
      times: report.afterCall,
    });
    rows.push({
      launches,
      what: 'beyond the queue',
      hint: 'Kernel start − the later of the launch’s end and the end of the work before it on its stream',
      times: report.beyondQueue,
    });
  }
  for (const { phase, delay } of phases)
    if (delay) rows.push({ launches: `all of ${phase}`, what: 'start latency', hint: 'Kernel start − launch start', times: delay });
  return rows;
}

const column = (key: string, title: string, value: (times: Distribution) => number): Column<DelayRow> => ({
  key,
  title,
  width: 92,
  numeric: true,
  value: ({ times }) => value(times) / US,
  text: ({ times }) => fixed(value(times) / US, 2),
});

const COLUMNS: Column<DelayRow>[] = [
  { key: 'launches', title: 'Launches', width: 160, value: ({ launches }) => launches },
  { key: 'what', title: 'Delay', width: 'flex', minWidth: 140, value: ({ what }) => what, full: ({ hint }) => hint },
  { key: 'count', title: 'Count', width: 84, numeric: true, value: ({ times }) => times.count, text: ({ times }) => count(times.count) },
  column('min', 'Min µs', ({ minNs }) => minNs),
  column('p50', 'p50 µs', ({ p50Ns }) => p50Ns),
  column('p90', 'p90 µs', ({ p90Ns }) => p90Ns),
  column('p99', 'p99 µs', ({ p99Ns }) => p99Ns),
  column('max', 'Max µs', ({ maxNs }) => maxNs),
  column('mean', 'Mean µs', ({ meanNs }) => meanNs),
];

export function launchesSection(app: App, report: LaunchesReport): HTMLElement {
  const { eager, graph, graphWithKernels, kernelsPerGraph, shortKernels, startedOnEmptyQueue, overheadBoundNs, maxQueueDepth } = report;
  const { count: empty, ofKernels } = startedOnEmptyQueue;
  const facts = factList([
    ['Launched one by one', count(eager)],
    ['Graph launches', graph > 0 ? `${count(graph)}, ${count(graphWithKernels)} with kernels` : '0'],
    ['Kernels a graph', kernelsPerGraph && `${count(kernelsPerGraph.minNs)} – ${count(kernelsPerGraph.maxNs)}, median ${count(kernelsPerGraph.p50Ns)}`],
    [
      'Short kernels',
      `${count(shortKernels.count)}, ${duration(shortKernels.totalNs)} in calls of ${duration(shortKernels.callNs)}`,
      'Launched by a call of at most 50 µs that took longer than the kernel',
    ],
    [
      'Started on an empty queue',
      `${count(empty)} of ${plural(ofKernels, 'launch', 'launches')}, ${percent(ofKernels > 0 ? (100 * empty) / ofKernels : undefined)}`,
      'The stream had nothing left when the launch began',
    ],
    ['Bound by overhead', duration(overheadBoundNs), 'GPU idle because the next launch came late'],
    [
      'Deepest queue',
      maxQueueDepth.map(({ stream, depth }) => `stream ${stream}: ${count(depth)}`).join(', ') || undefined,
      'Launches that waited at the same time',
    ],
  ]);
  return box(
    'launches',
    box('launch-facts', facts, delayChart(app, report)),
    tableSection(app, {
      title: 'Launch delays',
      columns: COLUMNS,
      sort: [],
      rows: delayRows(report),
      status:
        'Start latency = kernel start − launch start; after the call = kernel start − launch end; beyond the queue = what the work before it does not explain',
      empty: 'The calls that launched the kernels were not recorded.',
    }),
  );
}
