/** Kernels by what they have in common: the groups, their time stacked by category, and the kernel names of the selected one. */
import { count, duration, plural } from '../../../src/shared/format.js';
import type { KernelGroup, KernelGrouping, KernelRow } from '../../../src/shared/protocol.js';
import type { TableExport } from '../../../src/shared/view.js';
import type { App } from '../../app.js';
import { latest } from '../../timeline/latest.js';
import { progressRing } from '../../ui.js';
import { exportRows } from '../column.js';
import { box, el, span } from '../dom.js';
import { exactName } from '../exactName.js';
import { exportName } from '../export.js';
import { kernelColumns } from '../kernelColumns.js';
import { createTable, type Table } from '../table.js';
import { groupColumns, groupName } from './columns.js';
import { groupPicture } from './picture.js';

/** What the names below a group have room for. */
const NAME_COLUMNS: ReadonlySet<string> = new Set(['name', 'count', 'totalNs', 'percent', 'avgNs']);

export interface GroupView {
  element: HTMLElement;
  /** what is shown, in one line; undefined while it is loading */
  status(): Node[] | undefined;
  exported(): TableExport | undefined;
}

/** `loaded` is called when there is something to show. */
export function groupView(app: App, by: KernelGrouping, loaded: () => void): GroupView {
  const element = box('groups', box('loading', progressRing()));
  let shown: { table: Table<KernelGroup>; rows: KernelGroup[] } | undefined;
  app.trace.kernelGroups(by).then(
    (all) => {
      const rows = all.some(({ key }) => key >= 0) ? all : [];
      shown = { rows, table: build(rows, all.length === 0 ? 'No kernels in this trace.' : `The recording tells no ${by}s.`) };
      loaded();
    },
    (error: Error) => element.replaceChildren(box('loading', `The kernels could not be summed up: ${error.message}`)),
  );

  function build(rows: KernelGroup[], emptyText: string): Table<KernelGroup> {
    const table = createTable<KernelGroup>({
      label: `Kernels by ${by}`,
      columns: groupColumns(by, rows),
      sort: by === 'step' || by === 'layer' ? [{ key: 'group', descending: false }] : [{ key: 'totalNs', descending: true }],
      onSelect: (group) => choose(group),
      onOpen: (group) => reveal(app, group.search),
      onCopy: (text) => app.copy(text),
    });
    const names = groupNames(app, by);
    const picture = groupPicture(app, by, rows, {
      chosen: (group) => {
        table.select(group);
        choose(group);
      },
      open: (group) => reveal(app, group.search),
    });
    const choose = (group: KernelGroup): void => {
      picture.choose(group);
      names.show(group);
    };
    table.show(rows, emptyText);
    element.replaceChildren(table.element);
    const first = table.rows()[0];
    if (first) {
      element.append(box('group-detail', picture.element, names.element));
      table.select(first);
      choose(first);
    }
    return table;
  }

  return {
    element,
    status: () => {
      if (!shown) return undefined;
      const calls = shown.rows.reduce((sum, row) => sum + row.count, 0);
      const totalNs = shown.rows.reduce((sum, row) => sum + row.totalNs, 0);
      return [span('', `${plural(shown.rows.length, 'row')}, copies and sets left out · ${count(calls)} kernels · `), el('strong', {}, duration(totalNs))];
    },
    exported: () => shown && exportRows(exportName(app.info.fileName, `kernels-by-${by}`), groupColumns(by, shown.rows), shown.table.rows()),
  };
}

/** The kernel names of one group, asked for when it is shown. */
function groupNames(app: App, by: KernelGrouping): { element: HTMLElement; show(group: KernelGroup): void } {
  const title = el('h2', {}, 'Kernels');
  const place = box('group-names-table');
  let shown: KernelGroup | undefined;
  const load = latest(
    (group: KernelGroup) => app.trace.kernels(group.search),
    (report, group) => {
      if (group !== shown) return;
      const table = createTable<KernelRow>({
        label: `Kernels of ${groupName(by, group)}`,
        columns: kernelColumns(report, new Map(), () => undefined).filter(({ key }) => NAME_COLUMNS.has(key)),
        sort: [{ key: 'totalNs', descending: true }],
        onOpen: ({ name }) => reveal(app, `${group.search} ${exactName(name)}`),
        onCopy: (text) => app.copy(text),
      });
      table.show(report.rows);
      place.replaceChildren(table.element);
    },
  );
  return {
    element: box('group-names', box('figure-head group-names-head', title), place),
    show: (group) => {
      if (group === shown) return;
      shown = group;
      title.textContent = `Kernels of ${groupName(by, group)}`;
      load(group);
    },
  };
}

/** Shows what a search finds in the timeline, with its first hit selected. */
function reveal(app: App, search: string): void {
  app.showHits(search).then(
    () => app.run('nextHit'),
    (error: Error) => app.announce(error.message),
  );
}
