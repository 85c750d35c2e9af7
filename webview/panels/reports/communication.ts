/** The Communication tab: collectives by name, and how much of them nothing overlaps. */
import type { CollectiveRow } from '../../../src/shared/analysis.js';
import { bytes, count, duration, fixed, percent } from '../../../src/shared/format.js';
import { shortName } from '../../../src/shared/names.js';
import type { Column } from '../column.js';
import { MS, US } from '../numbers.js';
import { reportTab } from './reportTab.js';
import { tableSection } from './section.js';

const COLLECTIVE_TEXT: Readonly<Record<CollectiveRow['collective'], string>> = {
  allReduce: 'All-reduce',
  allGather: 'All-gather',
  reduceScatter: 'Reduce-scatter',
  allToAll: 'All-to-all',
  broadcast: 'Broadcast',
  sendReceive: 'Send/receive',
  other: 'Other',
};

const ms = (key: string, title: string, ns: (row: CollectiveRow) => number, hint?: string): Column<CollectiveRow> => ({
  key,
  title,
  hint,
  width: 104,
  numeric: true,
  value: (row) => ns(row) / MS,
  text: (row) => fixed(ns(row) === 0 ? undefined : ns(row) / MS, 3),
});

export const communicationTab = reportTab('communication', (app, { communication, phases }) => {
  const most = Math.max(1, ...communication.rows.map(({ totalNs }) => totalNs));
  const has = (phase: string): boolean => phases.some((report) => report.phase === phase);
  const columns: Column<CollectiveRow>[] = [
    { key: 'collective', title: 'Collective', width: 128, value: ({ collective }) => COLLECTIVE_TEXT[collective], swatch: () => 'communication' },
    { key: 'library', title: 'Library', width: 140, value: ({ library }) => library },
    {
      key: 'name',
      title: 'Kernel',
      width: 'flex',
      minWidth: 220,
      className: 'mono',
      value: ({ name }) => name,
      text: ({ name }) => shortName(name),
      full: ({ name }) => name,
    },
    { key: 'count', title: 'Calls', width: 72, numeric: true, value: (row) => row.count, text: (row) => count(row.count) },
    { ...ms('totalNs', 'Total ms', (row) => row.totalNs), width: 120, bar: (row) => row.totalNs / most, barColour: () => 'communication' },
    ms('exposedNs', 'Exposed ms', (row) => row.exposedNs, 'While nothing computes on the device'),
    { key: 'p50', title: 'Median µs', width: 84, numeric: true, value: (row) => row.duration.p50Ns / US, text: (row) => fixed(row.duration.p50Ns / US, 2) },
    {
      key: 'max',
      title: 'Max µs',
      width: 84,
      numeric: true,
      hideBelowPx: 1000,
      value: (row) => row.duration.maxNs / US,
      text: (row) => fixed(row.duration.maxNs / US, 2),
    },
    { key: 'perStep', title: 'Per step', width: 76, numeric: true, value: (row) => row.perStep, text: (row) => fixed(row.perStep, 1) },
    { key: 'perLayer', title: 'Per layer', width: 76, numeric: true, hideBelowPx: 900, value: (row) => row.perLayer, text: (row) => fixed(row.perLayer, 2) },
  ];
  if (has('prefill')) columns.push(ms('prefill', 'Prefill ms', (row) => row.phase.prefillNs));
  if (has('decode')) columns.push(ms('decode', 'Decode ms', (row) => row.phase.decodeNs));
  if (communication.rows.some(({ messageBytes }) => messageBytes)) {
    columns.push(
      {
        key: 'message',
        title: 'Message',
        width: 84,
        numeric: true,
        value: (row) => row.messageBytes?.mean,
        text: (row) => (row.messageBytes ? bytes(Math.round(row.messageBytes.mean)) : '–'),
      },
      {
        key: 'bus',
        title: 'Bus GB/s',
        width: 84,
        numeric: true,
        hint: 'Algorithm bandwidth × 2(n−1)/n for all-reduce, (n−1)/n for the others',
        value: (row) => row.busBandwidth,
        text: (row) => fixed(row.busBandwidth === undefined ? undefined : row.busBandwidth / 1e9, 1),
      },
    );
  }
  const { communicationNs, exposedNs, overlappedPercent, percentOfKernelTime, caveat } = communication;
  const status = `${duration(communicationNs)} of communication, ${duration(exposedNs)} exposed (${percent(overlappedPercent)} overlapped), ${percent(percentOfKernelTime)} of kernel time${caveat ? ` · ${caveat}` : ''}`;
  return [
    tableSection(app, {
      title: 'Collectives',
      columns,
      sort: [{ key: 'totalNs', descending: true }],
      rows: communication.rows,
      status: communication.rows.length > 0 ? status : '',
      empty: 'No kernel of this recording communicates between ranks.',
      onOpen: ({ name }) => app.change({ tab: 'timeline', search: `name:="${name}"` }),
    }),
  ];
});
