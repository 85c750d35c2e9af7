/** The door to databases: tells by their tables what they are, and reads or refuses them. */
import { createBuilder } from '../../trace/builder.js';
import type { Trace } from '../../trace/trace.js';
import type { ByteFile } from '../bytes.js';
import type { ReadOptions } from '../read.js';
import type { Records } from '../records.js';
import { NotATrace, notATrace } from '../sniff.js';
import type { Database } from './database.js';
import { type DatabaseFacts, isNsys, readNsys } from './nsys.js';
import { isRocpd, readRocpd } from './rocpd.js';
import { rowAt, rowsAt } from './rows.js';
import { rowText } from './rowText.js';
import { isRpd, readRpd } from './rpd.js';
import { openTables, type Tables } from './tables.js';

/** Databases that hold no trace we know, by a table that only they have. */
const FOREIGN: [table: RegExp, says: string][] = [
  [/^(StringTable|CUPTI_ACTIVITY_KIND_DRIVER)$/, 'an nvprof database, which Nsight Systems has replaced: record again with nsys profile'],
  [/^(CANN_API|COMPUTE_TASK_INFO|NPU_INFO)$/, "a database of Ascend's PyTorch profiler: open the trace_view.json beside it"],
  [/^(moz_places|urls|visits|cookies)$/, "a browser's history or cookies"],
  [/^(ItemTable)$/, "VS Code's own state"],
  [/^(perf_|samples$|threads$).*$/, 'a database of another profiler'],
];

const READERS: [is: (tables: readonly string[]) => boolean, read: (tables: Tables) => DatabaseFacts][] = [
  [isNsys, readNsys],
  [isRocpd, readRocpd],
  [isRpd, readRpd],
];

/** Reads a database that holds a trace. Throws NotATrace. */
export async function readDatabase(file: ByteFile, options: ReadOptions): Promise<{ trace: Trace; records: Records }> {
  const db = await openOf(file, options);
  try {
    const names = db.tables();
    const read = READERS.find(([is]) => is(names))?.[1];
    if (read === undefined) throw notATrace(saysOf(names));
    const builder = createBuilder();
    const tables = openTables(db, builder, (events, share) => {
      options.progress?.({ readBytes: Math.round(share * file.size), fileBytes: file.size, events, stage: 'Reading' });
      return options.cancelled?.() ? 'Reading was cancelled' : undefined;
    });
    const { baseNs, epochOffsetNs, ...facts } = read(tables);
    const trace = builder.finish({ ...facts, events: tables.events(), textBytes: file.size, damage: tables.damage() }, { baseNs, epochOffsetNs });
    if (trace.slices.count === 0 && trace.counters.value.length === 0 && trace.meta.damage === undefined) throw nothingRecorded(names);
    return { trace, records: databaseRecords(db) };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What gives the rows of a database again. */
export async function openDatabaseRecords(file: ByteFile, options: ReadOptions): Promise<Records> {
  return databaseRecords(await openOf(file, options));
}

async function openOf(file: ByteFile, { platform }: ReadOptions): Promise<Database> {
  if (platform?.openDatabase === undefined) {
    throw new NotATrace(
      'SQLite files cannot be read here',
      'This is an SQLite database. Kernel Lens reads those from a disk: open it in desktop VS Code or through a remote.',
    );
  }
  try {
    return await platform.openDatabase();
  } catch (error) {
    throw new NotATrace(
      'The database cannot be read',
      `${file.name} begins as an SQLite database, and SQLite cannot read it: ${error instanceof Error ? error.message : error}. Copy or export it again.`,
    );
  }
}

function databaseRecords(db: Database): Records {
  return {
    async text(record) {
      const found = rowAt(db, record);
      if (found === undefined) throw new Error('Its row is not in the database any more: the file has changed.');
      return rowText(db, found);
    },
    async pass(records, take) {
      rowsAt(db, records, (index, found) => take(index, rowText(db, found)));
    },
    save: () => new Uint8Array(0),
  };
}

const MOST_TABLES = 6;

function saysOf(tables: readonly string[]): string {
  const known = FOREIGN.find(([pattern]) => tables.some((table) => pattern.test(table)));
  if (known) return known[1];
  if (tables.length === 0) return 'an SQLite database without tables';
  const more = tables.length > MOST_TABLES ? ` and ${tables.length - MOST_TABLES} more` : '';
  return `an SQLite database with the tables ${tables.slice(0, MOST_TABLES).join(', ')}${more}, and none of a profiler's`;
}

function nothingRecorded(tables: readonly string[]): NotATrace {
  const activity = tables.filter((table) => /^(CUPTI|NVTX|OSRT|rocpd_)/.test(table));
  return new NotATrace(
    'Nothing was recorded',
    `No GPU activity, call or range is in this database (tables found: ${activity.join(', ') || 'none of them'}). Was the profiler told to trace the GPU, and did the profiled process exit cleanly?`,
  );
}
