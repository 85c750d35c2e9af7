/** The drawer's list of all slices with the name of the selected one, by time or by duration. */

import { count, duration, fixed } from '../../src/shared/format.js';
import type { Move, Occurrences, SliceDetail } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { iconButton } from '../ui.js';
import type { Column } from './column.js';
import { box, span } from './dom.js';
import { MS, US } from './numbers.js';
import { stepName } from './steps.js';
import { createTable } from './table.js';

/** Enough to list; the engine thins evenly above it, and the buttons still walk through every one. */
const CALL_LIMIT = 20_000;

export function sameNameTab(root: HTMLElement, app: App): () => void {
  let calls: Occurrences | undefined;
  let asked: number | undefined;
  /** rows are indexes into the columns of `calls` */
  const columns: Column<number>[] = [
    { key: 'at', title: '#', width: 72, numeric: true, value: (row) => row + 1, text: (row) => count(row + 1) },
    {
      key: 'startNs',
      title: 'Start ms',
      width: 128,
      numeric: true,
      value: (row) => calls!.startNs[row]! / MS,
      text: (row) => fixed(calls!.startNs[row]! / MS, 3),
    },
    {
      key: 'durNs',
      title: 'Duration µs',
      width: 140,
      numeric: true,
      className: 'strong',
      value: (row) => calls!.durNs[row]! / US,
      text: (row) => fixed(calls!.durNs[row]! / US, 2),
      bar: (row) => calls!.durNs[row]! / longest(),
    },
    {
      key: 'ratio',
      title: '× median',
      width: 84,
      numeric: true,
      value: (row) => calls!.durNs[row]! / medianNs(),
      text: (row) => fixed(calls!.durNs[row]! / medianNs(), 2),
    },
    { key: 'step', title: 'Step', width: 'flex', value: (row) => stepOf(row), text: (row) => stepText(stepOf(row)) },
  ];
  let longestNs = 1;
  const longest = (): number => longestNs;
  const medianNs = (): number => app.state.detail?.sameName.medianNs || 1;
  const stepOf = (row: number): number | undefined => (calls!.step[row]! < 0 ? undefined : calls!.step[row]!);
  const stepText = (index: number | undefined): string => (index === undefined ? '–' : stepName(app.state.steps?.steps[index] ?? { index, phase: 'unknown' }));

  const go = (row: number): void => void app.select(calls!.slice[row]!, { show: true });
  const walk = async (move: Move): Promise<void> => {
    const { selection } = app.state;
    const next = selection === undefined ? null : await app.trace.move(selection, move);
    if (next) await app.select(next.slice, { show: true });
  };

  const table = createTable<number>({
    label: 'Slices of the same name',
    columns,
    sort: [{ key: 'at', descending: false }],
    onSelect: go,
    onOpen: go,
    onCopy: (text) => app.copy(text),
  });
  const status = span('table-status');
  const toolbar = box(
    'toolbar',
    status,
    span('dim', 'By time'),
    iconButton('Previous in time', 'left', () => void walk('previousSameName')),
    iconButton('Next in time', 'right', () => void walk('nextSameName')),
    span('dim', 'By duration'),
    iconButton('Next longer', 'up', () => void walk('longerSameName')),
    iconButton('Next shorter', 'down', () => void walk('shorterSameName')),
  );
  const nothing = box('drawer-note dim', 'Select a slice to list all of its name.');
  root.append(nothing, toolbar, table.element);

  const load = async (detail: SliceDetail): Promise<void> => {
    const { nameId } = detail.ref;
    if (asked === nameId) return;
    asked = nameId;
    const loaded = await app.trace.occurrences(nameId, CALL_LIMIT);
    if (asked !== nameId) return;
    calls = loaded;
    longestNs = loaded.durNs.reduce((most, one) => Math.max(most, one), 1);
    table.show([...loaded.slice.keys()], '');
    mark();
  };
  /** Where the selected slice stands, in the list and in words. */
  const mark = (): void => {
    const { detail } = app.state;
    const row = detail && calls ? calls.slice.indexOf(detail.ref.slice) : -1;
    if (row >= 0 && table.selected() !== row) table.select(row);
    if (!detail) return;
    const listed = calls && calls.slice.length < calls.count ? ` · ${count(calls.slice.length)} listed` : '';
    const place = row >= 0 ? `${count(row + 1)} of ${count(calls!.count)}` : count(detail.sameName.count);
    status.textContent = `${detail.ref.shortName} · ${place} · ${duration(detail.sameName.totalNs)} in all · median ${duration(detail.sameName.medianNs)}${listed}`;
  };

  return () => {
    const { detail } = app.state;
    nothing.hidden = detail !== undefined;
    toolbar.hidden = table.element.hidden = detail === undefined;
    if (!detail) return;
    void load(detail);
    mark();
  };
}
