/** Key figures, a column a phase, and how far the recording can be trusted. */
import { type Analysis, type HealthCheck, isWithheld, type Known, type PhaseReport } from '../../../src/shared/analysis.js';
import { count, duration, fixed, NO_VALUE, percent } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { el, sectionHead, span } from '../dom.js';
import { type IconName, icon } from '../icons.js';
import { phaseName } from '../steps.js';
import { evidenceLink } from './evidence.js';

interface Figure {
  name: string;
  hint: string;
  unit: string;
  text(phase: PhaseReport): Known<string>;
}

const perStep = (phase: PhaseReport, ns: number): string => duration(ns / phase.steps);
const known = (value: Known<number>, text: (value: number) => string): Known<string> => (typeof value === 'number' ? text(value) : value);

function figuresOf({ launches, gpu: { idleWithheld } }: Analysis): Figure[] {
  const trusted = (text: string): Known<string> => (idleWithheld === undefined ? text : { withheld: idleWithheld });
  const ofPhase = (phase: PhaseReport) => launches.phases.find((mine) => mine.phase === phase.phase);
  return [
    { name: 'Step time', hint: 'From the first to the last GPU work of a step.', unit: 'median', text: ({ duration: times }) => duration(times.p50Ns) },
    {
      name: 'Time per token',
      hint: 'Steps and the idle before each, over the tokens processed (prefill) or generated (decode).',
      unit: 'with gaps',
      text: ({ nsPerToken }) => known(nsPerToken, duration),
    },
    {
      name: 'Tokens per second',
      hint: 'The same, turned round.',
      unit: '',
      text: ({ tokensPerSecond }) => known(tokensPerSecond, (value) => fixed(value, value < 1000 ? 1 : 0)),
    },
    {
      name: 'GPU active',
      hint: 'Union of kernels over step time.',
      unit: 'kernels',
      text: ({ time }) => trusted(percent((100 * time.activeNs) / time.spanNs)),
    },
    {
      name: 'GPU busy',
      hint: 'Union of kernels, copies and sets over step time.',
      unit: 'with copies',
      text: ({ time }) => trusted(percent((100 * time.busyNs) / time.spanNs)),
    },
    { name: 'Idle inside steps', hint: 'Step time without any GPU work.', unit: '/step', text: (phase) => trusted(perStep(phase, phase.time.idleNs)) },
    {
      name: 'Idle between steps',
      hint: 'From the end of a step’s last work to the start of the next step’s first.',
      unit: '/step',
      text: (phase) => trusted(perStep(phase, phase.gapBefore.totalNs)),
    },
    { name: 'Exposed comm.', hint: 'Communication while nothing computes.', unit: '/step', text: (phase) => perStep(phase, phase.time.exposedCommunicationNs) },
    { name: 'Kernels', hint: '', unit: '/step', text: (phase) => count(phase.kernels / phase.steps) },
    {
      name: 'Launches',
      hint: 'Kernels launched one by one, and graph launches.',
      unit: '/step',
      text: (phase) => {
        const { eagerPerStep = 0, graphPerStep = 0 } = ofPhase(phase) ?? {};
        return graphPerStep > 0 ? `${count(eagerPerStep)} + ${count(graphPerStep)} graph` : `${count(eagerPerStep)} eager`;
      },
    },
    {
      name: 'Start latency, p50',
      hint: 'Kernel start − launch start; of a graph, its first kernel.',
      unit: '',
      text: (phase) => duration(ofPhase(phase)?.delay?.p50Ns),
    },
  ];
}

export function keyFigures(analysis: Analysis): HTMLElement {
  const { phases } = analysis;
  const value = (phase: PhaseReport, { text }: Figure): HTMLElement => {
    const shown = text(phase);
    return isWithheld(shown) ? el('td', { class: 'numeric none', title: shown.withheld }, NO_VALUE) : el('td', { class: 'numeric' }, shown);
  };
  const rows = figuresOf(analysis).map((figure) =>
    el(
      'tr',
      { title: figure.hint || undefined },
      el('th', { scope: 'row' }, figure.name),
      ...phases.map((phase) => value(phase, figure)),
      el('td', { class: 'dim' }, figure.unit),
    ),
  );
  const heads = phases.map(({ phase }) => el('th', { scope: 'col', class: `numeric phase-name ${phase}` }, phaseName(phase)));
  return el(
    'section',
    { class: 'key-figures', 'aria-label': 'Key figures' },
    sectionHead('Key figures'),
    el('table', {}, el('thead', {}, el('tr', {}, el('td', {}), ...heads, el('td', {}))), el('tbody', {}, ...rows)),
  );
}

const STATES: Readonly<Record<HealthCheck['state'], { icon: IconName; word: string }>> = {
  fine: { icon: 'check', word: 'fine' },
  partial: { icon: 'warning', word: 'partial' },
  withheld: { icon: 'none', word: 'withheld' },
};

export function trustList(app: App, checks: readonly HealthCheck[]): HTMLElement {
  const number = (state: HealthCheck['state']): string => `${checks.filter((check) => check.state === state).length} ${STATES[state].word}`;
  const rows = checks.map(({ state, title, detail, evidence }) =>
    el(
      'li',
      { class: `trust-row ${state}` },
      icon(STATES[state].icon),
      span('visually-hidden', `${STATES[state].word}:`),
      span('trust-title', title),
      el('span', { class: 'trust-detail dim', title: detail }, detail),
      evidence && evidenceLink(app, evidence, title),
    ),
  );
  return el(
    'section',
    { class: 'trust', 'aria-label': 'Trust' },
    sectionHead('Trust', span('dim', `${number('fine')} · ${number('partial')} · ${number('withheld')}`)),
    el('ul', {}, ...rows),
  );
}
