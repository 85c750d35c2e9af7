/** `analyze`: what bounds the run, with the numbers that decide it. */
import { analysisMarkdown } from '../core/advise/markdown.js';
import { type Analysis, isWithheld, type PhaseReport } from '../shared/analysis.js';
import { count, duration, fixed, percent } from '../shared/format.js';
import { headLines } from './info.js';
import { memoryLines } from './memory.js';
import type { Opened } from './open.js';
import { type Column, printable, tableLines } from './text.js';
import { documents, SCHEMA, traceJson } from './traceJson.js';
import type { Verb } from './verb.js';

export const analyzeVerb: Verb = {
  name: 'analyze',
  summary: 'What bounds the run: phases, gaps, launches, communication, findings.',
  formats: ['json', 'markdown'],
  options: { config: '<config.json>   of the model that ran: how long reading its weights takes (default: the one beside the trace)' },
  async lines(traces, format, width) {
    if (format === 'json') return documents(await Promise.all(traces.map(json)));
    if (format === 'markdown') return Promise.all(traces.map(async ({ info, session }) => analysisMarkdown(info.fileName, await session.analysis())));
    const texts = await Promise.all(traces.map((opened) => text(opened, width)));
    return texts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
  },
};

async function json(opened: Opened): Promise<object> {
  return { schema: SCHEMA, trace: traceJson(opened), ...plain(await opened.session.analysis()) };
}

/** Columns as arrays, and times that are means or percentiles as whole nanoseconds. */
function plain(analysis: Analysis): object {
  return JSON.parse(
    JSON.stringify(analysis, (key, value: unknown) => {
      if (value instanceof Float64Array) return Array.from(value);
      return typeof value === 'number' && key.endsWith('Ns') ? Math.round(value) : value;
    }),
  );
}

async function text(opened: Opened, width: number): Promise<string[]> {
  const { verdict, phases, gpu, findings, health, facts, memory } = await opened.session.analysis();
  const lines = [...headLines(opened), printable(facts)];
  if (memory.recorded) lines.push(...memoryLines(memory.recorded, width));
  for (const { phase, title, reason, caveat } of verdict) lines.push('', `${phase}: ${title}`, `  ${reason}`, ...(caveat ? [`  ${caveat}`] : []));
  if (phases.length > 0)
    lines.push(
      '',
      ...tableLines(
        PHASE_COLUMNS,
        phases.map((phase) => phaseCells(phase, gpu.idleWithheld === undefined)),
        width,
      ),
    );
  if (findings.length > 0) lines.push('', 'Findings, most time at stake first:');
  for (const { title, sentence, advice, atStakeNs, per, percentOfPhase, confidence } of findings) {
    lines.push(`  ${printable(title)}: ${duration(atStakeNs)}${per === 'step' ? ' a step' : ''}, ${percent(percentOfPhase)}, confidence ${confidence}`);
    lines.push(`    ${printable(sentence)}`, ...(advice ? [`    ${advice}`] : []));
  }
  lines.push('', 'Trust:', ...health.map((check) => `  ${check.state.padEnd(9)} ${check.title}: ${printable(check.detail)}`));
  return lines;
}

const PHASE_COLUMNS: readonly Column[] = [
  { head: 'Phase', align: 'left' },
  { head: 'Steps', align: 'right' },
  { head: 'Median step', align: 'right' },
  { head: 'GPU busy', align: 'right' },
  { head: 'Compute', align: 'right' },
  { head: 'Exposed comm.', align: 'right' },
  { head: 'Exposed copies', align: 'right' },
  { head: 'Idle', align: 'right' },
  { head: 'Idle before/step', align: 'right' },
  { head: 'Tokens/s', align: 'right' },
];

function phaseCells({ phase, steps, duration: times, time, gapBefore, tokensPerSecond }: PhaseReport, isIdleKnown: boolean): string[] {
  const share = (ns: number): string => percent(isIdleKnown && time.spanNs > 0 ? (100 * ns) / time.spanNs : undefined);
  return [
    phase,
    count(steps),
    duration(times.p50Ns),
    share(time.busyNs),
    share(time.computeNs),
    share(time.exposedCommunicationNs),
    share(time.exposedCopyNs),
    share(time.idleNs),
    duration(isIdleKnown ? gapBefore.totalNs / steps : undefined),
    isWithheld(tokensPerSecond) ? fixed(undefined, 1) : fixed(tokensPerSecond, 1),
  ];
}
