/** What a file is, told from its first bytes, and in words when it is not a trace. */
import type { ByteFile } from './bytes.js';
import { compressionOf } from './compression.js';
import { isPickle, MEMORY_FORMATS, type MemoryFormat, memoryFormat } from './memory/sniff.js';
import { isNcuCsv } from './ncu.js';
import { isNeuronJson } from './neuron/sniff.js';
import { isPerfetto } from './perfetto/sniff.js';
import { elementsOf, type Member, membersOf } from './record.js';
import { rocprofFormat } from './rocprof/sniff.js';
import { isSqlite } from './sqlite/database.js';
import { utf8 } from './text.js';
import { unpack } from './unpack.js';

export interface Sniffed {
  format: 'chrome' | 'perfetto' | 'neuron' | MemoryFormat | 'sqlite' | 'rocprof' | 'none';
  /** for people: "PyTorch profiler trace", "Perfetto trace", "a JSON file with the keys name, version" */
  says: string;
}

/** A file that is not a trace. `message` is one sentence that says what it seems to be, and one that says what to do. */
export class NotATrace extends Error {
  constructor(
    readonly title: string,
    message: string,
  ) {
    super(message);
  }
}

/** Enough to reach traceEvents behind Kineto's deviceProperties and distributedInfo. */
const HEAD_BYTES = 1 << 17;

/** Reads and decompresses only the beginning. */
export async function sniff(file: ByteFile): Promise<Sniffed> {
  return sniffHead(await readHead(file, HEAD_BYTES));
}

/** The first `length` bytes of a file's text; of the file itself when it cannot be decompressed. */
export async function readHead(file: ByteFile, length: number): Promise<Uint8Array> {
  const first = new Uint8Array(4);
  const firstBytes = await file.read(first, 0);
  const head = new Uint8Array(length);
  let filled = 0;
  for await (const { bytes } of unpack(file, compressionOf(first))) {
    const part = bytes.subarray(0, length - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === length) break;
  }
  return filled > 0 ? head.subarray(0, filled) : first.subarray(0, firstBytes);
}

const WHAT_WE_OPEN =
  "Kernel Lens opens traces of PyTorch's profiler and Chrome (.json, .json.gz, .json.zst), Perfetto (.pftrace, .perfetto-trace), Nsight Systems (.sqlite) and ROCm (.db, .rpd, .json, .csv), and PyTorch's memory snapshots (.pickle) and memory timelines (.json).";

/** `says` is what the file seems to be. */
export function notATrace(says: string): NotATrace {
  return new NotATrace('This is not a trace', `${says[0].toUpperCase()}${says.slice(1)}. ${WHAT_WE_OPEN}`);
}

/** `head` is the beginning of the text, decompressed. */
export function sniffHead(head: Uint8Array): Sniffed {
  if (head.length === 0) return none('an empty file');
  if (isPerfetto(head)) return { format: 'perfetto', says: 'Perfetto trace' };
  if (isSqlite(head)) return sniffTables(utf8(head));
  const binary = BINARIES.find(([magic]) => [...magic].every((c, i) => head[i] === c.charCodeAt(0)));
  if (binary) return none(binary[1]);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return none('text in UTF-16, which must be saved as UTF-8 first');
  const text = utf8(head)
    .replace(/^\ufeff/, '')
    .trimStart();
  const memory = memoryFormat(head, text);
  if (memory) return { format: memory, says: MEMORY_FORMATS[memory] };
  if (isPickle(head)) return none('a Python pickle that is no PyTorch memory snapshot');
  if (rocprofFormat(head)) return { format: 'rocprof', says: 'ROCm profiler trace' };
  if (isNeuronJson(head)) return { format: 'neuron', says: 'AWS Neuron system profile' };
  if (text.startsWith('{')) return sniffObject(membersOf(text), text);
  if (text.startsWith('[')) return sniffArray(text);
  if (/^<html.{0,200}<title>GPU Memory HTML</s.test(text)) return none('the picture of a memory timeline, without its data: export it as .raw.json.gz');
  if (text.startsWith('<')) return none('an HTML or XML page');
  if (isNcuCsv(text)) return none(NCU_CSV);
  if (head.every((byte) => byte === 0)) return none('a file of zero bytes, as a failed copy leaves it');
  return none(head.includes(0) ? 'a binary file' : 'a text file');
}

const NCU_CSV =
  'metrics of Nsight Compute (ncu --csv), which belong to a trace: put the file beside one as <name>.ncu.csv, or attach it with the command Attach Nsight Compute CSV…';

const BINARIES: [string, string][] = [
  [
    'NVIDIA Tegra Profiler Report',
    "an Nsight Systems report, which only NVIDIA's nsys can read: export it with `nsys export --type sqlite` and open the .sqlite",
  ],
  [
    'NVR\0',
    "an Nsight Compute report, which only NVIDIA's ncu can read: run `ncu --import <file> --csv --page details > <file>.ncu.csv` and put that beside a trace of the same work",
  ],
  ['PK\x03\x04', 'a zip archive: unpack it and open the trace inside'],
  ['PAR1', 'a Parquet file'],
  ['ARROW1', 'an Arrow file'],
  ['%PDF', 'a PDF document'],
  ['\x89PNG', 'a PNG picture'],
  ['\x7fELF', 'a Linux program or library'],
  ['\x1f\x8b', 'gzip data in which nothing can be read'],
  ['\x28\xb5\x2f\xfd', 'zstd data in which nothing can be read'],
];

/** Tables that only profilers have: their names stand in the first pages. What else a database holds is told when it is opened. */
const TABLES: [name: RegExp, says: string][] = [
  [/StringIds|CUPTI_ACTIVITY_KIND_/, 'Nsight Systems export'],
  [/rocpd_(kernel_dispatch|region|op)/, 'ROCm profiler database'],
];

function sniffTables(head: string): Sniffed {
  const known = TABLES.find(([name]) => name.test(head));
  return known ? { format: 'sqlite', says: known[1] } : none('an SQLite database without the tables of a profiler');
}

function none(says: string): Sniffed {
  return { format: 'none', says };
}

/** Members that only trace writers put in front of traceEvents, when that lies behind the beginning. */
const KINETO_KEYS = ['deviceProperties', 'distributedInfo', 'baseTimeNanoseconds', 'with_stack', 'record_shapes'];
const CHROME_KEYS = ['displayTimeUnit', 'stackFrames', 'systemTraceEvents', 'otherData'];
const MOST_KEYS = 6;

function sniffObject(members: Member[], text: string): Sniffed {
  const keys = members.map(({ key }) => key);
  const hasEvents = members.some((member) => member.key === 'traceEvents' && member.text.startsWith('['));
  const reachesEnd = text.length < HEAD_BYTES / 2;
  const isKineto = keys.some((key) => KINETO_KEYS.includes(key)) || /"cat": ?"(cpu_op|kernel|python_function)"/.test(text);
  if (hasEvents || (!reachesEnd && keys.some((key) => KINETO_KEYS.includes(key) || CHROME_KEYS.includes(key)))) return chrome(isKineto);
  return none(withoutEvents(keys));
}

/** What to say of a JSON object with these keys. */
export function withoutEvents(keys: string[]): string {
  if (keys.length === 0) return 'text that begins with a brace and is no trace';
  const more = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : '';
  return `JSON with the top-level ${keys.length === 1 ? 'key' : 'keys'} ${keys.slice(0, MOST_KEYS).join(', ')}${more}, and no traceEvents`;
}

export const NO_EVENTS_IN_ARRAY = 'a JSON array whose elements are not trace events: they have no ph';

function sniffArray(text: string): Sniffed {
  const [first] = elementsOf(text);
  if (first === undefined) return none('a JSON array with nothing in it');
  if (!membersOf(first).some(({ key }) => key === 'ph')) return none(NO_EVENTS_IN_ARRAY);
  return chrome(/"cat": ?"(Operator|cpu_op|Kernel|kernel)"/.test(text));
}

function chrome(isKineto: boolean): Sniffed {
  return { format: 'chrome', says: isKineto ? 'PyTorch profiler trace' : 'Chrome trace' };
}
