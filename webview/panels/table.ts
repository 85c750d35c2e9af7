/**
 * A grid of many rows, of which only those on screen exist. Works with the keyboard as the ARIA grid pattern says:
 * one cell takes the focus, arrows move it, Enter sorts by a head or opens a row, Ctrl-C copies the selected rows.
 */
import { defaultRangeExtractor, elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualizerOptions } from '@tanstack/virtual-core';
import { type Column, cellClass, cellElement, columnTemplate, exportRows, visibleColumns } from './column.js';
import { box, el, span } from './dom.js';
import { tsv } from './export.js';
import { nextSort, type Sort, sortRows } from './sort.js';

const HEAD_PX = 28;
const ROW_PX = 24;
/** The row of the heads, for the focus. */
const HEAD = -1;

export interface TableOptions<Row> {
  label: string;
  columns: readonly Column<Row>[];
  sort: Sort;
  onSort?(sort: Sort): void;
  /** the row became the selected one */
  onSelect?(row: Row): void;
  /** Enter or double click */
  onOpen?(row: Row): void;
  onCopy(text: string): void;
}

export interface Table<Row> {
  element: HTMLElement;
  /** replaces the rows; selection and focus stay on the same row where it is still there */
  show(rows: readonly Row[], emptyText?: string): void;
  setColumns(columns: readonly Column<Row>[]): void;
  /** in the order shown */
  rows(): readonly Row[];
  selected(): Row | undefined;
  /** selects without calling back, and scrolls there */
  select(row: Row): void;
  focus(): void;
}

/** Builds an empty table; it fills the element it is put into. */
export function createTable<Row>({ label, columns: allColumns, sort: firstSort, onSort, onSelect, onOpen, onCopy }: TableOptions<Row>): Table<Row> {
  const head = box('table-head');
  const body = box('table-body');
  const empty = box('table-empty');
  const element = el('div', { class: 'table', role: 'grid', 'aria-label': label, 'aria-multiselectable': 'true' }, head, body);
  head.setAttribute('role', 'rowgroup');
  body.setAttribute('role', 'rowgroup');

  let all: readonly Row[] = [];
  let shown: readonly Row[] = [];
  let sort = firstSort;
  let columns = visibleColumns(allColumns, Number.POSITIVE_INFINITY);
  /** the cell with the focus, and the row where a selection of several began; the selection lies between them */
  let active = { row: HEAD, column: 0 };
  let anchor = HEAD;
  let focusWanted = false;
  const elements = new Map<number, HTMLElement>();

  const isSelected = (row: number): boolean =>
    anchor !== HEAD && active.row !== HEAD && row >= Math.min(anchor, active.row) && row <= Math.max(anchor, active.row);

  const options = (): VirtualizerOptions<HTMLElement, HTMLElement> => ({
    count: shown.length,
    getScrollElement: () => element,
    estimateSize: () => ROW_PX,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    // The row with the focus stays, or scrolling by wheel would drop the focus with it.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return active.row === HEAD || active.row >= shown.length || indexes.includes(active.row) ? indexes : [...indexes, active.row];
    },
    onChange: () => render(),
  });
  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options());

  function render(): void {
    const items = virtualizer.getVirtualItems();
    const wanted = new Set(items.map(({ index }) => index));
    for (const [index, row] of elements) {
      if (wanted.has(index)) continue;
      row.remove();
      elements.delete(index);
    }
    for (const { index, start } of items) {
      if (elements.has(index)) continue;
      const row = rowElement(index);
      row.style.transform = `translateY(${start - HEAD_PX}px)`;
      elements.set(index, row);
      body.append(row);
    }
    body.style.height = `${virtualizer.getTotalSize() - HEAD_PX}px`;
    if (focusWanted) focusCell();
  }

  function rowElement(index: number): HTMLElement {
    const row = el('div', { role: 'row', class: index % 2 ? 'row odd' : 'row', 'aria-rowindex': index + 2 });
    row.append(...columns.map((column) => cellElement(column, shown[index]!)));
    row.dataset.index = String(index);
    markRow(row, index);
    return row;
  }

  function markRow(row: HTMLElement, index: number): void {
    row.setAttribute('aria-selected', String(isSelected(index)));
    for (const [column, cell] of [...row.children].entries()) cell.setAttribute('tabindex', index === active.row && column === active.column ? '0' : '-1');
  }

  function renderHead(): void {
    const cells = columns.map((column, index) => {
      const position = sort.findIndex(({ key }) => key === column.key);
      const direction = position < 0 ? 'none' : sort[position]!.descending ? 'descending' : 'ascending';
      const arrow = position < 0 ? '' : direction === 'descending' ? '↓' : '↑';
      const order = sort.length > 1 && position >= 0 ? String(position + 1) : '';
      const cell = el('div', {
        role: 'columnheader',
        class: cellClass(column),
        'aria-sort': direction,
        title: column.hint,
        tabindex: active.row === HEAD && index === active.column ? 0 : -1,
      });
      cell.append(span('cell-text', column.title), el('span', { class: 'sort', 'aria-hidden': 'true' }, arrow + order));
      return cell;
    });
    head.replaceChildren(el('div', { role: 'row', class: 'row', 'aria-rowindex': 1 }, ...cells));
  }

  /** Everything new: other rows, order or columns. */
  function rebuild(): void {
    const focused = element.contains(document.activeElement);
    for (const row of elements.values()) row.remove();
    elements.clear();
    element.setAttribute('aria-rowcount', String(shown.length + 1));
    element.style.setProperty('--columns', columnTemplate(columns));
    virtualizer.setOptions(options());
    virtualizer.measure();
    renderHead();
    render();
    if (focused) focusCell();
  }

  function focusCell(): void {
    const row = active.row === HEAD ? head.firstElementChild : elements.get(active.row);
    const cell = row?.children[active.column];
    // A table that was hidden has no rows yet; its focus waits for them.
    focusWanted = !(cell instanceof HTMLElement);
    if (cell instanceof HTMLElement) cell.focus({ preventScroll: active.row !== HEAD });
  }

  function moveTo(row: number, column: number, extend: boolean): void {
    const before = active.row;
    active = { row: Math.max(HEAD, Math.min(shown.length - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) };
    if (!extend) anchor = active.row;
    if (active.row !== HEAD) virtualizer.scrollToIndex(active.row);
    if (before === HEAD || active.row === HEAD) renderHead();
    render();
    for (const [index, rowShown] of elements) markRow(rowShown, index);
    focusCell();
    if (active.row !== HEAD && active.row !== before) onSelect?.(shown[active.row]!);
  }

  function sortBy(column: Column<Row>, add: boolean): void {
    setSort(nextSort(sort, column.key, column.numeric === true, add));
    onSort?.(sort);
  }

  function setSort(next: Sort): void {
    sort = next;
    show(all, empty.textContent);
  }

  function show(rows: readonly Row[], emptyText = ''): void {
    const kept = shown[active.row];
    all = rows;
    const byKey = new Map(allColumns.map((column) => [column.key, column]));
    shown = sortRows(rows, sort, (row, key) => byKey.get(key)?.value(row));
    empty.textContent = emptyText;
    empty.hidden = shown.length > 0;
    const row = kept === undefined ? HEAD : shown.indexOf(kept);
    active = { row, column: active.column };
    anchor = row;
    rebuild();
  }

  function copySelected(): void {
    const rows = shown.filter((_, index) => isSelected(index));
    if (rows.length > 0) onCopy(tsv(exportRows(label, allColumns, rows)));
  }

  const place = (target: EventTarget | null): { row: number; column: number } | undefined => {
    const cell = target instanceof Element ? target.closest('.cell') : null;
    const row = cell?.parentElement;
    if (!cell || !row) return undefined;
    return { row: row.dataset.index === undefined ? HEAD : Number(row.dataset.index), column: [...row.children].indexOf(cell) };
  };

  element.addEventListener('click', (event) => {
    const at = place(event.target);
    if (!at) return;
    moveTo(at.row, at.column, event.shiftKey && at.row !== HEAD);
    if (at.row === HEAD) sortBy(columns[at.column]!, event.shiftKey);
  });
  element.addEventListener('dblclick', (event) => {
    const row = shown[place(event.target)?.row ?? HEAD];
    if (row !== undefined) onOpen?.(row);
  });
  element.addEventListener('keydown', (event) => {
    const { row, column } = active;
    const page = Math.max(1, Math.floor((element.clientHeight - HEAD_PX) / ROW_PX) - 1);
    const keys: Record<string, () => void> = {
      ArrowUp: () => moveTo(row - 1, column, event.shiftKey),
      ArrowDown: () => moveTo(row + 1, column, event.shiftKey && row !== HEAD),
      ArrowLeft: () => moveTo(row, column - 1, event.shiftKey),
      ArrowRight: () => moveTo(row, column + 1, event.shiftKey),
      PageUp: () => moveTo(Math.max(0, row - page), column, event.shiftKey),
      PageDown: () => moveTo(row + page, column, event.shiftKey),
      Home: () => moveTo(0, column, event.shiftKey),
      End: () => moveTo(shown.length - 1, column, event.shiftKey),
      Enter: () => (row === HEAD ? sortBy(columns[column]!, event.shiftKey) : onOpen?.(shown[row]!)),
    };
    const command: Record<string, () => void> = {
      c: copySelected,
      a: () => {
        anchor = 0;
        moveTo(shown.length - 1, column, true);
      },
    };
    const act = event.ctrlKey || event.metaKey ? command[event.key] : event.key === ' ' && row === HEAD ? keys.Enter : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  new ResizeObserver(() => {
    const next = visibleColumns(allColumns, element.clientWidth);
    if (next.length === columns.length) return;
    columns = next;
    active = { row: active.row, column: Math.min(active.column, next.length - 1) };
    rebuild();
  }).observe(element);

  rebuild();
  virtualizer._didMount();
  virtualizer._willUpdate();

  return {
    element: box('table-frame', element, empty),
    show,
    setColumns: (next) => {
      allColumns = next;
      columns = visibleColumns(next, element.clientWidth || Number.POSITIVE_INFINITY);
      rebuild();
    },
    rows: () => shown,
    selected: () => shown[active.row],
    select: (row) => {
      const index = shown.indexOf(row);
      if (index < 0) return;
      active = { row: index, column: active.column };
      anchor = index;
      virtualizer.scrollToIndex(index);
      render();
      for (const [at, rowShown] of elements) markRow(rowShown, at);
      renderHead();
    },
    focus: focusCell,
  };
}
