/** `info`: what the file is, what was recorded, and what is wrong with it. */
import { bytes, count, duration, plural } from '../shared/format.js';
import type { Opened } from './open.js';
import { type Column, printable, tableLines } from './text.js';
import { documents, SCHEMA, traceJson } from './traceJson.js';
import type { Verb } from './verb.js';

export const infoVerb: Verb = {
  name: 'info',
  summary: 'What the file is, what was recorded, and what is wrong with it.',
  formats: ['json'],
  async lines(traces, format, width) {
    if (format === 'json') return documents(await Promise.all(traces.map(json)));
    return traces.flatMap((opened, index) => [...(index === 0 ? [] : ['']), ...text(opened, width)]);
  },
};

async function json(opened: Opened): Promise<object> {
  const { info, session } = opened;
  const { steps, source, reason } = await session.steps();
  return {
    schema: SCHEMA,
    trace: traceJson(opened),
    producer: info.producer,
    fileBytes: info.fileBytes,
    textBytes: info.textBytes,
    sliceCount: info.sliceCount,
    epochNs: info.epochNs,
    facts: info.facts,
    totals: { kernelCount: info.kernelCount, kernelTimeNs: info.kernelTimeNs, kernelNames: info.kernelNames },
    steps: {
      source,
      reason,
      headline: info.stepsHeadline,
      list: steps.map((step) => ({ ...step, tokens: step.tokens ?? null, requests: step.requests ?? null })),
    },
    groups: info.groups,
    tracks: info.tracks,
  };
}

/** The lines that begin the text of `info` and `summarize`. */
export function headLines({ path, info }: Opened): string[] {
  const facts = [
    info.producer || info.format,
    plural(info.events, 'record'),
    duration(info.durationNs),
    info.rank === undefined ? '' : `rank ${info.rank}${info.worldSize === undefined ? '' : ` of ${info.worldSize}`}`,
    deviceNames(info.devices),
  ];
  const lines = [printable(path), facts.filter(Boolean).map(printable).join(' · ')];
  if (info.stepsHeadline) lines.push(info.stepsHeadline);
  if (info.emptyReason) lines.push(info.emptyReason);
  if (info.damage) lines.push(printable(info.damage));
  for (const { message, count: times } of info.problems) lines.push(printable(`${times}× ${message}`));
  return lines;
}

function deviceNames(devices: readonly { name: string }[]): string {
  const times = new Map<string, number>();
  for (const { name } of devices) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times].map(([name, many]) => (name === '' ? plural(many, 'device') : many > 1 ? `${many}× ${name}` : name)).join(', ');
}

const TRACK_COLUMNS: readonly Column[] = [
  { head: 'Track', align: 'left', shrinks: true },
  { head: 'Kind', align: 'left' },
  { head: 'Slices', align: 'right' },
  { head: 'Rows', align: 'right' },
  { head: 'From', align: 'right' },
  { head: 'To', align: 'right' },
];

function text(opened: Opened, width: number): string[] {
  const { info } = opened;
  const lines = headLines(opened);
  lines.push(`${bytes(info.fileBytes)} on disk, ${bytes(info.textBytes)} unpacked, ${plural(info.sliceCount, 'slice')}, ${plural(info.kernelCount, 'kernel')}`);
  for (const { key, value } of info.facts) lines.push(printable(`${key}: ${value}`));
  for (const group of info.groups) {
    const rows = info.tracks
      .filter((track) => track.group === group.id)
      .map(({ name, detail, kind, sliceCount, rowCount, firstNs, lastNs }) => [
        printable(detail ? `${name} (${detail})` : name),
        kind,
        count(sliceCount),
        count(rowCount),
        duration(firstNs),
        duration(lastNs),
      ]);
    lines.push('', printable(group.detail ? `${group.name} (${group.detail})` : group.name), ...tableLines(TRACK_COLUMNS, rows, width));
  }
  return lines;
}
