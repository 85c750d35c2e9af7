/** What rocprofv3 writes as JSON (`rocprofiler-sdk-tool`): for each process its GPUs, its kernels' names, and what was recorded. */
import type { TraceBuilder } from '../../trace/builder.js';
import { NONE, type TraceMeta } from '../../trace/trace.js';
import { type Clock, createClock } from './clock.js';
import { type JsonWalker, walkJson } from './walkJson.js';

const PROCESS = '.rocprofiler-sdk-tool[]';
const AGENT = `${PROCESS}.agents[]`;
const SYMBOL = `${PROCESS}.kernel_symbols[]`;
const NAMES = `${PROCESS}.strings.buffer_records[]`;
const RECORD = `${PROCESS}.buffer_records.`;
/** Kinds of records that are spans of calls. */
const CALLS: ReadonlySet<string> = new Set(['hip_api', 'hsa_api', 'marker_api', 'rccl_api', 'rocdecode_api', 'rocjpeg_api']);
const DISPATCH = 'kernel_dispatch';
const COPY = 'memory_copy';

/** agent.type of a GPU */
const GPU = 2;

export interface RocprofReader extends JsonWalker {
  devices: TraceMeta['devices'];
  clock: Clock;
  records(): number;
}

/** Pushes the records of the text into `builder`. Names stand before what they name. */
export function rocprofReader(builder: TraceBuilder): RocprofReader {
  const devices: TraceMeta['devices'] = [];
  const clock = createClock();
  const symbols = new Map<unknown, number>();
  const operations: string[][] = [];
  let records = 0;

  const span = (record: unknown): [startNs: number, durNs: number] => {
    const start = clock.ns(at(record, 'start_timestamp'));
    return [start, clock.ns(at(record, 'end_timestamp')) - start];
  };
  const correlationOf = (record: unknown): number => {
    const id = Number(at(record, 'correlation_id', 'internal'));
    return id > 0 && id < NONE ? id : NONE;
  };
  const operationOf = (record: unknown): string => operations[Number(at(record, 'kind'))]?.[Number(at(record, 'operation'))] ?? '';

  const takeDispatch = (record: unknown, offset: number): void => {
    const info = at(record, 'dispatch_info');
    // Streams of HIP come and go by hundreds: what a GPU works through are its queues.
    const track = builder.track({ process: said(at(info, 'agent_id', 'handle')), thread: said(at(info, 'queue_id', 'handle')), domain: 'gpu' });
    const name = symbols.get(at(info, 'kernel_id')) ?? builder.string(`kernel ${said(at(info, 'kernel_id'))}`);
    const gridX = Math.ceil(Number(at(info, 'grid_size', 'x')) / Math.max(1, Number(at(info, 'workgroup_size', 'x')))) || 0;
    builder.slice(track, name, builder.category('kernel'), ...span(record), correlationOf(record), NONE, gridX, 0, offset);
  };
  const takeCopy = (record: unknown, offset: number): void => {
    const track = builder.track({
      process: said(at(record, 'dst_agent_id', 'handle')),
      thread: said(at(record, 'stream_id', 'handle') ?? 'copies'),
      domain: 'gpu',
    });
    const name = builder.string(operationOf(record) || 'Memcpy');
    builder.slice(track, name, builder.category('gpu_memcpy'), ...span(record), correlationOf(record), NONE, 0, Number(at(record, 'bytes')) || 0, offset);
  };
  const takeCall = (kind: string, record: unknown, offset: number): void => {
    const track = builder.track({ process: 'process', thread: said(at(record, 'thread_id')), domain: 'cpu' });
    builder.slice(track, builder.string(operationOf(record)), builder.category(kind), ...span(record), correlationOf(record), NONE, 0, 0, offset);
  };

  const take = (path: string, text: string, offset: number): void => {
    const value = parsed(text);
    if (value === undefined) builder.problem('notJson', `The record at byte ${offset} is no JSON. It was left out.`);
    else if (path === AGENT) {
      if (at(value, 'type') === GPU) devices.push({ id: said(at(value, 'id', 'handle')), name: said(at(value, 'product_name') ?? at(value, 'name')) });
    } else if (path === SYMBOL) {
      const name = at(value, 'formatted_kernel_name') || at(value, 'truncated_kernel_name') || at(value, 'kernel_name');
      symbols.set(at(value, 'kernel_id'), builder.string(said(name)));
    } else if (path === NAMES) {
      const names = at(value, 'operations');
      operations.push(Array.isArray(names) ? names.map(said) : []);
    } else {
      const kind = path.slice(RECORD.length, -'[]'.length);
      records++;
      if (kind === DISPATCH) takeDispatch(value, offset);
      else if (kind === COPY) takeCopy(value, offset);
      else takeCall(kind, value, offset);
    }
  };
  const isRecord = (path: string): boolean => {
    if (!path.startsWith(RECORD) || !path.endsWith('[]')) return false;
    const kind = path.slice(RECORD.length, -'[]'.length);
    return kind === DISPATCH || kind === COPY || CALLS.has(kind);
  };
  const walker = walkJson((path) => path === AGENT || path === SYMBOL || path === NAMES || isRecord(path), take);
  return { ...walker, devices, clock, records: () => records };
}

/** Handles are addresses, more than a double holds: long whole numbers become texts. undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,\]}])/g, '$1"$2"'));
  } catch {
    return undefined;
  }
}

/** What lies at a path of names; undefined where there is nothing. */
function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const name of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  return found;
}

function said(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
