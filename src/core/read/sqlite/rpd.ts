/** Databases of rocmProfileData (.rpd): calls and operations of GPUs, joined by a table of their own. */
import type { SliceKind } from '../../../shared/protocol.js';
import { NONE } from '../../trace/trace.js';
import { numberOf, selectFrom, textOf, type Value } from './database.js';
import type { DatabaseFacts } from './nsys.js';
import type { Tables } from './tables.js';

const OP = 'rocpd_op';
const API = 'rocpd_api';
const JOIN = 'rocpd_api_ops';
const MONITOR = 'rocpd_monitor';

export function isRpd(tables: readonly string[]): boolean {
  return tables.includes(OP) && tables.includes(API) && tables.includes('rocpd_string');
}

export function readRpd(tables: Tables): DatabaseFacts {
  const baseNs = firstTime(tables);
  const texts = new Map<number, string>();
  tables.lookUp('rocpd_string', selectFrom(tables.db, 'rocpd_string', ['id', 'string']), ({ id, string }) => void texts.set(numberOf(id), textOf(string)));
  const text = (id: Value): string => texts.get(numberOf(id)) ?? '';
  const calls = callOf(tables);
  readOps(tables, text, calls, baseNs);
  readCalls(tables, text, calls, baseNs);
  readMonitor(tables, baseNs);
  return { format: 'RPD SQLite', producer: 'rocmProfileData', devices: [], facts: [], baseNs };
}

function spanFrom(tables: Tables, table: string, columns: readonly string[], baseNs: bigint): string {
  return selectFrom(tables.db, table, columns, {
    start: { of: 'start', as: `("start" - ${baseNs})` },
    dur: { of: 'end', as: '("end" - "start")' },
  });
}

function firstTime(tables: Tables): bigint {
  let first = 0n;
  for (const table of [OP, API].filter((table) => tables.has(table, 'start'))) {
    tables.lookUp(table, `SELECT min("start") AS "first" FROM "${table}"`, (row) => {
      if (row.first === null) return;
      const time = BigInt(textOf(row.first));
      if (first === 0n || time < first) first = time;
    });
  }
  return first;
}

/** The call of an operation: the number that joins them is the call's. */
function callOf(tables: Tables): Map<number, number> {
  const calls = new Map<number, number>();
  if (!tables.has(JOIN)) return calls;
  tables.lookUp(JOIN, selectFrom(tables.db, JOIN, ['api_id', 'op_id']), ({ api_id, op_id }) => void calls.set(numberOf(op_id), numberOf(api_id)));
  return calls;
}

/** Operations without a description are named by their type: CopyHostToDevice, FillBuffer. Newer files call a kernel a Task. */
function kindOf(type: string, description: string): Extract<SliceKind, 'kernel' | 'memcpy' | 'memset'> {
  if (/kernel/i.test(type) || (type === 'Task' && description !== '')) return 'kernel';
  return /fill|set/i.test(type) ? 'memset' : 'memcpy';
}

function readOps(tables: Tables, text: (id: Value) => string, calls: Map<number, number>, baseNs: bigint): void {
  if (!tables.has(OP, 'start', 'end')) return;
  const { builder } = tables;
  const record = tables.recordsOf(OP);
  const categories = { kernel: builder.category('kernel'), memcpy: builder.category('gpu_memcpy'), memset: builder.category('gpu_memset') };
  tables.read(OP, spanFrom(tables, OP, ['id', 'gpuId', 'queueId', 'description_id', 'opType_id'], baseNs), (row) => {
    const [type, description] = [text(row.opType_id), text(row.description_id)];
    const track = builder.track({ process: textOf(row.gpuId), thread: textOf(row.queueId), domain: 'gpu' });
    const category = categories[kindOf(type, description)];
    const correlation = calls.get(numberOf(row.id)) ?? NONE;
    builder.slice(track, builder.string(description || type), category, numberOf(row.start), numberOf(row.dur), correlation, NONE, 0, 0, record(row.row));
  });
}

function readCalls(tables: Tables, text: (id: Value) => string, calls: Map<number, number>, baseNs: bigint): void {
  if (!tables.has(API, 'start', 'end')) return;
  const { builder } = tables;
  const record = tables.recordsOf(API);
  const category = builder.category('hip_api');
  const launching = new Set(calls.values());
  tables.read(API, spanFrom(tables, API, ['id', 'pid', 'tid', 'apiName_id'], baseNs), (row) => {
    const track = builder.track({ process: textOf(row.pid), thread: textOf(row.tid), domain: 'cpu' });
    const id = numberOf(row.id);
    const correlation = launching.has(id) ? id : NONE;
    builder.slice(track, builder.string(text(row.apiName_id)), category, numberOf(row.start), numberOf(row.dur), correlation, NONE, 0, 0, record(row.row));
  });
}

/** Clocks and power of the GPUs, where they were watched. */
function readMonitor(tables: Tables, baseNs: bigint): void {
  if (!tables.has(MONITOR, 'start', 'value')) return;
  tables.read(MONITOR, spanFrom(tables, MONITOR, ['deviceId', 'deviceType', 'monitorType', 'value'], baseNs), (row) => {
    const value = Number(textOf(row.value));
    if (Number.isFinite(value))
      tables.builder.counter(`${textOf(row.deviceType)} ${textOf(row.deviceId)}`, textOf(row.monitorType), numberOf(row.start), value);
  });
}
