/** A row of a database as the text of a record, with the names that Kineto gives to what it says: everything that reads records reads rows. */
import type { Database, Row, Value } from './database.js';
import { nsysTexts } from './nsys.js';
import type { FoundRow } from './rows.js';

/** Said by the slice itself, or ids of the profiler's own. */
const NOT_ARGS: ReadonlySet<string> = new Set([
  'start',
  'end',
  'globalPid',
  'globalTid',
  'endGlobalTid',
  'callchainId',
  'guid',
  'nid',
  'extdata',
  'call_stack',
  'line_info',
]);

/** Three columns that are one argument. */
const TRIPLES: [key: string, columns: [string, string, string]][] = [
  ['grid', ['gridX', 'gridY', 'gridZ']],
  ['block', ['blockX', 'blockY', 'blockZ']],
  ['block', ['workgroup_size_x', 'workgroup_size_y', 'workgroup_size_z']],
];

const KINETO_NAMES: Record<string, string> = {
  deviceId: 'device',
  contextId: 'context',
  streamId: 'stream',
  correlationId: 'correlation',
  registersPerThread: 'registers per thread',
  graphNodeId: 'graph node id',
  graphId: 'graph id',
  stream_id: 'stream',
  queue_id: 'queue',
  agent_id: 'device',
  size: 'bytes',
};

/** `{"args":{…}}` */
export function rowText(db: Database, { row }: FoundRow): string {
  const args = new Map<string, string>();
  const texts = nsysTexts(db, row);
  const triples = new Set<string>();
  for (const [key, columns] of TRIPLES) {
    if (!columns.every((column) => column in row)) continue;
    args.set(key, `[${columns.map((column) => jsonOf(row[column])).join()}]`);
    for (const column of columns) triples.add(column);
  }
  const grid = gridOf(row);
  if (grid !== undefined) args.set('grid', grid);
  if ('staticSharedMemory' in row && 'dynamicSharedMemory' in row)
    args.set('shared memory', String(Number(row.staticSharedMemory) + Number(row.dynamicSharedMemory)));
  for (const [column, value] of Object.entries(row)) {
    if (NOT_ARGS.has(column) || triples.has(column) || value === null || value instanceof Uint8Array) continue;
    args.set(KINETO_NAMES[column] ?? column, column in texts ? JSON.stringify(texts[column]) : jsonOf(value));
  }
  return `{"args":{${[...args].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}}`;
}

/** ROCm counts the grid in threads, CUDA in blocks. */
function gridOf(row: Row): string | undefined {
  const blocks = ['x', 'y', 'z'].map((axis) => Number(row[`grid_size_${axis}`]) / Number(row[`workgroup_size_${axis}`]));
  return blocks.every(Number.isFinite) ? `[${blocks.map(Math.ceil).join()}]` : undefined;
}

function jsonOf(value: Value | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)) ? String(value) : 'null';
}
