/**
 * The module tree as a grid: works with the keyboard as the ARIA treegrid pattern says. A row takes the focus, up and
 * down move it, right opens a module or goes into it, left closes it or goes out of it, Enter opens its source.
 */

import { type Column, cellClass, cellElement, columnTemplate, exportRows } from '../column.js';
import { el, span, swatch } from '../dom.js';
import { tsv } from '../export.js';
import { icon } from '../icons.js';
import type { ModuleNode } from './tree.js';

const INDENT_PX = 14;

export interface GridOptions {
  columns: readonly Column<ModuleNode>[];
  roots: readonly ModuleNode[];
  /** the last row: what all roots are together, by column key */
  totals: ReadonlyMap<string, string>;
  selected: ModuleNode | undefined;
  folded: Set<number>;
  onSelect(node: ModuleNode): void;
  onOpen(node: ModuleNode): void;
  onShowSlices(node: ModuleNode): void;
  onCopy(text: string): void;
}

export interface ModuleGrid {
  element: HTMLElement;
  select(node: ModuleNode): void;
  focus(): void;
}

/** Builds the grid of a tree. `columns[0]` is the module itself. */
export function moduleGrid(options: GridOptions): ModuleGrid {
  const { columns, roots, totals, folded, onSelect, onOpen, onShowSlices, onCopy } = options;
  const body = el('div', { role: 'rowgroup', class: 'module-rows' });
  const element = el('div', { class: 'table module-grid', role: 'treegrid', 'aria-label': 'Modules' }, headOf(columns), body);
  element.style.setProperty('--columns', columnTemplate(columns));
  let shown: ModuleNode[] = [];
  let selected = options.selected;
  const rows = new Map<ModuleNode, HTMLElement>();

  const visible = (nodes: readonly ModuleNode[]): ModuleNode[] => nodes.flatMap((node) => [node, ...(folded.has(node.cost.id) ? [] : visible(node.children))]);

  const mark = (): void => {
    for (const [node, row] of rows) {
      row.setAttribute('aria-selected', String(node === selected));
      row.tabIndex = node === (selected ?? shown[0]) ? 0 : -1;
    }
  };

  const render = (): void => {
    const focused = body.contains(document.activeElement);
    shown = visible(roots);
    rows.clear();
    for (const node of shown) rows.set(node, rowOf(node));
    body.replaceChildren(...rows.values(), totalRow(columns, totals));
    mark();
    if (focused && selected) rows.get(selected)?.focus();
  };

  const rowOf = (node: ModuleNode): HTMLElement => {
    const isOpen = node.children.length > 0 ? !folded.has(node.cost.id) : undefined;
    const siblings = node.parent?.children ?? roots;
    const row = el('div', {
      role: 'row',
      class: node.level === 1 ? 'row root' : 'row',
      'aria-level': node.level,
      'aria-posinset': siblings.indexOf(node) + 1,
      'aria-setsize': siblings.length,
      'aria-expanded': isOpen === undefined ? undefined : String(isOpen),
    });
    row.append(nameCell(columns[0]!, node, isOpen), ...columns.slice(1).map((column) => cellElement(column, node)));
    row.addEventListener('click', (event) => {
      const twisty = event.target instanceof Element && event.target.closest('.twisty');
      choose(node);
      if (twisty) toggle(node);
    });
    row.addEventListener('dblclick', () => onOpen(node));
    return row;
  };

  const choose = (node: ModuleNode): void => {
    select(node);
    rows.get(node)?.focus();
    onSelect(node);
  };

  const select = (node: ModuleNode): void => {
    selected = node;
    let hidden = false;
    for (let up = node.parent; up; up = up.parent) hidden = folded.delete(up.cost.id) || hidden;
    if (hidden) render();
    else mark();
    rows.get(node)?.scrollIntoView({ block: 'nearest' });
  };

  const toggle = (node: ModuleNode): void => {
    if (node.children.length === 0) return;
    if (!folded.delete(node.cost.id)) folded.add(node.cost.id);
    render();
  };

  const keys: Record<string, (node: ModuleNode, at: number) => void> = {
    ArrowDown: (_, at) => choose(shown[Math.min(at + 1, shown.length - 1)]!),
    ArrowUp: (_, at) => choose(shown[Math.max(at - 1, 0)]!),
    ArrowRight: (node) => (folded.has(node.cost.id) ? toggle(node) : node.children[0] && choose(node.children[0])),
    ArrowLeft: (node) => (node.children.length > 0 && !folded.has(node.cost.id) ? toggle(node) : node.parent && choose(node.parent)),
    Home: () => choose(shown[0]!),
    End: () => choose(shown[shown.length - 1]!),
    Enter: (node) => onOpen(node),
    f: (node) => onShowSlices(node),
  };
  element.addEventListener('keydown', (event) => {
    const node = selected ?? shown[0];
    if (!node) return;
    const isCopy = (event.ctrlKey || event.metaKey) && event.key === 'c';
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act && !isCopy) return;
    event.preventDefault();
    if (isCopy) onCopy(tsv(exportRows('model', columns, shown)));
    else act?.(node, shown.indexOf(node));
  });
  render();
  return { element, select, focus: () => rows.get(selected ?? shown[0]!)?.focus() };
}

function headOf(columns: readonly Column<ModuleNode>[]): HTMLElement {
  const cells = columns.map((column) => el('div', { role: 'columnheader', class: cellClass(column), title: column.hint }, span('cell-text', column.title)));
  return el('div', { class: 'table-head', role: 'rowgroup' }, el('div', { role: 'row', class: 'row' }, ...cells));
}

/** The name, indented, with what opens it, its class and its category's colour. */
function nameCell(column: Column<ModuleNode>, node: ModuleNode, isOpen: boolean | undefined): HTMLElement {
  const cell = el('div', { role: 'gridcell', class: 'cell module-name', title: column.full?.(node) });
  cell.style.paddingInlineStart = `${8 + (node.level - 1) * INDENT_PX}px`;
  const twisty = el('span', { class: isOpen ? 'twisty open' : 'twisty', 'aria-hidden': 'true' });
  if (isOpen !== undefined) twisty.append(icon('right'));
  cell.append(twisty);
  if (node.category) cell.append(swatch(node.category));
  const { label, className } = node.cost;
  cell.append(span(isOpen === undefined ? 'cell-text' : 'cell-text strong', label), span('cell-text dim', className === label ? '' : className));
  return cell;
}

function totalRow(columns: readonly Column<ModuleNode>[], totals: ReadonlyMap<string, string>): HTMLElement {
  const cells = columns.map((column, at) =>
    el('div', { role: 'gridcell', class: cellClass(column) }, span('cell-text strong', at === 0 ? 'Kernel time' : (totals.get(column.key) ?? ''))),
  );
  return el('div', { role: 'row', class: 'row total', 'aria-level': 1 }, ...cells);
}
