/** SQLite files of this machine, read where they lie by SQLite in WebAssembly: the same build on every platform, and only the pages that are asked for. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { QueryResult } from 'node-sqlite3-wasm';
import type { Database, Row } from '../core/read/read.js';

/** Opens a database for reading. Nothing is written beside it. */
export async function openDatabase(filePath: string): Promise<Database> {
  const { default: sqlite } = await import('node-sqlite3-wasm');
  const { path: name, remove } = alias(filePath);
  let db: InstanceType<typeof sqlite.Database> | undefined;
  try {
    db = new sqlite.Database(name, { readOnly: true, fileMustExist: true });
    // Holds the lock of its first read: afterwards the alias is not needed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; SELECT count(*) FROM sqlite_master');
  } catch (error) {
    db?.close();
    throw error;
  } finally {
    remove();
  }
  return databaseOf(db);
}

/**
 * SQLite locks by making a folder beside the file, and replays a journal that lies there. Behind a link in a folder of its own it does
 * neither: a trace may lie where nobody can write, and two programs may read it at once.
 */
function alias(filePath: string): { path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernel-lens-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const link = path.join(folder, 'trace');
    symlinkSync(path.resolve(filePath), link);
    return { path: link, remove };
  } catch {
    // Windows lets only some users make links.
    remove();
    return { path: filePath, remove: () => {} };
  }
}

type Opened = import('node-sqlite3-wasm').Database;

/** Columns lie one level deeper only where a query asks for that; none does. */
function isRow(_row: QueryResult): _row is Row {
  return true;
}

function databaseOf(db: Opened): Database {
  const rows: Database['rows'] = (sql, visit) => {
    const statement = db.prepare(sql);
    try {
      for (const row of statement.iterate()) if (isRow(row) && visit(row) === false) return;
    } finally {
      statement.finalize();
    }
  };
  const names = (sql: string): string[] => {
    const found: string[] = [];
    rows(sql, ({ name }) => void found.push(String(name)));
    return found;
  };
  const tables = names("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  const columns = new Map<string, string[]>();
  return {
    tables: () => tables,
    columns(table) {
      const known = columns.get(table) ?? names(`PRAGMA table_info("${table.replaceAll('"', '""')}")`);
      columns.set(table, known);
      return known;
    },
    rows,
    close: () => db.close(),
  };
}
