/** The door to the text formats of rocprofv3: one JSON file, or a CSV file for each kind of record, which are one trace. */
import { createBuilder } from '../../trace/builder.js';
import type { Trace } from '../../trace/trace.js';
import type { ByteFile } from '../bytes.js';
import type { Compression } from '../compression.js';
import { damageOfFile, type Ending } from '../damage.js';
import { INFLATE } from '../input.js';
import type { AskStop, Platform } from '../pipeline.js';
import { createRecords, type Records, textReader } from '../records.js';
import { NotATrace } from '../sniff.js';
import { utf8 } from '../text.js';
import { unpack } from '../unpack.js';
import { createClock } from './clock.js';
import { cells, csvReader, eachLine } from './csv.js';
import { rocprofReader } from './json.js';
import type { RocprofFormat } from './sniff.js';

export interface Watch {
  /** makes what is asked between two pieces of text whether to stop */
  askStop(records: () => number): AskStop;
}

const PRODUCER = 'ROCm profiler (rocprofv3)';

export async function readRocprof(
  file: ByteFile,
  format: RocprofFormat,
  compression: Compression,
  watch: Watch,
  platform: Platform,
): Promise<{ trace: Trace; records: Records }> {
  return format === 'json' ? readJson(file, compression, watch) : readCsv(file, watch, platform);
}

async function readJson(file: ByteFile, compression: Compression, { askStop }: Watch): Promise<{ trace: Trace; records: Records }> {
  const builder = createBuilder();
  const reader = rocprofReader(builder);
  const ending = await eachPiece(file, compression, reader.push, askStop(reader.records));
  refuseEmpty(file, reader.records(), ending);
  const broken = ending.input === INFLATE.finished && !reader.isWhole() ? `The file ends early, at byte ${ending.textBytes} of the JSON` : undefined;
  const meta = {
    format: 'rocprofv3 JSON',
    producer: PRODUCER,
    devices: reader.devices,
    facts: [],
    events: reader.records(),
    textBytes: ending.textBytes,
    damage: damageOfFile(file, compression, { ...ending, broken }, reader.records()),
  };
  const trace = builder.finish(meta, { baseNs: reader.clock.baseNs() });
  return { trace, records: jsonRecords(file, compression) };
}

/** Reads a text to its end, or until it must stop. */
export async function eachPiece(
  file: ByteFile,
  compression: Compression,
  push: (bytes: Uint8Array) => void,
  ask: AskStop,
): Promise<Ending & { textBytes: number }> {
  const ending: Ending & { textBytes: number } = { taken: 0, input: INFLATE.running, textBytes: 0 };
  for await (const { bytes, taken, state } of unpack(file, compression)) {
    push(bytes);
    ending.textBytes += bytes.length;
    ending.taken = taken;
    ending.input = state;
    ending.stopped = await ask(taken);
    if (ending.stopped !== undefined) break;
  }
  return ending;
}

function refuseEmpty(file: ByteFile, records: number, { stopped }: Pick<Ending, 'stopped'>): void {
  if (records > 0 || stopped !== undefined) return;
  throw new NotATrace(
    'Nothing was recorded',
    `${file.name} is of rocprofv3, and has no kernel, copy or call in it. Record again with --kernel-trace and --hip-trace.`,
  );
}

/** Kinds of records that have a file of their own. */
const KINDS = ['kernel', 'hip_api', 'hsa_api', 'marker_api', 'rccl_api', 'memory_copy'];
const FILE_NAME = new RegExp(`^(.*?)(${KINDS.join('|')})_trace\\.csv$`);
/** A record says which file, and where in it. */
const FILE_ROOM = 2 ** 36;

/** The file that was opened, and those of the same run beside it. */
async function filesOf(file: ByteFile, platform: Platform): Promise<ByteFile[]> {
  const [, stem, own] = FILE_NAME.exec(file.name) ?? [];
  if (stem === undefined || platform.beside === undefined) return [file];
  const files = [file];
  for (const kind of KINDS.filter((kind) => kind !== own)) {
    const other = await platform.beside(`${stem}${kind}_trace.csv`);
    if (other !== undefined) files.push(other);
  }
  return files;
}

async function readCsv(file: ByteFile, { askStop }: Watch, platform: Platform): Promise<{ trace: Trace; records: Records }> {
  const builder = createBuilder();
  const clock = createClock();
  const files = await filesOf(file, platform);
  let rows = 0;
  let textBytes = 0;
  const damages: string[] = [];
  let stopped: string | undefined;
  for (const [index, one] of files.entries()) {
    const takeLine = csvReader(builder, clock, (offset) => index * FILE_ROOM + offset);
    const lines = eachLine((line, offset) => {
      if (takeLine(line, offset)) rows++;
    });
    const ending = await eachPiece(
      one,
      'none',
      lines.push,
      askStop(() => rows),
    );
    lines.finish();
    textBytes += ending.textBytes;
    damages.push(...[damageOfFile(one, 'none', ending, rows)].filter((damage) => damage !== undefined));
    stopped = ending.stopped;
    if (stopped !== undefined) break;
  }
  refuseEmpty(file, rows, { stopped });
  const facts = files.length > 1 ? [{ key: 'files', value: files.map(({ name }) => name).join(', ') }] : [];
  const meta = { format: 'rocprofv3 CSV', producer: PRODUCER, devices: [], facts, events: rows, textBytes, damage: damages[0] };
  return { trace: builder.finish(meta, { baseNs: clock.baseNs() }), records: csvRecords(file, files) };
}

/** The objects of the JSON, as the args of records. */
export function jsonRecords(file: ByteFile, compression: Compression): Records {
  const objects = createRecords(file, compression, []);
  const asArgs = (text: string): string => `{"args":${text}}`;
  return {
    text: async (offset) => asArgs(await objects.text(offset)),
    pass: (offsets, take) => objects.pass(offsets, (index, text) => take(index, asArgs(text))),
    save: () => new Uint8Array(0),
  };
}

/** No line is longer. */
const LONGEST_LINE = 1 << 16;

function csvRecords(file: ByteFile, files: ByteFile[]): Records {
  const readers = files.map((one) => textReader(one, 'none', []));
  const lineAt = async (index: number, offset: number): Promise<string[]> => {
    const read = readers[index];
    if (read === undefined) throw new Error(`The file of this record is not beside ${file.name} any more.`);
    return cells(
      utf8(await read(offset, LONGEST_LINE))
        .replace(/^\ufeff/, '')
        .split('\n', 1)[0],
    );
  };
  const text = async (record: number): Promise<string> => {
    const index = Math.floor(record / FILE_ROOM);
    const [columns, values] = [await lineAt(index, 0), await lineAt(index, record % FILE_ROOM)];
    return JSON.stringify({ args: Object.fromEntries(columns.map((column, at) => [column, values[at] ?? ''])) });
  };
  return {
    text,
    async pass(records, take) {
      for (const [index, record] of records.entries()) take(index, await text(record));
    },
    save: () => new Uint8Array(0),
  };
}

/** Makes the records of a file again. */
export async function openRocprofRecords(file: ByteFile, format: RocprofFormat, compression: Compression, platform: Platform): Promise<Records> {
  return format === 'json' ? jsonRecords(file, compression) : csvRecords(file, await filesOf(file, platform));
}
