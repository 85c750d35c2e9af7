/** The Steps tab: the steps of the engine one a row, the gaps in which the GPU was idle, and how kernels were launched. */
import { type Analysis, type Distribution, isWithheld, type PhaseReport, type StepRow } from '../../../src/shared/analysis.js';
import { count, duration, fixed, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import type { Column } from '../column.js';
import { MS, US } from '../numbers.js';
import { phaseName, stepWindow } from '../steps.js';
import { gapsSection } from './gaps.js';
import { launchesSection } from './launches.js';
import { reportTab } from './reportTab.js';
import { sections, tableSection } from './section.js';

const NOTES: Readonly<Record<NonNullable<StepRow['note']>, string>> = { warmUp: 'warm-up', slow: 'slow', partial: 'partial' };

export const stepsTab = reportTab('steps', (app, analysis) =>
  sections('Steps', [
    { name: 'steps', title: 'Steps', make: () => stepsSection(app, analysis) },
    { name: 'gaps', title: 'Gaps', make: () => gapsSection(app, analysis.gaps, analysis.steps.steps) },
    { name: 'launches', title: 'Launches', make: () => launchesSection(app, analysis.launches) },
  ]),
);

function stepsSection(app: App, { steps: { steps, reason }, phases }: Analysis): HTMLElement {
  return tableSection(app, {
    title: 'Steps',
    columns: columnsOf(steps),
    sort: [{ key: 'index', descending: false }],
    rows: steps,
    status: [plural(steps.length, 'step'), ...phases.map(percentiles), reason].join(' · '),
    empty: `No steps in this trace. ${reason}`,
    onOpen: (step) => app.change({ tab: 'timeline', window: stepWindow(step) }),
  });
}

/** "decode p50 18.18 ms, p90 18.60 ms, p99 19.50 ms, 18.40 ms/token": of one step there are no percentiles. */
function percentiles({ phase, duration: times, nsPerToken }: PhaseReport): string {
  const perToken = isWithheld(nsPerToken) ? '' : `, ${duration(nsPerToken)}/token`;
  return `${phaseName(phase)} ${times.count > 1 ? ofMany(times) : duration(times.totalNs)}${perToken}`;
}

const ofMany = ({ p50Ns, p90Ns, p99Ns }: Distribution): string => `p50 ${duration(p50Ns)}, p90 ${duration(p90Ns)}, p99 ${duration(p99Ns)}`;

const lengthNs = ({ startNs, endNs }: StepRow): number => endNs - startNs;
const busyPercent = ({ time }: StepRow): number => (100 * time.busyNs) / Math.max(1, time.spanNs);

/** Time a token: of those that a decode step made, or that a prefill took in. */
function nsPerToken(step: StepRow): number | undefined {
  const tokens = step.generatedTokens ?? step.tokens;
  return tokens ? lengthNs(step) / tokens : undefined;
}

function columnsOf(steps: readonly StepRow[]): Column<StepRow>[] {
  const longest = Math.max(1, ...steps.map(lengthNs));
  const number = (key: string, title: string, width: number, value: (step: StepRow) => number | undefined, hideBelowPx?: number): Column<StepRow> => ({
    key,
    title,
    width,
    numeric: true,
    hideBelowPx,
    value,
    text: (step) => count(value(step)),
  });
  const time = (key: string, title: string, width: number, unit: number, ns: (step: StepRow) => number | undefined, hint?: string): Column<StepRow> => {
    const value = (step: StepRow): number | undefined => {
      const known = ns(step);
      return known === undefined ? undefined : known / unit;
    };
    return { key, title, width, numeric: true, hint, value, text: (step) => fixed(value(step), unit === MS ? 3 : 1) };
  };
  return [
    { key: 'index', title: '#', width: 48, numeric: true, value: ({ index }) => index },
    {
      key: 'phase',
      title: 'Phase',
      width: 92,
      className: 'phase',
      value: ({ phase }) => (phase === 'unknown' ? undefined : phase),
      swatch: ({ phase }) => phase,
    },
    number('tokens', 'Tokens', 72, ({ tokens }) => tokens),
    { ...number('requests', 'Requests', 84, ({ requests }) => requests), hideBelowPx: 700 },
    {
      ...time('duration', 'Duration ms', 120, MS, lengthNs),
      bar: (step) => lengthNs(step) / longest,
      barColour: ({ phase }) => phase,
    },
    { ...time('perToken', 'ms/token', 88, MS, nsPerToken, 'Over the tokens that a decode step made, or that a prefill took in'), hideBelowPx: 900 },
    {
      key: 'busy',
      title: 'GPU busy %',
      width: 96,
      numeric: true,
      hint: 'Share of the step during which kernels, copies or sets ran',
      value: busyPercent,
      text: (step) => fixed(busyPercent(step), 1),
    },
    time('idle', 'Idle µs', 92, US, ({ time: { idleNs } }) => idleNs, 'GPU idle inside the step'),
    time('gapBefore', 'Gap before µs', 112, US, ({ gapBeforeNs }) => gapBeforeNs, 'GPU idle since the step before'),
    {
      ...time(
        'communication',
        'Exposed comm. µs',
        132,
        US,
        ({ time: { exposedCommunicationNs } }) => exposedCommunicationNs || undefined,
        'Communication while nothing computes',
      ),
      hideBelowPx: 900,
    },
    number('kernels', 'Kernels', 76, ({ kernelCount }) => kernelCount),
    { ...number('eager', 'Launches', 84, ({ launches }) => launches.eager, 800), hint: 'Calls that launched kernels one by one' },
    { ...number('graph', 'Graphs', 72, ({ launches }) => launches.graph, 800), hint: 'Launches of graphs' },
    number('layers', 'Layers', 64, ({ layers }) => layers || undefined, 1000),
    {
      key: 'note',
      title: 'Note',
      width: 'flex',
      minWidth: 72,
      hint: 'Unlike the other steps of its phase',
      value: ({ note }) => note && NOTES[note],
      text: ({ note }) => (note ? NOTES[note] : ''),
    },
  ];
}
