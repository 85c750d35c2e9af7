/**
 * rocpd databases of schema 3, as rocprofv3 and rocprof-sys write them. Each recorded process has tables of its own, whose names end in
 * its id; the views without it are not used.
 */
import type { TrackId } from '../../../shared/protocol.js';
import { NONE } from '../../trace/trace.js';
import { numberOf, type Row, selectFrom, textOf, type Value } from './database.js';
import type { DatabaseFacts } from './nsys.js';
import type { Tables } from './tables.js';

const DISPATCH = 'rocpd_kernel_dispatch';
const REGION = 'rocpd_region';
const COPY = 'rocpd_memory_copy';
/** Of databases that were not split by process the tables have plain names. */
const PARTS = new RegExp(`^(?:${DISPATCH}|${REGION})(.*)$`);

/** Categories of regions, by how ROCm's tracing domains begin. */
const CATEGORIES: [domain: RegExp, category: string][] = [
  [/^HIP_(RUNTIME_API|COMPILER_API)/, 'hip_api'],
  [/^HSA_/, 'hsa_api'],
  [/^MARKER_/, 'marker_api'],
  [/^RCCL_/, 'rccl_api'],
];

export function isRocpd(tables: readonly string[]): boolean {
  return tables.some((table) => PARTS.test(table));
}

export function readRocpd(tables: Tables): DatabaseFacts {
  const suffixes = [...new Set(tables.db.tables().flatMap((table) => PARTS.exec(table)?.[1] ?? []))];
  const devices: DatabaseFacts['devices'] = [];
  const facts: DatabaseFacts['facts'] = [];
  const baseNs = firstTime(tables, suffixes);
  for (const [index, suffix] of suffixes.entries()) readPart(tables, partOf(tables, suffix, baseNs, index, suffixes.length), devices, facts);
  return { format: 'rocpd SQLite', producer: 'ROCm profiler (rocprofv3)', devices, facts, baseNs };
}

/** The tables of one process. */
interface Part {
  /** how many processes the database holds */
  isOneOf: number;
  name(table: string): string;
  has(table: string, ...needed: string[]): boolean;
  /** columns of a table, `start` counted from the base, and `dur` */
  select(table: string, columns: readonly string[]): string;
  strings: Map<number, string>;
  correlation(stack: Value): number;
}

function partOf(tables: Tables, suffix: string, baseNs: bigint, index: number, count: number): Part {
  const name = (table: string): string => `${table}${suffix}`;
  const has: Part['has'] = (table, ...needed) => tables.has(name(table), ...needed);
  const strings = new Map<number, string>();
  if (has('rocpd_string')) {
    tables.lookUp(
      name('rocpd_string'),
      selectFrom(tables.db, name('rocpd_string'), ['id', 'string']),
      ({ id, string }) => void strings.set(numberOf(id), textOf(string)),
    );
  }
  const room = Math.floor(2 ** 32 / count);
  return {
    isOneOf: count,
    name,
    has,
    strings,
    select: (table, columns) =>
      selectFrom(tables.db, name(table), columns, {
        start: { of: 'start', as: `("start" - ${baseNs})` },
        dur: { of: 'end', as: '("end" - "start")' },
      }),
    correlation(stack) {
      const id = numberOf(stack);
      return id <= 0 || id >= room ? NONE : index * room + id;
    },
  };
}

/** Clocks of ROCm may count from 1970, more ns than a double tells apart: times are pushed from the first one. */
function firstTime(tables: Tables, suffixes: readonly string[]): bigint {
  const firsts: bigint[] = [];
  for (const suffix of suffixes)
    for (const table of [DISPATCH, REGION, COPY].map((name) => `${name}${suffix}`)) {
      if (!tables.has(table) || !tables.db.columns(table).includes('start')) continue;
      tables.lookUp(table, `SELECT min("start") AS "first" FROM "${table}"`, ({ first }) => {
        if (typeof first === 'bigint' || Number.isSafeInteger(first)) firsts.push(BigInt(textOf(first)));
      });
    }
  firsts.sort((a, b) => (a < b ? -1 : 1));
  return firsts[0] ?? 0n;
}

/** An event joins what belongs together: a call and the work that it launched have the same stack id. */
interface Event {
  category: string;
  stack: Value;
}

function readPart(tables: Tables, part: Part, devices: DatabaseFacts['devices'], facts: DatabaseFacts['facts']): void {
  const events = readEvents(tables, part);
  const agents = readAgents(tables, part, devices);
  for (const { key, value } of metadata(tables, part)) if (!facts.some((fact) => fact.key === key)) facts.push({ key, value });
  const trackOf = streams(tables, part);
  readKernels(tables, part, events, agents, trackOf);
  readCopies(tables, part, events, agents, trackOf);
  readRegions(tables, part, events);
}

/** Stack ids by event, and the category of the few kinds of events. */
function readEvents(tables: Tables, part: Part): (event: Value) => Event {
  const events = new Map<number, Event>();
  const table = part.name('rocpd_event');
  if (part.has('rocpd_event')) {
    tables.lookUp(table, selectFrom(tables.db, table, ['id', 'category_id', 'stack_id']), ({ id, category_id, stack_id }) => {
      events.set(numberOf(id), { category: part.strings.get(numberOf(category_id)) ?? '', stack: stack_id });
    });
  }
  return (event) => events.get(numberOf(event)) ?? { category: '', stack: null };
}

/** Names of the GPUs; their numbers count the CPUs too. */
function readAgents(tables: Tables, part: Part, devices: DatabaseFacts['devices']): Map<number, string> {
  const agents = new Map<number, string>();
  const table = part.name('rocpd_info_agent');
  if (!part.has('rocpd_info_agent')) return agents;
  tables.lookUp(table, selectFrom(tables.db, table, ['id', 'type', 'absolute_index', 'product_name', 'name']), (agent) => {
    const id = textOf(agent.absolute_index ?? agent.id);
    agents.set(numberOf(agent.id), id);
    const isNew = !devices.some((device) => device.id === id);
    if (agent.type === 'GPU' && isNew) devices.push({ id, name: textOf(agent.product_name) || textOf(agent.name) });
  });
  return agents;
}

function metadata(tables: Tables, part: Part): DatabaseFacts['facts'] {
  const found: DatabaseFacts['facts'] = [];
  const table = part.name('rocpd_metadata');
  if (!part.has('rocpd_metadata')) return found;
  tables.lookUp(table, selectFrom(tables.db, table, ['tag', 'value']), ({ tag, value }) => {
    if (tag !== 'schema_version') return;
    found.push({ key: 'rocpd schema', value: textOf(value) });
    if (textOf(value) !== '3') tables.builder.problem('schema', `The rocpd schema ${textOf(value)} is not known: 3 is. What still matches is shown.`);
  });
  return found;
}

type TrackOf = (agent: string, row: Row) => TrackId;

function streams({ builder }: Tables, part: Part): TrackOf {
  const known = new Map<string, TrackId>();
  return (device, { stream_id, queue_id, pid }) => {
    const thread = textOf(stream_id ?? queue_id);
    const key = `${device} ${thread}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    // Another process may have a stream of the same number on the device.
    const stream = part.isOneOf > 1 ? `${thread} of ${textOf(pid)}` : thread;
    const track = builder.track({ process: device, thread: stream, domain: 'gpu' });
    known.set(key, track);
    return track;
  };
}

function readKernels(tables: Tables, part: Part, events: (event: Value) => Event, agents: Map<number, string>, trackOf: TrackOf): void {
  if (!part.has(DISPATCH, 'start', 'end')) return;
  const { builder } = tables;
  const record = tables.recordsOf(part.name(DISPATCH));
  const category = builder.category('kernel');
  const names = kernelNames(tables, part);
  const columns = ['agent_id', 'kernel_id', 'stream_id', 'queue_id', 'pid', 'event_id', 'grid_size_x', 'workgroup_size_x'];
  tables.read(part.name(DISPATCH), part.select(DISPATCH, columns), (row) => {
    const track = trackOf(agents.get(numberOf(row.agent_id)) ?? textOf(row.agent_id), row);
    const name = names.get(numberOf(row.kernel_id)) ?? builder.string(`kernel ${textOf(row.kernel_id)}`);
    const gridX = Math.ceil(numberOf(row.grid_size_x) / Math.max(1, numberOf(row.workgroup_size_x)));
    const correlation = part.correlation(events(row.event_id).stack);
    builder.slice(track, name, category, numberOf(row.start), numberOf(row.dur), correlation, NONE, gridX, 0, record(row.row));
  });
}

function kernelNames(tables: Tables, part: Part): Map<number, number> {
  const names = new Map<number, number>();
  const table = part.name('rocpd_info_kernel_symbol');
  if (!part.has('rocpd_info_kernel_symbol')) return names;
  tables.lookUp(table, selectFrom(tables.db, table, ['id', 'display_name', 'kernel_name']), ({ id, display_name, kernel_name }) => {
    names.set(numberOf(id), tables.builder.string(textOf(display_name) || textOf(kernel_name)));
  });
  return names;
}

function readCopies(tables: Tables, part: Part, events: (event: Value) => Event, agents: Map<number, string>, trackOf: TrackOf): void {
  if (!part.has(COPY, 'start', 'end')) return;
  const { builder } = tables;
  const record = tables.recordsOf(part.name(COPY));
  const category = builder.category('gpu_memcpy');
  const columns = ['name_id', 'dst_agent_id', 'src_agent_id', 'size', 'stream_id', 'queue_id', 'pid', 'event_id'];
  tables.read(part.name(COPY), part.select(COPY, columns), (row) => {
    const name = builder.string(part.strings.get(numberOf(row.name_id)) ?? 'Memcpy');
    const track = trackOf(agents.get(numberOf(row.dst_agent_id)) ?? textOf(row.dst_agent_id), row);
    builder.slice(
      track,
      name,
      category,
      numberOf(row.start),
      numberOf(row.dur),
      part.correlation(events(row.event_id).stack),
      NONE,
      0,
      numberOf(row.size),
      record(row.row),
    );
  });
}

function readRegions(tables: Tables, part: Part, events: (event: Value) => Event): void {
  if (!part.has(REGION, 'start', 'end')) return;
  const { builder } = tables;
  const record = tables.recordsOf(part.name(REGION));
  const threads = threadsOf(tables, part);
  tables.read(part.name(REGION), part.select(REGION, ['pid', 'tid', 'name_id', 'event_id']), (row) => {
    const event = events(row.event_id);
    const category = builder.category(CATEGORIES.find(([domain]) => domain.test(event.category))?.[1] ?? event.category);
    const thread = threads.get(numberOf(row.tid)) ?? textOf(row.tid);
    const track = builder.track({ process: textOf(row.pid), thread, domain: 'cpu' });
    const name = builder.string(part.strings.get(numberOf(row.name_id)) ?? '');
    builder.slice(track, name, category, numberOf(row.start), numberOf(row.dur), part.correlation(event.stack), NONE, 0, 0, record(row.row));
  });
}

/** Ids of the system for the rows that regions mean. */
function threadsOf(tables: Tables, part: Part): Map<number, string> {
  const threads = new Map<number, string>();
  const table = part.name('rocpd_info_thread');
  if (!part.has('rocpd_info_thread')) return threads;
  tables.lookUp(table, selectFrom(tables.db, table, ['id', 'pid', 'tid', 'name']), ({ id, pid, tid, name }) => {
    threads.set(numberOf(id), textOf(tid));
    if (textOf(name) !== '') tables.builder.threadName(textOf(pid), textOf(tid), textOf(name));
  });
  return threads;
}
