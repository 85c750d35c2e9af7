/**
 * Exports of Nsight Systems (`nsys export --type sqlite`) of any version since 2021. NVIDIA promises no schema, and writes only tables that
 * have rows: what is there is read, what is missing is not asked for. Of the tables that hold settings only the keys named here are read:
 * the others hold environments, commands and user names.
 */
import type { TraceMeta } from '../../trace/trace.js';
import { type Database, selectFrom, textOf } from './database.js';
import { readNsysCpu } from './nsysCpu.js';
import { readNsysGpu } from './nsysGpu.js';
import { nsysIds } from './nsysIds.js';
import type { Tables } from './tables.js';

export interface DatabaseFacts extends Pick<TraceMeta, 'format' | 'producer' | 'devices' | 'facts'> {
  /** absolute ns of the zero of the pushed times, as the file counts */
  baseNs: bigint;
  /** ns since 1970 at which the clock of the file is zero */
  epochOffsetNs?: bigint;
}

/** Where an export says its version: since 2022, and before. */
const EXPORT_TABLES = ['META_DATA_EXPORT', 'EXPORT_META_DATA'];
const EXPORT_KEYS: Record<string, string> = { EXPORT_PRODUCT_VERSION: 'nsys version', EXPORT_SCHEMA_VERSION: 'export schema' };
const CAPTURE_KEYS: Record<string, string> = { 'CUDA_GRAPH_TRACE_OPTIONS:MODE': 'CUDA graph trace', CUDA_TRACE_SCOPE: 'CUDA trace scope' };

/** Every table of what happened begins so. */
const ACTIVITY = /^(CUPTI_ACTIVITY_KIND_|NVTX_EVENTS$|OSRT_API$|GPU_METRICS$|COMPOSITE_EVENTS$)/;

/** Whether these are tables of an export, with or without anything recorded. */
export function isNsys(tables: readonly string[]): boolean {
  return tables.includes('StringIds') && tables.some((table) => ACTIVITY.test(table) || EXPORT_TABLES.includes(table));
}

export function readNsys(tables: Tables): DatabaseFacts {
  const ids = nsysIds(tables);
  readNsysGpu(tables, ids);
  readNsysCpu(tables, ids);
  const facts = [...EXPORT_TABLES.flatMap((table) => settings(tables, table, EXPORT_KEYS)), ...settings(tables, 'META_DATA_CAPTURE', CAPTURE_KEYS)];
  const version = facts.find(({ key }) => key === 'nsys version')?.value;
  return {
    format: 'Nsight Systems SQLite',
    producer: version === undefined ? 'Nsight Systems' : `Nsight Systems ${version}`,
    devices: devicesOf(tables),
    facts,
    baseNs: 0n,
    epochOffsetNs: startOf(tables),
  };
}

function settings(tables: Tables, table: string, keys: Record<string, string>): { key: string; value: string }[] {
  const found: { key: string; value: string }[] = [];
  if (!tables.has(table)) return found;
  const wanted = Object.keys(keys)
    .map((key) => `'${key}'`)
    .join();
  tables.lookUp(table, `${selectFrom(tables.db, table, ['name', 'value'])} WHERE "name" IN (${wanted})`, ({ name, value }) => {
    found.push({ key: keys[textOf(name)], value: textOf(value) });
  });
  return found;
}

function devicesOf(tables: Tables): TraceMeta['devices'] {
  const devices: TraceMeta['devices'] = [];
  if (!tables.has('TARGET_INFO_GPU')) return devices;
  tables.lookUp('TARGET_INFO_GPU', selectFrom(tables.db, 'TARGET_INFO_GPU', ['id', 'name']), ({ id, name }) => {
    devices.push({ id: textOf(id), name: textOf(name) });
  });
  return devices;
}

/** Times of a recording count from its start. */
function startOf(tables: Tables): bigint | undefined {
  const table = 'TARGET_INFO_SESSION_START_TIME';
  let start: bigint | undefined;
  if (!tables.has(table)) return undefined;
  tables.lookUp(table, selectFrom(tables.db, table, ['utcEpochNs']), ({ utcEpochNs }) => {
    if (typeof utcEpochNs === 'bigint' || Number.isSafeInteger(utcEpochNs)) start = BigInt(textOf(utcEpochNs));
  });
  return start;
}

const TEXT_COLUMNS: ReadonlySet<string> = new Set(['nameId', 'demangledName', 'shortName', 'mangledName', 'textId', 'jsonTextId', 'name']);

/** Texts that a row of an export means by numbers. */
export function nsysTexts(db: Database, row: Record<string, unknown>): Record<string, string> {
  const ids = Object.entries(row).flatMap(([column, value]) => (TEXT_COLUMNS.has(column) && typeof value === 'number' ? [{ column, value }] : []));
  const texts: Record<string, string> = {};
  if (ids.length === 0) return texts;
  const values = new Map<number, string>();
  db.rows(`SELECT "id", "value" FROM "StringIds" WHERE "id" IN (${ids.map(({ value }) => value).join()})`, ({ id, value }) => {
    if (typeof id === 'number') values.set(id, textOf(value));
  });
  for (const { column, value } of ids) texts[column] = values.get(value) ?? String(value);
  return texts;
}
