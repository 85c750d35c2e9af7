/** Plain-text tables that fit the terminal. */

export interface Column {
  head: string;
  /** numbers stand right */
  align: 'left' | 'right';
  /** may be cut at its end to make the table fit; one column at most */
  shrinks?: boolean;
}

const GAP = 2;
/** A column that shrinks keeps at least this much. */
const NARROWEST = 16;

/** Lines of a table no wider than `width` where cutting one column can do that. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map(({ head }, column) => rows.reduce((widest, row) => Math.max(widest, row[column].length), head.length));
  const shrinking = columns.findIndex(({ shrinks }) => shrinks);
  const total = widths.reduce((sum, mine) => sum + mine, GAP * (columns.length - 1));
  if (shrinking >= 0 && total > width) widths[shrinking] = Math.max(NARROWEST, widths[shrinking] - (total - width));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const cut = cell.length > widths[column] ? `${cell.slice(0, widths[column] - 1)}…` : cell;
        return columns[column].align === 'right' ? cut.padStart(widths[column]) : cut.padEnd(widths[column]);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map(({ head }) => head)), ...rows.map(line)];
}

/** Trace texts may hold control characters, which must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}
