/** Comma-separated values (RFC 4180). */

export type Cell = string | number | undefined;

/** One line without its end: quoted where a value holds a comma, a quote or a line break; empty for undefined. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map((cell) => (typeof cell === 'string' && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : (cell ?? ''))).join(',');
}
