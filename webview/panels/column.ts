/** Columns of a table: how a row's value is sorted, shown and exported. */
import type { ColourClass, Phase } from '../../src/shared/protocol.js';
import type { TableExport } from '../../src/shared/view.js';
import { colourVariable } from './colours.js';
import { box, el, span, swatch, textButton } from './dom.js';
import type { SortValue } from './sort.js';

export interface Column<Row> {
  key: string;
  /** with its unit: "Total ms" */
  title: string;
  /** px; 'flex' takes what the others leave, and never less than `minWidth` */
  width: number | 'flex';
  minWidth?: number;
  /** numbers stand right and sort downwards first */
  numeric?: boolean;
  /** more about the column, on hover */
  hint?: string;
  /** sorted by and exported, in the unit of the title */
  value(row: Row): SortValue;
  /** as shown; `value` as text when left out */
  text?(row: Row): string;
  /** the whole text where `text` is short for it */
  full?(row: Row): string;
  /** length of the cell's bar, 0 to 1 */
  bar?(row: Row): number;
  /** neutral when left out */
  barColour?(row: Row): ColourClass | Phase;
  swatch?(row: Row): ColourClass | Phase;
  /** what a click on the text does, where it leads somewhere */
  link?(row: Row): (() => void) | undefined;
  /** in dim after the text: "+2" */
  note?(row: Row): string;
  /** classes of the cells, "mono" */
  className?: string;
  /** the column goes when the table is narrower than this */
  hideBelowPx?: number;
}

/** The columns that a table of this width shows. */
export function visibleColumns<Row>(columns: readonly Column<Row>[], widthPx: number): Column<Row>[] {
  return columns.filter(({ hideBelowPx }) => hideBelowPx === undefined || widthPx >= hideBelowPx);
}

/** For CSS `grid-template-columns`. */
export function columnTemplate<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ width, minWidth }) => (width === 'flex' ? `minmax(${minWidth ?? 120}px, 1fr)` : `${width}px`)).join(' ');
}

/** The content of a cell. */
export function cellElement<Row>(column: Column<Row>, row: Row): HTMLElement {
  const text = column.text?.(row) ?? String(column.value(row) ?? '–');
  const cell = el('div', { role: 'gridcell', class: cellClass(column), title: column.full?.(row) });
  const length = column.bar?.(row);
  if (length !== undefined && length > 0) {
    const bar = box('bar');
    bar.style.width = `${Math.max(length * 100, 0.5)}%`;
    if (column.barColour) bar.style.backgroundColor = colourVariable(column.barColour(row));
    cell.append(bar);
  }
  if (column.swatch) cell.append(swatch(column.swatch(row)));
  const follow = column.link?.(row);
  if (follow) cell.append(linkElement(text, follow));
  else cell.append(span(text === '–' ? 'cell-text none' : 'cell-text', text));
  const note = column.note?.(row);
  if (note) cell.append(span('cell-note dim', note));
  return cell;
}

/** Not in the tab order: the cell is, and a key of the table does the same. */
function linkElement(text: string, follow: () => void): HTMLElement {
  const link = textButton('link cell-text', follow, undefined, text);
  link.tabIndex = -1;
  return link;
}

export function cellClass<Row>({ numeric, className }: Column<Row>): string {
  return `cell${numeric ? ' numeric' : ''}${className ? ` ${className}` : ''}`;
}

/** Rows with the exact values behind what is shown. */
export function exportRows<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): TableExport {
  return { name, columns: columns.map(({ title }) => title), rows: rows.map((row) => columns.map((column) => column.value(row) ?? '')) };
}
