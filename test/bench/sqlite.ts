/**
 * Reading a database made on the spot, as `nsys export` writes one: 1.6 million kernels with the columns of a real export. CPU time,
 * because what other processes do hardly changes it; best of three, with the trace built.
 * Run: node --expose-gc --import tsx test/bench/sqlite.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { readTrace } from '../../src/core/read/read.js';
import { openFile } from '../../src/node/files.js';
import { nodePlatform } from '../../src/node/platform.js';

const KERNELS = 1_600_000;
const REPEATS = 3;
const GOAL_S = 4;
const NAMES = 3000;

const NUMBERS =
  'deviceId contextId greenContextId cacheConfig registersPerThread gridY gridZ blockX blockY blockZ staticSharedMemory dynamicSharedMemory localMemoryPerThread localMemoryTotal gridId sharedMemoryExecuted graphNodeId';

/** Rows come out of a recursive query: SQLite makes them itself. */
function makeDatabase(file: string): void {
  const db = new sqlite.Database(file);
  const constants = NUMBERS.split(' ').map((column) => `0 AS "${column}"`);
  db.exec(`PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;
    CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT);
    INSERT INTO StringIds WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${NAMES - 1})
      SELECT i, 'void kernel_' || i || '<' || hex(zeroblob(80)) || '>(float*)' FROM n;
    CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${KERNELS - 1})
      SELECT i * 2000 AS "start", i * 2000 + 1500 AS "end", 7 AS streamId, i + 1 AS correlationId, (1 << 48) + (77 << 24) AS globalPid,
        i % 997 AS demangledName, i % 997 AS shortName, 128 AS gridX, ${constants} FROM n;`);
  db.close();
}

const folder = mkdtempSync(path.join(tmpdir(), 'kernel-lens-bench-'));
try {
  const name = path.join(folder, 'run.sqlite');
  makeDatabase(name);
  const seconds: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    globalThis.gc?.();
    const file = await openFile(name);
    const before = process.cpuUsage();
    const { trace } = await readTrace(file, { platform: nodePlatform(name) });
    const { user, system } = process.cpuUsage(before);
    await file.close();
    if (trace.slices.count !== KERNELS) throw new Error(`${trace.slices.count} slices were read`);
    seconds.push((user + system) / 1e6);
  }
  console.log(`Nsight Systems, ${KERNELS / 1e6} M kernels, opened | ${Math.min(...seconds).toFixed(1)} s CPU | | | < ${GOAL_S} s`);
} finally {
  rmSync(folder, { recursive: true });
}
