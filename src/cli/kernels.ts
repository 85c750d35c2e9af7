/** `kernels`: every kernel call by start. */

import { type KernelCall, kernelCalls } from '../core/analyze/calls.js';
import { duration } from '../shared/format.js';
import { shortName } from '../shared/names.js';
import { csvLine } from './csv.js';
import type { Opened } from './open.js';
import { type Column, printable, tableLines } from './text.js';
import { SCHEMA, traceJson } from './traceJson.js';
import type { Verb } from './verb.js';

export const kernelsVerb: Verb = {
  name: 'kernels',
  summary: 'Every kernel call by start.',
  formats: ['json', 'csv'],
  lines(traces, format, width) {
    if (format === 'csv') return csv(traces);
    return format === 'json' ? json(traces) : text(traces, width);
  },
};

const FIELDS = [
  'startNs',
  'durationNs',
  'name',
  'device',
  'stream',
  'correlation',
  'launchDelayNs',
  'step',
  'phase',
  'layer',
] as const satisfies readonly (keyof KernelCall)[];

function callsOf({ trace, analyses }: Opened): Generator<KernelCall> {
  return kernelCalls(trace, analyses.gpu(), analyses.steps());
}

/** Several traces get their path as a first column. */
function* csv(traces: readonly Opened[]): Generator<string> {
  const several = traces.length > 1;
  yield csvLine(several ? ['trace', ...FIELDS] : FIELDS);
  for (const opened of traces) {
    for (const call of callsOf(opened)) {
      const cells = FIELDS.map((field) => call[field]);
      yield csvLine(several ? [opened.path, ...cells] : cells);
    }
  }
}

/** Written piece by piece: a document of a big trace is longer than a string can be. */
function* json(traces: readonly Opened[]): Generator<string> {
  const several = traces.length > 1;
  if (several) yield '[';
  for (const [index, opened] of traces.entries()) {
    yield `{ "schema": ${SCHEMA}, "trace": ${JSON.stringify(traceJson(opened))}, "kernels": [`;
    let line = '';
    for (const call of callsOf(opened)) {
      if (line !== '') yield `${line},`;
      line = JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, call[field] ?? null])));
    }
    if (line !== '') yield line;
    yield several && index + 1 < traces.length ? '] },' : '] }';
  }
  if (several) yield ']';
}

const COLUMNS: readonly Column[] = [
  { head: 'Start', align: 'right' },
  { head: 'Duration', align: 'right' },
  { head: 'Delay', align: 'right' },
  { head: 'Stream', align: 'right' },
  { head: 'Step', align: 'left' },
  { head: 'Layer', align: 'right' },
  { head: 'Kernel', align: 'left', shrinks: true },
];

/** Rows are laid out a page at a time, so that a long list neither waits nor fills the memory. */
const PAGE = 2000;

function* text(traces: readonly Opened[], width: number): Generator<string> {
  for (const [index, opened] of traces.entries()) {
    if (traces.length > 1) yield `${index === 0 ? '' : '\n'}${printable(opened.path)}`;
    let page: string[][] = [];
    let isFirst = true;
    const flush = (): string[] => {
      const lines = tableLines(COLUMNS, page, width).slice(isFirst ? 0 : 1);
      page = [];
      isFirst = false;
      return lines;
    };
    for (const { startNs, durationNs, launchDelayNs, device, stream, step, phase, layer, name } of callsOf(opened)) {
      const place = step === undefined ? '' : `${phase} ${step}`;
      page.push([
        duration(startNs),
        duration(durationNs),
        duration(launchDelayNs),
        `${device}:${stream}`,
        place,
        String(layer ?? ''),
        printable(shortName(name)),
      ]);
      if (page.length === PAGE) yield* flush();
    }
    if (page.length > 0 || isFirst) yield* flush();
  }
}
