/** Where a slice came from in a database, kept as one number: which table, which row. */
import { type Database, quoted, type Row, type Value } from './database.js';

/** The high byte of a record. */
const TABLES = 256;
const ROWS = 2 ** 32;
/** Rows are found again in groups: SQLite reads a list of them faster than one after the other. */
const GROUP = 500;

/** Numbers rows of a database: the tables are those of the file, in the order of their names. */
export function rowRecords(db: Database): (table: string) => (row: Value) => number {
  const tables = db.tables();
  return (table) => {
    const index = tables.indexOf(table);
    return (row) => (index < TABLES && typeof row === 'number' && row >= 0 && row < ROWS ? index * ROWS + row : TABLES * ROWS - 1);
  };
}

export interface FoundRow {
  table: string;
  row: Row;
}

/** The row of a record; undefined when there is none, because the file has changed. */
export function rowAt(db: Database, record: number): FoundRow | undefined {
  let found: FoundRow | undefined;
  rowsAt(db, Float64Array.of(record), (_, one) => {
    found = one;
  });
  return found;
}

/** Gives the rows of ascending records to `take`, with their place among the records. */
export function rowsAt(db: Database, records: Float64Array, take: (index: number, found: FoundRow) => void): void {
  const tables = db.tables();
  for (let from = 0; from < records.length; ) {
    const table = tables[Math.floor(records[from] / ROWS)];
    const places = new Map<number, number[]>();
    let to = from;
    while (to < records.length && to < from + GROUP && tables[Math.floor(records[to] / ROWS)] === table) {
      const row = records[to] % ROWS;
      places.set(row, [...(places.get(row) ?? []), to++]);
    }
    if (table !== undefined) {
      db.rows(`SELECT rowid AS "row", * FROM ${quoted(table)} WHERE rowid IN (${[...places.keys()].join()}) ORDER BY rowid`, ({ row: id, ...row }) => {
        for (const index of places.get(Number(id)) ?? []) take(index, { table, row });
      });
    }
    from = to;
  }
}
