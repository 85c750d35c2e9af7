/** Rows of a table as texts to copy: TSV for spreadsheets, Markdown for issues and chats. */
import { markdownText } from '../../src/shared/markdown.js';
import type { TableExport } from '../../src/shared/view.js';

/** A file name to suggest: the trace's without its endings, and what the table shows. */
export function exportName(fileName: string, table: string): string {
  return `${fileName.replace(/(\.pt)?(\.trace)?(\.json)?(\.gz|\.zst)?$/, '')}-${table}`;
}

/** Tab-separated, one line a row. A tab or line break inside a cell becomes a space, since TSV cannot hold it. */
export function tsv({ columns, rows }: Pick<TableExport, 'columns' | 'rows'>): string {
  return [columns, ...rows].map((row) => row.map((cell) => String(cell).replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

/** A Markdown table; columns of numbers stand right. */
export function markdown({ columns, rows }: Pick<TableExport, 'columns' | 'rows'>): string {
  const isNumber = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number' || row[i] === ''));
  const line = (cells: readonly (string | number)[]): string => `| ${cells.map((cell) => markdownText(String(cell))).join(' | ')} |`;
  return [line(columns), `|${isNumber.map((number) => (number ? '---:' : '---')).join('|')}|`, ...rows.map(line)].join('\n');
}
