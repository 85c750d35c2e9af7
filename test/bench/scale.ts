/**
 * Traces of any size, scaled up from real ones: their records in Kineto's own text, copy after copy, with times moved on
 * and ids and object addresses made new, so that no copy is cheaper to read than a recording of that length would be.
 * Run: node --import tsx test/bench/scale.ts 300
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip, gunzipSync } from 'node:zlib';
import { valueEnd } from '../../src/core/read/record.js';
import { workerTrace } from '../sample/make.js';
import { tracePath } from '../traces.js';

const FOLDER = fileURLToPath(new URL('../../.cache/bench/', import.meta.url));

/** What a large recording is made of, and how often: graph capture, prefill and decode with and without CUDA graphs. */
const MIX: [string, number][] = [
  ['amd-vllm-decode-fullgraph-capture.pt.trace.json.gz', 1],
  ['nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz', 1],
  ['amd-sglang-mi300x-qwen3-8b-prefilldecode.json.gz', 1],
  ['amd-vllm-decode-fullgraph-execution.json.gz', 8],
  ['nvidia-hf-h100-qwen1.5-0.5b-chat.json.gz', 3],
];

/** What changes from copy to copy. */
const CHANGING = /"ts": (\d+)\.(\d{3})|("(?:correlation|External id|Record function id|Python id|Python parent id|Ev Idx|id)": )(\d+)|0x7f([0-9a-f]{10})/g;

/** A trace as text with holes: literal 0, hole 0, literal 1, hole 1, …, literal n. */
interface Template {
  literals: string[];
  kinds: ('ts' | 'id' | 'address')[];
  values: number[];
  durationNs: number;
  largestId: number;
}

function templateOf(text: string): Template {
  const events = text.indexOf('[', text.indexOf('"traceEvents"'));
  const records = text.slice(events + 1, valueEnd(text, events) - 1).trimEnd();
  const template: Template = { literals: [], kinds: [], values: [], durationNs: 0, largestId: 0 };
  let at = 0;
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const match of records.matchAll(CHANGING)) {
    const [whole, us, ns, idKey = '', id, address] = match;
    template.literals.push(records.slice(at, match.index) + (us ? '"ts": ' : address ? '0x7f' : idKey));
    template.kinds.push(us ? 'ts' : address ? 'address' : 'id');
    const value = us ? Number(us) * 1000 + Number(ns) : address ? Number.parseInt(address, 16) : Number(id);
    template.values.push(value);
    if (us) [first, last] = [Math.min(first, value), Math.max(last, value)];
    else if (!address) template.largestId = Math.max(template.largestId, value);
    at = match.index + whole.length;
  }
  template.literals.push(records.slice(at));
  template.values = template.values.map((value, i) => (template.kinds[i] === 'ts' ? value - first : value));
  template.durationNs = last - first;
  return template;
}

function copyOf(template: Template, copy: number, startNs: number, firstId: number): string {
  const parts: string[] = [];
  for (const [i, kind] of template.kinds.entries()) {
    const value = template.values[i];
    parts.push(template.literals[i]);
    if (kind === 'id') parts.push(String(value + firstId));
    else if (kind === 'address') parts.push(((value + copy * 0x40000) % 0x10000000000).toString(16).padStart(10, '0'));
    else parts.push(`${Math.floor((startNs + value) / 1000)}.${String((startNs + value) % 1000).padStart(3, '0')}`);
  }
  parts.push(template.literals[template.literals.length - 1]);
  return parts.join('');
}

const HEAD = `{
  "schemaVersion": 1,
  "deviceProperties": [
    {"id": 0, "name": "NVIDIA H100 80GB HBM3", "totalGlobalMem": 85018279936, "numSms": 132, "warpSize": 32}
  ],
  "distributedInfo": {"backend": "nccl", "rank": 0, "world_size": 1},
  "displayTimeUnit": "ms",
  "baseTimeNanoseconds": 1767189312000000000,
  "traceEvents": [`;
const TAIL = '\n  ],\n  "traceName": "/tmp/scaled.json"\n}\n';
const START_NS = 6_520_367_067_753_839;

function templates(): Template[] {
  if (!existsSync(tracePath(MIX[0][0]))) return [templateOf(workerTrace(0))];
  return MIX.flatMap(([name, times]) => Array<Template>(times).fill(templateOf(gunzipSync(readFileSync(tracePath(name))).toString())));
}

/** Paths of a trace of at least `megabytes` of JSON, made if need be. */
export async function scaled(megabytes: number): Promise<{ json: string; gz: string }> {
  const json = join(FOLDER, `scaled-${megabytes}.json`);
  const gz = `${json}.gz`;
  if (existsSync(gz)) return { json, gz };
  mkdirSync(dirname(json), { recursive: true });
  const plain = createWriteStream(json);
  const zip = createGzip({ level: 6 });
  const zipped = zip.pipe(createWriteStream(`${gz}.part`));
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    bytes += text.length;
    if (!plain.write(text)) await once(plain, 'drain');
    if (!zip.write(text)) await once(zip, 'drain');
  };
  await write(HEAD);
  const pieces = templates();
  let [startNs, firstId, separator] = [START_NS, 0, ''];
  for (let copy = 0; bytes < megabytes * 1e6; copy++) {
    for (const piece of pieces) {
      await write(separator + copyOf(piece, copy, startNs, firstId));
      startNs += piece.durationNs + 50_000;
      firstId += piece.largestId + 1;
      separator = ',';
      if (bytes >= megabytes * 1e6) break;
    }
  }
  await write(TAIL);
  plain.end();
  zip.end();
  await Promise.all([finished(plain), finished(zipped)]);
  renameSync(`${gz}.part`, gz);
  return { json, gz };
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) console.log(await scaled(Number(process.argv[2] ?? 100)));
