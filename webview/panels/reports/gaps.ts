/** Gaps of the devices, longest first, with cause and what the CPU did meanwhile. */
import type { Gap, GapCause, GapsReport, StepRow } from '../../../src/shared/analysis.js';
import { duration, fixed, plural } from '../../../src/shared/format.js';
import { frameLabel } from '../../../src/shared/names.js';
import type { App } from '../../app.js';
import { around } from '../../timeline/viewport.js';
import type { Column } from '../column.js';
import { US } from '../numbers.js';
import { stepName } from '../steps.js';
import { tableSection } from './section.js';

/** What the table calls a cause; the timeline has room for fewer words (timeline/gaps.ts). */
const CAUSE_TEXT: Readonly<Record<GapCause, string>> = {
  betweenSteps: 'between steps',
  sync: 'synchronization',
  copy: 'copy',
  otherStream: 'other stream',
  launchLate: 'launch late',
  graphInternal: 'inside a graph',
  queue: 'queue',
  nothingLaunched: 'nothing launched',
  unknown: 'unknown',
};

const lengthNs = ({ startNs, endNs }: Gap): number => endNs - startNs;

export function gapsSection(app: App, { gaps, byCause, count, idleNs }: GapsReport, steps: readonly StepRow[]): HTMLElement {
  const longest = Math.max(1, ...gaps.map(lengthNs));
  const stepOf = (gap: Gap): string | undefined => {
    const step = steps.find(({ index }) => index === gap.step);
    return step && stepName(step);
  };
  const columns: Column<Gap>[] = [
    {
      key: 'length',
      title: 'Idle µs',
      width: 120,
      numeric: true,
      value: (gap) => lengthNs(gap) / US,
      text: (gap) => fixed(lengthNs(gap) / US, 1),
      bar: (gap) => lengthNs(gap) / longest,
    },
    { key: 'cause', title: 'Cause', width: 128, value: ({ cause }) => CAUSE_TEXT[cause], full: ({ reason }) => reason },
    { key: 'step', title: 'Step', width: 112, value: stepOf, text: (gap) => stepOf(gap) ?? '–' },
    { key: 'start', title: 'Starts at ms', width: 104, numeric: true, value: ({ startNs }) => startNs / 1e6, text: ({ startNs }) => fixed(startNs / 1e6, 3) },
    {
      key: 'meanwhile',
      title: 'Meanwhile on the launching thread',
      width: 'flex',
      minWidth: 240,
      value: ({ meanwhile }) => meanwhile.map(({ name, ns }) => `${frameLabel(name)} ${duration(ns)}`).join(', ') || undefined,
      text: ({ meanwhile }) => meanwhile.map(({ name, ns }) => `${frameLabel(name)} ${duration(ns)}`).join(', ') || '–',
      full: ({ meanwhile }) => meanwhile.map(({ name }) => name).join('\n'),
    },
    { key: 'reason', title: 'Evidence', width: 300, hideBelowPx: 1300, value: ({ reason }) => reason, full: ({ reason }) => reason },
    { key: 'device', title: 'GPU', width: 56, hideBelowPx: 1000, value: ({ device }) => device },
  ];
  const byName = new Map<GapCause, number>();
  for (const { cause, totalNs } of byCause) byName.set(cause, (byName.get(cause) ?? 0) + totalNs);
  const causes = [...byName].sort((a, b) => b[1] - a[1]).map(([cause, ns]) => `${CAUSE_TEXT[cause]} ${duration(ns)}`);
  return tableSection(app, {
    title: 'Gaps',
    columns,
    sort: [{ key: 'length', descending: true }],
    rows: gaps,
    status: `${plural(count, 'gap')}, ${duration(idleNs)} idle: ${causes.join(', ')}${gaps.length < count ? ` · the longest ${gaps.length} are listed` : ''}`,
    empty: 'The GPU was never idle between its first and its last work.',
    onOpen: (gap) => {
      app.change({ tab: 'timeline', window: around(gap, 0.5) });
      if (gap.before !== undefined) void app.select(gap.before).catch((error: Error) => app.announce(error.message));
    },
  });
}
