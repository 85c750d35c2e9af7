/** The drawer's list of arrows: what led to the selected slice, and what it led to. */

import { count, fixed, plural } from '../../src/shared/format.js';
import type { SliceRef } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { colourLabel } from '../theme.js';
import type { Column } from './column.js';
import { box } from './dom.js';
import { MS, US } from './numbers.js';
import { createTable } from './table.js';

interface FlowRow {
  direction: 'from' | 'to';
  ref: SliceRef;
}

export function flowsTab(root: HTMLElement, app: App): () => void {
  /** from the end of the earlier slice to the start of the later one */
  const waitNs = ({ direction, ref }: FlowRow): number | undefined => {
    const own = app.state.detail?.ref;
    if (!own) return undefined;
    return direction === 'from' ? own.startNs - ref.endNs : ref.startNs - own.endNs;
  };
  const trackNames = new Map(app.info.tracks.map(({ id, name }) => [id, name]));
  const columns: Column<FlowRow>[] = [
    {
      key: 'direction',
      title: 'Way',
      width: 56,
      hint: 'From: it led to the selected slice. To: the selected slice led to it.',
      value: ({ direction }) => direction,
    },
    {
      key: 'name',
      title: 'Slice',
      width: 'flex',
      minWidth: 160,
      className: 'mono',
      value: ({ ref }) => ref.name,
      text: ({ ref }) => ref.shortName,
      full: ({ ref }) => ref.name,
      swatch: ({ ref }) => ref.colour,
    },
    { key: 'kind', title: 'Category', width: 116, className: 'dim', hideBelowPx: 800, value: ({ ref }) => colourLabel(ref.colour) },
    { key: 'track', title: 'Track', width: 140, hideBelowPx: 700, value: ({ ref }) => trackNames.get(ref.track) },
    { key: 'startNs', title: 'Start ms', width: 112, numeric: true, value: ({ ref }) => ref.startNs / MS, text: ({ ref }) => fixed(ref.startNs / MS, 3) },
    {
      key: 'durNs',
      title: 'Duration µs',
      width: 104,
      numeric: true,
      value: ({ ref }) => (ref.endNs - ref.startNs) / US,
      text: ({ ref }) => fixed((ref.endNs - ref.startNs) / US, 2),
    },
    {
      key: 'wait',
      title: 'Wait µs',
      width: 96,
      numeric: true,
      hint: 'From the end of the earlier to the start of the later',
      value: (row) => (waitNs(row) ?? 0) / US,
      text: (row) => fixed((waitNs(row) ?? 0) / US, 2),
    },
  ];
  const note = box('drawer-note dim');
  const table = createTable<FlowRow>({
    label: 'Flows',
    columns,
    sort: [{ key: 'startNs', descending: false }],
    onOpen: ({ ref }) => void app.select(ref.slice, { show: true }),
    onCopy: (text) => app.copy(text),
  });
  root.append(note, table.element);
  let shown: unknown;
  return () => {
    const { links, detail } = app.state;
    table.element.hidden = !links;
    note.textContent = !links
      ? 'Select a slice to see its arrows.'
      : `${plural(links.incoming.length, 'incoming arrow')} · ${count(links.outgoing.length + links.moreOutgoing)} outgoing${links.moreOutgoing > 0 ? `, the first ${count(links.outgoing.length)} listed` : ''} · Enter or double-click goes there`;
    if (!links || !detail || links === shown) return;
    shown = links;
    table.show(
      [...links.incoming.map((ref): FlowRow => ({ direction: 'from', ref })), ...links.outgoing.map((ref): FlowRow => ({ direction: 'to', ref }))],
      'No arrows lead to or from this slice.',
    );
  };
}
