/** An SQLite file as the readers see it. What runs SQL is the platform's. */

/** Integers that a double cannot hold are bigints. */
export type Value = number | bigint | string | Uint8Array | null;
export type Row = Record<string, Value>;

export interface Database {
  /** Names of the tables in the order of their names. Views are not among them: a view runs what the file says. */
  tables(): string[];
  /** names of a table's columns */
  columns(table: string): string[];
  /** Gives every row to `visit`, until it answers false. Throws where the file is damaged. */
  rows(sql: string, visit: (row: Row) => unknown): void;
  close(): void;
}

const MAGIC = 'SQLite format 3\0';

/** Whether a file that begins with `head` is an SQLite database. */
export function isSqlite(head: Uint8Array): boolean {
  return [...MAGIC].every((c, i) => head[i] === c.charCodeAt(0));
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A SELECT of columns of which some may be missing in files of other versions: those are NULL. `computed` are SQL expressions by their alias. */
export function selectFrom(db: Database, table: string, columns: readonly string[], computed: Record<string, { of: string; as: string }> = {}): string {
  const known = new Set(db.columns(table));
  const plain = columns.map((column) => (known.has(column) ? quoted(column) : `NULL AS ${quoted(column)}`));
  const others = Object.entries(computed).map(([alias, { of, as }]) => `${known.has(of) ? as : 'NULL'} AS ${quoted(alias)}`);
  return `SELECT ${['rowid AS "row"', ...plain, ...others].join(', ')} FROM ${quoted(table)}`;
}

/** A number that fits a double; 0 for what is none. */
export function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '') ? Number(value) || 0 : 0;
}

/** The text of a value; '' for NULL and binary data. */
export function textOf(value: Value | undefined): string {
  return value === null || value === undefined || value instanceof Uint8Array ? '' : String(value);
}
