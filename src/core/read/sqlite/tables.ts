/** What the readers of databases share: rows into a builder, with progress, a stop, and damage that ends a table but not the trace. */
import type { TraceBuilder } from '../../trace/builder.js';
import { type Database, numberOf, quoted, type Row } from './database.js';
import { rowRecords } from './rows.js';

export interface Tables {
  db: Database;
  builder: TraceBuilder;
  /** whether there is a table, with columns that it cannot do without */
  has(table: string, ...needed: string[]): boolean;
  /** gives what a SELECT on `table` tells of events to `visit`; what is damaged ends it */
  read(table: string, sql: string, visit: (row: Row) => void): void;
  /** the same for what events refer to, names above all */
  lookUp(table: string, sql: string, visit: (row: Row) => void): void;
  /** records of the rows of a table, by `rowid` */
  recordsOf: ReturnType<typeof rowRecords>;
  /** events so far */
  events(): number;
  /** what of the file could not be read, and why reading stopped; undefined when nothing is missing */
  damage(): string | undefined;
}

/** Asked now and then, with the share of all rows that were read; says why reading must stop, if it must. */
export type AskStop = (events: number, share: number) => string | undefined;

const ASK_EVERY = 4096;

export function openTables(db: Database, builder: TraceBuilder, askStop: AskStop): Tables {
  const names = new Set(db.tables());
  const damaged: string[] = [];
  const allRows = rowsOf(db);
  let stopped: string | undefined;
  let rows = 0;
  let events = 0;
  const each = (table: string, sql: string, visit: (row: Row) => void, eventsPerRow: 0 | 1): void => {
    if (stopped !== undefined) return;
    const before = rows;
    try {
      db.rows(sql, (row) => {
        visit(row);
        events += eventsPerRow;
        rows++;
        if (rows % ASK_EVERY === 0) stopped = askStop(events, Math.min(1, rows / allRows));
        return stopped === undefined;
      });
    } catch (error) {
      damaged.push(`the table ${table} could be read for ${rows - before} rows only (${error instanceof Error ? error.message : error})`);
    }
  };
  return {
    db,
    builder,
    has(table, ...needed) {
      if (!names.has(table)) return false;
      const columns = db.columns(table);
      const missing = needed.filter((column) => !columns.includes(column));
      if (missing.length > 0) builder.problem('missingColumns', `The table ${table} has no column ${missing.join(' or ')}. It was left out.`);
      return missing.length === 0;
    },
    read: (table, sql, visit) => each(table, sql, visit, 1),
    lookUp: (table, sql, visit) => each(table, sql, visit, 0),
    recordsOf: rowRecords(db),
    events: () => events,
    damage() {
      if (stopped !== undefined) return `${stopped}: what was read until then is shown.`;
      return damaged.length > 0 ? `The file is damaged: ${damaged.join('; ')}.` : undefined;
    },
  };
}

/** About how many rows a database has: SQLite finds the last of a table without reading the others. */
function rowsOf(db: Database): number {
  let all = 1;
  for (const table of db.tables()) {
    try {
      db.rows(`SELECT max(rowid) AS "last" FROM ${quoted(table)}`, ({ last }) => {
        all += numberOf(last);
      });
    } catch {
      // Damage is told when the table is read; some tables have no rowid.
    }
  }
  return all;
}
