/** Tables as text for other programs: CSV, JSON, Markdown. */
import type { KernelReport } from '../shared/protocol.js';
import type { TableExport } from '../shared/view.js';

export const TABLE_FORMATS = ['CSV', 'JSON', 'Markdown'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export const FORMAT_EXTENSIONS: Readonly<Record<TableFormat, string>> = { CSV: 'csv', JSON: 'json', Markdown: 'md' };

type Cell = string | number;

/** RFC 4180. */
function csvCell(cell: Cell): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function markdownCell(cell: Cell): string {
  return String(cell)
    .replace(/[\\|`*_<>[\]]/g, '\\$&')
    .replace(/\s+/g, ' ');
}

/** The whole table; JSON is an array of objects with the columns as keys. */
export function tableText({ columns, rows }: TableExport, format: TableFormat): string {
  if (format === 'CSV') return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
  if (format === 'JSON')
    return `${JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]))),
      null,
      2,
    )}\n`;
  const lines = [columns, columns.map((_, i) => (typeof rows[0]?.[i] === 'number' ? '---:' : '---'))];
  const text = [...lines.map((line, i) => (i === 0 ? line.map(markdownCell) : line)), ...rows.map((row) => row.map(markdownCell))];
  return text.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

const KERNEL_COLUMNS = [
  'name',
  'category',
  'count',
  'totalNs',
  'avgNs',
  'medianNs',
  'minNs',
  'maxNs',
  'stddevNs',
  'percent',
  'prefillNs',
  'decodeNs',
  'mixedNs',
] as const;

/** The kernel table with the columns of the command line's summary. */
export function kernelTable({ rows }: KernelReport, name: string): TableExport {
  return { name, columns: [...KERNEL_COLUMNS], rows: rows.map((row) => KERNEL_COLUMNS.map((column) => row[column])) };
}
