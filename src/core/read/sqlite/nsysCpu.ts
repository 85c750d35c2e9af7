/** What the threads did, from an Nsight Systems export: calls of CUDA and its libraries, of the system, and ranges of NVTX. */
import type { TrackId } from '../../../shared/protocol.js';
import { NONE } from '../../trace/trace.js';
import { numberOf, type Row, selectFrom, textOf } from './database.js';
import { type NsysIds, THREAD } from './nsysIds.js';
import type { Tables } from './tables.js';

const RUNTIME = 'CUPTI_ACTIVITY_KIND_RUNTIME';
const NVTX = 'NVTX_EVENTS';
/** eventClass of a call of the driver API; both APIs lie in one table */
const DRIVER = 1;

/** Tables of calls, with the category of each. */
const CALLS: [table: string, category: string][] = [
  [RUNTIME, 'cuda_runtime'],
  ['CUDNN_EVENTS', 'cudnn'],
  ['CUBLAS_EVENTS', 'cublas'],
  ['OSRT_API', 'osrt'],
  ['CUPTI_ACTIVITY_KIND_OVERHEAD', 'overhead'],
];

/** eventType of NVTX_EVENTS; 70 and 71 are those of text files that were imported. */
const MARK = 34;
const PUSH_POP: ReadonlySet<number> = new Set([59, 70]);
const START_END: ReadonlySet<number> = new Set([60, 71]);
const DOMAIN_CREATE = 75;

/** Version suffix of an entry point: "cudaLaunchKernel_v7000" */
const VERSION = /_v\d+(?=$|_)/;

export function readNsysCpu(tables: Tables, ids: NsysIds): void {
  const trackOf = threads(tables, ids);
  for (const [table, category] of CALLS) readCalls(tables, ids, trackOf, table, category);
  readNvtx(tables, ids, trackOf);
}

type TrackOf = (row: Row) => TrackId;

function readCalls(tables: Tables, ids: NsysIds, trackOf: TrackOf, table: string, category: string): void {
  if (!tables.has(table, 'start', 'end')) return;
  const { builder, db } = tables;
  const record = tables.recordsOf(table);
  const [plain, driver] = [builder.category(category), builder.category(table === RUNTIME ? 'cuda_driver' : category)];
  const names = new Map<Row[string], number>();
  const nameOf = (id: Row[string]): number => {
    const known = names.get(id) ?? builder.string(ids.text(id).replace(VERSION, ''));
    names.set(id, known);
    return known;
  };
  tables.read(table, selectFrom(db, table, ['start', 'end', 'eventClass', 'correlationId', 'nameId'], THREAD), (row) => {
    const start = numberOf(row.start);
    const correlation = table === RUNTIME ? ids.correlation(row.process, row.correlationId) : NONE;
    const categoryId = row.eventClass === DRIVER ? driver : plain;
    builder.slice(trackOf(row), nameOf(row.nameId), categoryId, start, numberOf(row.end) - start, correlation, NONE, 0, 0, record(row.row));
  });
}

/** A category of NVTX says the domain: "nvtx", and "nvtx NCCL" for one that has a name. */
function readNvtx(tables: Tables, ids: NsysIds, trackOf: TrackOf): void {
  if (!tables.has(NVTX, 'start', 'end', 'eventType')) return;
  const { builder, db } = tables;
  const record = tables.recordsOf(NVTX);
  const domains = nvtxDomains(tables, ids);
  const lastNs = lastTime(tables);
  const text = ({ text, textId }: Row): string => (text === null ? ids.text(textId) : textOf(text));
  const sql = selectFrom(db, NVTX, ['start', 'end', 'eventType', 'text', 'textId', 'domainId'], THREAD);
  tables.read(NVTX, sql, (row) => {
    const type = numberOf(row.eventType);
    const start = numberOf(row.start);
    if (type !== MARK && !PUSH_POP.has(type) && !START_END.has(type)) return;
    const domain = domains.get(`${row.process} ${row.domainId}`);
    const category = builder.category(type === MARK ? 'nvtx_mark' : domain === undefined ? 'nvtx' : `nvtx ${domain}`);
    const name = row.text === null ? ids.name(row.textId) : builder.string(text(row));
    // A range that is pushed and popped nests in its thread; one that is started and ended may overlap others, and end on another thread.
    const track = START_END.has(type)
      ? builder.track({ process: ids.process(row.process), thread: domain === undefined ? 'NVTX' : `NVTX ${domain}`, domain: 'async' })
      : trackOf(row);
    const isOpen = type !== MARK && row.end === null;
    const end = type === MARK ? start : isOpen ? Math.max(start, lastNs) : numberOf(row.end);
    if (isOpen) builder.problem('openRange', 'Ranges of NVTX that were still open are shown up to the end of the recording.');
    builder.slice(track, name, category, start, end - start, NONE, NONE, 0, 0, record(row.row));
  });
}

/** When the last call, kernel or range ended. */
function lastTime(tables: Tables): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const table of [RUNTIME, NVTX, 'CUPTI_ACTIVITY_KIND_KERNEL'].filter((table) => tables.has(table, 'end'))) {
    tables.lookUp(table, `SELECT max("end") AS "last" FROM "${table}"`, (row) => {
      last = Math.max(last, numberOf(row.last));
    });
  }
  return last;
}

function nvtxDomains(tables: Tables, ids: NsysIds): Map<string, string> {
  const domains = new Map<string, string>();
  const sql = `${selectFrom(tables.db, NVTX, ['text', 'textId', 'domainId'], THREAD)} WHERE "eventType" = ${DOMAIN_CREATE}`;
  tables.lookUp(NVTX, sql, ({ process, domainId, text, textId }) => {
    domains.set(`${process} ${domainId}`, text === null ? ids.text(textId) : textOf(text));
  });
  return domains;
}

/** Tracks of threads, each named when it is first met. */
function threads(tables: Tables, ids: NsysIds): TrackOf {
  const { builder } = tables;
  const known = new Map<string, TrackId>();
  const processNames = namesOf(tables, 'PROCESSES', 'name', { process: { of: 'globalPid', as: '("globalPid" >> 24)' } }, textOf);
  const threadNames = namesOf(tables, 'ThreadNames', 'nameId', THREAD, ids.text);
  return ({ process, thread }) => {
    const key = `${process} ${thread}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const own = { process: ids.process(process), thread: textOf(thread) };
    const track = builder.track({ ...own, domain: 'cpu' });
    known.set(key, track);
    const processName = processNames.get(String(process));
    const threadName = threadNames.get(key);
    if (processName) builder.processName(own.process, processName);
    if (threadName) builder.threadName(own.process, own.thread, threadName);
    return track;
  };
}

/** Names by what the columns of `by` say, of programs without their folders. */
function namesOf(
  tables: Tables,
  table: string,
  column: string,
  by: Parameters<typeof selectFrom>[3],
  text: (value: Row[string]) => string,
): Map<string, string> {
  const names = new Map<string, string>();
  if (!tables.has(table)) return names;
  tables.lookUp(table, selectFrom(tables.db, table, [column], by), ({ row: _, [column]: name, ...key }) => {
    names.set(Object.values(key).map(String).join(' '), text(name).replace(/^.*[/\\]/, ''));
  });
  return names;
}
