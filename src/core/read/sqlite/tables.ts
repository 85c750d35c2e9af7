/** What the readers of databases share: rows into a builder, with progress, a stop, and damage that ends a table but not the trace. */
import type { TraceBuilder } from '../../trace/builder.js';
import type { Database, Row } from './database.js';
import { rowRecords } from './rows.js';

export interface Tables {
  db: Database;
  builder: TraceBuilder;
  /** whether there is a table, with columns that it cannot do without */
  has(table: string, ...needed: string[]): boolean;
  /** gives the rows of a SELECT on `table` to `visit`; what is damaged ends it */
  read(table: string, sql: string, visit: (row: Row) => void): void;
  /** records of the rows of a table, by `rowid` */
  recordsOf: ReturnType<typeof rowRecords>;
  /** rows so far */
  count(): number;
  /** what of the file could not be read, and why reading stopped; undefined when nothing is missing */
  damage(): string | undefined;
}

/** Asked now and then; says why reading must stop, if it must. */
export type AskStop = (rows: number) => string | undefined;

const ASK_EVERY = 4096;

export function openTables(db: Database, builder: TraceBuilder, askStop: AskStop): Tables {
  const names = new Set(db.tables());
  const damaged: string[] = [];
  let stopped: string | undefined;
  let rows = 0;
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
    read(table, sql, visit) {
      if (stopped !== undefined) return;
      const before = rows;
      try {
        db.rows(sql, (row) => {
          visit(row);
          rows++;
          if (rows % ASK_EVERY === 0) stopped = askStop(rows);
          return stopped === undefined;
        });
      } catch (error) {
        damaged.push(`the table ${table} could be read for ${rows - before} rows only (${error instanceof Error ? error.message : error})`);
      }
    },
    recordsOf: rowRecords(db),
    count: () => rows,
    damage() {
      if (stopped !== undefined) return `${stopped}: what was read until then is shown.`;
      return damaged.length > 0 ? `The file is damaged: ${damaged.join('; ')}.` : undefined;
    },
  };
}
