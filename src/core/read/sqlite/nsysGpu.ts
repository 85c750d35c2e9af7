/** What the GPUs did, from an Nsight Systems export: kernels, copies, sets, whole graphs, waits, and sampled metrics. */
import type { TrackId } from '../../../shared/protocol.js';
import { NONE } from '../../trace/trace.js';
import { numberOf, type Row, selectFrom, textOf } from './database.js';
import { type NsysIds, PROCESS, pidOf } from './nsysIds.js';
import type { Tables } from './tables.js';

const KERNEL = 'CUPTI_ACTIVITY_KIND_KERNEL';
const MEMCPY = 'CUPTI_ACTIVITY_KIND_MEMCPY';
const MEMSET = 'CUPTI_ACTIVITY_KIND_MEMSET';
const GRAPH = 'CUPTI_ACTIVITY_KIND_GRAPH_TRACE';
const WAIT = 'CUPTI_ACTIVITY_KIND_SYNCHRONIZATION';
const METRICS = 'GPU_METRICS';
const METRIC_NAMES = 'TARGET_INFO_GPU_METRICS';

const SPAN = ['start', 'end', 'deviceId', 'streamId', 'correlationId'];

/** As CUPTI numbers them; the names are Kineto's. */
const COPY_KINDS = ['Unknown', 'HtoD', 'DtoH', 'HtoA', 'AtoH', 'AtoA', 'AtoD', 'DtoA', 'DtoD', 'HtoH', 'PtoP', 'UVM HtoD', 'UVM DtoH', 'UVM DtoD'];
const MEMORY_KINDS = ['Pageable', 'Pinned', 'Device', 'Array', 'Managed', 'Device Static', 'Managed Static', 'Unknown'];
const WAITS = ['Synchronization', 'Event Sync', 'Stream Wait Event', 'Stream Sync', 'Context Sync'];

export function readNsysGpu(tables: Tables, ids: NsysIds): void {
  const { builder, db } = tables;
  const trackOf = streams(tables, ids);
  const spans = (table: string, category: string, columns: readonly string[], nameOf: (row: Row) => number, sizeOf: (row: Row) => [number, number]): void => {
    if (!tables.has(table, 'start', 'end')) return;
    const record = tables.recordsOf(table);
    const categoryId = builder.category(category);
    const domain = builder.domain(categoryId);
    if (domain === 'cpu') return;
    tables.read(table, selectFrom(db, table, [...SPAN, ...columns], PROCESS), (row) => {
      const start = numberOf(row.start);
      const correlation = ids.correlation(row.process, row.correlationId);
      const [gridX, bytes] = sizeOf(row);
      builder.slice(trackOf(row, domain), nameOf(row), categoryId, start, numberOf(row.end) - start, correlation, NONE, gridX, bytes, record(row.row));
    });
  };

  spans(
    KERNEL,
    'kernel',
    ['demangledName', 'gridX'],
    ({ demangledName }) => ids.name(demangledName),
    ({ gridX }) => [numberOf(gridX), 0],
  );
  spans(
    MEMCPY,
    'gpu_memcpy',
    ['bytes', 'copyKind', 'srcKind', 'dstKind'],
    (row) => builder.string(copyName(row)),
    ({ bytes }) => [0, numberOf(bytes)],
  );
  spans(
    MEMSET,
    'gpu_memset',
    ['bytes', 'memKind'],
    ({ memKind }) => builder.string(`Memset${memKind === null ? '' : ` (${nameIn(MEMORY_KINDS, memKind)})`}`),
    ({ bytes }) => [0, numberOf(bytes)],
  );
  spans(
    GRAPH,
    'graph_kernel',
    ['graphId'],
    ({ graphId }) => builder.string(`CUDA graph${graphId === null ? '' : ` ${graphId}`}`),
    () => {
      builder.problem('wholeGraphs', WHOLE_GRAPHS);
      return [0, 0];
    },
  );
  spans(
    WAIT,
    'cuda_sync',
    ['syncType'],
    ({ syncType }) => builder.string(nameIn(WAITS, syncType)),
    () => [0, 0],
  );
  readMetrics(tables);
}

const WHOLE_GRAPHS =
  'CUDA graphs were recorded as whole graphs: the kernels inside them have neither names nor times. Record again with nsys profile --cuda-graph-trace=node.';

function nameIn(names: readonly string[], index: Row[string]): string {
  return names[numberOf(index)] ?? names[0];
}

/** "Memcpy HtoD (Pinned -> Device)" */
function copyName({ copyKind, srcKind, dstKind }: Row): string {
  const places = srcKind === null || dstKind === null ? '' : ` (${nameIn(MEMORY_KINDS, srcKind)} -> ${nameIn(MEMORY_KINDS, dstKind)})`;
  return `Memcpy ${nameIn(COPY_KINDS, copyKind)}${places}`;
}

/** As CUPTI writes what concerns a whole context. */
const EVERY_STREAM = '-1';

/**
 * Tracks of streams. Streams of two processes on one device are two, though they may have the same number. Waits on streams that did
 * nothing share a track with those on all streams.
 */
function streams({ builder }: Tables, ids: NsysIds): (row: Row, domain: 'gpu' | 'gpuAnnotation') => TrackId {
  const known = new Map<string, TrackId>();
  const working = new Map<string, string>();
  const owners = new Map<string, string>();
  const streamOf = (process: string, device: string, stream: string): string => {
    const owner = owners.get(`${device} ${stream}`) ?? process;
    owners.set(`${device} ${stream}`, owner);
    return owner === process ? stream : `${stream} of ${pidOf(Number(process))}`;
  };
  return ({ process, deviceId, streamId }, domain) => {
    const own = `${process} ${deviceId} ${streamId}`;
    const found = known.get(`${domain} ${own}`);
    if (found !== undefined) return found;
    const device = ids.device(process, deviceId);
    if (domain === 'gpu') working.set(own, streamOf(String(numberOf(process)), device, textOf(streamId)));
    const stream = working.get(own) ?? EVERY_STREAM;
    const track = builder.track({ process: device, thread: stream, domain });
    builder.gpuTrack(track, device, stream);
    known.set(`${domain} ${own}`, track);
    return track;
  };
}

/** Samples of the hardware counters of a GPU, named as the file names them. */
function readMetrics(tables: Tables): void {
  if (!tables.has(METRICS, 'timestamp', 'value') || !tables.has(METRIC_NAMES)) return;
  const names = new Map<string, string>();
  tables.lookUp(METRIC_NAMES, selectFrom(tables.db, METRIC_NAMES, ['typeId', 'metricId', 'metricName']), ({ typeId, metricId, metricName }) => {
    names.set(`${typeId} ${metricId}`, textOf(metricName));
  });
  // The low byte of a type is the number of the GPU.
  const sql = selectFrom(tables.db, METRICS, ['timestamp', 'typeId', 'metricId', 'value'], { gpu: { of: 'typeId', as: '("typeId" & 255)' } });
  tables.read(METRICS, sql, ({ timestamp, typeId, metricId, value, gpu }) => {
    const name = names.get(`${typeId} ${metricId}`) ?? `Metric ${textOf(metricId)}`;
    tables.builder.counter(textOf(gpu), name, numberOf(timestamp), numberOf(value));
  });
}
