/** What the report tabs are made of: a part of the page that holds one table, and parts that take turns. */
import type { App } from '../../app.js';
import { button } from '../../ui.js';
import { type Column, exportRows } from '../column.js';
import { box, el, span } from '../dom.js';
import { exportName, markdown, tsv } from '../export.js';
import type { Sort } from '../sort.js';
import { createTable } from '../table.js';
import { tabList } from '../tabs.js';

export interface TableSection<Row> {
  /** "Collectives"; also names the saved file */
  title: string;
  columns: readonly Column<Row>[];
  sort: Sort;
  rows: readonly Row[];
  /** what the numbers are of, in one line */
  status: string;
  /** said where there are no rows */
  empty: string;
  onOpen?(row: Row): void;
}

/** A table that fills its place, with ways to copy and save it. */
export function tableSection<Row>(app: App, { title, columns, sort, rows, status, empty, onOpen }: TableSection<Row>): HTMLElement {
  const copy = (text: string): void => app.copy(text);
  const table = createTable<Row>({ label: title, columns, sort, onOpen, onCopy: copy });
  const exported = () => exportRows(exportName(app.info.fileName, title.toLowerCase().replace(/\W+/g, '-')), columns, table.rows());
  table.show(rows, empty);
  return box(
    'report-section',
    box(
      'toolbar',
      el('span', { class: 'table-status', title: status }, status),
      button('Copy Markdown', { icon: 'copy', onClick: () => copy(markdown(exported())) }),
      button('Copy TSV', { icon: 'copy', onClick: () => copy(tsv(exported())) }),
      button('Save…', { icon: 'save', description: `Save ${title} as CSV, JSON or Markdown`, onClick: () => void app.host.saveTable(exported()) }),
    ),
    table.element,
  );
}

/** A part of a tab, made when it is first shown. */
export interface Section {
  name: string;
  title: string;
  make(): HTMLElement;
}

/** Sections of which one shows at a time. */
export function sections(label: string, all: readonly Section[]): HTMLElement[] {
  const made = new Map<string, HTMLElement>();
  const place = box('report-place');
  const show = (name: string): void => {
    tabs.select(name);
    let element = made.get(name);
    if (element === undefined) {
      element = all.find((section) => section.name === name)?.make() ?? box('report-section');
      made.set(name, element);
      place.append(element);
    }
    for (const [other, shown] of made) shown.hidden = other !== name;
  };
  const tabs = tabList(label, all, show);
  show(all[0]!.name);
  return [box('report-tabs', tabs.element), place];
}

/** Why there is nothing to show. */
export function withheldNote(reason: string): HTMLElement {
  return box('state', box('state-body', span('state-title', 'Withheld'), span('dim', reason)));
}
