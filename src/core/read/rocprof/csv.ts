/** What rocprofv3 writes as CSV: a file each for kernels, copies and every API, whose header says which it is. */
import type { TraceBuilder } from '../../trace/builder.js';
import { NONE } from '../../trace/trace.js';
import { utf8 } from '../text.js';
import type { Clock } from './clock.js';

/** Whether a text begins with such a header. */
export function isRocprofCsv(head: string): boolean {
  const columns = cells(head.replace(/^\ufeff/, '').split('\n', 1)[0]);
  return (
    columns.includes('Start_Timestamp') &&
    columns.includes('End_Timestamp') &&
    ['Kernel_Name', 'Function', 'Destination_Agent_Id'].some((name) => columns.includes(name))
  );
}

export interface Lines {
  push(bytes: Uint8Array): void;
  /** takes the last line, which may have no end */
  finish(): void;
}

/** Lines of a CSV text with the byte at which each begins; line ends inside quotes do not count. */
export function eachLine(take: (line: string, offset: number) => void): Lines {
  let rest = new Uint8Array(0);
  let position = 0;
  return {
    push(bytes) {
      const all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
      let from = 0;
      let inQuotes = false;
      for (let at = 0; at < all.length; at++) {
        if (all[at] === 0x22) inQuotes = !inQuotes;
        else if (all[at] === 0x0a && !inQuotes) {
          take(utf8(all.subarray(from, at)).trimEnd(), position + from);
          from = at + 1;
        }
      }
      position += from;
      rest = all.slice(from);
    },
    finish() {
      if (rest.length > 0) take(utf8(rest).trimEnd(), position);
    },
  };
}

/** The cells of one line. */
export function cells(line: string): string[] {
  return [...`${line.trim()},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

/** Takes the lines of one file, its header first. `recordOf` makes records of offsets. */
export function csvReader(builder: TraceBuilder, clock: Clock, recordOf: (offset: number) => number): (line: string, offset: number) => boolean {
  let columns: Map<string, number> | undefined;
  return (line, offset) => {
    if (columns === undefined) {
      columns = new Map(cells(line.replace(/^\ufeff/, '')).map((name, index) => [name, index]));
      return false;
    }
    if (line === '') return false;
    const values = cells(line);
    if (values.length !== columns.size) {
      builder.problem('ragged', `The line at byte ${offset} has ${values.length} cells, its header has ${columns.size}. It was left out.`);
      return false;
    }
    const cell = (name: string): string | undefined => values[columns?.get(name) ?? -1];
    takeRow(builder, clock, cell, recordOf(offset));
    return true;
  };
}

/** Names of the domains of APIs: HIP_RUNTIME_API_EXT, HSA_CORE_API, MARKER_CORE_API, RCCL_API. */
const DOMAIN = /^(HIP|HSA|MARKER|RCCL|ROCDECODE|ROCJPEG)_/;

function takeRow(builder: TraceBuilder, clock: Clock, cell: (name: string) => string | undefined, record: number): void {
  const start = clock.ns(cell('Start_Timestamp'));
  const dur = clock.ns(cell('End_Timestamp')) - start;
  const id = Number(cell('Correlation_Id'));
  const correlation = id > 0 && id < NONE ? id : NONE;
  const kernel = cell('Kernel_Name');
  if (kernel !== undefined) {
    const track = builder.track({ process: cell('Agent_Id') ?? '', thread: cell('Stream_Id') ?? cell('Queue_Id') ?? '', domain: 'gpu' });
    const gridX = Math.ceil(Number(cell('Grid_Size_X')) / Math.max(1, Number(cell('Workgroup_Size_X')))) || 0;
    builder.slice(track, builder.string(kernel), builder.category('kernel'), start, dur, correlation, NONE, gridX, 0, record);
  } else if (cell('Function') !== undefined) {
    const track = builder.track({ process: cell('Process_Id') ?? '', thread: cell('Thread_Id') ?? '', domain: 'cpu' });
    const domain = DOMAIN.exec(cell('Domain') ?? '')?.[1].toLowerCase();
    const category = builder.category(domain === undefined ? '' : `${domain}_api`);
    builder.slice(track, builder.string(cell('Function') ?? ''), category, start, dur, correlation, NONE, 0, 0, record);
  } else {
    const track = builder.track({ process: cell('Destination_Agent_Id') ?? '', thread: cell('Stream_Id') ?? 'copies', domain: 'gpu' });
    builder.slice(track, builder.string(cell('Direction') ?? 'Memcpy'), builder.category('gpu_memcpy'), start, dur, correlation, NONE, 0, 0, record);
  }
}
