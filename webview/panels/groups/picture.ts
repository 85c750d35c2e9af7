/** The stacked picture of kernel groups: a bar a group, its table twin behind a button. */
import { duration, plural } from '../../../src/shared/format.js';
import type { KernelGroup, KernelGrouping } from '../../../src/shared/protocol.js';
import type { App } from '../../app.js';
import { figure } from '../figure.js';
import { drawStacks, type Stack, stackAt } from '../stacks.js';
import { createTable } from '../table.js';
import { groupName, stackColumns } from './columns.js';

export interface GroupPicture {
  element: HTMLElement;
  /** outlines a group */
  choose(group: KernelGroup | undefined): void;
}

/** Left and right choose a group, Enter or a double click opens it. */
export function groupPicture(
  app: App,
  by: KernelGrouping,
  rows: readonly KernelGroup[],
  { chosen: onChoose, open }: { chosen(group: KernelGroup): void; open(group: KernelGroup): void },
): GroupPicture {
  let chosen: number | undefined;
  const short = (row: KernelGroup): string => (row.key < 0 ? '–' : by === 'step' ? `#${row.key}` : by === 'layer' ? String(row.key) : groupName(by, row));
  const stacks = rows.map((row): Stack => ({ label: short(row), ns: row.categoryNs, totalNs: row.totalNs }));
  const table = createTable<KernelGroup>({
    label: 'Kernel time by category',
    columns: stackColumns(by, rows),
    sort: [],
    onCopy: (text) => app.copy(text),
    onSelect: onChoose,
    onOpen: open,
  });
  table.show(rows);
  const { element, canvas, caption } = figure(`Kernel time per ${by}`, table);
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-roledescription', 'bar chart');
  canvas.setAttribute('aria-label', `Kernel time of ${plural(rows.length, 'group')}, stacked by category`);
  caption.title = 'Left and right choose a bar, Enter or a double click shows its kernels in the timeline';
  const redraw = (): void => drawStacks(canvas, stacks, chosen);
  const tell = (): void => {
    const row = chosen === undefined ? undefined : rows[chosen];
    caption.textContent = `stacked by category, kernels that overlap count each${row ? ` · ${groupName(by, row)} ${duration(row.totalNs)}` : ''}`;
  };
  const choose = (row: KernelGroup | undefined): void => {
    chosen = row && rows.indexOf(row);
    tell();
    redraw();
  };
  const pick = (at: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    if (!row) return;
    choose(row);
    onChoose(row);
    app.announce(`${groupName(by, row)}, ${duration(row.totalNs)}`);
  };
  const openChosen = (): void => {
    const row = chosen === undefined ? undefined : rows[chosen];
    if (row) open(row);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => pick((chosen ?? 1) - 1),
    ArrowRight: () => pick((chosen ?? -1) + 1),
    Home: () => pick(0),
    End: () => pick(rows.length - 1),
    Enter: openChosen,
  };
  canvas.addEventListener('keydown', (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  canvas.addEventListener('click', ({ offsetX }) => {
    const at = stackAt(canvas, rows.length, offsetX);
    if (at !== undefined) pick(at);
  });
  canvas.addEventListener('dblclick', openChosen);
  new ResizeObserver(redraw).observe(canvas);
  app.onChange((changed) => {
    if (changed.has('themeVersion') || changed.has('tab')) redraw();
  });
  tell();
  return { element, choose };
}
