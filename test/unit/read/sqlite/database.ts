/** Small databases, made by the tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { type ReadOptions, readTrace } from '../../../../src/core/read/read.js';
import { openFile } from '../../../../src/node/files.js';
import { nodePlatform } from '../../../../src/node/platform.js';

type Cell = number | bigint | string | null;

/** A table: the names of its columns, then its rows. */
export type Tables = Record<string, [columns: string, ...rows: Cell[][]]>;

/** Runs `use` with the path of a database of these tables, which exists only for it. */
export async function withDatabase(tables: Tables, use: (path: string) => Promise<void>, sql = ''): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kernel-lens-test-'));
  const file = path.join(folder, 'trace.sqlite');
  try {
    const db = new sqlite.Database(file);
    db.exec('BEGIN');
    for (const [name, [columns, ...rows]] of Object.entries(tables)) {
      const names = columns.split(' ');
      db.exec(`CREATE TABLE "${name}" (${names.map((column) => `"${column}"`).join()})`);
      const insert = db.prepare(`INSERT INTO "${name}" VALUES (${names.map(() => '?').join()})`);
      for (const row of rows) insert.run(row);
      insert.finalize();
    }
    db.exec(`COMMIT; ${sql}`);
    db.close();
    await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads a database. */
export async function readFrom(file: string, options: ReadOptions = {}) {
  const opened = await openFile(file);
  try {
    return await readTrace(opened, { ...options, platform: nodePlatform(file) });
  } finally {
    await opened.close();
  }
}
