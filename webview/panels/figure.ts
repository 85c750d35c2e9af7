/** A chart with its table twin. */

import { iconButton } from '../ui.js';
import { box, el, span } from './dom.js';
import type { Table } from './table.js';

/** A head, a canvas, and a button that changes it for the table. */
export function figure<Row>(title: string, table: Table<Row>): { element: HTMLElement; canvas: HTMLCanvasElement; caption: HTMLElement } {
  const canvas = el('canvas', { role: 'img' });
  const caption = span('figure-caption dim');
  table.element.hidden = true;
  const asTable = iconButton(`${title} as table`, 'table', () => flip(true));
  const asChart = iconButton(`${title} as chart`, 'chart', () => flip(false));
  asChart.hidden = true;
  const flip = (toTable: boolean): void => {
    canvas.hidden = asTable.hidden = toTable;
    table.element.hidden = asChart.hidden = !toTable;
    (toTable ? asChart : asTable).focus();
  };
  const element = box('figure', box('figure-head', el('h2', {}, title), caption, asTable, asChart), canvas, table.element);
  return { element, canvas, caption };
}
