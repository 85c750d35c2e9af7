/**
 * Processes, threads, devices and names of an Nsight Systems export. A globalTid is HW:8 | VM:8 | PID:24 | TID:24 bits, so it does not
 * always fit a double: SQL takes it apart.
 */
import { NONE } from '../../trace/trace.js';
import { numberOf, type Row, selectFrom, textOf, type Value } from './database.js';
import type { Tables } from './tables.js';

/** Process of the machines of a recording: HW, VM and PID, 40 bits. */
export const PROCESS = { process: { of: 'globalPid', as: '("globalPid" >> 24)' } };
export const THREAD = {
  process: { of: 'globalTid', as: '("globalTid" >> 24)' },
  thread: { of: 'globalTid', as: '("globalTid" & 16777215)' },
};
/** Recordings of 2021 write −1 or 0 where newer ones write NULL. */
const PIDS = 2 ** 24;
const ID_ROOM = 2 ** 32;

export interface NsysIds {
  /** id of the builder for a row of StringIds */
  name(id: Value): number;
  text(id: Value): string;
  /** how the builder knows a process */
  process(process: Value): string;
  /** the GPU that a process calls by this number */
  device(process: Value, device: Value): string;
  /** the number that joins a call and its work: correlation ids are counted by each process */
  correlation(process: Value, id: Value): number;
}

export function nsysIds(tables: Tables): NsysIds {
  const { builder } = tables;
  const texts = new Map<number, string>();
  if (tables.has('StringIds')) {
    tables.lookUp('StringIds', selectFrom(tables.db, 'StringIds', ['id', 'value']), ({ id, value }) => void texts.set(numberOf(id), textOf(value)));
  }
  const names = new Map<number, number>();
  const devices = deviceNumbers(tables);
  const processes = gpuProcesses(tables);
  const room = Math.floor(ID_ROOM / Math.max(1, processes.length));
  const slots = new Map(processes.map((process, index) => [process, index * room]));
  const keys = new Map<number, string>();
  const taken = new Set<string>();
  const text = (id: Value): string => texts.get(numberOf(id)) ?? textOf(id);
  return {
    text,
    name(id) {
      const key = numberOf(id);
      const known = names.get(key) ?? builder.string(text(id));
      names.set(key, known);
      return known;
    },
    process(process) {
      const id = numberOf(process);
      const known = keys.get(id);
      if (known !== undefined) return known;
      // The same pid on two machines is two processes.
      const pid = String(pidOf(id));
      const key = taken.has(pid) ? `${pid}@${Math.floor(id / PIDS)}` : pid;
      taken.add(key);
      keys.set(id, key);
      return key;
    },
    device: (process, device) => devices.get(`${pidOf(numberOf(process))} ${device}`) ?? textOf(device),
    correlation(process, id) {
      const slot = slots.get(numberOf(process));
      const number = numberOf(id);
      return slot === undefined || number <= 0 || number >= room ? NONE : slot + number;
    },
  };
}

export function pidOf(process: number): number {
  return ((process % PIDS) + PIDS) % PIDS;
}

const WORK = ['CUPTI_ACTIVITY_KIND_KERNEL', 'CUPTI_ACTIVITY_KIND_MEMCPY', 'CUPTI_ACTIVITY_KIND_MEMSET', 'CUPTI_ACTIVITY_KIND_GRAPH_TRACE'];

/** Processes that have work on a GPU. */
function gpuProcesses(tables: Tables): number[] {
  const found = new Set<number>();
  for (const table of WORK.filter((table) => tables.has(table))) {
    if (!tables.db.columns(table).includes('globalPid')) found.add(0);
    else tables.lookUp(table, `SELECT DISTINCT ("globalPid" >> 24) AS "process" FROM "${table}"`, ({ process }) => void found.add(numberOf(process)));
  }
  return [...found];
}

/** CUDA numbers the devices that a process may see; this tells which GPU of the machine each is. */
function deviceNumbers(tables: Tables): Map<string, string> {
  const numbers = new Map<string, string>();
  if (!tables.has('TARGET_INFO_CUDA_DEVICE')) return numbers;
  tables.lookUp('TARGET_INFO_CUDA_DEVICE', selectFrom(tables.db, 'TARGET_INFO_CUDA_DEVICE', ['gpuId', 'cudaId', 'pid']), ({ gpuId, cudaId, pid }: Row) => {
    if (gpuId !== null) numbers.set(`${textOf(pid)} ${textOf(cudaId)}`, textOf(gpuId));
  });
  return numbers;
}
